/**
 * Whether two trust policies mean the same, however they are written. Each Allow and Deny is taken apart into its
 * smallest statements (one principal, one action, one value a condition); equal sets of those decide alike, always.
 * What still differs is tried out by `compareTargets`. Pure.
 */
import type { Identity } from "../lint/compare";
import { compareTargets, tooManyToTry } from "../lint/compare";
import type { ParsedCondition, ParsedStatement } from "../trust/parsed/parsed-role";
import { asRecord, parseRole } from "../trust/parsed/parse-role";
import type { LintRole, LintTarget } from "../trust/parsed/target";

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
  const { malformed, statements } = parseRole(theirs);
  if (malformed.length > 0) return { kind: "unreadable", why: malformed.join(" ") };
  const declaredStatements = parseRole(ours).statements;
  const left = atomsOf(declaredStatements, ours.policy);
  const right = atomsOf(statements, theirs.policy);
  if (left.size === right.size && [...left].every((atom) => right.has(atom))) return { kind: "same" };
  if (tooManyToTry([...declaredStatements, ...statements]))
    return {
      kind: "unreadable",
      why: "The trust policy is not ours, and names so much that who gets in can not be tried out.",
    };
  const named: LintRole = { ...theirs, name: ours.name, path: ours.path };
  const [change] = compareTargets({ ...declared, providers: [] }, { ...live, providers: [], roles: [named] });
  return change === undefined
    ? { kind: "no-difference-found" }
    : { kind: "different", gained: change.gained, lost: change.lost };
}

/** Statements are taken apart to so many pieces; a policy of 8,192 characters could be written to make millions. */
const MOST_ATOMS = 5_000;

/** The smallest statements, as texts. One that defies taking apart, or falls into too many pieces, stays whole. */
function atomsOf(statements: readonly ParsedStatement[], policy: unknown): ReadonlySet<string> {
  const atoms = new Set<string>();
  // policy variables are read from version 2012-10-17 on only
  const version = String(asRecord(policy)?.["Version"]);
  for (const statement of statements) {
    const head: readonly (readonly string[])[] = [
      [JSON.stringify([statement.effect, statement.notPrincipal, statement.notAction, statement.hasResource])],
      statement.trusted.map(({ kind, value }) => JSON.stringify([kind, value])),
      statement.actions.map((action) => action.toLowerCase()),
    ];
    const conditions = statement.conditions.map(alternatives);
    const odd = statement.notPrincipal || statement.notAction || statement.hasResource;
    const pieces = [...head, ...conditions].reduce((size, list) => size * list.length, 1);
    if (odd || pieces > MOST_ATOMS) {
      atoms.add(
        JSON.stringify([
          version,
          ...head.map((list) => [...list].sort()),
          statement.notPrincipal ? statement.principals : null,
          conditions.map((list) => JSON.stringify(list)).sort(),
        ]),
      );
      continue;
    }
    for (const [effect = "", principal = "", action = "", ...rest] of product([...head, ...conditions])) {
      const variables = rest.some((condition) => condition.includes("${"));
      atoms.add(
        JSON.stringify([effect, principal, action, [...new Set(rest)].sort(), ...(variables ? [version] : [])]),
      );
    }
  }
  return atoms;
}

/**
 * A condition as the list of those one of which must hold. Only positive operators may be split: a negated one wants
 * all.
 */
function alternatives(condition: ParsedCondition): readonly string[] {
  const key = condition.key.toLowerCase();
  const values = [...new Set(condition.values)].sort();
  const splits = condition.known && !condition.negated && condition.set !== "all" && condition.test !== "Null";
  if (!splits) return [JSON.stringify([condition.operator, key, values])];
  return values.map((value) => JSON.stringify([operatorFor(condition, value), key, value]));
}

/** `StringLike` without a wildcard is `StringEquals`, and `ArnEquals` is `ArnLike`. */
function operatorFor({ operator, test }: ParsedCondition, value: string): string {
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
