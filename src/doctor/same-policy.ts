/**
 * Whether two trust policies mean the same, however they are written. Each Allow and Deny is taken apart into its
 * smallest statements (one principal, one action, one value a condition); equal sets of those decide alike, always.
 * What still differs is tried out by `compareTargets`. Pure.
 */
import type { Identity } from "../lint/compare";
import { compareTargets } from "../lint/compare";
import type { ExaminedCondition, ExaminedStatement } from "../trust/lint/examine";
import { asRecord, examineRole } from "../trust/lint/examine";
import type { LintRole, LintTarget } from "../trust/lint/target";

export type PolicyComparison =
  | { readonly kind: "same" }
  /** Written otherwise, and everybody who was tried gets the same answer; that is no proof. */
  | { readonly kind: "no-difference-found" }
  | { readonly kind: "different"; readonly gained: readonly Identity[]; readonly lost: readonly Identity[] }
  | { readonly kind: "unreadable"; readonly why: string };

/** `declared` and `live` hold one role each. Gained: who gets in live and should not; lost: who should and does not. */
export function comparePolicies(declared: LintTarget, live: LintTarget): PolicyComparison {
  const [ours] = declared.roles;
  const [theirs] = live.roles;
  if (ours === undefined || theirs === undefined) throw new RangeError("two roles are compared");
  const { malformed, statements } = examineRole(theirs);
  if (malformed.length > 0) return { kind: "unreadable", why: malformed.join(" ") };
  const left = atomsOf(examineRole(ours).statements, ours.policy);
  const right = atomsOf(statements, theirs.policy);
  if (left !== null && right !== null && left.size === right.size && [...left].every((atom) => right.has(atom))) return { kind: "same" };
  const named: LintRole = { ...theirs, name: ours.name, path: ours.path };
  const [change] = compareTargets({ ...declared, providers: [] }, { ...live, providers: [], roles: [named] });
  return change === undefined ? { kind: "no-difference-found" } : { kind: "different", gained: change.gained, lost: change.lost };
}

/** More than any policy of 8,192 characters makes of itself unless it is written to. */
const MOST_ATOMS = 20_000;

/** The smallest statements, as texts; null where there are too many, or an element defies taking apart. */
function atomsOf(statements: readonly ExaminedStatement[], policy: unknown): ReadonlySet<string> | null {
  const atoms = new Set<string>();
  // policy variables are read from version 2012-10-17 on only
  const version = String(asRecord(policy)?.["Version"]);
  for (const statement of statements) {
    if (statement.notPrincipal || statement.notAction || statement.hasResource) return null;
    const choices: (readonly string[])[] = [
      [statement.effect],
      statement.trusted.map(({ kind, value }) => JSON.stringify([kind, value])),
      statement.actions.map((action) => action.toLowerCase()),
      ...statement.conditions.map(alternatives),
    ];
    if (choices.reduce((product, list) => product * list.length, 1) > MOST_ATOMS) return null;
    for (const combination of product(choices)) {
      const [effect = "", principal = "", action = "", ...conditions] = combination;
      const variables = conditions.some((condition) => condition.includes("${"));
      atoms.add(JSON.stringify([effect, principal, action, [...new Set(conditions)].sort(), ...(variables ? [version] : [])]));
    }
    if (atoms.size > MOST_ATOMS) return null;
  }
  return atoms;
}

/** A condition as the list of those one of which must hold. Only positive operators may be split: a negated one wants all. */
function alternatives(condition: ExaminedCondition): readonly string[] {
  const key = condition.key.toLowerCase();
  const values = [...new Set(condition.values)].sort();
  const splits = condition.known && !condition.negated && condition.set !== "all" && condition.test !== "Null";
  if (!splits) return [JSON.stringify([condition.operator, key, values])];
  return values.map((value) => JSON.stringify([operatorFor(condition, value), key, value]));
}

/** `StringLike` without a wildcard is `StringEquals`, and `ArnEquals` is `ArnLike`. */
function operatorFor({ operator, test }: ExaminedCondition, value: string): string {
  if (test === "StringLike" && !/[*?$]/.test(value)) return operator.replace("StringLike", "StringEquals");
  return test === "ArnEquals" ? operator.replace("ArnEquals", "ArnLike") : operator;
}

function* product(choices: readonly (readonly string[])[]): Generator<readonly string[]> {
  const [first, ...rest] = choices;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const head of first) for (const tail of product(rest)) yield [head, ...tail];
}
