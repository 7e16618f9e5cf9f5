/**
 * CDKTF's tokens in what a caller declares, and text that CDKTF would take for one. Rules are about values, and a token
 * has none yet: where no rule needs the value, the token is set aside while the rules see a stand-in; everywhere else
 * it is refused.
 */
import { Token, Tokenization } from "cdktf";
import { Construct } from "constructs";
import type { Problem } from "../errors";
import type { PathPart } from "../federation/path";
import { formatPath } from "../federation/path";
import type { TextRule } from "../text/text-rule";
import { quoted } from "../text/text-rule";
import { refuseOtherCopy } from "./own-kit";

/** A place where a token is welcome; `*` stands for any key. */
export interface TokenSlot {
  readonly path: readonly string[];
  /** What rules see in its place; undefined: nothing. `count` differs from token to token. */
  readonly standIn: (count: number) => unknown;
  /** Terraform checks the value by this rule; then the token must be the whole text. */
  readonly rule?: TextRule;
}

/** A token whose value Terraform checks. */
export interface CheckedToken {
  readonly token: string;
  readonly standIn: string;
  readonly rule: TextRule;
  /** Where it stands. */
  readonly path: string;
}

export interface TokensAside {
  /** The declaration without tokens. */
  readonly clean: unknown;
  /** The token set aside at a path inside the declaration; undefined where there was none. */
  readonly tokenAt: (...path: readonly string[]) => string | undefined;
  /** Those in slots with a rule. */
  readonly checked: readonly CheckedToken[];
  /** Code: token-not-allowed. */
  readonly problems: readonly Problem[];
}

/** A token for text as CDKTF writes it into a string; `#` and `&` in place of `$` mark those for lists and maps. */
export const TOKEN = /\$\{TfToken\[[a-zA-Z0-9:._-]+\]\}/;
const WHOLE_TOKEN = new RegExp(`^${TOKEN.source}$`);
const ANY_TOKEN = new RegExp(
  TOKEN.source.replace("\\$", () => "[$#&]"),
  "g",
);

/** Deeper than rules let a value be. */
const MAX_DEPTH = 60;

/** Sets the tokens of `declaration` aside. `at` is the declaration's own place, for messages. */
export function setTokensAside(
  declaration: unknown,
  at: readonly PathPart[],
  slots: readonly TokenSlot[],
): TokensAside {
  if (!holdsToken(declaration)) return { clean: declaration, tokenAt: () => undefined, checked: [], problems: [] };
  const aside = new Map<string, string>();
  const checked: CheckedToken[] = [];
  const problems: Problem[] = [];
  const visit = (value: unknown, path: readonly PathPart[]): unknown => {
    if (!holdsToken(value)) return value;
    const slot = slots.find((candidate) => fits(candidate.path, path));
    const token = slot === undefined ? undefined : textToken(value);
    const rule = slot?.rule;
    if (slot !== undefined && token !== undefined && (rule === undefined || WHOLE_TOKEN.test(token))) {
      aside.set(JSON.stringify(path), token);
      const standIn = slot.standIn(aside.size);
      if (rule !== undefined)
        checked.push({ token, standIn: String(standIn), rule, path: formatPath([...at, ...path]) });
      return standIn;
    }
    if (Array.isArray(value) && !Token.isUnresolved(value))
      return value.map((item, index) => visit(item, [...path, index]));
    if (isPlainObject(value) && !Token.isUnresolved(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, member]) => {
          if (holdsToken(key)) problems.push(notAllowed([...at, ...path]));
          return [key, visit(member, [...path, key])];
        }),
      );
    }
    refuseOtherCopy(value, formatPath([...at, ...path]));
    problems.push(notAllowed([...at, ...path], value));
    return undefined;
  };
  const clean = visit(declaration, []);
  return { clean, tokenAt: (...path) => aside.get(JSON.stringify(path)), checked, problems };
}

function fits(pattern: readonly string[], path: readonly PathPart[]): boolean {
  return pattern.length === path.length && pattern.every((part, index) => part === "*" || part === path[index]);
}

/** A token as text, or undefined for one that stands for a list, a map or an object with tokens inside. */
function textToken(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return Tokenization.isResolvable(value) ? Token.asString(value) : undefined;
}

function notAllowed(path: readonly PathPart[], value?: unknown): Problem {
  if (Construct.isConstruct(value)) {
    return {
      code: "token-not-allowed",
      message: `The construct ${quoted(value.node.path)} stands where a value must.`,
      path: formatPath(path),
      fix:
        path.at(-1) === "issuer"
          ? "Name an issuer by its key, or give a DatabricksOidcProvider."
          : "Give one of its attributes, like policy.arn.",
    };
  }
  return {
    code: "token-not-allowed",
    message: "A Terraform token stands where a rule needs the value itself.",
    path: formatPath(path),
    fix:
      "Write the value itself. A token may be an ARN, a tag's value, in a policy document, or one whole application " +
      "ID, external ID or e-mail address: one attribute, like policy.arn.",
  };
}

/**
 * Whether any CDKTF token stands in `value`: in a string, a number, a list or map of tokens, or an object. A construct
 * in place of one of its attributes counts as one. What holds itself is looked into as deep as a rule on depth allows.
 */
export function holdsToken(value: unknown, depth = 0): boolean {
  if (typeof value === "string") return value.includes("TfToken[") && Token.isUnresolved(value);
  if (typeof value === "number") return Token.isUnresolved(value);
  if (typeof value !== "object" || value === null) return false;
  if (Tokenization.isResolvable(value) || Construct.isConstruct(value)) return true;
  if (depth > MAX_DEPTH) return false;
  const inside = (member: unknown): boolean => holdsToken(member, depth + 1);
  if (Array.isArray(value)) return Token.isUnresolved(value) || value.some(inside);
  return (
    isPlainObject(value) && Object.entries(value).some(([key, member]) => key.includes("TfToken[") || inside(member))
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
 * Problems of texts and keys in `value` that CDKTF would change. Tokens themselves are no problem. Code:
 * reserved-text.
 */
export function reservedTextProblems(value: unknown, at: readonly PathPart[]): readonly Problem[] {
  const problems: Problem[] = [];
  const visit = (item: unknown, path: readonly PathPart[]): void => {
    if (typeof item === "string") {
      if (isReservedText(withoutTokens(item))) problems.push(reserved(item, path));
      return;
    }
    if (path.length > MAX_DEPTH) return;
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
  return text.includes("TfToken[") ? text.replace(ANY_TOKEN, "") : text;
}

function reserved(text: string, path: readonly PathPart[]): Problem {
  return {
    code: "reserved-text",
    message: `CDKTF would read ${quoted(text)} as a value of its own, or lose it.`,
    path: formatPath(path),
    fix: "Use a different value.",
  };
}

/** Construct IDs take no tokens and no slash; its rule says what is wrong with such a key. */
export function childId(kind: string, key: string): string {
  return `${kind}-${holdsToken(key) ? "token" : String(key).replaceAll("/", "%2F")}`;
}
