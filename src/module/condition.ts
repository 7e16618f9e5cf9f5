/** Conditions of HCL rules, written from the same text rules as the TypeScript side. */
import { hclString } from "../hcl/encode";
import type { HclValue } from "../hcl/encode";
import { mayHold } from "../text/form";
import type { TextRule } from "../text/text-rule";
import { exampleOf, re2Rule } from "../text/text-rule";
import type { Inputs, RuleDefinition } from "./definition";
import type { Loop } from "./loops";
import { AMONG, elements, ifGiven, layOut, overOf } from "./loops";
import { jsonText, jsonTexts, orNull, unlessPlain } from "./plain-values";

/** Where a value is in a module's inputs: as itself in a variable, or below `for` loops over one. */
export interface Place {
  /** The variable it belongs to. */
  readonly variable: string;
  /** From the variable down. */
  readonly loops: readonly Loop[];
  /** The value, e.g. `role.description`. */
  readonly reference: string;
  /** Where it is below what the last loop runs over: `.description`, or the variable's name. */
  readonly at: string;
  /** What a message shows of it, an HCL expression; default: all of it. */
  readonly shown?: string;
  readonly nullable: boolean;
  /** What to call it in a message, e.g. `a role's description`. */
  readonly words: string;
  /** The variable's value with `value` in this place and everything else right. */
  readonly holding: (value: HclValue) => HclValue;
}

/** The place that is the variable itself. */
export function variablePlace(variable: string, nullable = false): Place {
  return {
    variable,
    loops: [],
    reference: `var.${variable}`,
    at: variable,
    nullable,
    words: variable,
    holding: (value) => value,
  };
}

/** What a message names of an element at fault: the place below it, and the value there, an HCL expression. */
export interface Shown {
  readonly at?: string;
  readonly value?: string;
  /** See RuleDefinition. */
  readonly refuses?: string;
}

/**
 * The rule that `test` holds for everything the loops run over. A `validation` sees its own variable alone, so
 * condition and message both list what is at fault. Null objects are left out, unless `nulls` asks for those of the
 * last loop. Where a value is unknown so is the list: the rule is checked in the apply, before any
 * role is made.
 */
export function ruleOver(
  code: string,
  loops: readonly Loop[],
  test: string,
  message: string,
  breaks: readonly Inputs[],
  { at = "", value, refuses }: Shown = {},
  nulls = false,
): RuleDefinition {
  const place = loops.map((loop) => loop.at).join("") + at;
  const text = `"${place}${value === undefined ? "" : `: \${jsonencode(${value})}`}"`;
  const element = (loop: Loop): string => {
    const bad = `!(${wrapped(test)})`;
    const isNull = loop.attribute === undefined ? `${loop.name} == null` : `!can(${loop.name}.${loop.attribute})`;
    const mayBeNull = loop.few === true || loop.attribute !== undefined;
    return `\n${text}\nif ${mayBeNull && !nulls ? `${isNull} ? false : ${bad}` : bad}`;
  };
  const list = layOut(loops, element);
  const [first, ...rest] = loops;
  return {
    code,
    condition: `length(${list}) == 0`,
    message: atStart(message),
    breaks,
    ...(refuses === undefined ? {} : { refuses }),
    atFault: list,
    ...(first?.unless === undefined
      ? {}
      : {
          among: {
            values: overOf(first),
            list: layOut([{ ...first, over: AMONG, unless: undefined }, ...rest], element),
          },
        }),
  };
}

/** A test of several parts, each on a line of its own where one line would be too wide. */
function wrapped(test: string): string {
  return test.length < 100 || test.includes("\n") ? test : `\n  ${test.replaceAll(" && ", " &&\n  ")}\n`;
}

/** The condition that `test` holds for everything the loops run over, for values that no message may name. */
export function forAll(loops: readonly Loop[], test: string): string {
  // alltrue would say the same, but first unifies the types of its list, which takes the square of its length
  return loops.length === 0 ? test : `!contains(${layOut(loops, (loop) => `\n${test}${ifGiven(loop)}`)}, false)`;
}

/**
 * The rule that none of the objects of the last loop is null. `words`: what one is, e.g. `A role`. `attribute`: one
 * that each has.
 */
export function noNullRule(
  loops: readonly [...Loop[], Loop],
  attribute: string,
  words: string,
  bad: Inputs,
): RuleDefinition {
  const [last] = loops.slice(-1) as [Loop];
  const isGiven = `can(${last.name}.${last.attribute ?? attribute})`;
  return ruleOver(
    "required",
    loops,
    isGiven,
    `${words} must not be null; leave it out`,
    [bad],
    { refuses: `null_${inName(words)}` },
    true,
  );
}

/** Whether `reference` satisfies `rule`, as an HCL expression. */
export function satisfiesRule(rule: TextRule, reference: string): string {
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
  const { loops, reference, at, nullable } = place;
  const whole = nullable ? `${reference} == null ? true : ${test}` : test;
  const breaks = bad.map((value) => ({ [place.variable]: place.holding(value) }));
  const refuses = `invalid_${inName(place.words)}`;
  if (loops.length === 0) return { code, condition: whole, message: atStart(message), breaks, refuses };
  return ruleOver(code, loops, whole, message, breaks, { at, value: place.shown ?? reference, refuses });
}

/** The rule that the text in `place` satisfies `rule`. */
export function textRuleAt(place: Place, rule: TextRule): RuleDefinition {
  const text = jsonText(rule);
  const loops = unlessPlain(place.loops, place.reference, place.nullable ? orNull(text) : text);
  return ruleAt(
    { ...place, loops },
    rule.code,
    satisfiesRule(rule, place.reference),
    mustBe(place.words, rule),
    rule.wrong,
  );
}

/** The rule that every text of the list in `place` satisfies `rule`. */
export function eachTextRuleAt(place: Place, rule: TextRule): RuleDefinition {
  const { reference, nullable, at } = place;
  const list = jsonTexts(rule);
  const values = elements("value", nullable ? `coalesce(${reference}, [])` : reference, at);
  const test = `value == null ? false : ${satisfiesRule(rule, "value")}`;
  const breaks = rule.wrong.map((value) => ({ [place.variable]: place.holding([value]) }));
  const loops = [...unlessPlain(place.loops, reference, nullable ? orNull(list) : list), values];
  return ruleOver(rule.code, loops, test, mustBe(`each of ${place.words}`, rule), breaks, {
    value: "value",
    refuses: `invalid_${inName(place.words)}`,
  });
}

/** `words` as part of a run's name: `a role's name` is `roles_name`. */
export function inName(words: string): string {
  return words
    .toLowerCase()
    .replace(/^(?:a|an|each|each of) /, "")
    .replaceAll("'s ", "s ")
    .replace(/[^a-z0-9]+/g, "_");
}

/** `<words> must be 1 to 64 letters …`. */
export function mustBe(words: string, rule: TextRule): string {
  return `${words} must be ${rule.says}${exampleOf(rule)}`;
}
