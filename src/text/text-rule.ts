/**
 * A rule on one piece of text, as data: written once, read by the zod schema, the JSON Schema and the
 * `validation` blocks of the HCL modules. `pattern` therefore keeps to what JavaScript (flag `u`) and RE2 share.
 */
import type { ErrorCode, Problem } from "../errors";

export interface TextRule {
  readonly code: ErrorCode;
  /** Anchored regular expression. `\uXXXX` is written out for RE2 by `re2Pattern`. */
  readonly pattern: string;
  /** In characters (code points); absent where the pattern bounds the length itself. */
  readonly maxLength?: number;
  /** What the value must be, to go after "must be". */
  readonly says: string;
  /** A right value, shown in messages. */
  readonly example: string;
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

/** Whether `text` keeps `rule`. Linear in the length of the text: no rule's pattern backtracks. */
export function keeps(rule: TextRule, text: string): boolean {
  if (rule.maxLength !== undefined && text.length > rule.maxLength && [...text].length > rule.maxLength) return false;
  return compile(rule.pattern).test(text);
}

/** The problem to report when `text` breaks `rule`, or undefined when it keeps it. */
export function breach(rule: TextRule, text: string, path: string): Problem | undefined {
  if (keeps(rule, text)) return undefined;
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
  // JSON.stringify escapes what is below a space, and half a character
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** `quoted` with everything beyond ASCII escaped: a look-alike is not to be taken for what it looks like. */
export function quotedAscii(text: string): string {
  return quoted(text).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The same pattern for RE2 (Terraform's `regex`): `\u00FF` becomes `\x{00FF}`. */
export function re2Pattern(rule: TextRule): string {
  return rule.pattern.replace(/\\u([0-9A-Fa-f]{4})/g, "\\x{$1}");
}
