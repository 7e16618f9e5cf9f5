/** The places a call may come from, made of what the conditions of two policies mention. */
import type { RequestKeys } from "../trust/decide/decide";
import { compilePolicy, decide } from "../trust/decide/decide";
import type { ParsedStatement } from "../trust/parsed/parsed-role";
import { telling } from "./compare-values";

export interface Surrounding {
  /** Condition keys beside the token's, in lower case. */
  readonly keys: RequestKeys;
  /** For a person, e.g. `aws:SourceIp 203.0.113.0`. */
  readonly says: string;
}

/** Condition keys that the token itself answers. */
export const TOKEN_KEY = /[./].*:(?:aud|sub|amr|oaud|email)$/i;
/** Those of them that every token tried has, so that they are no surroundings. */
export const GUARD_KEY = /[./].*:(?:aud|sub)$/i;
const NOWHERE: readonly Surrounding[] = [{ keys: new Map(), says: "" }];

/**
 * From nowhere in particular first; then, for each statement, one that meets its conditions where one can, and that one
 * with each of its keys at each value either side mentions, at none of them, and missing.
 */
export function surroundingsOf(statements: readonly ParsedStatement[]): readonly Surrounding[] {
  if (statements.every(({ conditions }) => conditions.every(({ key }) => GUARD_KEY.test(key)))) return NOWHERE;
  const candidates = candidateValues(statements);
  const found = new Map<string, Surrounding>();
  const add = (keys: ReadonlyMap<string, string>): void => {
    const says = [...keys].map(([key, value]) => `${key} ${value}`).join(", ");
    if (!found.has(says))
      found.set(says, { says, keys: new Map([...keys].map(([key, value]) => [key.toLowerCase(), [value]])) });
  };
  add(new Map());
  for (const statement of statements) {
    const base = meeting(statement, candidates);
    add(base);
    for (const [key, values] of candidates) {
      for (const value of values) add(new Map([...base, [key, value]]));
      if (base.has(key)) add(new Map([...base].filter(([other]) => other !== key)));
    }
  }
  return [...found.values()];
}

/** Key, as first written -> values worth trying. */
function candidateValues(statements: readonly ParsedStatement[]): ReadonlyMap<string, ReadonlySet<string>> {
  const spelling = new Map<string, string>();
  const candidates = new Map<string, Set<string>>();
  for (const condition of statements.flatMap(({ conditions }) => conditions)) {
    if (GUARD_KEY.test(condition.key)) continue;
    const key = spelling.get(condition.key.toLowerCase()) ?? condition.key;
    spelling.set(condition.key.toLowerCase(), key);
    const values = candidates.get(key) ?? new Set<string>();
    candidates.set(key, values);
    for (const value of telling(condition)) values.add(value);
  }
  return candidates;
}

/**
 * For each key of the statement a value that meets all its conditions on that key; keys it cannot meet stay missing.
 */
function meeting(
  statement: ParsedStatement,
  candidates: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, string> {
  const met = new Map<string, string>();
  for (const [key, values] of candidates) {
    const conditions = statement.conditions.filter((condition) => condition.key.toLowerCase() === key.toLowerCase());
    if (conditions.length === 0) continue;
    const alone = compilePolicy({
      version: "2012-10-17",
      statements: [
        {
          ...statement,
          effect: "Allow",
          principals: { AWS: ["*"] },
          notPrincipal: false,
          actions: ["*"],
          notAction: false,
          conditions,
        },
      ],
    });
    const value = [...values].find((candidate) =>
      decide(alone, {
        action: "sts:AssumeRole",
        principal: { kind: "AWS", arn: "anybody" },
        keys: new Map([[key.toLowerCase(), [candidate]]]),
      }),
    );
    if (value !== undefined) met.set(key, value);
  }
  return met;
}
