/**
 * Numbers, dates, addresses, ARNs and the like, as condition operators compare them. What does not read is never
 * guessed: null on the policy's side when prepared, null on the request's when tested.
 */
import { likeMatcher } from "../string-like";

/** Whether one value of the request matches; null where that value does not read as what the operator compares. */
export type ValueTest = (actual: string) => boolean | null;

/** Prepares one value of the policy; null where the value does not read as what the operator compares. */
export type Prepare = (expected: string) => ValueTest | null;

/** Compares two read values: below 0, 0, or above. */
type Order = (order: number) => boolean;

function ordered<T>(
  read: (text: string) => T | null,
  compare: (left: T, right: T) => number | null,
  holds: Order,
): Prepare {
  return (expected) => {
    const right = read(expected);
    if (right === null) return null;
    return (actual) => {
      const left = read(actual);
      const order = left === null ? null : compare(left, right);
      return order === null ? null : holds(order);
    };
  };
}

export const numeric = (holds: Order): Prepare => ordered(readNumber, compareNumbers, holds);
export const date = (holds: Order): Prepare => ordered(readInstant, (left, right) => left - right, holds);

/**
 * A decimal number as a whole number of `10^-scale`: exact, since a workspace ID may be longer than a double is
 * precise.
 */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** More digits than this are no number anyone compares, and are left undecided. */
const MAX_DIGITS = 100;

export function readNumber(text: string): Decimal | null {
  const parts = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (parts === null || text.length > MAX_DIGITS) return null;
  const [, sign = "", whole = "", fraction = ""] = parts;
  return { digits: BigInt(`${sign === "-" ? "-" : ""}${whole}${fraction}`), scale: fraction.length };
}

function compareNumbers(left: Decimal, right: Decimal): number {
  const scale = Math.max(left.scale, right.scale);
  const raised = ({ digits, scale: own }: Decimal): bigint => digits * 10n ** BigInt(scale - own);
  const difference = raised(left) - raised(right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const W3C_DATE =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2}))?)?)?$/;

/**
 * One of W3C's ISO 8601 forms (a time of day needs its zone), or seconds since the epoch -> milliseconds.
 * IAM's condition operator reference, "Date condition operators".
 */
export function readInstant(text: string): number | null {
  if (/^-?\d{5,12}$/.test(text)) return Number(text) * 1000;
  const parts = W3C_DATE.exec(text);
  if (parts === null) return null;
  const [, year = "", month = "01", day = "01", hour = "00", minute = "00", second = "00", fraction = "0", zone = "Z"] =
    parts;
  const numbers = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [y, mo, d, h, mi, s] = numbers;
  const [, zoneHour = "0", zoneMinute = "0"] = /^[+-](\d{2}):(\d{2})$/.exec(zone) ?? [];
  if (
    mo < 1 ||
    mo > 12 ||
    d < 1 ||
    d > new Date(Date.UTC(2000, mo, 0)).getUTCDate() ||
    h > 23 ||
    mi > 59 ||
    s > 59 ||
    Number(zoneHour) > 23 ||
    Number(zoneMinute) > 59
  )
    return null;
  const utc = new Date(0);
  utc.setUTCFullYear(y, mo - 1, d);
  if (utc.getUTCDate() !== d) return null;
  const offset = (Number(zoneHour) * 60 + Number(zoneMinute)) * (zone.startsWith("-") ? -1 : 1);
  return utc.setUTCHours(h, mi - offset, s, Math.floor(Number(`0.${fraction}`) * 1000));
}

export const bool: Prepare = (expected) => {
  const wanted = readBoolean(expected);
  if (wanted === null) return null;
  return (actual) => {
    const is = readBoolean(actual);
    return is === null ? null : is === wanted;
  };
};

export function readBoolean(text: string): boolean | null {
  const lower = text.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : null;
}

export const binary: Prepare = (expected) => {
  const wanted = readBase64(expected);
  if (wanted === null) return null;
  return (actual) => {
    const is = readBase64(actual);
    return is === null ? null : is === wanted;
  };
};

/** The bytes as a string of characters below 256. */
export function readBase64(text: string): string | null {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) ? atob(text) : null;
}

/** Six parts, each matched by itself, so that a `*` crosses no colon. The last part may hold colons. */
export const arn: Prepare = (expected) => {
  const wanted = arnParts(expected)?.map(likeMatcher);
  if (wanted === undefined) return null;
  return (actual) => {
    const parts = actual.startsWith("arn:") ? arnParts(actual) : null;
    return parts === null ? null : wanted.every((matches, index) => matches(parts[index] ?? ""));
  };
};

function arnParts(text: string): readonly string[] | null {
  const parts = text.split(":");
  return parts.length < 6 ? null : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** An address in or equal to a CIDR block; v4 and v6. One family never matches the other. */
export const ipAddress: Prepare = (expected) => {
  const [, network = "", prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(expected) ?? [];
  const block = addressBits(network);
  if (block === null) return null;
  const length = prefix === undefined ? block.length : Number(prefix);
  if (length > block.length) return null;
  const start = block.slice(0, length);
  return (actual) => {
    const address = addressBits(actual);
    return address === null ? null : address.length === block.length && address.startsWith(start);
  };
};

/** The bits of an IP address as a string of 32 or 128 characters, or null. */
export function addressBits(text: string): string | null {
  if (/^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/.test(text)) {
    const bytes = text.split(".").map(Number);
    return bytes.every((byte) => byte <= 255) ? bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("") : null;
  }
  if (text.length > 39 || !/^[0-9a-fA-F:]+$/.test(text) || !text.includes(":")) return null;
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const groups = (half: string): readonly string[] => (half === "" ? [] : half.split(":"));
  const head = groups(halves[0] ?? "");
  const tail = groups(halves[1] ?? "");
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array.from({ length: halves.length === 1 ? 0 : missing }, () => "0"), ...tail];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  const bits = all.map((group) => parseInt(group, 16).toString(2).padStart(16, "0")).join("");
  // whether AWS takes ::ffff:a.b.c.d for the IPv4 address in it is not documented
  return bits.startsWith(MAPPED) ? null : bits;
}

const MAPPED = `${"0".repeat(80)}${"1".repeat(16)}`;
