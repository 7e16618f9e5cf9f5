/** Conditions of HCL rules, written from the same text rules as the TypeScript side. */
import { hclString } from "../hcl/encode";
import type { HclValue } from "../hcl/encode";
import type { TextRule } from "../text/text-rule";
import { re2Rule } from "../text/text-rule";
import { mayHold } from "../text/form";
import type { Inputs, RuleDefinition } from "./definition";

/** Where in a module's inputs a value stands: as itself in a variable, or below `for` loops over one. */
export interface Place {
  /** The variable it belongs to. */
  readonly variable: string;
  /** `for` clauses from the variable down, e.g. `role in var.roles`. */
  readonly loops: readonly string[];
  /** The value, e.g. `role.description`. */
  readonly reference: string;
  readonly nullable: boolean;
  /** What to call it in a message. */
  readonly words: string;
  /** The variable's value with `value` in this place and everything else right. */
  readonly holding: (value: HclValue) => HclValue;
}

/**
 * Loops over objects that are few. One of them may be null, which a rule of its own tells: every other rule passes it
 * by.
 * Roles and their trusts are not few: asking of each, in every rule, makes a plan of a thousand a seventh slower, and
 * the
 * rule that tells stands first.
 */
const FEW_OBJECTS = /^(condition|issuer) in /;

/**
 * The condition that `test` holds for everything the loops run over, null objects left out where they are few, unless
 * `nulls` asks for those of the last loop; laid out as terraform fmt does.
 */
export function forAll(loops: readonly string[], test: string, nulls = false): string {
  if (loops.length === 0) return test;
  const nested = (depth: number): string => {
    const loop = loops[depth];
    if (loop === undefined) return test;
    const margin = "  ".repeat(depth + 1);
    const last = depth === loops.length - 1;
    const object = nulls && last ? undefined : FEW_OBJECTS.exec(loop)?.[1];
    const rest = last ? indented(nested(depth + 1), depth + 1) : `[${nested(depth + 1)}\n${margin}]`;
    return `\n${margin}for ${loop} : ${rest}${object === undefined ? "" : ` if ${object} != null`}`;
  };
  return loops.length === 1 ? `alltrue([${nested(0)}\n])` : `alltrue(flatten([${nested(0)}\n]))`;
}

/** The rule that none of the objects in the last of `loops` is null. `words`: what one is. */
export function noNullRule(loops: readonly string[], words: string, bad: Inputs): RuleDefinition {
  const object = loops.at(-1)?.split(" in ")[0] ?? "";
  return {
    code: "required",
    condition: forAll(loops, `${object} != null`, true),
    message: `${words} must not be null; leave it out`,
    breaks: [bad],
    amongErrors: !FEW_OBJECTS.test(loops.at(-1) ?? ""),
  };
}

function indented(text: string, depth: number): string {
  return text.replaceAll("\n", `\n${"  ".repeat(depth)}`);
}

/** Whether `reference` keeps `rule`, as an HCL expression. */
export function keepsRule(rule: TextRule, reference: string): string {
  const { pattern, maxLength } = re2Rule(rule);
  // Terraform takes a carriage return and the line feed after it for one character.
  const length = mayHold(rule.form, "\r") ? characters(reference) : `length(${reference})`;
  return maxLength === null
    ? matches(pattern, reference)
    : `${matches(pattern, reference)} && ${length} <= ${maxLength}`;
}

/**
 * How many characters `text` has, as an HCL expression: code points, where `length` counts what a reader takes for
 * one.
 */
export function characters(text: string): string {
  return `length(split("", ${text}))`;
}

/** `text` must match the RE2 `pattern`. */
export function matches(pattern: string, text: string): string {
  return `can(regex(${hclString(pattern)}, ${text}))`;
}

/** The rule that the value in `place` passes `test`, an expression over its reference. */
export function ruleAt(
  place: Place,
  code: string,
  test: string,
  message: string,
  bad: readonly HclValue[],
): RuleDefinition {
  return {
    code,
    condition: forAll(place.loops, place.nullable ? `${place.reference} == null ? true : ${test}` : test),
    message,
    breaks: bad.map((value) => ({ [place.variable]: place.holding(value) })),
  };
}

/** The rule that the text in `place` keeps `rule`. */
export function textRuleAt(place: Place, rule: TextRule, bad: readonly string[]): RuleDefinition {
  return ruleAt(
    place,
    rule.code,
    keepsRule(rule, place.reference),
    `${place.words} must be ${rule.says}, like ${rule.example}`,
    bad,
  );
}

/** The rule that every text of the list in `place` keeps `rule`. */
export function eachTextRuleAt(place: Place, rule: TextRule, bad: readonly string[]): RuleDefinition {
  const loop = place.nullable ? `value in coalesce(${place.reference}, [])` : `value in ${place.reference}`;
  return {
    code: rule.code,
    condition: forAll([...place.loops, loop], `value == null ? false : ${keepsRule(rule, "value")}`),
    message: `${place.words} must be ${rule.says}, like ${rule.example}`,
    breaks: bad.map((value) => ({ [place.variable]: place.holding([value]) })),
  };
}
