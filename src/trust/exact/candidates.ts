/**
 * Values of a key worth trying: for each test one on either side of it, so that among them is one of every cell that
 * exact texts together with one ordered kind (numbers, dates, addresses, booleans, bytes) can tell apart. What the
 * tests say of a value is never worked out here; only where to look.
 */
import type { Decimal } from "../decide/values";
import { addressBits, readBase64, readInstant, readNumber } from "../decide/values";
import { instanceOf } from "../string-like";
import type { Domain } from "./domain";
import { domainExamples } from "./domain";

/** What a comparison reads; `text` for all that compare letters. */
export type Kind = "text" | "number" | "date" | "address" | "boolean" | "bytes" | "arn";

export function kindOf(compares: string): Kind {
  if (compares.startsWith("Numeric")) return "number";
  if (compares.startsWith("Date")) return "date";
  if (compares === "IpAddress") return "address";
  if (compares === "Bool") return "boolean";
  if (compares === "BinaryEquals") return "bytes";
  return compares === "ArnLike" ? "arn" : "text";
}

/** A test as far as its candidates go: what it compares for, and the policy's value. */
export interface Tested {
  readonly compares: string;
  readonly value: string;
}

/** The values to try for a key that `tests` are about and whose values are those of `domain`. */
export function candidatesFor(tests: readonly Tested[], domain: Domain): readonly string[] {
  const examples = domainExamples(domain);
  const written = tests.map(({ value }) => value);
  const of = (kind: Kind): readonly string[] => [
    ...tests.filter(({ compares }) => kindOf(compares) === kind).map(({ value }) => value),
    ...(domainKind(domain) === kind ? [...examples, ...written] : []),
  ];
  const named = new Set(written);
  const found = new Set<string>([...examples, ...NOBODIES.filter((text) => !named.has(text)).slice(0, 4), ...written]);
  for (const { compares, value } of tests) for (const text of textsNear(compares, value)) found.add(text);
  // what lies between two limits may be written as an exact test has it: each is written in several ways
  const ways = Math.min(MOST_WAYS, 1 + named.size);
  for (const text of numbersNear([...of("number"), ...(domain.kind === "epoch" ? of("date") : [])], ways))
    found.add(text);
  for (const text of datesNear(of("date"), ways)) found.add(text);
  for (const text of addressesNear(of("address"), written)) found.add(text);
  if (of("boolean").length > 0) for (const text of BOOLEANS) found.add(text);
  for (const value of of("bytes")) for (const text of bytesLike(value)) found.add(text);
  if (of("bytes").length > 0) for (const text of ["Zg==", "Zm8="]) found.add(text);
  return [...found.add("")];
}

/** What the values of `domain` read as; null where it is not of one kind. */
export function domainKind({ kind }: Domain): Kind | null {
  if (kind === "instant" || kind === "epoch") return "date";
  return kind === "address" || kind === "boolean" ? kind : null;
}

/** Texts that read as nothing in particular; enough of them that some are not in the policies. */
const NOBODIES: readonly string[] = ["someone", ...Array.from({ length: 99 }, (_, number) => `someone-${number + 2}`)];

const MOST_WAYS = 64;

function textsNear(compares: string, value: string): readonly string[] {
  if (compares === "StringEqualsIgnoreCase") {
    const swapped = value.replace(/[A-Za-z]/g, (letter) =>
      letter < "a" ? letter.toLowerCase() : letter.toUpperCase(),
    );
    return [asciiUpper(value), asciiUpper(value).replace(/[A-Z]/g, (letter) => letter.toLowerCase()), swapped];
  }
  if (compares === "StringLike" || compares === "ArnLike")
    return [instanceOf(value), instanceOf(value, ""), instanceOf(value, "x")];
  return [];
}

