/**
 * Whether two policies mean the same, however they are written: permission policies by their statements, trust policies
 * by who gets in. Pure.
 */
import { compareTargets } from "../lint/compare";
import type { Identity } from "../lint/gained";
import { parsedPolicy, parseRole } from "../trust/parsed/parse-role";
import { asRecord, type Members, oneOrMore, records } from "../text/members";
import type { LintTarget } from "../trust/parsed/target";

/** Statements are taken apart to so many pieces; beyond, one stays whole. */
const MOST_PIECES = 2_000;

/**
 * Whether permission policies say the same: order, lists of one, Sids, the case of actions and condition keys, and
 * statements split or joined make no difference. No wildcard is opened: `s3:*` and all its actions by name are two
 * policies, here as for Terraform. `ours` and `theirs`: parsed or JSON text; an invalid one equals only itself.
 */
export function samePermissions(ours: unknown, theirs: unknown): boolean {
  const [left, right] = [piecesOf(ours), piecesOf(theirs)];
  return left.size === right.size && [...left].every((piece) => right.has(piece));
}

function piecesOf(policy: unknown): ReadonlySet<string> {
  const document = asRecord(typeof policy === "string" ? parsedPolicy(policy) : policy);
  if (document === undefined) return new Set([JSON.stringify(policy)]);
  const { Version = "2008-10-17", Statement } = document;
  const statements = records(oneOrMore(Statement));
  return new Set(
    statements.flatMap((statement) => {
      // policy variables are read from version 2012-10-17 on only
      const version = JSON.stringify(statement).includes("${") ? Version : null;
      return split(statement).map((piece) => JSON.stringify([version, ...piece]));
    }),
  );
}

/** A statement as one for each of its actions and resources; what is negated belongs together. */
function split(statement: Members): readonly (readonly unknown[])[] {
  const { Effect, Action, NotAction, Resource, NotResource, Condition, Sid: _, ...others } = statement;
  const rest = [Effect, conditionsOf(Condition), Object.entries(others).sort(byName)];
  const actions = NotAction === undefined ? texts(Action, lower) : [["not", ...texts(NotAction, lower)]];
  const resources = NotResource === undefined ? texts(Resource) : [["not", ...texts(NotResource)]];
  if (actions.length * resources.length > MOST_PIECES) return [[actions, resources, ...rest]];
  return actions.flatMap((action) => resources.map((resource) => [action, resource, ...rest]));
}

function conditionsOf(condition: unknown): readonly unknown[] {
  return Object.entries(asRecord(condition) ?? {})
    .flatMap(([operator, keys]) =>
      Object.entries(asRecord(keys) ?? {}).map(([key, values]) => [operator, lower(key), ...texts(values)]),
    )
    .map((entry) => JSON.stringify(entry))
    .sort();
}

/** A value or a list of values as a sorted list of texts, each once. IAM reads `true` and `"true"` alike. */
function texts(value: unknown, as: (text: string) => string = (text) => text): readonly string[] {
  return [...new Set((Array.isArray(value) ? value : [value]).map((item) => as(String(item))))].sort();
}

const lower = (text: string): string => text.toLowerCase();

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

export type PolicyComparison =
  /** Every request is answered the same by both. */
  | { readonly kind: "same" }
  | { readonly kind: "different"; readonly gained: readonly Identity[]; readonly lost: readonly Identity[] }
  | { readonly kind: "unreadable"; readonly why: string };

/** `declared` and `live` hold one role each. Gained: who gets in live and should not; lost: who should and does not. */
export function comparePolicies(declared: LintTarget, live: LintTarget): PolicyComparison {
  const [ours] = declared.roles;
  const [theirs] = live.roles;
  if (ours === undefined || theirs === undefined) throw new RangeError("two roles are compared");
  const { malformed } = parseRole(theirs);
  if (malformed.length > 0) return { kind: "unreadable", why: malformed.join(" ") };
  const [change] = compareTargets(
    { ...declared, providers: [] },
    { ...live, providers: [], roles: [{ ...theirs, name: ours.name, path: ours.path }] },
  );
  return change === undefined ? { kind: "same" } : { kind: "different", gained: change.gained, lost: change.lost };
}
