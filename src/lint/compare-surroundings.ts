/** The places a call may come from, made of what the conditions of two policies mention. */
import type { RequestKeys } from "../trust/decide/decide";
import { compilePolicy, decide } from "../trust/decide/decide";
import type { ExaminedCondition, ExaminedStatement } from "../trust/lint/examine";

export interface Surrounding {
  /** Condition keys beside the token's, in lower case. */
  readonly keys: RequestKeys;
  /** For a person, e.g. `aws:SourceIp 203.0.113.0`. */
  readonly says: string;
}

/** Condition keys that the token itself answers. */
export const TOKEN_KEY = /[./].*:(?:aud|sub|amr|oaud|email)$/i;
const NOWHERE: readonly Surrounding[] = [{ keys: new Map(), says: "" }];
/** Nobody's address and nobody's value: outside whatever a condition names. */
const ELSEWHERE_ADDRESS = "192.0.2.201";
const ELSEWHERE = "elsewhere";

/**
 * From nowhere in particular first; then, for each statement, one that meets its conditions where one can, and that one
 * with each of its keys at each value either side mentions, at none of them, and missing.
 */
export function surroundingsOf(statements: readonly ExaminedStatement[]): readonly Surrounding[] {
  if (statements.every(({ conditions }) => conditions.every(({ key }) => TOKEN_KEY.test(key)))) return NOWHERE;
  const candidates = candidateValues(statements);
  const found = new Map<string, Surrounding>();
  const add = (keys: ReadonlyMap<string, string>): void => {
    const says = [...keys].map(([key, value]) => `${key} ${value}`).join(", ");
    if (!found.has(says)) found.set(says, { says, keys: new Map([...keys].map(([key, value]) => [key.toLowerCase(), [value]])) });
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
function candidateValues(statements: readonly ExaminedStatement[]): ReadonlyMap<string, ReadonlySet<string>> {
  const spelling = new Map<string, string>();
  const candidates = new Map<string, Set<string>>();
  for (const condition of statements.flatMap(({ conditions }) => conditions)) {
    if (TOKEN_KEY.test(condition.key)) continue;
    const key = spelling.get(condition.key.toLowerCase()) ?? condition.key;
    spelling.set(condition.key.toLowerCase(), key);
    const values = candidates.get(key) ?? new Set<string>();
    candidates.set(key, values);
    for (const value of valuesOf(condition)) values.add(value);
  }
  return candidates;
}

function valuesOf(condition: ExaminedCondition): readonly string[] {
  if (condition.test === "Null") return [ELSEWHERE];
  if (/IpAddress$/.test(condition.test)) return [...condition.values.flatMap(endsOfBlock), ELSEWHERE_ADDRESS];
  return [...condition.values.map((value) => value.replace(/\*/g, "x").replace(/\?/g, "x")), ELSEWHERE];
}

/** First and last address of an IPv4 block; of IPv6 the first. */
function endsOfBlock(block: string): readonly string[] {
  const [address = "", prefix = "32"] = block.split("/", 2);
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return [address];
  const number = address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - Math.min(32, Math.max(0, Number(prefix))));
  const first = Math.floor(number / size) * size;
  return [first, first + size - 1].map((value) => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join("."));
}

/** For each key of the statement a value that meets all its conditions on that key; keys it cannot meet stay missing. */
function meeting(statement: ExaminedStatement, candidates: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, string> {
  const met = new Map<string, string>();
  for (const [key, values] of candidates) {
    const conditions = statement.conditions.filter((condition) => condition.key.toLowerCase() === key.toLowerCase());
    if (conditions.length === 0) continue;
    const alone = compilePolicy({ version: "2012-10-17", statements: [{ ...statement, effect: "Allow", principals: { AWS: ["*"] }, notPrincipal: false, actions: ["*"], notAction: false, conditions }] });
    const value = [...values].find((candidate) => decide(alone, { action: "sts:AssumeRole", principal: { kind: "AWS", arn: "anybody" }, keys: new Map([[key.toLowerCase(), [candidate]]]) }));
    if (value !== undefined) met.set(key, value);
  }
  return met;
}
