/** IAM's condition operators, each as a comparison of one value of the request with one of the policy. */
import { stringLike } from "../string-like";

/** Compares `actual` (the request's) with `expected` (the policy's). */
export type Comparison = (actual: string, expected: string) => boolean;

export interface Operator {
  readonly base: string;
  readonly compare: Comparison;
  /** A negated operator holds when no value matches, and when the key is missing. */
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly set: "all" | "any" | null;
  /** Whether `${…}` in the policy's values stands for a key of the request. */
  readonly variables: boolean;
}

const equals: Comparison = (actual, expected) => actual === expected;
const equalsIgnoreCase: Comparison = (actual, expected) => actual.toLowerCase() === expected.toLowerCase();

/** Numbers and dates that do not read compare as unequal and unordered. */
const numeric = (holds: (difference: number) => boolean): Comparison => (actual, expected) => {
  const difference = numberOf(actual) - numberOf(expected);
  return !Number.isNaN(difference) && holds(difference);
};
const date = (holds: (difference: number) => boolean): Comparison => (actual, expected) => {
  const difference = instantOf(actual) - instantOf(expected);
  return !Number.isNaN(difference) && holds(difference);
};

function numberOf(text: string): number {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
}

/** ISO 8601 or epoch seconds -> milliseconds. */
function instantOf(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text) * 1000;
  return /^\d{4}(?:-\d{2}(?:-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?)?)?$/.test(text) ? Date.parse(text) : NaN;
}

/** Six parts, each matched by itself, so that a `*` crosses no colon. The last part may hold colons. */
const arnLike: Comparison = (actual, expected) => {
  const actualParts = arnParts(actual);
  const expectedParts = arnParts(expected);
  return actualParts !== null && expectedParts !== null && expectedParts.every((part, index) => stringLike(part, actualParts[index] ?? ""));
};

function arnParts(text: string): readonly string[] | null {
  const parts = text.split(":");
  return parts.length < 6 ? null : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** An address in or equal to a CIDR block; v4 and v6. */
const ipAddress: Comparison = (actual, expected) => {
  const [network = "", prefix] = expected.split("/", 2);
  const address = addressBits(actual);
  const block = addressBits(network);
  if (address === null || block === null || address.length !== block.length) return false;
  const length = prefix === undefined ? address.length : Number(prefix);
  if (!Number.isInteger(length) || length < 0 || length > address.length) return false;
  return address.slice(0, length) === block.slice(0, length);
};

/** The bits of an IP address as a string of 32 or 128 characters, or null. */
function addressBits(text: string): string | null {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) {
    const bytes = text.split(".").map(Number);
    return bytes.every((byte) => byte <= 255) ? bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("") : null;
  }
  if (!/^[0-9a-fA-F:]+$/.test(text) || !text.includes(":")) return null;
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const groups = (half: string): readonly string[] => (half === "" ? [] : half.split(":"));
  const head = groups(halves[0] ?? "");
  const tail = groups(halves[1] ?? "");
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array.from({ length: halves.length === 1 ? 0 : missing }, () => "0"), ...tail];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return all.map((group) => parseInt(group, 16).toString(2).padStart(16, "0")).join("");
}

const bool: Comparison = (actual, expected) => /^(?:true|false)$/i.test(expected) && actual.toLowerCase() === expected.toLowerCase();

interface Base { readonly compare: Comparison; readonly negated?: true; readonly variables?: true }

const BASES: Readonly<Record<string, Base>> = {
  StringEquals: { compare: equals, variables: true },
  StringNotEquals: { compare: equals, negated: true, variables: true },
  StringEqualsIgnoreCase: { compare: equalsIgnoreCase, variables: true },
  StringNotEqualsIgnoreCase: { compare: equalsIgnoreCase, negated: true, variables: true },
  StringLike: { compare: (actual, expected) => stringLike(expected, actual), variables: true },
  StringNotLike: { compare: (actual, expected) => stringLike(expected, actual), negated: true, variables: true },
  NumericEquals: { compare: numeric((difference) => difference === 0) },
  NumericNotEquals: { compare: numeric((difference) => difference === 0), negated: true },
  NumericLessThan: { compare: numeric((difference) => difference < 0) },
  NumericLessThanEquals: { compare: numeric((difference) => difference <= 0) },
  NumericGreaterThan: { compare: numeric((difference) => difference > 0) },
  NumericGreaterThanEquals: { compare: numeric((difference) => difference >= 0) },
  DateEquals: { compare: date((difference) => difference === 0) },
  DateNotEquals: { compare: date((difference) => difference === 0), negated: true },
  DateLessThan: { compare: date((difference) => difference < 0) },
  DateLessThanEquals: { compare: date((difference) => difference <= 0) },
  DateGreaterThan: { compare: date((difference) => difference > 0) },
  DateGreaterThanEquals: { compare: date((difference) => difference >= 0) },
  Bool: { compare: bool },
  BinaryEquals: { compare: equals },
  IpAddress: { compare: ipAddress },
  NotIpAddress: { compare: ipAddress, negated: true },
  ArnEquals: { compare: arnLike, variables: true },
  ArnLike: { compare: arnLike, variables: true },
  ArnNotEquals: { compare: arnLike, negated: true, variables: true },
  ArnNotLike: { compare: arnLike, negated: true, variables: true },
};

/**
 * The operator called `name`, or null where IAM knows none of that name. `Null` is no comparison and is decided by the
 * caller. Names are read as IAM writes them: with these capitals.
 */
export function operatorNamed(name: string): Operator | null {
  const set = name.startsWith("ForAllValues:") ? "all" : name.startsWith("ForAnyValue:") ? "any" : null;
  const rest = set === null ? name : name.slice(name.indexOf(":") + 1);
  const ifExists = rest.endsWith("IfExists");
  const baseName = ifExists ? rest.slice(0, -"IfExists".length) : rest;
  const base = Object.hasOwn(BASES, baseName) ? BASES[baseName] : undefined;
  if (base === undefined) return null;
  return { base: baseName, compare: base.compare, negated: base.negated ?? false, ifExists, set, variables: base.variables ?? false };
}
