import fc from "fast-check";
import { likeMatcher, LITERAL_WILDCARDS, stringLike } from "../../src/trust/string-like";
import { glob } from "./reference-decider";
import { runs } from "../support/runs";

const letters = (alphabet: string, maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...alphabet), { maxLength }).map((parts) => parts.join(""));

test("every pattern matches as the definition says", () => {
  fc.assert(
    fc.property(letters("ab*?", 9), letters("ab", 10), (pattern, text) => {
      expect(stringLike(pattern, text)).toBe(glob(pattern, text));
    }),
    { numRuns: runs(5000) },
  );
});

test("pieces longer than a machine word are found with their open places", () => {
  fc.assert(
    fc.property(letters("ab?", 90), letters("ab", 40), letters("ab", 40), (piece, before, after) => {
      const text = `${before}${piece.replaceAll("?", "b")}${after}`;
      expect(stringLike(`*${piece}*`, text)).toBe(true);
      expect(stringLike(`*${piece}c*`, text)).toBe(false);
    }),
    { numRuns: runs(300) },
  );
});

test("a wildcard that stands for itself matches itself only", () => {
  const star = likeMatcher(`a${LITERAL_WILDCARDS["*"]}?*${LITERAL_WILDCARDS["?"]}b`);
  expect(["a*x?b", "a*x--?b", "axx?b", "a*x-b"].map(star)).toEqual([true, true, false, false]);
});

const long = "a".repeat(15_000);
test.each([
  ["a star before every letter", `${"*a".repeat(4000)}b`],
  ["stars and open places in turn", `${"*?a".repeat(2700)}b`],
  ["pieces of open places", `${"*a?a?".repeat(1600)}*b`],
  ["stars in a row", `a${"*".repeat(8000)}b`],
  ["a piece that fails at its end", `*${"a".repeat(4000)}b*`],
  ["a piece that fails at its start", `*b${"a".repeat(4000)}*`],
])("%s against a long value takes less than a millisecond", (_name, pattern) => {
  const matches = likeMatcher(pattern);
  const times = Array.from({ length: 25 }, () => {
    const started = performance.now();
    expect(matches(long)).toBe(false);
    return performance.now() - started;
  });
  // the quickest of several: what else the machine does is not measured
  expect(Math.min(...times)).toBeLessThan(1);
});

test("StringLike means what the obvious regular expression means", () => {
  const piece = fc.constantFrom("a", "b", "*", "?", "@", ".", "-");
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 9 }),
      fc.array(fc.constantFrom("a", "b", "@", ".", "-"), { maxLength: 9 }),
      (pieces, characters) => {
        const expression = new RegExp(
          `^${pieces.map((one) => ({ "*": ".*", "?": ".", a: "a", b: "b" })[one] ?? `\\${one}`).join("")}$`,
          "s",
        );
        const text = characters.join("");
        expect(stringLike(pieces.join(""), text)).toBe(expression.test(text));
      },
    ),
    { numRuns: runs(1500) },
  );
});

test("a pattern made to be slow is not", () => {
  const started = performance.now();
  stringLike(`${"*a".repeat(500)}b`, "a".repeat(100_000));
  stringLike(`${"*?".repeat(2000)}b`, "a".repeat(10_000));
  expect(performance.now() - started).toBeLessThan(5000);
});
