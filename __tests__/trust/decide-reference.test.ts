import fc from "fast-check";
import { compilePolicy, decide, explainDecision } from "../../src/trust/decide/decide";
import { readPolicy } from "../../src/trust/decide/document";
import type { RawRequest, RawStatement } from "./reference-decider";
import { referenceDecision } from "./reference-decider";
import { runs } from "../support/runs";

const PROVIDER = "arn:aws:iam::111122223333:oidc-provider/h.cloud.databricks.com/oidc";
const BASES = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
  "NumericEquals",
  "NumericNotEquals",
  "NumericLessThan",
  "NumericLessThanEquals",
  "NumericGreaterThan",
  "NumericGreaterThanEquals",
  "DateEquals",
  "DateNotEquals",
  "DateLessThan",
  "DateLessThanEquals",
  "DateGreaterThan",
  "DateGreaterThanEquals",
  "Bool",
  "BinaryEquals",
  "IpAddress",
  "NotIpAddress",
  "ArnEquals",
  "ArnLike",
  "ArnNotEquals",
  "ArnNotLike",
] as const;
/** Of each kind a few that often meet, and some that do not read. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  String: [
    "a",
    "A",
    "ab",
    "a*",
    "*b",
    "?",
    "a?",
    "*",
    "",
    "b*a*b",
    "ab*ba",
    "aba",
    "abab",
    "${k:two}",
    "${k:two, 'ab'}",
    "a${k:one}",
    "${K:ONE}*",
    "${k:many}",
  ],
  Numeric: ["1", "2", "10", "1.0", "-3", "01", "9007199254740993", "9007199254740992", "x"],
  Date: [
    "2026-01-01T00:00:00Z",
    "2026-06-01T12:00:00Z",
    "2026-01-01T01:00:00+01:00",
    "2025-12-31T23:00:00-01:00",
    "1767225600",
    "1780000000",
    "tomorrow",
  ],
  Bool: ["true", "TRUE", "false", "False", "yes"],
  Binary: ["QUJD", "QUJE", "", "!"],
  Ip: [
    "10.0.0.1",
    "10.0.0.0/8",
    "10.0.0.2",
    "10.0.0.0/31",
    "10.0.0.2/31",
    "192.168.0.1/32",
    "0.0.0.0/0",
    "0:0:0:0:0:0:0:0/0",
    "0a00:1:0:0:0:0:0:0",
    "2001:db8:0:0:0:0:0:0/127",
    "2001:db8:0:0:0:0:0:2",
    "10.0.0.0/33",
    "10.0.0.0/",
    "2001:db8:0:0:0:0:0:1",
    "2001:db8:0:0:0:0:0:0/32",
    "x",
  ],
  Arn: [
    "arn:aws:iam::111122223333:role/a",
    "arn:aws:iam::*:role/a",
    "arn:aws:iam::111122223333:*",
    "arn:aws:iam::1*:role/${k:one}",
    "arn:aws:sts::444455556666:x:y",
    "*",
    "a",
  ],
};
/** What a request may carry that meets the values above often. */
const ACTUALS: Readonly<Record<string, readonly string[]>> = {
  String: ["a", "A", "ab", "aba", "ab*ba", "abab", "", "k"],
  Numeric: ["1", "2", "10", "9007199254740993", "01", "x"],
  Ip: ["10.0.0.0", "10.0.0.1", "10.0.0.2", "192.168.0.1", "2001:db8:0:0:0:0:0:1", "0a00:1:0:0:0:0:0:0", "10.0.0.0/8"],
};
const KEYS = ["k:one", "K:One", "k:two", "k:many"];

const kindOf = (base: string): string =>
  /^(?:Not)?(String|Numeric|Date|Bool|Binary|Ip|Arn)/.exec(base)?.[1] ?? "String";
const valueOf = (kind: string): fc.Arbitrary<string> =>
  fc.constantFrom(...(VALUES[kind] ?? []), ...(VALUES["String"] ?? []).slice(0, 2));

