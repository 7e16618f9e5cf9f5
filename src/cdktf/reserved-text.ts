/** What CDKTF would not let through as plain text, and where its tokens may stand. */
import { Token, Tokenization } from "cdktf";
import { Construct } from "constructs";
import type { Problem } from "../errors";
import type { PathPart } from "../federation/path";
import { formatPath } from "../federation/path";
import { quoted } from "../text/text-rule";

/**
 * Whether any CDKTF token stands in `value`: in a string, a number, a list or map of tokens, or an object. A construct
 * in place of one of its attributes counts as one.
 */
export function holdsToken(value: unknown): boolean {
  if (typeof value === "string") return value.includes("TfToken[") && Token.isUnresolved(value);
  if (typeof value === "number") return Token.isUnresolved(value);
  if (typeof value !== "object" || value === null) return false;
  if (Tokenization.isResolvable(value) || Construct.isConstruct(value)) return true;
  if (Array.isArray(value)) return Token.isUnresolved(value) || value.some(holdsToken);
  return (
    isPlainObject(value) &&
    Object.entries(value).some(([key, member]) => key.includes("TfToken[") || holdsToken(member))
  );
}

/** Whether `value` is an object of plain members: no list, no construct, no token. Only those are looked into. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Values CDKTF uses inside its maps of tokens, and would not let pass as text. */
const MAP_TOKEN_TEXTS: readonly string[] = [Token.STRING_MAP_TOKEN_VALUE, Token.ANY_MAP_TOKEN_VALUE];
/** CDKTF writes tokens for numbers as doubles below this. */
const NUMBER_TOKENS_BELOW = -1e288;

/**
 * Whether CDKTF would take the literal `text` for a token of its own, or lose it: `TfToken[`, the doubles it uses for
 * number tokens, the values of its token maps. Such text is refused with `reserved-text`.
 */
export function isReservedText(text: string): boolean {
  if (text.includes("TfToken[") || MAP_TOKEN_TEXTS.includes(text)) return true;
  if (!/-[\d.]*\de/.test(text)) return false;
  return [...text.matchAll(/-[\d.]+e[+-]?\d+/g)].some(([number]) => Number.parseFloat(number) < NUMBER_TOKENS_BELOW);
}

/** Whether a JavaScript object would lose `key` on its way through CDKTF. */
export function isReservedKey(key: string): boolean {
  return key === "__proto__" || isReservedText(key);
}

/**
 * Complaints about texts and keys in `value` that CDKTF would change. Tokens themselves are none. Code:
 * reserved-text.
 */
export function reservedTextProblems(value: unknown, at: readonly PathPart[]): readonly Problem[] {
  const problems: Problem[] = [];
  const visit = (item: unknown, path: readonly PathPart[]): void => {
    if (typeof item === "string") {
      if (isReservedText(withoutTokens(item))) problems.push(reserved(item, path));
      return;
    }
    if (Array.isArray(item)) item.forEach((member, index) => visit(member, [...path, index]));
    if (!isPlainObject(item)) return;
    for (const [key, member] of Object.entries(item)) {
      if (isReservedKey(withoutTokens(key))) problems.push(reserved(key, [...path, key]));
      visit(member, [...path, key]);
    }
  };
  visit(value, at);
  return problems;
}

function withoutTokens(text: string): string {
  return text.includes("TfToken[") ? text.replace(/[$#&]\{TfToken\[[a-zA-Z0-9:._-]+\]\}/g, "") : text;
}

function reserved(text: string, path: readonly PathPart[]): Problem {
  return {
    code: "reserved-text",
    message: `CDKTF would read ${quoted(text)} as a value of its own, or lose it.`,
    path: formatPath(path),
    fix: "Write it otherwise.",
  };
}
