/** Judges one condition of a statement: operator, key and values against the keys of a request. */
import { quoted } from "../../text/text-rule";
import type { PolicyCondition } from "./document";
import type { Operator } from "./operators";
import { operatorNamed } from "./operators";
import type { ValueTest } from "./values";
import type { RequestKeys } from "./variables";
import { hasVariables, resolve, templateOf } from "./variables";

/** `unknown`: it can not be decided from what is given. Never counts as yes. */
export type Verdict = "yes" | "no" | "unknown";

export interface CompiledCondition {
  readonly judge: (keys: RequestKeys) => Verdict;
  /** What can not be decided and why, or null. */
  readonly finding: (keys: RequestKeys) => string | null;
  /** What can not be decided whatever the request, and why, or null. */
  readonly neverDecided: string | null;
}

/**
 * Prepares `condition` for many requests. `variables`: whether `${…}` stands for a key (from version 2012-10-17 on).
 */
export function compileCondition(condition: PolicyCondition, variables: boolean): CompiledCondition {
  const key = condition.key.toLowerCase();
  if (condition.operator === "Null") return nullCondition(key, condition.values);
  const operator = operatorNamed(condition.operator);
  if (operator === null) return undecidable(`${quoted(condition.operator)} is no operator of IAM`);
  const unreadable = condition.values
    .map((value) => preparedValue(operator, value, variables))
    .find((value) => "finding" in value);
  const neverDecided = unreadable !== undefined && "finding" in unreadable ? unreadable.finding : null;
  const tests = testsOf(operator, condition.values, variables);
  const judge =
    tests === null && operator.base === "StringEquals" && operator.set === null
      ? exactJudge(key, condition.values, operator.ifExists)
      : (keys: RequestKeys): Verdict => judgeValues(operator, keys.get(key), tests === null ? [] : tests(keys));
  return {
    judge,
    neverDecided,
    finding: (keys) => {
      if (neverDecided !== null) return neverDecided;
      const open = variables && operator.variables ? undecidedVariable(operator, condition.values, keys) : null;
      if (open !== null) return open;
      if (judge(keys) !== "unknown") return null;
      return condition.values.length === 0
        ? `${condition.operator} on ${quoted(condition.key)} has no values`
        : `${quoted(condition.key)} is ${(keys.get(key) ?? []).slice(0, 3).map(quoted).join(", ")}, ` +
            `which ${condition.operator} does not compare for certain`;
    },
  };
}

function undecidable(finding: string): CompiledCondition {
  return { judge: () => "unknown", finding: () => finding, neverDecided: finding };
}

function nullCondition(key: string, values: readonly string[]): CompiledCondition {
  const [wanted, ...others] = values.map((value) => value.toLowerCase());
  if (others.length > 0 || (wanted !== "true" && wanted !== "false"))
    return undecidable("Null takes one value, true or false");
  return {
    judge: (keys) => (((keys.get(key)?.length ?? 0) === 0) === (wanted === "true") ? "yes" : "no"),
    finding: () => null,
    neverDecided: null,
  };
}

const NEVER_KNOWN: ValueTest = () => null;

type PreparedValue =
  { readonly test: ValueTest } | { readonly template: ReturnType<typeof templateOf> } | { readonly finding: string };

function preparedValue(operator: Operator, value: string, variables: boolean): PreparedValue {
  if (operator.wildcards && /[\ufdd0\ufdd1]/.test(value))
    return { finding: `${quoted(value)} holds what is no character` };
  if (variables && hasVariables(value)) {
    return operator.variables
      ? { template: templateOf(value, operator.wildcards) }
      : { finding: `${quoted(value)} can not be decided: ${operator.base} takes no variables` };
  }
  const test = operator.prepare(value);
  return test === null ? { finding: `${quoted(value)} is nothing that ${operator.base} compares` } : { test };
}

/** The tests of a condition's values; null where they are plain texts that a set compares faster. */
function testsOf(
  operator: Operator,
  values: readonly string[],
  variables: boolean,
): ((keys: RequestKeys) => readonly ValueTest[]) | null {
  const prepared = values.map((value) => preparedValue(operator, value, variables));
  const fixed = prepared.flatMap((value) => ("test" in value ? value.test : "finding" in value ? NEVER_KNOWN : []));
  if (fixed.length === values.length)
    return operator.base === "StringEquals" && operator.set === null ? null : () => fixed;
  const templates = prepared.flatMap((value) => ("template" in value ? [value.template] : []));
  return (keys) => [
    ...fixed,
    ...templates.map((template) => {
      const resolution = resolve(template, keys, operator.wildcards);
      return "text" in resolution ? (operator.prepare(resolution.text) ?? NEVER_KNOWN) : NEVER_KNOWN;
    }),
  ];
}

function undecidedVariable(operator: Operator, values: readonly string[], keys: RequestKeys): string | null {
  for (const value of values.filter(hasVariables)) {
    const resolution = resolve(templateOf(value, operator.wildcards), keys, operator.wildcards);
    if ("undecided" in resolution)
      return `${quoted(resolution.undecided)} can not be decided from what is known of the request`;
  }
  return null;
}

/** The commonest condition of all, on a set: constant time however many subjects there are. */
function exactJudge(key: string, values: readonly string[], ifExists: boolean): CompiledCondition["judge"] {
  const expected = new Set(values);
  return (keys) => {
    const actual = keys.get(key);
    if (actual === undefined || actual.length === 0)
      return ifExists && expected.size > 0 ? "yes" : ifExists ? "unknown" : "no";
    for (const value of actual) if (expected.has(value)) return "yes";
    return "no";
  };
}

/** A missing key: positive operators no, negated yes, `IfExists` and `ForAllValues` yes, `ForAnyValue` no. */
function judgeValues(operator: Operator, actual: readonly string[] | undefined, tests: readonly ValueTest[]): Verdict {
  const verdict =
    actual === undefined || actual.length === 0
      ? operator.ifExists || operator.set === "all" || (operator.set === null && operator.negated)
        ? "yes"
        : "no"
      : judgePresent(operator, actual, tests);
  // what an empty list of values means is not documented: no yes rests on it
  return tests.length === 0 && verdict === "yes" ? "unknown" : verdict;
}

function judgePresent(operator: Operator, actual: readonly string[], tests: readonly ValueTest[]): Verdict {
  const every = operator.set === "all" || (operator.set === null && operator.negated);
  // one value decides against `every`, and for `some`; an open one keeps the answer open
  let open = false;
  for (const value of actual) {
    const matches = matchesAny(value, tests);
    if (matches === null) open = true;
    else if ((matches !== operator.negated) !== every) return every ? blank(operator, actual) : "yes";
  }
  return open ? "unknown" : every ? "yes" : "no";
}

/**
 * `ForAllValues` also holds where the values are "a null data set, such as an empty string": how far that goes is
 * open.
 */
function blank(operator: Operator, actual: readonly string[]): Verdict {
  return operator.set === "all" && actual.every((value) => value === "") ? "unknown" : "no";
}

function matchesAny(value: string, tests: readonly ValueTest[]): boolean | null {
  let open = false;
  for (const test of tests) {
    const matches = test(value);
    if (matches === true) return true;
    if (matches === null) open = true;
  }
  return open ? null : false;
}
