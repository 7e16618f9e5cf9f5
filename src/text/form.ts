/**
 * The form of a text as data: which characters, how many, in which order. From it come the regular expression of
 * JavaScript, that of RE2 (Terraform's `regex`), and the words of a message. Pure.
 */
import { grouped } from "./words";

/** A set of characters. */
export interface Characters {
  /** First and last code point of each range, in the order in which a pattern shows them. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
  /** Unicode's general categories, e.g. `L` for letters. */
  readonly categories: readonly string[];
  /** Several of them in a message: `letters, digits and _-`. */
  readonly words: string;
  /** One of them in a message: `letter, digit or _-`. */
  readonly one: string;
}

/** `min` to `max` characters of one set; where given, the first and the last of another. */
export interface Run {
  readonly characters: Characters;
  readonly min: number;
  readonly max: number;
  readonly first?: Characters;
  readonly last?: Characters;
}

/** A text that reads exactly so, a run, one form after the other, one of several forms, or a form several times. */
export type Form =
  | string
  | Run
  | { readonly sequence: readonly Form[] }
  | { readonly either: readonly Form[] }
  | { readonly form: Form; readonly min: number; readonly max: number };

/** `min` to `max` of `characters`; `ends`: the characters that may be first and last, where not all. */
export function run(characters: Characters, min: number, max: number, ends: Pick<Run, "first" | "last"> = {}): Run {
  return { characters, min, max, ...ends };
}

/** One form after the other. */
export const sequence = (...parts: readonly Form[]): Form => ({ sequence: parts });
/** One of several forms. */
export const either = (...forms: readonly Form[]): Form => ({ either: forms });
/** `form` from `min` to `max` times. */
export const several = (form: Form, min: number, max: number): Form => ({ form, min, max });

const LAST_CODE_POINT = 0x10ffff;

/** The characters from `from` to `to`, or of several such ranges. */
export function range(words: string, one: string, ...ends: readonly (readonly [string, string])[]): Characters {
  return { ranges: ends.map(([from, to]) => [codeOf(from), codeOf(to)]), categories: [], words, one };
}

/** The characters of all of `sets`; a text means its own characters. */
export function anyOf(...sets: readonly (Characters | string)[]): Characters {
  const words = (of: "words" | "one", last: "and" | "or"): string => {
    const names = sets.map((set) => (typeof set === "string" ? set : set[of]));
    return listed(names, last);
  };
  return {
    ranges: sets.flatMap((set) =>
      typeof set === "string" ? [...set].map((text) => [codeOf(text), codeOf(text)] as const) : set.ranges,
    ),
    categories: sets.flatMap((set) => (typeof set === "string" ? [] : set.categories)),
    words: words("words", "and"),
    one: words("one", "or"),
  };
}

