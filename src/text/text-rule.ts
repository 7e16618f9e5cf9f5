/**
 * A rule on one piece of text, as data: written once, read by the schema, the JSON Schema and the `validation`
 * blocks of the HCL modules.
 */
import type { ErrorCode, Problem } from "../errors";
import { type Form, javascriptPattern, re2Pattern, runWords } from "./form";
import { codeUnits, showInvisible } from "./escape";

/** A rule as it is written down. */
export interface RuleDeclaration<F extends Form = Form> {
  readonly code: ErrorCode;
  readonly form: F;
  /** In characters (code points), where the form alone would allow more. */
  readonly maxLength?: number;
  /** What the value must be, to go after "must be". Left out: the words of the form, which must be a single run. */
  readonly says?: string;
  /** A right value, shown in messages. */
  readonly example: string;
  /** Wrong values, the plainest first: the modules' own tests must see each refused. */
  readonly wrong?: readonly string[];
}

export interface TextRule<F extends Form = Form> extends RuleDeclaration<F> {
  readonly says: string;
  readonly wrong: readonly string[];
  /** Anchored regular expression for JavaScript, flag `u`. */
  readonly pattern: string;
}

/** The rule that `declaration` describes. Throws RangeError where neither it nor its form says what is right. */
export function textRule<F extends Form>(declaration: RuleDeclaration<F>): TextRule<F> {
  const { form } = declaration;
  const says = declaration.says ?? (typeof form === "object" && "characters" in form ? runWords(form) : undefined);
  if (says === undefined) throw new RangeError(`the rule ${declaration.code} has no words`);
  return { wrong: [], ...declaration, says, pattern: javascriptPattern(form) };
}

const compiled = new Map<string, RegExp>();

function compile(pattern: string): RegExp {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    regex = new RegExp(pattern, "u");
    compiled.set(pattern, regex);
  }
  return regex;
}

/** Whether `text` satisfies `rule`. Linear in the length of the text: no rule's pattern backtracks. */
export function satisfies(rule: TextRule, text: string): boolean {
  if (rule.maxLength !== undefined && text.length > rule.maxLength && [...text].length > rule.maxLength) return false;
  return compile(rule.pattern).test(text);
}

/** The rule for Terraform: a pattern for `regex`, and the most characters, where it does not count them itself. */
export function re2Rule(rule: TextRule): { readonly pattern: string; readonly maxLength: number | null } {
  const { pattern, maxLength } = re2Pattern(rule.form);
  return {
    pattern,
    maxLength: maxLength === null ? (rule.maxLength ?? null) : Math.min(maxLength, rule.maxLength ?? Infinity),
  };
}

/** The problem to report when `text` violates `rule`; undefined when it satisfies it. */
export function violation(rule: TextRule, text: string, path: string): Problem | undefined {
  if (satisfies(rule, text)) return undefined;
  return {
    code: rule.code,
    message: `${quoted(text)} must be ${rule.says}.`,
    path,
    fix: `Write it like ${JSON.stringify(rule.example)}.`,
  };
}

/** `text` for a message: JSON-quoted, control and bidirectional characters escaped, cut at 80 characters. */
export function quoted(text: string): string {
  return quotedWhole(text.length > 80 ? `${text.slice(0, 77).replace(/[\ud800-\udbff]$/, "")}...` : text);
}

/** The same uncut; `JSON.parse` gives `text` back. */
export function quotedWhole(text: string): string {
  return showInvisible(JSON.stringify(text));
}

/** `quoted` with everything beyond ASCII escaped: a look-alike is shown as the character it is. */
export function quotedAscii(text: string): string {
  return quoted(text).replace(/[^\x20-\x7e]/g, codeUnits);
}

/** `, e.g. mycompany.cloud.databricks.com` where words alone do not show the form; else nothing. */
export function exampleOf({ form, example }: TextRule): string {
  return typeof form === "object" && "characters" in form ? "" : `, e.g. ${example}`;
}
