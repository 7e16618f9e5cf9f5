/**
 * Values as HCL text, laid out as `terraform fmt` would. The one way a value gets into a generated file: quotes,
 * `${`, `%{`, control and invisible characters come out as text that reads back unchanged and changes no structure.
 */
import { replaceInvisible } from "../text/escape";
import { canonicalText } from "../trust/canonical-json";

const EXPRESSION = Symbol("HCL expression");

/** HCL that is code, not data. Made only by `expression` and `call`, so that no value can pose as one. */
export interface HclExpression {
  readonly [EXPRESSION]: string | { readonly name: string; readonly argument: HclValue };
}

export type HclValue =
  null | boolean | number | string | readonly HclValue[] | { readonly [key: string]: HclValue } | HclExpression;

/** Text that stands for a value known only to Terraform, and the reference that goes in its place. */
export type References = readonly (readonly [standIn: string, reference: string])[];

/** HCL source, verbatim: for literals of this program, never for input. */
export function expression(source: string): HclExpression {
  return { [EXPRESSION]: source };
}

/** A function call with one argument, laid out like the argument: `jsonencode({ … })`. */
export function call(name: string, argument: HclValue): HclExpression {
  return { [EXPRESSION]: { name, argument } };
}

/** A quoted string of texts and of expressions between them, `"… ${…} …"`. */
export function template(...parts: readonly (string | HclExpression)[]): HclExpression {
  const inner = (part: string | HclExpression): string =>
    typeof part === "string" ? hclString(part).slice(1, -1) : `\${${hclValue(part)}}`;
  return expression(`"${parts.map(inner).join("")}"`);
}

/** Lists of plain values up to this width stay on their line. */
const LIST_WIDTH = 100;
const NO_REFERENCES: References = [];

/**
 * `value` as HCL, to be put after `indent` spaces of indentation; objects always on several lines, in their own order.
 * Throws RangeError for a number that is not finite.
 */
export function hclValue(value: HclValue, indent = 0, references: References = NO_REFERENCES): string {
  if (typeof value === "string") return hclString(value, references);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError(`${value} has no HCL form`);
    return Object.is(value, -0) ? "0" : String(value);
  }
  if (isList(value)) return listText(value, indent, references);
  if (isExpression(value)) {
    const source = value[EXPRESSION];
    return typeof source === "string" ? source : `${source.name}(${hclValue(source.argument, indent, references)})`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  return `{\n${hclAttributes(entries, indent + 2, references)}\n${" ".repeat(indent)}}`;
}

/**
 * `name = value` lines at `indent`, `=` aligned as `terraform fmt` does: within runs of one-line values. No newline at
 * the end. With `spaced` an empty line is around each value of several lines, as in a block's body.
 */
export function hclAttributes(
  entries: readonly (readonly [string, HclValue])[],
  indent = 0,
  references: References = NO_REFERENCES,
  spaced = false,
): string {
  const margin = " ".repeat(indent);
  const groups: string[] = [];
  let run: { readonly name: string; readonly width: number; readonly value: string }[] = [];
  const endRun = (): void => {
    const column = Math.max(0, ...run.map(({ width }) => width));
    if (run.length > 0)
      groups.push(
        run.map(({ name, width, value }) => `${margin}${name}${" ".repeat(column - width)} = ${value}`).join("\n"),
      );
    run = [];
  };
  for (const [key, value] of entries) {
    const name = hclKey(key);
    const text = hclValue(value, indent, references);
    if (text.includes("\n")) {
      endRun();
      groups.push(`${margin}${name} = ${text}`);
    } else {
      run.push({ name, width: columns(name), value: text });
    }
  }
  endRun();
  return groups.join(spaced ? "\n\n" : "\n");
}

function listText(values: readonly HclValue[], indent: number, references: References): string {
  if (values.length === 0) return "[]";
  const [first] = values;
  if (values.length === 1 && first !== undefined && isObject(first)) return `[${hclValue(first, indent, references)}]`;
  const items = values.map((item) => hclValue(item, indent + 2, references));
  const line = `[${items.join(", ")}]`;
  if (line.length <= LIST_WIDTH && !line.includes("\n")) return line;
  const margin = " ".repeat(indent);
  return `[\n${items.map((item) => `${margin}  ${item},\n`).join("")}${margin}]`;
}

function isList(value: HclValue): value is readonly HclValue[] {
  return Array.isArray(value);
}

function isExpression(value: HclValue): value is HclExpression {
  return typeof value === "object" && value !== null && EXPRESSION in value;
}

function isObject(value: HclValue): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    !isList(value) &&
    !isExpression(value) &&
    Object.keys(value).length > 0
  );
}

/** Words that begin something else where an object's key may stand. */
const RESERVED = new Set(["for", "if", "in", "null", "true", "false"]);

/** An object's or map's key: bare where HCL reads it as a name, else quoted. */
export function hclKey(key: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) && !RESERVED.has(key)) return key;
  const text = hclString(key);
  // The layout counts columns as terraform fmt does, in user-perceived characters; where that is in doubt, in ASCII.
  return isAscii(text) || [...text].length === graphemes(text) ? text : text.replace(/[^\0-\x7f]/gu, escaped);
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * `text` as a quoted HCL string, in NFC with lone surrogates as U+FFFD, as Terraform itself would hold it. What a
 * reader could not see (control, format, private and unassigned characters) is escaped. HCL knows no `\b` and `\f`.
 */
export function hclString(text: string, references: References = NO_REFERENCES): string {
  if (/^[ !#$&-[\]-z|}~]*$/.test(text)) return `"${text}"`;
  let quoted = canonicalText(text)
    .replace(/["\\]/g, "\\$&")
    .replace(/[$%](?=\{)/g, "$&$&");
  for (const [standIn, reference] of references) quoted = quoted.replaceAll(standIn, () => `\${${reference}}`);
  return `"${replaceInvisible(quoted, escaped).replace(/[^\P{Zs} ]/gu, escaped)}"`;
}

function escaped(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
}

function columns(name: string): number {
  return isAscii(name) ? name.length : [...name].length;
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

let segmenter: Intl.Segmenter | undefined;

function graphemes(text: string): number {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  let count = 0;
  for (const _ of segmenter.segment(text)) count += 1;
  return count;
}

/** `text` as a `#` comment of one line. */
export function hclComment(text: string): string {
  return `# ${replaceInvisible(canonicalText(text), " ")}`;
}