/** `a, b and c`. */
function listed(names: readonly string[], last: "and" | "or"): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1) ?? ""}`;
}

/** `set` without the characters of `excluded`. */
export function except(set: Characters, excluded: string): Characters {
  const ranges = [...excluded]
    .map(codeOf)
    .reduce<Characters["ranges"]>(
      (left, code) =>
        left.flatMap(([first, last]) =>
          code < first || code > last
            ? [[first, last] as const]
            : [[first, code - 1] as const, [code + 1, last] as const].filter(([from, to]) => from <= to),
        ),
      set.ranges,
    );
  const names = [...excluded].map((character) => (character === " " ? "space" : character));
  const but = `except ${listed(names, "and")}`;
  return { ...set, ranges, words: `${set.words} ${but}`, one: `${set.one} ${but}` };
}

/** Every character of the Unicode general categories, e.g. `L` and `N`. */
export function inCategories(words: string, one: string, ...categories: readonly string[]): Characters {
  return { ranges: [], categories, words, one };
}

export const LETTERS = range("letters", "letter", ["A", "Z"], ["a", "z"]);
export const LOWERCASE_LETTERS = range("lowercase letters", "lowercase letter", ["a", "z"]);
export const DIGITS = range("digits", "digit", ["0", "9"]);
export const VISIBLE_ASCII = range("visible ASCII characters", "visible ASCII character", ["!", "~"]);
/** What a person can see of Latin-1: no control characters, no spaces, no soft hyphen. */
export const VISIBLE_LATIN_1 = range(
  "visible Latin-1 characters",
  "visible Latin-1 character",
  ["!", "~"],
  ["\u00a1", "\u00ac"],
  ["\u00ae", "\u00ff"],
);
/** Everything but control characters. */
export const NO_CONTROLS = range(
  "characters other than control characters",
  "character other than a control character",
  [" ", "~"],
  ["\u0080", String.fromCodePoint(LAST_CODE_POINT)],
);

/** How many characters the longest text of `form` has; Infinity where there is no longest. */
function longest(form: Form): number {
  if (typeof form === "string") return [...form].length;
  if ("characters" in form) return form.max;
  if ("sequence" in form) return form.sequence.reduce((sum, part) => sum + longest(part), 0);
  if ("either" in form) return Math.max(...form.either.map(longest));
  return form.max * longest(form.form);
}

/** Whether a text of `form` may hold `character`. */
export function mayHold(form: Form, character: string): boolean {
  if (typeof form === "string") return form.includes(character);
  if ("sequence" in form) return form.sequence.some((part) => mayHold(part, character));
  if ("either" in form) return form.either.some((part) => mayHold(part, character));
  if ("form" in form) return mayHold(form.form, character);
  const code = codeOf(character);
  return form.characters.ranges.some(([first, last]) => first <= code && code <= last);
}

/** What a text of `run` must be, to go after "must be": `1 to 64 letters, digits and _, starting with a letter`. */
export function runWords({ characters, min, max, first, last }: Run): string {
  const amount =
    min === max
      ? grouped(min)
      : min === 0
        ? `at most ${grouped(max)}`
        : max === Infinity
          ? `at least ${grouped(min)}`
          : `${grouped(min)} to ${grouped(max)}`;
  const ends = first === last ? "starting and ending" : first === undefined ? "ending" : "starting";
  const end = first ?? last;
  return `${amount} ${characters.words}${end === undefined ? "" : `, ${ends} with a ${end.one}`}`;
}

/** The regular expression of whole texts for JavaScript, with flag `u`. Anchored; it backtracks on no text. */
export function javascriptPattern(form: Form): string {
  return `^${write(form, (code) => `\\u${hex(code)}`, Infinity)}$`;
}

/** Counts up to this stay in RE2's patterns as they are. */
const SHORT_COUNT = 32;

/**
 * The regular expression of whole texts for RE2, and the most characters of a text that it does not count itself.
 *
 * RE2 copies what a counted repetition counts, and Terraform compiles anew for every value: `{1,512}` costs a
 * millisecond each time. So long counts lose their end (`*`, `+`, `{3,}`) and the whole length is bounded instead:
 * where a form has one long count, the same texts match; where it has several, their sum is bounded. Forms without a
 * longest text (host names, addresses) keep their counts. `null`: no bound.
 */
export function re2Pattern(form: Form): { readonly pattern: string; readonly maxLength: number | null } {
  const most = longest(form);
  const exact = re2(form, Infinity);
  const pattern = Number.isFinite(most) ? re2(form, SHORT_COUNT) : exact;
  return { pattern, maxLength: pattern === exact ? null : most };
}

/** RE2's expression for `form` as a part of an expression. */
export function re2Part(form: Form, longestCount = Infinity): string {
  return write(form, (code) => `\\x{${hex(code)}}`, longestCount);
}

function re2(form: Form, longestCount: number): string {
  return `^${re2Part(form, longestCount)}$`;
}

/** A character beyond printable ASCII, as JavaScript or RE2 escapes it. */
type Escape = (code: number) => string;

function write(form: Form, escape: Escape, longestCount: number): string {
  if (typeof form === "string") return form.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  if ("sequence" in form) return form.sequence.map((part) => write(part, escape, longestCount)).join("");
  if ("either" in form) return `(?:${form.either.map((part) => write(part, escape, longestCount)).join("|")})`;
  if ("form" in form)
    return `(?:${write(form.form, escape, longestCount)})${repeated(form.min, form.max, longestCount)}`;
  const { characters, min, max } = form;
  const first = form.first === undefined ? "" : classOf(form.first, escape);
  const last = form.last === undefined ? "" : classOf(form.last, escape);
  const ends = (first === "" ? 0 : 1) + (last === "" ? 0 : 1);
  const middle = (least: number): string =>
    `${classOf(characters, escape)}${repeated(least, max - ends, longestCount)}`;
  // one character may be the first and the last: then the first's rule is the narrower one
  return ends === 2 && min === 1 ? `${first}(?:${middle(0)}${last})?` : `${first}${middle(min - ends)}${last}`;
}

function repeated(min: number, max: number, longestCount: number): string {
  const most = max > longestCount ? Infinity : max;
  if (min === max) return min === 1 ? "" : `{${min}}`;
  if (most === Infinity) return min === 0 ? "*" : min === 1 ? "+" : `{${min},}`;
  return min === 0 && most === 1 ? "?" : `{${min},${most}}`;
}

/** A class in brackets. Printable ASCII is written as it is; a set without an end is written as what it leaves out. */
function classOf({ ranges, categories }: Characters, escape: Escape): string {
  const open = ranges.some(([, last]) => last === LAST_CODE_POINT);
  const shown = open ? complement(ranges) : ranges;
  const character = (code: number): string => {
    const short = SHORT_ESCAPES.get(code);
    if (short !== undefined) return short;
    const text = String.fromCodePoint(code);
    if (code < 0x20 || code > 0x7e) return escape(code);
    return /[\\\]^[]/.test(text) ? `\\${text}` : text;
  };
  const dash = shown.some(([first, last]) => first === DASH && last === DASH);
  const parts = shown
    .filter(([first, last]) => first !== DASH || last !== DASH)
    .map(([first, last]) => (first === last ? character(first) : `${character(first)}-${character(last)}`));
  const named = categories.map((category) => `\\p{${category}}`);
  return `[${open ? "^" : ""}${[...named, ...parts].join("")}${dash ? "-" : ""}]`;
}

const DASH = codeOf("-");
const SHORT_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
]);

function complement(ranges: Characters["ranges"]): Characters["ranges"] {
  let next = 0;
  const gaps: (readonly [number, number])[] = [];
  for (const [first, last] of [...ranges].sort(([left], [right]) => left - right)) {
    if (first > next) gaps.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  return gaps;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, "0");
}
