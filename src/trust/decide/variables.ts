/**
 * Policy variables: `${aws:PrincipalAccount}`, with a value to fall back on `${key, 'value'}`, and `${*}`, `${?}`,
 * `${$}` for the three characters themselves. IAM user guide, "IAM policy elements: Variables and tags".
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
    const found = variableAt(value, at);
    if (found === null) return [{ key: "", fallback: null, source: value.slice(at) }];
    const { name, fallback, source } = found;
    if (fallback !== null || !isCharacter(name)) segments.push({ key: name.toLowerCase(), fallback, source });
    else segments.push({ text: wildcards && name !== "$" ? LITERAL_WILDCARDS[name] : name });
    from = at + source.length;
  }
  segments.push({ text: value.slice(from) });
  return segments;
}

interface Variable {
  readonly name: string;
  readonly fallback: string | null;
  readonly source: string;
}

/**
 * The variable that begins at `at`: `${name}` or `${name, 'fallback'}`, with white space around each part. Null where
 * it cannot be read. Each part is looked for where it must be, so the time grows with the length of the text.
 */
function variableAt(value: string, at: number): Variable | null {
  const close = value.indexOf("}", at);
  if (close < 0) return null;
  const [written = "", afterComma] = value.slice(at + 2, close).split(",", 2);
  if (afterComma === undefined) return variable(written, null, value.slice(at, close + 1));
  const open = afterSpaces(value, at + 2 + written.length + 1);
  const end = value[open] === "'" ? value.indexOf("'", open + 1) : -1;
  const last = end < 0 ? -1 : afterSpaces(value, end + 1);
  if (value[last] !== "}") return null;
  return variable(written, value.slice(open + 1, end), value.slice(at, last + 1));
}

function afterSpaces(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? "")) at += 1;
  return at;
}

function variable(written: string, fallback: string | null, source: string): Variable | null {
  const name = written.trim();
  const reads = (fallback === null && isCharacter(name)) || (name !== "" && !/['{}$]/.test(name));
  return reads ? { name, fallback, source } : null;
}

function isCharacter(name: string): name is "*" | "?" | "$" {
  return name === "*" || name === "?" || name === "$";
}

/** More than any condition key of AWS holds; many variables of long values make texts beyond all memory. */
const MOST_TEXT = 100_000;

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
    if (text.length > MOST_TEXT) return { undecided: segment.source };
  }
  return { text };
}
