/** Conditions of HCL rules, written from the same text rules as the TypeScript side. */
import { hclString } from "../hcl/encode";
import type { HclValue } from "../hcl/encode";
import type { TextRule } from "../text-rule";
import { cheapPattern } from "./cheap-pattern";
import type { RuleDefinition } from "./definition";

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

/** The condition that `test` holds for everything the loops run over; laid out as terraform fmt does. */
export function forAll(loops: readonly string[], test: string): string {
  if (loops.length === 0) return test;
  const nested = (depth: number): string => {
    const loop = loops[depth];
    if (loop === undefined) return test;
    const margin = "  ".repeat(depth + 1);
    const last = depth === loops.length - 1;
    return last ? `\n${margin}for ${loop} : ${indented(nested(depth + 1), depth + 1)}` : `\n${margin}for ${loop} : [${nested(depth + 1)}\n${margin}]`;
  };
  return loops.length === 1 ? `alltrue([${nested(0)}\n])` : `alltrue(flatten([${nested(0)}\n]))`;
}

function indented(text: string, depth: number): string {
  return text.replaceAll("\n", `\n${"  ".repeat(depth)}`);
}

/** Whether `reference` keeps `rule`, as an HCL expression. */
export function keepsRule(rule: TextRule, reference: string): string {
  const { pattern, maxLength } = cheapPattern(rule);
  return maxLength === null ? matches(pattern, reference) : `${matches(pattern, reference)} && length(${reference}) <= ${maxLength}`;
}

/** `text` must match the RE2 `pattern`. */
export function matches(pattern: string, text: string): string {
  return `can(regex(${hclString(pattern)}, ${text}))`;
}

/** The rule that the value in `place` passes `test`, an expression over its reference. */
export function ruleAt(place: Place, code: string, test: string, message: string, bad: readonly HclValue[]): RuleDefinition {
  return {
    code,
    condition: forAll(place.loops, place.nullable ? `${place.reference} == null ? true : ${test}` : test),
    message,
    breaks: bad.map((value) => ({ [place.variable]: place.holding(value) })),
  };
}

/** The rule that the text in `place` keeps `rule`. */
export function textRuleAt(place: Place, rule: TextRule, bad: readonly string[]): RuleDefinition {
  return ruleAt(place, rule.code, keepsRule(rule, place.reference), `${place.words} must be ${rule.says}, like ${rule.example}`, bad);
}

/** The rule that every text of the list in `place` keeps `rule`. */
export function eachTextRuleAt(place: Place, rule: TextRule, bad: readonly string[]): RuleDefinition {
  const loop = place.nullable ? `value in coalesce(${place.reference}, [])` : `value in ${place.reference}`;
  return {
    code: rule.code,
    condition: forAll([...place.loops, loop], keepsRule(rule, "value")),
    message: `${place.words} must be ${rule.says}, like ${rule.example}`,
    breaks: bad.map((value) => ({ [place.variable]: place.holding([value]) })),
  };
}