const actualOf = (kind: string): fc.Arbitrary<string> =>
  fc.constantFrom(...(ACTUALS[kind] ?? VALUES[kind] ?? []), ...(VALUES["String"] ?? []).slice(0, 1));

const condition = fc.constantFrom(...BASES).chain((base) =>
  fc.record({
    operator: fc
      .tuple(fc.constantFrom("", "", "ForAllValues:", "ForAnyValue:"), fc.constantFrom("", "", "IfExists"))
      .map(([set, ifExists]) => `${set}${base}${ifExists}`),
    key: fc.constantFrom(...KEYS),
    values: fc.array(valueOf(kindOf(base)), { maxLength: 3 }),
    // what the request carries is of the operator's kind, so that conditions often hold
    actual: fc.array(actualOf(kindOf(base)), { maxLength: 2 }),
  }),
);
const special = fc.record({
  operator: fc.constantFrom("Null", "Null", "StringLikes", "stringEquals", "BoolNot"),
  key: fc.constantFrom(...KEYS),
  values: fc.array(fc.constantFrom("true", "false", "perhaps"), { maxLength: 2 }),
  actual: fc.array(fc.constantFrom("a", "true", ""), { maxLength: 1 }),
});

const statement = fc.record({
  effect: fc.constantFrom("Allow", "Allow", "Allow", "Deny"),
  principal: fc.constantFrom<RawStatement["Principal"]>(
    { Federated: PROVIDER },
    { Federated: [PROVIDER] },
    { Federated: PROVIDER },
    { AWS: "*" },
    { Federated: `${PROVIDER}/` },
  ),
  action: fc.constantFrom(
    "sts:AssumeRoleWithWebIdentity",
    "STS:assumerolewithwebidentity",
    "sts:*",
    "sts:AssumeRole",
    "sts:AssumeRole*",
  ),
  conditions: fc.array(fc.oneof({ weight: 9, arbitrary: condition }, { weight: 1, arbitrary: special }), {
    maxLength: 3,
  }),
});

const trial = fc
  .tuple(
    fc.array(statement, { minLength: 1, maxLength: 3 }),
    fc.boolean(),
    fc.constantFrom("2012-10-17", "2012-10-17", "2008-10-17"),
  )
  .map(([drawn, withKeys, version]) => {
    const keys: Record<string, readonly string[]> = {};
    const statements = drawn.map(({ effect, principal, action, conditions }): RawStatement => {
      const block: Record<string, Record<string, readonly string[]>> = {};
      for (const { operator, key, values, actual } of conditions) {
        const keysOf = (block[operator] ??= {});
        // one key in two spellings does not read
        keysOf[Object.keys(keysOf).find((known) => known.toLowerCase() === key.toLowerCase()) ?? key] = values;
        if (withKeys || key !== "k:two") keys[key.toLowerCase()] ??= actual;
      }
      return { Effect: effect === "Deny" ? "Deny" : "Allow", Principal: principal, Action: action, Condition: block };
    });
    return {
      version,
      statements,
      request: { action: "sts:AssumeRoleWithWebIdentity", provider: PROVIDER, keys } satisfies RawRequest,
    };
  });

test("the decision never allows more than the reference, and agrees wherever the documentation decides", () => {
  const seen = { allow: 0, refuse: 0, undecided: 0 };
  fc.assert(
    fc.property(trial, ({ version, statements, request }) => {
      const reading = readPolicy({ Version: version, Statement: statements });
      if (!reading.ok) throw new Error(reading.why);
      const policy = compilePolicy(reading.policy);
      const asked = {
        action: request.action,
        principal: { kind: "Federated" as const, arn: request.provider },
        keys: new Map(Object.entries(request.keys)),
      };
      const reference = referenceDecision(statements, request, version);
      seen[reference] += 1;
      expect(decide(policy, asked)).toBe(reference === "allow");
      const explained = explainDecision(policy, asked);
      expect(explained.allowed).toBe(reference === "allow");
      // what could not be decided is named
      if (reference === "undecided") expect(explained.findings).not.toEqual([]);
    }),
    { numRuns: runs(1000) },
  );
  // the trial is worth something only if it comes to every answer often
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(runs(1000) / 20);
});
