import fc from "fast-check";
import { exampleAccounts } from "../../../src/trust/exact/accounts";
import { stringLike } from "../../../src/trust/string-like";

const free = (): void => undefined;
const matched = (patterns: readonly string[], account: string): string =>
  patterns.map((pattern) => Number(stringLike(pattern, account))).join("");

test("the accounts distinguish what digits and stars of several patterns do, and one is nobody's", () => {
  const piece = fc.constantFrom("*", "?", "1", "2", "11", "120", "000000");
  const pattern = fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
  const account = fc
    .array(fc.constantFrom(..."01129"), { minLength: 12, maxLength: 12 })
    .map((digits) => digits.join(""));
  fc.assert(
    fc.property(
      fc.array(pattern, { maxLength: 4 }),
      fc.array(account, { minLength: 50, maxLength: 50 }),
      (patterns, all) => {
        const found = exampleAccounts(patterns, free);
        for (const one of found) expect(one).toMatch(/^\d{12}$/);
        const kinds = new Set(found.map((one) => matched(patterns, one)));
        for (const one of all) expect(kinds).toContain(matched(patterns, one));
        expect(kinds.size).toBeLessThanOrEqual(found.length);
      },
    ),
    { numRuns: 150, seed: 5 },
  );
});

test.each([
  ["an account", ["111122223333"], ["999999999999", "111122223333"]],
  ["a pattern within another", ["1*", "10*"], ["999999999999", "190000000000", "100000000000"]],
  ["the account in an ARN", ["arn:aws:iam::11*:role/x"], ["999999999999", "119999999999"]],
  ["a star that may reach past the account", ["arn:aws:iam::11*/x"], ["999999999999", "119999999999"]],
  ["a star from before the account", ["arn:*11:role/x"], ["999999999999", "999999999911"]],
  ["texts without an account", ["*@data.example.com", "203.0.113.0/24", "5", "2026-01-01T00:00:00Z"], ["999999999999"]],
])("%s", (_, texts, expected) => {
  const found = exampleAccounts(texts, free);
  const like = (text: string): string => text.replaceAll("9", ".").replaceAll("0", ".");
  expect(found.map(like).sort()).toEqual(expected.map(like).sort());
});

test("the work is counted, so that hostile patterns end in cannot tell", () => {
  let steps = 0;
  const hostile = Array.from({ length: 12 }, (_, at) => `*${at % 10}*${(at * 7) % 10}*${(at * 3) % 10}*`);
  expect(() =>
    exampleAccounts(hostile, (more) => {
      steps += more;
      if (steps > 50_000) throw new Error("enough");
    }),
  ).toThrow("enough");
});
