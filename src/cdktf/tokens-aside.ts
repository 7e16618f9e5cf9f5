/**
 * Tokens in what the caller declares. Rules are about values, and a token has none yet: where no rule needs the value
 * the token is set aside while the rules look at a stand-in; everywhere else it is refused.
 */
import { Token, Tokenization } from "cdktf";
import type { Problem } from "../errors";
import type { PathPart } from "../federation/path";
import { formatPath } from "../federation/path";
import { holdsToken, isPlainObject } from "./reserved-text";

/** A place where a token is welcome; `*` stands for any key. */
export interface TokenSlot {
  readonly path: readonly string[];
  /** What rules see in its place; undefined: nothing. `count` differs from token to token. */
  readonly standIn: (count: number) => unknown;
}

export interface TokensAside {
  /** The declaration without tokens. */
  readonly clean: unknown;
  /** The token set aside at a path inside the declaration; undefined where there was none. */
  readonly tokenAt: (...path: readonly string[]) => string | undefined;
  /** Code: token-not-allowed. */
  readonly problems: readonly Problem[];
}

/** Sets the tokens of `declaration` aside. `at` is the declaration's own place, for messages. */
export function setTokensAside(
  declaration: unknown,
  at: readonly PathPart[],
  slots: readonly TokenSlot[],
): TokensAside {
  if (!holdsToken(declaration)) return { clean: declaration, tokenAt: () => undefined, problems: [] };
  const aside = new Map<string, string>();
  const problems: Problem[] = [];
  const visit = (value: unknown, path: readonly PathPart[]): unknown => {
    if (!holdsToken(value)) return value;
    const slot = slots.find((candidate) => fits(candidate.path, path));
    const token = slot === undefined ? undefined : textToken(value);
    if (slot !== undefined && token !== undefined) {
      aside.set(JSON.stringify(path), token);
      return slot.standIn(aside.size);
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
    problems.push(notAllowed([...at, ...path]));
    return undefined;
  };
  const clean = visit(declaration, []);
  return { clean, tokenAt: (...path) => aside.get(JSON.stringify(path)), problems };
}

function fits(pattern: readonly string[], path: readonly PathPart[]): boolean {
  return pattern.length === path.length && pattern.every((part, index) => part === "*" || part === path[index]);
}

/** A token as text, or undefined for one that stands for a list, a map or an object with tokens inside. */
function textToken(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return Tokenization.isResolvable(value) ? Token.asString(value) : undefined;
}

function notAllowed(path: readonly PathPart[]): Problem {
  return {
    code: "token-not-allowed",
    message: "A Terraform token stands where a rule needs the value itself.",
    path: formatPath(path),
    fix:
      "Write the value itself. Tokens are welcome in ARNs, tag values and policy documents: one attribute, " +
      "like policy.arn.",
  };
}
