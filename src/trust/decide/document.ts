/** Reads any policy JSON, ours or not, into the form that is decided and linted. */
import { quoted } from "../../text/text-rule";
import { repeatedMember } from "./repeated-member";
import { isRecord, oneOrMore } from "../../text/members";

export interface PolicyCondition {
  readonly operator: string;
  /** As written; compared without case. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface PolicyStatement {
  readonly index: number;
  readonly sid: string | null;
  readonly effect: "Allow" | "Deny";
  /** Principal type -> names; `{ AWS: ["*"] }` for a bare `*`. Null where the statement has none. */
  readonly principals: Readonly<Record<string, readonly string[]>> | null;
  /** `NotPrincipal` instead of `Principal`. */
  readonly notPrincipal: boolean;
  readonly actions: readonly string[];
  readonly notAction: boolean;
  readonly hasResource: boolean;
  readonly conditions: readonly PolicyCondition[];
}

/**
 * A policy that was read: version, and statements in order.
 *
 * @example
 * ```ts
 * import type { PolicyDocument } from "databricks-aws-oidc";
 * const isEmpty = (policy: PolicyDocument): boolean => policy.statements.length === 0;
 * ```
 */
export interface PolicyDocument {
  readonly version: string | null;
  readonly statements: readonly PolicyStatement[];
}

export type ReadPolicy =
  { readonly ok: true; readonly policy: PolicyDocument } | { readonly ok: false; readonly why: string };

/**
 * Reads `document` (JSON text or a parsed value). What does not read as a policy is refused with a reason; nothing is
 * guessed.
 *
 * @example
 * ```ts
 * import { readPolicy } from "databricks-aws-oidc";
 * const read = readPolicy('{"Version":"2012-10-17","Statement":[]}');
 * if (!read.ok) throw new Error(read.why);
 * ```
 */
export function readPolicy(document: unknown): ReadPolicy {
  let value = document;
  if (typeof document === "string") {
    try {
      value = JSON.parse(document) as unknown;
    } catch {
      return { ok: false, why: "it is not JSON" };
    }
    const repeated = repeatedMember(document, value);
    if (repeated !== undefined) return { ok: false, why: repeatedReason(repeated) };
  }
  if (!isRecord(value)) return { ok: false, why: "it is not a JSON object" };
  const extra = unknownElement(value, POLICY_ELEMENTS);
  if (extra !== undefined) return { ok: false, why: `${quoted(extra)} is not a policy element` };
  const raw = value["Statement"];
  const list = oneOrMore(raw);
  if (list.length === 0) return { ok: false, why: "it has no Statement" };
  const version = value["Version"];
  if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17")
    return { ok: false, why: `Version ${typeof version === "string" ? `is ${quoted(version)}` : "is not a string"}` };
  const statements: PolicyStatement[] = [];
  for (const [index, entry] of list.entries()) {
    const read = readStatement(entry, index);
    if (typeof read === "string") return { ok: false, why: `statement ${index}: ${read}` };
    statements.push(read);
  }
  return { ok: true, policy: { version: version ?? null, statements } };
}

/**
 * IAM takes no new policy with an element twice, and of what it stored before it knew, the last counts, or all (IAM
 * user guide, "Troubleshoot IAM policies").
 */
export function repeatedReason(name: string): string {
  return `${quoted(name)} appears twice in one object, and it is not certain which one counts`;
}

/** IAM stores no policy with other elements; a misspelt `Condition` must not read as none. */
export const POLICY_ELEMENTS: ReadonlySet<string> = new Set(["Version", "Id", "Statement"]);
const STATEMENT_ELEMENTS: ReadonlySet<string> = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

function unknownElement(value: Readonly<Record<string, unknown>>, known: ReadonlySet<string>): string | undefined {
  return Object.keys(value).find((name) => !known.has(name));
}

function readStatement(entry: unknown, index: number): PolicyStatement | string {
  if (!isRecord(entry)) return "it is not a JSON object";
  const extra = unknownElement(entry, STATEMENT_ELEMENTS);
  if (extra !== undefined) return `${quoted(extra)} is not a statement element`;
  for (const name of ["Action", "Principal", "Resource"])
    if (entry[name] !== undefined && entry[`Not${name}`] !== undefined) return `it has both ${name} and Not${name}`;
  const effect = entry["Effect"];
  if (effect !== "Allow" && effect !== "Deny") return "Effect must be Allow or Deny";
  const notAction = entry["Action"] === undefined;
  const actions = texts(notAction ? entry["NotAction"] : entry["Action"]);
  if (actions === null) return "Action must be a string or a list of strings";
  const notPrincipal = entry["Principal"] === undefined && entry["NotPrincipal"] !== undefined;
  const principals = readPrincipals(notPrincipal ? entry["NotPrincipal"] : entry["Principal"]);
  if (principals === undefined) return "Principal must be * or a mapping of strings or lists of strings";
  const conditions = readConditions(entry["Condition"]);
  if (typeof conditions === "string") return conditions;
  const sid = entry["Sid"];
  return {
    index,
    sid: typeof sid === "string" ? sid : null,
    effect,
    principals,
    notPrincipal,
    actions,
    notAction,
    hasResource: entry["Resource"] !== undefined || entry["NotResource"] !== undefined,
    conditions,
  };
}

function readPrincipals(raw: unknown): Readonly<Record<string, readonly string[]>> | null | undefined {
  if (raw === undefined) return null;
  if (raw === "*") return { AWS: ["*"] };
  if (!isRecord(raw)) return undefined;
  const principals: (readonly [string, readonly string[]])[] = [];
  for (const [kind, names] of Object.entries(raw)) {
    const list = texts(names);
    if (list === null) return undefined;
    principals.push([kind, list]);
  }
  return Object.fromEntries(principals);
}

/** The conditions, or why they do not read. */
function readConditions(raw: unknown): readonly PolicyCondition[] | string {
  if (raw === undefined) return [];
  if (!isRecord(raw)) return UNREADABLE_CONDITION;
  const conditions: PolicyCondition[] = [];
  for (const [operator, keys] of Object.entries(raw)) {
    if (!isRecord(keys)) return UNREADABLE_CONDITION;
    const seen = new Set<string>();
    for (const [key, values] of Object.entries(keys)) {
      const list = texts(values);
      if (list === null) return `${quoted(operator)} on ${quoted(key)} must be a string or a list of strings`;
      // whether IAM would require both, or either, is not documented
      if (seen.has(key.toLowerCase()))
        return `${quoted(operator)} has ${quoted(key)} twice: condition keys are case-insensitive`;
      seen.add(key.toLowerCase());
      conditions.push({ operator, key, values: list });
    }
  }
  return conditions;
}

const UNREADABLE_CONDITION = "Condition must be a mapping of operators to mappings of keys to values";

/**
 * A text, number or boolean, or a list of them, as texts; null for anything else, and for a number JavaScript has
 * rounded.
 */
function texts(raw: unknown): readonly string[] | null {
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  const read: string[] = [];
  for (const item of list) {
    if (typeof item !== "string" && typeof item !== "number" && typeof item !== "boolean") return null;
    if (typeof item === "number" && Math.abs(item) > Number.MAX_SAFE_INTEGER) return null;
    read.push(String(item));
  }
  return read;
}
