/** Reads a federation from YAML text or from a plain value: every mistake at once, or the normalized federation. */
import type { Problem, Warning } from "../errors";
import { refuse } from "../errors";
import { TRUST_POLICY_MAX_QUOTA } from "../trust/rules";
import { accountsOf } from "./accounts";
import { canonicalInput } from "./canonical-input";
import { checkFederation } from "./check";
import { checkTags } from "./check-tags";
import { modelOf } from "./fields/field";
import { SETTING_FIELDS } from "./fields/settings";
import type { Federation, Settings } from "./model";
import { parsePath } from "./path";
import { readIssuers } from "./read-issuers";
import { readRoles } from "./read-roles";
import type { FederationInput } from "./declarations";
import { outlineSchema, topSchema } from "./schema";
import type { TypedAt } from "./shape";
import { readable, shape } from "./shape";
import { readYaml } from "./yaml-source";
import { asRecord, type Members } from "../text/members";
import { checkMoment } from "./time";

/**
 * A federation that was read, and what its author should know.
 *
 * @example
 * ```ts
 * import type { ReadFederation } from "databricks-aws-oidc";
 * const warned = ({ warnings }: ReadFederation): boolean => warnings.length > 0;
 * ```
 */
export interface ReadFederation {
  readonly federation: Federation;
  readonly warnings: readonly Warning[];
}

/** More problems than this are not listed: run again after the first hundred are fixed. */
const MAX_PROBLEMS = 100;

/**
 * Reads the text of a federation file. `file` names it in messages; `now`, in seconds since the epoch, is compared with
 * `revokeSessionsBefore`.
 * Throws InputError with every problem, each with code, path, line and column (1-based), and the fix.
 *
 * @example
 * ```ts
 * import { InputError, parseFederation } from "databricks-aws-oidc";
 * try {
 *   parseFederation("name: lakehouse", { file: "federation.yaml" });
 * } catch (error) {
 *   if (error instanceof InputError) for (const { line, message } of error.problems) console.error(line, message);
 * }
 * ```
 */
export function parseFederation(
  text: string,
  options: { readonly file?: string; readonly now?: number | undefined } = {},
): ReadFederation {
  const source = readYaml(text.replace(/^\ufeff/, ""));
  const file = options.file === undefined ? {} : { file: options.file };
  refuse(source.problems.map((problem) => ({ ...problem, ...file })));
  const read = readValue(source.value, source.typedAt, options.now);
  const placed = read.problems
    .map((problem) => {
      if (problem.line !== undefined) return { ...problem, ...file };
      const what = problem.code === "unknown-key" || problem.code === "role-name-collision" ? "key" : "value";
      return { ...problem, ...file, ...source.locate(parsePath(problem.path ?? ""), what) };
    })
    .sort((left, right) => (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0));
  refuse(limited(placed));
  if (read.federation === undefined) throw new RangeError("a federation without problems is readable");
  const warnings = read.warnings.map((warning) =>
    warning.path === undefined ? warning : { ...warning, ...source.locate(parsePath(warning.path)) },
  );
  return { federation: read.federation, warnings };
}

/**
 * Reads a federation written in TypeScript, or any plain value. `now` as for `parseFederation`. Throws InputError with
 * every problem.
 *
 * @example
 * ```ts
 * import { readFederation } from "databricks-aws-oidc";
 * const { federation, warnings } = readFederation({
 *   name: "lakehouse",
 *   issuers: {
 *     production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
 *   },
 *   roles: {
 *     reader: { trusts: [{ issuer: "production", servicePrincipals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] }] },
 *   },
 * });
 * ```
 */
export function readFederation(
  input: FederationInput | unknown,
  { now }: { readonly now?: number | undefined } = {},
): ReadFederation {
  const read = readValue(input, () => undefined, now);
  refuse(limited(read.problems));
  if (read.federation === undefined) throw new RangeError("a federation without problems is readable");
  return { federation: read.federation, warnings: read.warnings };
}

function limited(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  return [
    ...problems.slice(0, MAX_PROBLEMS),
    {
      code: "too-many-problems",
      message: `${problems.length - MAX_PROBLEMS} more problems are not listed.`,
      fix: "Fix these first.",
    },
  ];
}

