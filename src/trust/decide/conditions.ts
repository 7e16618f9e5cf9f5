/** Evaluates one condition of a statement: operator, key and values against the keys of a request. */
import { quoted } from "../../text/text-rule";
import type { PolicyCondition } from "./document";
import type { Operator } from "./operators";
import { operatorNamed } from "./operators";
import type { ValueTest } from "./values";
import type { RequestKeys, Template } from "./variables";
import { hasVariables, resolve, templateOf } from "./variables";

/** `unknown`: it cannot be decided from what is given. Never counts as yes. */
export type Verdict = "yes" | "no" | "unknown";

/**
 * What is taken for the answer to a test that IAM's documentation leaves open; null leaves it open. `test` names the
 * smallest such test (the operator, the key, one value of the policy, what the request says), the same in every policy;
 * `helps`: whether a yes to it lets the condition hold.
 */
export type Reading = (test: string, helps: boolean) => boolean | null;

export interface CompiledCondition {
  readonly evaluate: (keys: RequestKeys, reading?: Reading) => Verdict;
  /** What cannot be decided and why, or null. */
  readonly finding: (keys: RequestKeys) => string | null;
  /** What cannot be decided whatever the request, and why, or null. */
  readonly neverDecided: string | null;
}

/**
 * Prepares `condition` for many requests. `variables`: whether `${…}` stands for a key (from version 2012-10-17 on).
 */
export function compileCondition(condition: PolicyCondition, variables: boolean): CompiledCondition {
  const key = condition.key.toLowerCase();
  if (condition.operator === "Null") return nullCondition(condition);
  const operator = operatorNamed(condition.operator);
  if (operator === null)
    return undecidable(condition, `${quoted(condition.operator)} is not an IAM condition operator`);
  const prepared = condition.values.map((value) => prepareValue(operator, value, variables));
  const neverDecided = prepared.find(({ finding }) => finding !== null)?.finding ?? null;
  const general = (keys: RequestKeys, reading: Reading = LEFT_OPEN): Verdict =>
    evaluateValues(operator, key, keys.get(key) ?? [], testsFor(operator, prepared, keys), reading);
  const plainTexts = operator.base === "StringEquals" && operator.set === null && prepared.every(({ test }) => test);
  const evaluate = plainTexts
    ? exactEvaluation(
        key,
        prepared.map(({ value }) => value),
        operator.ifExists,
        general,
      )
    : general;
  return {
    evaluate,
    neverDecided,
    finding: (keys) => {
      if (neverDecided !== null) return neverDecided;
      const open = undecidedVariable(operator, prepared, keys);
      if (open !== null) return open;
      if (evaluate(keys) !== "unknown") return null;
      return condition.values.length === 0
        ? `${condition.operator} on ${quoted(condition.key)} has no values`
        : `${quoted(condition.key)} is ${(keys.get(key) ?? []).slice(0, 3).map(quoted).join(", ")}, ` +
            `which ${condition.operator} cannot compare for certain`;
    },
  };
}

const LEFT_OPEN: Reading = () => null;

function undecidable({ operator, key, values }: PolicyCondition, finding: string): CompiledCondition {
  const test = `${operator} ${quoted(key.toLowerCase())} ${JSON.stringify([...new Set(values)].sort())}`;
  return {
    evaluate: (_, reading = LEFT_OPEN) => verdictOfTruth(reading(test, true)),
    finding: () => finding,
    neverDecided: finding,
  };
}

function verdictOfTruth(truth: boolean | null): Verdict {
  return truth === null ? "unknown" : truth ? "yes" : "no";
}

function nullCondition(condition: PolicyCondition): CompiledCondition {
  const key = condition.key.toLowerCase();
  const missing = nullWantsMissing(condition);
  if (missing === null) return undecidable(condition, "Null takes one value, true or false");
  return {
    evaluate: (keys) => (((keys.get(key)?.length ?? 0) === 0) === missing ? "yes" : "no"),
    finding: () => null,
    neverDecided: null,
  };
}

/** Whether a `Null` condition holds for a missing key (`true`) or a present one; null where its values say neither. */
export function nullWantsMissing({ values }: PolicyCondition): boolean | null {
  const [wanted, ...others] = new Set(values.map((value) => value.toLowerCase()));
  return others.length > 0 || (wanted !== "true" && wanted !== "false") ? null : wanted === "true";
}

/** One value of a condition: a test, or a template that becomes one for each request, or neither. */
export interface PreparedValue {
  /** As written, or its value where its variables are `${*}`, `${?}` and `${$}` alone. */
  readonly value: string;
  readonly test: ValueTest | null;
  readonly template: Template | null;
  /** Why it is never decided; null where it is neither. */
  readonly finding: string | null;
}

/** Prepares one value of a condition; shared by `compileCondition` and the exact engine. */
export function prepareValue(operator: Operator, value: string, variables: boolean): PreparedValue {
  const open = { value, test: null, template: null };
  if (operator.wildcards && /[\ufdd0\ufdd1]/.test(value))
    return { ...open, finding: `${quoted(value)} contains a noncharacter code point` };
  if (variables && hasVariables(value)) {
    if (!operator.variables)
      return { ...open, finding: `${quoted(value)} cannot be evaluated: ${operator.base} takes no variables` };
    const template = templateOf(value, operator.wildcards);
    const fixed = template.every((segment) => "text" in segment) ? resolve(template, NO_KEYS, false) : null;
    if (fixed === null || !("text" in fixed)) return { ...open, template, finding: null };
    return { value: fixed.text, test: operator.prepare(fixed.text), template: null, finding: null };
  }
  const test = operator.prepare(value);
  return {
    ...open,
    test,
    finding: test === null ? `${quoted(value)} is not a valid value for ${operator.base}` : null,
  };
}

