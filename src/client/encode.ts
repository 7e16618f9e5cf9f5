/**
 * Values encoded for their place in a client file: Python, JSON, YAML, a workflow, a bundle, Markdown. The one
 * way a
 * value of the federation gets into such a file, so that nothing a user writes becomes code.
 */
import { canonicalText } from "../trust/canonical-json";

export type PlainValue =
  null | boolean | number | string | readonly PlainValue[] | { readonly [key: string]: PlainValue };

/** Lists and objects up to this width stay on their line. */
const LINE_WIDTH = 110;
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/**
 * `text` in double quotes and ASCII alone, as Python and YAML both read it: `\xNN`, `\uNNNN` and `\UNNNNNNNN` are code
 * points, never halves of one. In NFC, lone surrogates as U+FFFD.
 */
export function quotedAscii(text: string): string {
  return `"${canonicalText(text).replace(/["\\]|[^ -~]/gu, escaped)}"`;
}

function escaped(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4
    ? `\\U${code.padStart(8, "0")}`
    : code.length > 2
      ? `\\u${code.padStart(4, "0")}`
      : `\\x${code.padStart(2, "0")}`;
}

/** `value` as a Python literal, laid out as Black would. Throws RangeError for a number that is not a safe integer. */
export function pythonValue(value: PlainValue, indent = 0): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return quotedAscii(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} has no exact form`);
    return String(value);
  }
  const deeper = indent + 4;
  const [open, close, items] = isList(value)
    ? (["[", "]", value.map((item) => pythonValue(item, deeper))] as const)
    : ([
        "{",
        "}",
        Object.entries(value).map(([key, item]) => `${quotedAscii(key)}: ${pythonValue(item, deeper)}`),
      ] as const);
  const line = `${open}${items.join(", ")}${close}`;
  if (indent + line.length <= LINE_WIDTH && !line.includes("\n")) return line;
  const margin = " ".repeat(indent);
  return `${open}\n${items.map((item) => `${margin}    ${item},\n`).join("")}${margin}${close}`;
}

function isList(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value);
}

/** `value` as JSON, its lines after the first indented by `indent`. */
export function jsonValue(value: PlainValue, indent = 0): string {
  return JSON.stringify(value, null, 2).replaceAll("\n", `\n${" ".repeat(indent)}`);
}

/**
 * `text` as a YAML string in a GitHub workflow. GitHub evaluates `${{ … }}` in every string of a workflow, so where the
 * text opens one, an expression that gives those three characters replaces it.
 */
export function workflowString(text: string): string {
  return quotedAscii(text.replaceAll("${{", () => "${{ '${{' }}"));
}

/**
 * `text` as a YAML string in a Databricks bundle, which cannot escape `${`. Throws RangeError where it would
 * read one.
 */
export function bundleString(text: string): string {
  if (text.includes("${")) throw new RangeError("a bundle would read ${ as a reference");
  return quotedAscii(text);
}