interface Reading {
  readonly federation: Federation | undefined;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

function readValue(raw: unknown, typedAt: TypedAt, now: number | undefined): Reading {
  const { value, problems: textProblems, unbounded } = canonicalInput(raw);
  if (unbounded) return { federation: undefined, warnings: [], problems: textProblems };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return {
      federation: undefined,
      warnings: [],
      problems: [
        {
          code: "yaml-not-a-mapping",
          message:
            value === null || value === undefined ? "The federation is empty." : "The federation is not a mapping.",
          fix: "Start it with name:, issuers: and roles:, or run init.",
        },
      ],
    };
  }
  const parts = value as Readonly<Record<string, unknown>>;
  // as in each document of terraform show -json
  if ("format_version" in parts) {
    const message = "This is a Terraform plan or state, not a federation file.";
    const problem: Problem = { code: "document-unknown", message, fix: "Give it with --plan." };
    return { federation: undefined, warnings: [], problems: [problem] };
  }
  // With mistakes at the top the rest is checked all the same, as if the settings that did not read were absent.
  const top = readTop(parts, outlineSchema, { issuers: {}, roles: {} }, typedAt, now);
  const problems: Problem[] = [...textProblems, ...top.problems];
  const { settings, unread } = top;

  const issuers = readIssuers(mappingAt(parts, "issuers"), typedAt);
  problems.push(...issuers.problems);
  if (isEmptyMapping(parts["issuers"])) {
    problems.push({
      code: "no-issuer",
      message: "The federation has no issuer.",
      path: "issuers",
      fix: "Add a workspace or an account under issuers.",
    });
  }

  const roles = readRoles(
    mappingAt(parts, "roles"),
    {
      ...settings,
      ...(unread.has("emailDomains") ? { emailDomains: null } : {}),
      ...(unread.has("identities") ? { identities: null } : {}),
    },
    { issuers: issuers.byKey, broken: issuers.broken, partition: settings.partition, now },
    typedAt,
  );
  problems.push(...roles.problems);
  const federation: Federation = { ...settings, issuers: issuers.byKey, roles: roles.list };
  problems.push(...checkFederation(federation, roles.unsound));
  return { federation: problems.length === 0 ? federation : undefined, problems, warnings: issuers.warnings };
}

/** @internal */
export interface ReadSettings {
  /** Defaults in place of what did not read. */
  readonly settings: Settings;
  readonly problems: readonly Problem[];
  /** Settings that are there and could not be read. */
  readonly unread: ReadonlySet<string>;
}

/**
 * @internal Reads the top of a federation that has no issuers and roles (yet): its settings and `aws`. Codes: those of
 * the shape, of the accounts, and of tags.
 */
export function readSettings(raw: Readonly<Record<string, unknown>>, now?: number): ReadSettings {
  const top = readTop(raw, topSchema, {}, () => undefined, now);
  return { ...top, problems: [...top.problems, ...checkTags(top.settings.tags, {}, "tags")] };
}

function readTop(
  parts: Readonly<Record<string, unknown>>,
  schema: typeof topSchema,
  required: Readonly<Record<string, unknown>>,
  typedAt: TypedAt,
  now: number | undefined,
): ReadSettings {
  const shaped = shape(schema, parts, [], typedAt);
  const top = shaped.value ?? readable(schema, parts, { name: "federation", ...required }, shaped.problems, []);
  if (top === undefined) throw new RangeError("a federation without its faulty settings is readable");
  const { list: accounts, partition, problems } = accountsOf(parts["aws"], top.name, typedAt);
  const settings = { ...modelOf(SETTING_FIELDS, top), accounts, partition };
  const unread = new Set(Object.keys(parts).filter((name) => top[name as keyof typeof top] === undefined));
  // a quota that could not be read has a problem of its own, and no trust policy is too long for it
  const quota = unread.has("trustPolicyMaxLength") ? { trustPolicyMaxLength: TRUST_POLICY_MAX_QUOTA } : {};
  const moments = checkMoment(settings.revokeSessionsBefore, now, "revokeSessionsBefore");
  return { settings: { ...settings, ...quota }, problems: [...shaped.problems, ...problems, ...moments], unread };
}

function mappingAt(parts: Members, key: string): Members {
  return asRecord(parts[key]) ?? {};
}

function isEmptyMapping(value: unknown): boolean {
  const members = asRecord(value);
  return members !== undefined && Object.keys(members).length === 0;
}