const NO_KEYS: RequestKeys = new Map();
const NEVER_KNOWN: ValueTest = () => null;

/** A value of the policy made ready for one request. */
interface NamedTest {
  /** As the open tests on it are named. */
  readonly name: string;
  readonly matches: ValueTest;
}

function testsFor(operator: Operator, prepared: readonly PreparedValue[], keys: RequestKeys): readonly NamedTest[] {
  return prepared.map(({ value, test, template }) => {
    if (template === null) return { name: value, matches: test ?? NEVER_KNOWN };
    const resolution = resolve(template, keys, operator.wildcards);
    return "text" in resolution
      ? { name: resolution.text, matches: operator.prepare(resolution.text) ?? NEVER_KNOWN }
      : { name: value, matches: NEVER_KNOWN };
  });
}

function undecidedVariable(operator: Operator, prepared: readonly PreparedValue[], keys: RequestKeys): string | null {
  for (const { template } of prepared) {
    if (template === null) continue;
    const resolution = resolve(template, keys, operator.wildcards);
    if ("undecided" in resolution)
      return `${quoted(resolution.undecided)} cannot be evaluated from what is known of the request`;
  }
  return null;
}

/** The commonest condition of all, on a set: constant time however many subjects there are. */
function exactEvaluation(
  key: string,
  values: readonly string[],
  ifExists: boolean,
  general: CompiledCondition["evaluate"],
): CompiledCondition["evaluate"] {
  const expected = new Set(values);
  return (keys, reading) => {
    const actual = keys.get(key);
    const [only] = actual ?? [];
    if (actual === undefined || only === undefined) {
      if (!ifExists) return "no";
      return expected.size > 0 ? "yes" : general(keys, reading);
    }
    return actual.length > 1 ? general(keys, reading) : expected.has(only) ? "yes" : "no";
  };
}

/** A missing key: positive operators no, negated yes, `IfExists` and `ForAllValues` yes, `ForAnyValue` no. */
function evaluateValues(
  operator: Operator,
  key: string,
  actual: readonly string[],
  tests: readonly NamedTest[],
  reading: Reading,
): Verdict {
  const truth =
    actual.length === 0
      ? operator.ifExists || operator.set === "all" || (operator.set === null && operator.negated)
      : operator.set === null
        ? evaluateOne(operator, key, actual, tests, reading)
        : evaluateSet(operator, key, actual, tests, reading);
  // what an empty list of values means is not documented: no yes rests on it
  if (tests.length === 0 && truth === true)
    return verdictOfTruth(reading(`${nameOf(operator)} ${quoted(key)} []`, true));
  return verdictOfTruth(truth);
}

/**
 * An operator for single values. What it says to several is not documented unless they agree: IAM asks for
 * `ForAllValues` or `ForAnyValue` there (IAM user guide, "Set operators for multivalued context keys").
 */
function evaluateOne(
  operator: Operator,
  key: string,
  actual: readonly string[],
  tests: readonly NamedTest[],
  reading: Reading,
): boolean | null {
  const matches = some(tests, (test) => {
    const answers = actual.map((value) => matchOf(operator, key, value, test, reading));
    const [first = false] = answers;
    if (first !== null && answers.every((answer) => answer === first)) return first;
    return actual.length === 1 ? first : reading(testName(operator, key, test, actual), !operator.negated);
  });
  return matches === null ? null : matches !== operator.negated;
}

function evaluateSet(
  operator: Operator,
  key: string,
  actual: readonly string[],
  tests: readonly NamedTest[],
  reading: Reading,
): boolean | null {
  const every = operator.set === "all";
  // one value decides against `every`, and for `some`; an open one keeps the answer open
  let open = false;
  for (const value of actual) {
    const matches = some(tests, (test) => matchOf(operator, key, value, test, reading));
    if (matches === null) open = true;
    else if ((matches !== operator.negated) !== every) return every ? blank(key, actual, reading) : true;
  }
  return open ? null : every;
}

/**
 * `ForAllValues` also holds where the values are "a null data set, such as an empty string": how far that goes is
 * open.
 */
function blank(key: string, actual: readonly string[], reading: Reading): boolean | null {
  if (actual.some((value) => value !== "")) return false;
  return reading(`ForAllValues ${quoted(key)} where all values are empty`, true);
}

/** Whether one value of the request matches one of the policy. */
function matchOf(operator: Operator, key: string, value: string, test: NamedTest, reading: Reading): boolean | null {
  return test.matches(value) ?? reading(testName(operator, key, test, [value]), !operator.negated);
}

function testName(operator: Operator, key: string, { name }: NamedTest, actual: readonly string[]): string {
  const values = [...new Set(actual)].sort().map((value) => JSON.stringify(value));
  return `${operator.compares} ${quoted(key)} ${JSON.stringify(operator.sameAs(name))} for ${values.join(", ")}`;
}

function nameOf({ set, base, ifExists }: Operator): string {
  return `${set === null ? "" : set === "all" ? "ForAllValues:" : "ForAnyValue:"}${base}${ifExists ? "IfExists" : ""}`;
}

/** Whether any of `items` passes, in three values. */
function some<T>(items: readonly T[], passes: (item: T) => boolean | null): boolean | null {
  let open = false;
  for (const item of items) {
    const answer = passes(item);
    if (answer === true) return true;
    if (answer === null) open = true;
  }
  return open ? null : false;
}
