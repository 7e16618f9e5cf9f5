/** IAM's condition operators, each as a test of one value of the request against one of the policy. */
import type { Prepare } from "./values";
import { arn, binary, bool, date, ipAddress, numeric } from "./values";
import { likeMatcher } from "../string-like";

export interface Operator {
  readonly base: string;
  /** What it compares for, without the negation: operators that share it share every test of a value. */
  readonly compares: string;
  readonly prepare: Prepare;
  /** Values of the policy with the same text here are the same test. */
  readonly sameAs: (expected: string) => string;
  /** A negated operator holds when no value matches, and when the key is missing. */
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly set: "all" | "any" | null;
  /** Whether `${…}` in the policy's values stands for a key of the request. */
  readonly variables: boolean;
  /** Whether `*` and `?` in the policy's values are wildcards. */
  readonly wildcards: boolean;
}

const equals: Prepare = (expected) => (actual) => actual === expected;

/** Beyond ASCII, folding case is not documented: letters that are equal only by Unicode's rules are left open. */
const equalsIgnoreCase: Prepare = (expected) => {
  const ascii = asciiLower(expected);
  const folded = expected.toUpperCase().toLowerCase();
  return (actual) => asciiLower(actual) === ascii || (actual.toUpperCase().toLowerCase() === folded ? null : false);
};

function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

type Kind = Pick<Operator, "prepare" | "sameAs" | "variables" | "wildcards">;

const asWritten = (expected: string): string => expected;
const text = (prepare: Prepare): Kind => ({ prepare, sameAs: asWritten, variables: true, wildcards: false });
const pattern = (prepare: Prepare): Kind => ({ prepare, sameAs: asWritten, variables: true, wildcards: true });
const plain = (prepare: Prepare): Kind => ({ prepare, sameAs: asWritten, variables: false, wildcards: false });
const anyCase: Kind = { ...text(equalsIgnoreCase), sameAs: asciiLower };

/** Operator -> what it compares, and whether it is negated. */
const BASES: Readonly<Record<string, readonly [Kind, "negated"?]>> = {
  StringEquals: [text(equals)],
  StringNotEquals: [text(equals), "negated"],
  StringEqualsIgnoreCase: [anyCase],
  StringNotEqualsIgnoreCase: [anyCase, "negated"],
  StringLike: [pattern(likeMatcher)],
  StringNotLike: [pattern(likeMatcher), "negated"],
  NumericEquals: [plain(numeric((order) => order === 0))],
  NumericNotEquals: [plain(numeric((order) => order === 0)), "negated"],
  NumericLessThan: [plain(numeric((order) => order < 0))],
  NumericLessThanEquals: [plain(numeric((order) => order <= 0))],
  NumericGreaterThan: [plain(numeric((order) => order > 0))],
  NumericGreaterThanEquals: [plain(numeric((order) => order >= 0))],
  DateEquals: [plain(date((order) => order === 0))],
  DateNotEquals: [plain(date((order) => order === 0)), "negated"],
  DateLessThan: [plain(date((order) => order < 0))],
  DateLessThanEquals: [plain(date((order) => order <= 0))],
  DateGreaterThan: [plain(date((order) => order > 0))],
  DateGreaterThanEquals: [plain(date((order) => order >= 0))],
  Bool: [plain(bool)],
  BinaryEquals: [plain(binary)],
  IpAddress: [plain(ipAddress)],
  NotIpAddress: [plain(ipAddress), "negated"],
  ArnEquals: [pattern(arn)],
  ArnNotEquals: [pattern(arn), "negated"],
  ArnLike: [pattern(arn)],
  ArnNotLike: [pattern(arn), "negated"],
};

/** The operators by name, without what `IfExists` and the words for sets add. */
export const BASE_TESTS: readonly string[] = Object.keys(BASES);

/** Every condition operator IAM knows: the base ones, each with `IfExists`, each for sets, and `Null`. */
export const CONDITION_TESTS: readonly string[] = [
  ...BASE_TESTS,
  ...BASE_TESTS.map((name) => `${name}IfExists`),
  "Null",
  ...["ForAllValues:", "ForAnyValue:"].flatMap((set) => BASE_TESTS.map((name) => `${set}${name}`)),
];

/**
 * The operator called `name`, or null where IAM knows none of that name. `Null` is no comparison and is decided by the
 * caller. Names are read as IAM writes them: with these capitals.
 */
export function operatorNamed(name: string): Operator | null {
  const set = name.startsWith("ForAllValues:") ? "all" : name.startsWith("ForAnyValue:") ? "any" : null;
  const rest = set === null ? name : name.slice(name.indexOf(":") + 1);
  const ifExists = rest.endsWith("IfExists");
  const base = ifExists ? rest.slice(0, -"IfExists".length) : rest;
  const found = Object.hasOwn(BASES, base) ? BASES[base] : undefined;
  if (found === undefined) return null;
  const [kind, negated] = found;
  const compares = base.replace("Not", "").replace("ArnEquals", "ArnLike");
  return { base, compares, ...kind, negated: negated !== undefined, ifExists, set };
}
