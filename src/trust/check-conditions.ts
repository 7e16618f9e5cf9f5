/** The extra conditions of a trust: what each must be, and that none touches a guard. */
import type { Problem } from "../errors";
import { nearest } from "../text/nearest";
import type { TextRule } from "../text/text-rule";
import { violation, quoted } from "../text/text-rule";
import { CONDITION_TESTS } from "./decide/operators";
import { ipAddress } from "./decide/values";
import { CONDITION_VALUE, CONDITION_VARIABLE } from "./rules";

/** A list of which some entries, or all of it, may not have been readable: nothing is said about those. */
export type Readable<T> = readonly (T | undefined)[] | null | undefined;

export interface ConditionParts {
  readonly test: string | undefined;
  readonly variable: string | undefined;
  readonly values: Readable<string>;
}

/** Problems of those `values` that violate `rule`, each at its index. */
export function broken(rule: TextRule, values: Readable<string>, path: string): readonly Problem[] {
  return (values ?? []).flatMap((value, index) =>
    value === undefined ? [] : (violation(rule, value, `${path}[${index}]`) ?? []),
  );
}

/**
 * Codes: condition-test-unknown, condition-invalid, condition-on-guard, condition-repeated. `guards`: condition keys,
 * in any case.
 */
export function checkConditions(
  conditions: Readable<ConditionParts>,
  guards: readonly string[],
  path: string,
): readonly Problem[] {
  const seen = new Set<string>();
  return (conditions ?? []).flatMap((condition, index) =>
    condition === undefined ? [] : checkCondition(condition, guards, seen, `${path}[${index}]`),
  );
}

const ADDRESS_TEST = /^(?:ForA(?:llValues|nyValue):)?(?:Not)?IpAddress(?:IfExists)?$/;

/** `seen` gathers the tests and keys of the trust's conditions so far. */
function checkCondition(
  { test, variable, values }: ConditionParts,
  guards: readonly string[],
  seen: Set<string>,
  place: string,
): readonly Problem[] {
  const problems: Problem[] = [];
  if (test !== undefined && !CONDITION_TESTS.includes(test)) {
    const meant = nearest(test, CONDITION_TESTS);
    problems.push({
      code: "condition-test-unknown",
      message: `${quoted(test)} is not an IAM condition operator.`,
      path: `${place}.test`,
      fix:
        meant === undefined
          ? "Use one like StringEquals, IpAddress or ArnLike, with IAM's capitals."
          : `Did you mean ${meant}?`,
    });
  }
  if (variable !== undefined) {
    const shape = violation(CONDITION_VARIABLE, variable, `${place}.variable`);
    if (shape !== undefined) problems.push(shape);
    const key = variable.toLowerCase();
    if (guards.some((guard) => guard.toLowerCase() === key)) {
      problems.push({
        code: "condition-on-guard",
        message:
          `${quoted(variable)} is a guard of this trust; a condition may narrow a trust, never touch its ` + `guards.`,
        path: `${place}.variable`,
        fix: "Use servicePrincipals, users, subjects, subjectPatterns, audiences or externalIds.",
      });
    }
    const pair = `${test ?? ""}\n${key}`;
    if (test !== undefined && seen.has(pair)) {
      problems.push({
        code: "condition-repeated",
        message: `${test} on ${quoted(variable)} appears twice; IAM would OR their values.`,
        path: place,
        fix: "Join the values into one condition if either may match; otherwise use two trusts.",
      });
    }
    seen.add(pair);
  }
  if (values?.length === 0) {
    problems.push({
      code: "condition-invalid",
      message: "The condition has no values.",
      path: `${place}.values`,
      fix: "Give at least one.",
    });
  }
  const texts = broken(CONDITION_VALUE, values, `${place}.values`);
  if (texts.length === 0 && test !== undefined && ADDRESS_TEST.test(test)) {
    for (const [index, value] of (values ?? []).entries())
      if (value !== undefined && ipAddress(value) === null)
        problems.push({
          code: "condition-invalid",
          message: `${quoted(value)} is not an IP address or a CIDR block.`,
          path: `${place}.values[${index}]`,
          fix: "Write it like 203.0.113.0/24.",
        });
  }
  return [...problems, ...texts];
}