function asciiUpper(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** Every limit, what lies between two of them, and what lies outside; each written in `ways` ways. */
function numbersNear(limits: readonly string[], ways: number): readonly string[] {
  const read = limits.flatMap((limit) => readNumber(limit) ?? []);
  if (read.length === 0) return [];
  const scale = Math.max(...read.map((limit) => limit.scale)) + 1;
  const raised = read.map(({ digits, scale: own }) => digits * 10n ** BigInt(scale - own));
  const unit = 10n ** BigInt(scale);
  const near = raised.flatMap((limit) => {
    const whole = (limit / unit) * unit;
    return [limit - 1n, limit, limit + 1n, whole - unit, whole, whole + unit];
  });
  return [...new Set(near)].flatMap((digits) => writtenNumber({ digits, scale }, ways));
}

function writtenNumber({ digits, scale }: Decimal, ways: number): readonly string[] {
  const [sign, size] = digits < 0n ? ["-", -digits] : ["", digits];
  const padded = size.toString().padStart(scale + 1, "0");
  const point = padded.length - scale;
  let end = padded.length;
  while (end > point && padded[end - 1] === "0") end -= 1;
  const [whole, fraction] = [padded.slice(0, point), padded.slice(point, end)];
  return Array.from({ length: ways }, (_, way) => {
    if (way === 0) return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
    if (way === 1) return `${sign}${whole}.${fraction}0`;
    return `${sign}${"0".repeat(way - 1)}${whole}${fraction === "" ? "" : `.${fraction}`}`;
  });
}

function datesNear(limits: readonly string[], ways: number): readonly string[] {
  const read = limits.flatMap((limit) => readInstant(limit) ?? []);
  return [...new Set(read.flatMap((limit) => [limit - 1, limit, limit + 1, limit - 1000, limit + 1000]))].flatMap(
    (instant) => {
      const found: string[] = [];
      const moment = new Date(instant);
      const year = moment.getUTCFullYear();
      if (year >= 0 && year <= 9999) {
        found.push(moment.toISOString());
        for (let way = 1; way < ways; way += 1) found.push(inZone(moment, way));
      }
      if (instant % 1000 === 0 && /^-?\d{5,12}$/.test(String(instant / 1000))) found.push(String(instant / 1000));
      return found;
    },
  );
}

/** The same moment, `minutes` east of Greenwich. */
function inZone(moment: Date, minutes: number): string {
  const local = new Date(moment.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${local}+${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const BOOLEANS: readonly string[] = ["true", "false"].flatMap((word) =>
  Array.from({ length: 1 << word.length }, (_, mask) =>
    word
      .split("")
      .map((letter, at) => ((mask >> at) & 1 ? letter.toUpperCase() : letter))
      .join(""),
  ),
);

/** Other texts for the same bytes: the bits that the last letter has beyond them are not read. */
function bytesLike(value: string): readonly string[] {
  const bytes = readBase64(value);
  if (bytes === null || !value.endsWith("=")) return [];
  const body = value.slice(0, value.indexOf("="));
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return letters
    .split("")
    .map((letter) => `${body.slice(0, -1)}${letter}${value.slice(body.length)}`)
    .filter((text) => readBase64(text) === bytes);
}

/**
 * The first address of every stretch that the blocks cut the two families into, and more of it where exact texts may
 * take some away. IPv6 is written in two ways.
 */
function addressesNear(blocks: readonly string[], written: readonly string[]): readonly string[] {
  if (blocks.length === 0) return [];
  const edges = { 32: new Set([0n]), 128: new Set([0n, MAPPED_END]) };
  for (const block of [...blocks, ...written]) {
    const [network = "", prefix] = block.split("/", 2);
    const bits = addressBits(network);
    const length = prefix === undefined ? (bits?.length ?? 0) : Number(prefix);
    if (bits === null || !(length <= bits.length)) continue;
    const family = bits.length === 32 ? 32 : 128;
    const span = 1n << BigInt(family - length);
    const first = (BigInt(`0b${bits}`) / span) * span;
    for (const edge of [first, first + span]) if (edge < 1n << BigInt(family)) edges[family].add(edge);
  }
  return ([32, 128] as const).flatMap((family) => [...edges[family]].flatMap((edge) => addressTexts(edge, family)));
}

/** The first address after those that stand for IPv4 ones, which are open. */
const MAPPED_END = (0xffffn + 1n) << 32n;

/** An address as people write it, and for IPv6 with all its zeros. */
function addressTexts(value: bigint, family: 32 | 128): readonly string[] {
  const [size, separator, radix] = family === 32 ? ([8, ".", 10] as const) : ([16, ":", 16] as const);
  const groups = Array.from({ length: family / size }, (_, part) =>
    ((value >> BigInt(family - size * (part + 1))) & ((1n << BigInt(size)) - 1n)).toString(radix),
  );
  const whole = groups.join(separator);
  if (family === 32) return [whole];
  const short = whole.replace(/(?:^|:)0(?::0)+(?::|$)/, "::");
  return [short, whole, groups.map((group) => group.padStart(4, "0").toUpperCase()).join(":")];
}
