/** The shapes of contracts and release data, for JSON that was written by whatever version. */
import * as z from "zod";
import { formatPath } from "../federation/path";
import type { ContractRule, ModuleContract, ModuleVariable, VariableType } from "../module/contract";
import type { ReleaseData, TrustProbes } from "../module/release-data";
import type { Json } from "../trust/canonical-json";

/** Deeper types are refused, before the stack overflows. */
const MAX_DEPTH = 32;

/** `databricks-workspace-oidc`: a module's name that a registry accepts. */
export const MODULE_NAME = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, "must be a module's name, like databricks-workspace-oidc");
export const SHA256_HEX = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hexadecimal");
const IDENTIFIER = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, "must be a name");
const ADDRESS = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z_][A-Za-z0-9_-]*(?:\[(?:count|for_each)\])?)+$/,
    "must be a resource's address",
  );
const JSON_VALUE = z.custom<Json>((value) => value !== undefined, "is missing");

function variableType(depth: number): z.ZodType<VariableType> {
  const plain = z.enum(["string", "number", "bool"]);
  if (depth > MAX_DEPTH) return plain;
  const inner = z.lazy(() => variableType(depth + 1));
  const attribute = z.strictObject({ type: inner, optional: z.boolean(), default: JSON_VALUE.exactOptional() });
  return z.union(
    [
      plain,
      z.strictObject({ list: inner }),
      z.strictObject({ map: inner }),
      z.strictObject({ object: z.record(z.string(), attribute) }),
    ],
    "must be a type: string, number, bool, list, map or object",
  );
}

const RULES: z.ZodType<readonly ContractRule[]> = z.array(
  z.strictObject({ code: z.string(), condition: z.string(), message: z.string() }),
);

const VARIABLE: z.ZodType<ModuleVariable> = z.strictObject({
  name: IDENTIFIER,
  type: variableType(0),
  description: z.string(),
  default: JSON_VALUE.exactOptional(),
  nullable: z.boolean(),
  validations: RULES,
});

/** A module's contract; its keys are read in the order of its type. */
export const CONTRACT: z.ZodType<ModuleContract> = z.strictObject({
  name: MODULE_NAME,
  summary: z.string(),
  requiredVersion: z.string(),
  requiredProviders: z.record(z.string(), z.strictObject({ source: z.string(), version: z.string() })),
  variables: z.array(VARIABLE),
  outputs: z.array(z.strictObject({ name: IDENTIFIER, description: z.string(), preconditions: RULES })),
  resources: z.array(ADDRESS),
});

export const TRUST: z.ZodType<TrustProbes> = z.strictObject({
  digest: SHA256_HEX,
  probes: z.array(
    z.strictObject({
      name: z.string(),
      inputs: z.record(z.string(), JSON_VALUE),
      policies: z.record(z.string(), z.string()),
    }),
  ),
});

/** What a release promises of a module, as its record beside the module holds it. */
export const RELEASE_DATA: z.ZodType<ReleaseData> = z.strictObject({ contract: CONTRACT, trust: TRUST });

/** Why a document cannot be read, and where (empty: the whole): its first problem, or that it is not JSON. */
export function faultOf(error: unknown): { readonly path: string; readonly why: string } {
  const [issue] = error instanceof z.ZodError ? error.issues : [];
  if (issue === undefined) return { path: "", why: "invalid JSON" };
  const path = formatPath(issue.path.map((part) => (typeof part === "number" ? part : String(part))));
  return { path, why: path === "" ? issue.message : `${path}: ${issue.message}` };
}
