/** Conditions of HCL rules, written from the same text rules as the TypeScript side. */
import { hclString } from "../hcl/encode";
import type { HclValue } from "../hcl/encode";
import { mayHold } from "../text/form";
import type { TextRule } from "../text/text-rule";
import { exampleOf, re2Rule } from "../text/text-rule";
import type { Inputs, RuleDefinition } from "./definition";

/** A `for` clause: `for <name> in <over>`. */
export interface Loop {
  readonly name: string;
  /** HCL expression. */
  readonly over: string;
  /**
   * The objects it runs over are few. One of them may be null, which a rule of its own tells: every other rule skips
   * it. Roles and their trusts are not few: asking of each, in every rule, makes a plan of a thousand a seventh
   * slower, and the rule that tells stands first.
   */
  readonly few?: true;
}

/** Where a value stands in a module's inputs: as itself in a variable, or below `for` loops over one. */
export interface Place {
  /** The variable it belongs to. */
  readonly variable: string;
  /** From the variable down. */
  readonly loops: readonly Loop[];
  /** The value, e.g. `role.description`. */
  readonly reference: string;
  readonly nullable: boolean;
  /** What to call it in a message, e.g. `a role's description`. */
  readonly words: string;
  /** The variable's value with `value` in this place and everything else right. */
  readonly holding: (value: HclValue) => HclValue;
}

/** The place that is the variable itself. */
export function variablePlace(variable: string, nullable = false): Place {
  return { variable, loops: [], reference: `var.${variable}`, nullable, words: variable, holding: (value) => value };
}

/**
 * The condition that `test` holds for everything the loops run over, null objects left out where they are few, unless
 * `nulls` asks for those of the last loop; laid out as terraform fmt does.
 */
export function forAll(loops: readonly Loop[], test: string, nulls = false): string {
  if (loops.length === 0) return test;
  const nested = (depth: number): string => {
    const loop = loops[depth];
    if (loop === undefined) return test;
    const margin = "  ".repeat(depth + 1);
    const last = depth === loops.length - 1;
    const guard = loop.few === true && !(nulls && last) ? ` if ${loop.name} != null` : "";
    const rest = last ? indented(nested(depth + 1), depth + 1) : `[${nested(depth + 1)}\n${margin}]`;
    return `\n${margin}for ${loop.name} in ${loop.over} : ${rest}${guard}`;
  };
  // alltrue would say the same, but first unifies the types of its list, which takes the square of its length
  return `!contains(${loops.length === 1 ? `[${nested(0)}\n]` : `flatten([${nested(0)}\n])`}, false)`;
}

function indented(text: string, depth: number): string {
  return text.replaceAll("\n", `\n${"  ".repeat(depth)}`);
}

/**
 * The rule that none of the objects of the last loop is null. `words`: what one is, e.g. `A role`. `attribute`: one
 * that
 * each has: to ask for it is a third of the work of comparing the whole object with null.
 */
export function noNullRule(
  loops: readonly [...Loop[], Loop],
  attribute: string,
  words: string,
  bad: Inputs,
): RuleDefinition {
  const [last] = loops.slice(-1) as [Loop];
  return {
    code: "required",
    condition: forAll(loops, `can(${last.name}.${attribute})`, true),
    message: `${words} must not be null; leave it out`,
    breaks: [bad],
    amongErrors: last.few !== true,
  };
}

/** Whether `reference` keeps `rule`, as an HCL expression. */
export function keepsRule(rule: TextRule, reference: string): string {
  const { pattern, maxLength } = re2Rule(rule);
  if (maxLength === null) return matches(pattern, reference);
  // Terraform takes a carriage return and the line feed after it for one character.
  const length = mayHold(rule.form, "\r") ? characters(reference) : `length(${reference})`;
  return `${matches(pattern, reference)} && ${length} <= ${maxLength}`;
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

/** `words` at the beginning of a sentence; the name of a variable stays as it is. */
export function atStart(words: string): string {
  return /^(?:a|an|each) /.test(words) ? `${words.slice(0, 1).toUpperCase()}${words.slice(1)}` : words;
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
    message: atStart(message),
    breaks: bad.map((value) => ({ [place.variable]: place.holding(value) })),
  };
}

/** The rule that the text in `place` keeps `rule`. */
export function textRuleAt(place: Place, rule: TextRule): RuleDefinition {
  return ruleAt(place, rule.code, keepsRule(rule, place.reference), mustBe(place.words, rule), rule.wrong);
}

/** The rule that every text of the list in `place` keeps `rule`. */
export function eachTextRuleAt(place: Place, rule: TextRule): RuleDefinition {
  const { reference, nullable } = place;
  const values: Loop = { name: "value", over: nullable ? `coalesce(${reference}, [])` : reference };
  return {
    code: rule.code,
    condition: forAll([...place.loops, values], `value == null ? false : ${keepsRule(rule, "value")}`),
    message: atStart(mustBe(`each of ${place.words}`, rule)),
    breaks: rule.wrong.map((value) => ({ [place.variable]: place.holding([value]) })),
  };
}

/** `<words> must be 1 to 64 letters …`. */
export function mustBe(words: string, rule: TextRule): string {
  return `${words} must be ${rule.says}${exampleOf(rule)}`;
}
