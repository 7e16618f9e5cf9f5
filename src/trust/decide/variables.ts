/**
 * Policy variables: `${aws:PrincipalAccount}`, with a value to fall back on `${key, 'value'}`, and `${*}`, `${?}`,
 * `${$}`
 * for the three characters themselves. IAM user guide, "IAM policy elements: Variables and tags".
 */
import { LITERAL_WILDCARDS } from "../string-like";

/** The keys of a request: lower-case name -> values. A key with no entry, or with no value, is missing. */
export type RequestKeys = ReadonlyMap<string, readonly string[]>;

/** Literal text, or a key with the value that stands in for it where it is missing. */
type Segment =
  { readonly text: string } | { readonly key: string; readonly fallback: string | null; readonly source: string };

/** A value of a policy, cut at its variables. */
export type Template = readonly Segment[];

/** The value with everything known put in, or the first variable that has no single value. */
export type Resolution = { readonly text: string } | { readonly undecided: string };

const VARIABLE = /\$\{\s*(?:([*?$])|([^,'{}$]+?)\s*(?:,\s*'([^']*)')?)\s*\}/y;

/** Whether `value` has variables to resolve. */
export function hasVariables(value: string): boolean {
  return value.includes("${");
}

/** Cuts `value` at its variables. What starts like one and does not read as one is never resolved. */
export function templateOf(value: string, wildcards: boolean): Template {
  const segments: Segment[] = [];
  let from = 0;
  for (let at = value.indexOf("${"); at >= 0; at = value.indexOf("${", from)) {
    if (at > from) segments.push({ text: value.slice(from, at) });
    VARIABLE.lastIndex = at;
    const found = VARIABLE.exec(value);
    if (found === null) return [{ key: "", fallback: null, source: value.slice(at) }];
    const [source, character, key = "", fallback = null] = found;
    if (character === undefined) segments.push({ key: key.toLowerCase(), fallback, source });
    else
      segments.push({ text: wildcards && character !== "$" ? LITERAL_WILDCARDS[character as "*" | "?"] : character });
    from = at + source.length;
  }
  segments.push({ text: value.slice(from) });
  return segments;
}

/**
 * Puts the request's values in. A key with several values has no single one. Where the operator reads wildcards, a
 * wildcard that comes out of a variable is left undecided: whether AWS would read it as one is not recorded.
 */
export function resolve(template: Template, keys: RequestKeys, wildcards: boolean): Resolution {
  let text = "";
  for (const segment of template) {
    if ("text" in segment) {
      text += segment.text;
      continue;
    }
    const values = keys.get(segment.key) ?? [];
    const value = values.length === 0 ? segment.fallback : values.length === 1 ? values[0] : null;
    if (value === null || value === undefined || (wildcards && /[*?\ufdd0\ufdd1]/.test(value)))
      return { undecided: segment.source };
    text += value;
  }
  return { text };
}
