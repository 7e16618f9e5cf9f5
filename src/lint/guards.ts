/** What rules on the guards of a statement share: its conditions on `aud` and `sub`. */
import { isRedundant } from "../trust/parsed/openness";
import { isForeignKey } from "../trust/parsed/parse-role";
import type { ParsedCondition, ParsedStatement } from "../trust/parsed/parsed-role";
import { conditionExample, RIGHT_CONDITION } from "./examples";
import type { StatementRule, Violation } from "./rule";

/** The violation in `statement` at the place `at`, e.g. `Condition.StringLike`. */
export function violationAt(
  statement: ParsedStatement,
  at: string,
  message: string,
  of: Pick<Violation, "pattern"> = {},
): Violation {
  return { statement: statement.index, at, message, ...of };
}

/** A violation for each of `conditions` that is `broken`. */
export function conditionViolations(
  statement: ParsedStatement,
  conditions: readonly ParsedCondition[],
  broken: (condition: ParsedCondition) => boolean,
  message: (condition: ParsedCondition) => string,
): readonly Violation[] {
  return conditions
    .filter(broken)
    .map((condition) => violationAt(statement, `Condition.${condition.operator}`, message(condition)));
}

/** A violation for each audience that the statement requires and that is `broken`. Null and negations require none. */
export function audienceViolations(
  statement: ParsedStatement,
  broken: (audience: string) => boolean,
  message: (audience: string) => string,
): readonly Violation[] {
  return statement.aud
    .filter(({ negated, test }) => !negated && test !== "Null")
    .flatMap(({ operator, values }) =>
      values.filter(broken).map((value) => violationAt(statement, `Condition.${operator}`, message(value))),
    );
}

/** Whether a condition on this claim names another issuer: then condition-key-other-issuer reports the mistake. */
export function misnamed(statement: ParsedStatement, claim: "aud" | "sub"): boolean {
  return statement.conditions.some(
    ({ key }) => key.toLowerCase().endsWith(`:${claim}`) && isForeignKey(statement, key),
  );
}

/** Every Allow but Unity Catalog's pair. */
export function allowsOf(statements: readonly ParsedStatement[]): readonly ParsedStatement[] {
  return statements.filter((statement) => statement.effect === "Allow" && !statement.unityCatalog);
}

/** A condition that must hold, of a key that must be there. */
export function requires(condition: ParsedCondition): boolean {
  return (
    condition.known && !condition.negated && !condition.ifExists && condition.set !== "all" && condition.test !== "Null"
  );
}

/** An error on each guard that is `broken`. */
export function guardRule(
  rule: Pick<StatementRule, "id" | "title" | "why" | "fix" | "source"> & {
    readonly bad: Readonly<Record<string, unknown>>;
    readonly broken: (condition: ParsedCondition) => boolean;
    readonly message: (condition: ParsedCondition) => string;
  },
): StatementRule {
  const { bad, broken, message, ...text } = rule;
  return {
    ...text,
    on: "statement",
    severity: "error",
    good: RIGHT_CONDITION,
    bad: conditionExample(bad),
    check: (statement, role) =>
      conditionViolations(
        statement,
        [...statement.aud, ...statement.sub],
        // one that changes nothing beside the others opens nothing
        (condition) => broken(condition) && !isRedundant(role, statement, condition),
        message,
      ),
  };
}
