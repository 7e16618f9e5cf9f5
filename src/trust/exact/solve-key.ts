/** Can one key hold something (nothing, one value, several) by which some conditions hold and others do not? */
import { nullWantsMissing } from "../decide/conditions";
import type { Budget } from "./budget";
import type { KeyFacts } from "./facts";
import { findValue, meets, unwantedTests } from "./find-value";
import type { Requirement } from "./key-tests";
import type { KeyTests } from "./key-tests";
import type { Want } from "./literals";
import { answersFor } from "./literals";

/** The values of `key` that meet `wants`, none for a missing key; null where there are none. */
export function solveKey(
  key: string,
  wants: readonly Want[],
  { presence, several, domain }: KeyFacts,
  keyTests: KeyTests,
  budget: Budget,
): readonly string[] | null {
  const fits = (values: readonly string[]): boolean => {
    budget.spend();
    return answersFor(wants, new Map([[key, values]]), budget) !== null;
  };
  if (presence !== "always" && fits([])) return [];
  if (presence === "never" || !presenceAllowed(wants)) return null;
  const requirements = wants.flatMap(requirementsOfOne);
  const blank =
    wants.some(({ literal }) => literal.operator?.set === "all") && keyTests.candidatesIn(domain).includes("");
  if (!requirements.includes(IMPOSSIBLE)) {
    const value = findValue(keyTests, requirements, domain, budget);
    if (value !== null) {
      if (fits([value])) return [value];
      budget.giveUp(`what is open of ${key}`);
    }
  }
  if (blank && fits([""])) return [""];
  if (!several) return null;
  for (const apart of [false, true]) {
    const values = solveSeveral(
      wants,
      (needed, taken) => findValue(keyTests, needed, domain, budget, taken),
      keyTests,
      apart,
    );
    if (values === null) return null;
    if (values.length > 1 && fits(values)) return values;
  }
  budget.giveUp(`several values of ${key}`);
  return null;
}

/** A requirement that no value meets. */
const IMPOSSIBLE: Requirement = { tests: [], matches: true };

/** Whether the conditions that ask for presence alone allow a value. */
function presenceAllowed(wants: readonly Want[]): boolean {
  return wants.every(({ literal: { condition }, holds }) => {
    const missing = condition.operator === "Null" ? nullWantsMissing(condition) : null;
    return missing === null || missing !== holds;
  });
}

/** What one value must meet. An empty list of values matches nothing, and what would hold by it is open. */
function requirementsOfOne({ literal: { operator, tests }, holds }: Want): readonly Requirement[] {
  if (operator === null) return [];
  if (tests.length === 0) return operator.negated || !holds ? [] : [IMPOSSIBLE];
  return [{ tests, matches: holds !== operator.negated }];
}

/**
 * Several values: one for each condition that some value must meet, each of them meeting what all must. An operator for
 * single values is open of a test that matches some of them and not others, so each such test may be met or missed by
 * one of the values. One value may serve several conditions, unless they are to be kept `apart`: what is open of a test
 * at one value is open of it anew at another.
 */
function solveSeveral(
  wants: readonly Want[],
  find: (requirements: readonly Requirement[], taken: ReadonlySet<string>) => string | null,
  keyTests: KeyTests,
  apart: boolean,
): readonly string[] | null {
  const all: Requirement[] = [];
  const some: Requirement[] = [];
  const single = wants.filter(({ literal }) => literal.operator !== null && literal.operator.set === null);
  const missed = new Set(
    single.flatMap(({ literal, holds }) => (holds === literal.operator?.negated ? literal.tests : [])),
  );
  for (const want of wants) {
    const { operator, tests } = want.literal;
    if (operator === null || tests.length === 0) {
      if (requirementsOfOne(want).includes(IMPOSSIBLE)) return null;
      continue;
    }
    const matches = want.holds !== operator.negated;
    if (operator.set === null) {
      if (matches) some.push({ tests: tests.filter((test) => !missed.has(test)), matches });
      else some.push(...tests.map((test): Requirement => ({ tests: [test], matches })));
    } else if ((operator.set === "any") === want.holds) some.push({ tests, matches });
    else all.push({ tests, matches });
  }
  const values: string[] = [];
  for (const requirement of some) {
    const needed = [...all, requirement];
    const unwanted = unwantedTests(needed);
    const served = values.some((value) => meets(keyTests, needed, unwanted, value));
    if (served && !apart) continue;
    const value = find(needed, new Set(apart ? values : []));
    if (value !== null) values.push(value);
    else if (!served) return null;
  }
  return values;
}
