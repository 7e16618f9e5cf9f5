/** Reads contracts and trust policies of releases that were written as JSON, by whatever version. */
import type {
  ContractRule,
  ModuleContract,
  ModuleOutput,
  ModuleVariable,
  ObjectAttribute,
  VariableType,
} from "../module/contract";
import type { ReleaseData, TrustProbe, TrustProbes } from "../module/release-data";
import type { Reader } from "./json-shape";
import { flag, json, list, mapOf, record, ShapeError, text } from "./json-shape";

/** Deeper types are refused, before the stack overflows. */
const MAX_DEPTH = 32;

/** `databricks-workspace-oidc`: a module's name that a registry accepts. */
export const MODULE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
/** SHA-256 as the tools print it. */
export const SHA256_HEX = /^[0-9a-f]{64}$/;
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const ADDRESS = /^[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z_][A-Za-z0-9_-]*(?:\[(?:count|for_each)\])?)+$/;

const variableType =
  (depth: number): Reader<VariableType> =>
  (value, path) => {
    if (value === "string" || value === "number" || value === "bool") return value;
    const [kind, ...others] = typeof value === "object" && value !== null ? Object.keys(value) : [];
    if (depth > MAX_DEPTH || others.length > 0) throw new ShapeError(path, "must be a type");
    const inner = variableType(depth + 1);
    if (kind === "list") return record<{ readonly list: VariableType }>({ list: inner })(value, path);
    if (kind === "map") return record<{ readonly map: VariableType }>({ map: inner })(value, path);
    if (kind === "object") {
      const attribute = record<ObjectAttribute>({ type: inner, optional: flag, default: json }, ["default"]);
      return record<{ readonly object: Readonly<Record<string, ObjectAttribute>> }>({ object: mapOf(attribute) })(
        value,
        path,
      );
    }
    throw new ShapeError(path, "must be a type: string, number, bool, list, map or object");
  };

const rules = list(record<ContractRule>({ code: text(), condition: text(), message: text() }));
const identifier = text(IDENTIFIER, "must be a name");

const variable = record<ModuleVariable>(
  { name: identifier, type: variableType(0), description: text(), default: json, nullable: flag, validations: rules },
  ["default"],
);

/** A module's contract; its keys are read in the order of its type. */
export const contractReader: Reader<ModuleContract> = record<ModuleContract>({
  name: text(MODULE_NAME, "must be a module's name, like databricks-workspace-oidc"),
  summary: text(),
  requiredVersion: text(),
  requiredProviders: mapOf(
    record<{ readonly source: string; readonly version: string }>({ source: text(), version: text() }),
  ),
  variables: list(variable),
  outputs: list(record<ModuleOutput>({ name: identifier, description: text(), preconditions: rules })),
  resources: list(text(ADDRESS, "must be a resource's address")),
});

export const trustReader: Reader<TrustProbes> = record<TrustProbes>({
  digest: text(SHA256_HEX, "must be a SHA-256 in hexadecimal"),
  probes: list(record<TrustProbe>({ name: text(), inputs: mapOf(json), policies: mapOf(text()) })),
});

/** What a release promises of a module, as its record beside the module holds it. */
export const releaseDataReader: Reader<ReleaseData> = record<ReleaseData>({
  contract: contractReader,
  trust: trustReader,
});
