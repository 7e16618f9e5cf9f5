import fc from "fast-check";
import { readPolicy } from "../../../src/trust/decide/document";
import { exampleAccounts } from "../../../src/trust/exact/accounts";
import { compare } from "../../../src/trust/exact/compare";
import { stringLike } from "../../../src/trust/string-like";
import { runs } from "../../support/runs";

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
        expect(found.filter((one) => !/^\d{12}$/.test(one))).toEqual([]);
        const kinds = new Set(found.map((one) => matched(patterns, one)));
        expect(all.filter((one) => !kinds.has(matched(patterns, one)))).toEqual([]);
        expect(kinds.size).toBeLessThanOrEqual(found.length);
      },
    ),
    { numRuns: runs(150), seed: 5 },
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

/** A trust policy for every AWS principal under `conditions`; with `denied`, but for what that matches. */
function policyOf(conditions: object, denied?: object) {
  const statement = (Effect: string, Condition: object): object => ({
    Effect,
    Principal: { AWS: "*" },
    Action: "sts:AssumeRole",
    Condition,
  });
  const Statement = [statement("Allow", conditions), ...(denied === undefined ? [] : [statement("Deny", denied)])];
  const read = readPolicy(JSON.stringify({ Version: "2012-10-17", Statement }));
  if (!read.ok) throw new Error(read.why);
  return read.policy;
}
const arnLike = (pattern: string): object => ({ StringLike: { "aws:PrincipalArn": pattern } });

test("whatever wildcards stand for colons, an ARN that a pattern matches gets in", () => {
  const arn = "arn:aws:iam::111122223333:role/x";
  fc.assert(
    fc.property(fc.array(fc.constantFrom("", "", "", "", "?", "*"), { minLength: arn.length }), (masks) => {
      const pattern = [...arn].map((letter, at) => masks[at] || letter).join("");
      expect(stringLike(pattern, arn)).toBe(true);
      expect(compare(policyOf(arnLike(pattern)), []).kind).toBe("wider");
    }),
    { numRuns: runs(200) },
  );
});

test.each([
  ["a question mark for the colon behind the account", "arn:aws:iam::111122223333?role/x"],
  ["one for the colon before it", "arn:aws:iam:?111122223333:role/x"],
  ["one that moves the colons", "arn:aws:iam?:111122223333?role/x"],
  ["another partition by a wildcard", "arn:aws-us-*:iam::111122223333:role/x"],
])("%s is no reason to miss who gets in", (_, pattern) => {
  expect(compare(policyOf(arnLike(pattern)), []).kind).toBe("wider");
});

test("a star that reaches from the account into the name is distinguished from one that does not", () => {
  const ends = policyOf(arnLike("arn:aws:iam::1*2"), { StringLike: { "aws:PrincipalAccount": "1*2" } });
  expect(compare(ends, []).kind).toBe("wider");
});

test.each([
  ["a provider with a wildcard", { Federated: "arn:aws:iam::111122223333:oidc-provider/h*" }, "Principal"],
  ["whoever is not listed", { AWS: "arn:aws:iam::111122223333:root" }, "NotPrincipal"],
])("%s, and a Deny of some providers: cannot tell, not none", (_, principals, element) => {
  const allow = { Effect: "Allow", [element]: principals, Action: "sts:AssumeRoleWithWebIdentity" };
  const deny = {
    Effect: "Deny",
    Principal: "*",
    Action: "*",
    Condition: { StringLike: { "aws:FederatedProvider": "*/h1*" } },
  };
  const [open, closed] = [[allow], [allow, deny]].map((Statement) => {
    const read = readPolicy(JSON.stringify({ Version: "2012-10-17", Statement }));
    if (!read.ok) throw new Error(read.why);
    return read.policy;
  });
  expect(compare(open ?? [], closed ?? []).kind).not.toBe("none");
});
