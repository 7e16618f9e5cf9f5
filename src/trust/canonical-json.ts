/** JSON in the canonical form: the same bytes as Terraform's `jsonencode` makes of the same value. */

/**
 * A JSON value.
 *
 * @example
 * ```ts
 * import type { Json } from "databricks-aws-oidc";
 * const value: Json = { Version: "2012-10-17", Statement: [] };
 * ```
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * `value` as JSON: object keys sorted by their UTF-8 bytes, no white space, strings in NFC, and
 * `<`, `>`, `&`, U+2028, U+2029 written as `\u003c` and so on. Numbers must be safe integers: Terraform and
 * JavaScript print others differently. Lone surrogates become U+FFFD, as Terraform reads them.
 * Two keys of one object that are equal after NFC: the later one counts, as in Terraform.
 * Throws RangeError for a number that is not a safe integer.
 *
 * @example
 * ```ts
 * import { canonicalJson } from "databricks-aws-oidc";
 * canonicalJson({ b: 1, a: "<" }); // {"a":"\\u003c","b":1}
 * ```
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no safe integer`);
    return Object.is(value, -0) ? "0" : String(value);
  }
  if (typeof value === "string") return encodeText(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = new Map<string, Json>();
  for (const [key, member] of Object.entries(value)) members.set(canonicalText(key), member);
  const keys = [...members.keys()].sort(compareUtf8);
  return `{${keys.map((key) => `${encodeText(key)}:${canonicalJson(members.get(key) ?? null)}`).join(",")}}`;
}

/** Type guard that narrows readonly arrays, which `Array.isArray` does not. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** `text` as Terraform holds it: lone surrogates replaced, then NFC. */
export function canonicalText(text: string): string {
  return isPlain(text) ? text : text.toWellFormed().normalize("NFC");
}

/** Printable ASCII needs neither normalizing nor escaping, and is nearly everything we see. */
function isPlain(text: string): boolean {
  return /^[ !#-%'-;=?-[\]-~]*$/.test(text);
}

function encodeText(text: string): string {
  if (isPlain(text)) return `"${text}"`;
  return JSON.stringify(canonicalText(text)).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Orders strings by their UTF-8 bytes, which is by code point; JavaScript's own order is by UTF-16 unit. */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1;
  }
  return left.length - right.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
