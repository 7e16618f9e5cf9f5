import fc from "fast-check";
import type { PolicyRequest } from "../../src/trust/decide/decide";
import { compilePolicy, decide, explainDecision, verdict } from "../../src/trust/decide/decide";
import { readPolicy } from "../../src/trust/decide/document";
import { runs } from "../support/runs";

const PROVIDER = "arn:aws:iam::111122223333:oidc-provider/h.cloud.databricks.com/oidc";
const ACTION = "sts:AssumeRoleWithWebIdentity";
const allow = (condition?: unknown, fields: object = {}) => ({
  Effect: "Allow",
  Principal: { Federated: PROVIDER },
  Action: ACTION,
  ...(condition === undefined ? {} : { Condition: condition }),
  ...fields,
});

function compiled(statements: readonly unknown[], version: string | null = "2012-10-17") {
  const reading = readPolicy({ ...(version === null ? {} : { Version: version }), Statement: statements });
  if (!reading.ok) throw new Error(reading.why);
  return compilePolicy(reading.policy);
}

function request(
  keys: Readonly<Record<string, readonly string[]>> = {},
  fields: Partial<PolicyRequest> = {},
): PolicyRequest {
  return {
    action: ACTION,
    principal: { kind: "Federated", arn: PROVIDER },
    keys: new Map(Object.entries(keys)),
    ...fields,
  };
}

function answer(condition: unknown, keys: Readonly<Record<string, readonly string[]>>): boolean {
  return decide(compiled([allow(condition)]), request(keys));
}

type Row = readonly [condition: unknown, keys: Readonly<Record<string, readonly string[]>>, allowed: boolean];

describe("a condition", () => {
  test.each<Row>([
    [{ StringEquals: { "A:B": "x" } }, { "a:b": ["x"] }, true],
    [{ StringEquals: { "a:b": "x*" } }, { "a:b": ["xy"] }, false],
    [{ StringEquals: { "a:b": ["x", "y"] } }, { "a:b": ["y"] }, true],
    [{ StringNotEquals: { "a:b": ["x", "y"] } }, { "a:b": ["y"] }, false],
    [{ StringEqualsIgnoreCase: { "a:b": "X" } }, { "a:b": ["x"] }, true],
    [{ StringLike: { "a:b": "x*/y:?" } }, { "a:b": ["x/1:2/y:z"] }, true],
    [{ StringLike: { "a:b": "x" } }, { "a:b": ["X"] }, false],
    [{ NumericLessThanEquals: { "a:b": "10" } }, { "a:b": ["9"] }, true],
    [{ NumericEquals: { "a:b": "9007199254740992" } }, { "a:b": ["9007199254740993"] }, false],
    [{ DateGreaterThan: { "a:b": "2026-01-01T00:00:00+01:00" } }, { "a:b": ["2025-12-31T23:30:00Z"] }, true],
    [{ DateLessThan: { "a:b": "1767225600" } }, { "a:b": ["2025-12-31T23:59:59Z"] }, true],
    [{ Bool: { "a:b": "TRUE" } }, { "a:b": ["true"] }, true],
    [{ BinaryEquals: { "a:b": "QUJD" } }, { "a:b": ["QUJD"] }, true],
    [{ IpAddress: { "a:b": "203.0.113.0/24" } }, { "a:b": ["203.0.113.255"] }, true],
    [{ IpAddress: { "a:b": "203.0.113.0/24" } }, { "a:b": ["203.0.114.0"] }, false],
    [{ IpAddress: { "a:b": "2001:db8::/32" } }, { "a:b": ["2001:db8:1::1"] }, true],
    [{ IpAddress: { "a:b": "10.0.0.0/8" } }, { "a:b": ["a00:1::"] }, false],
    [{ IpAddress: { "a:b": "0.0.0.0/0" } }, { "a:b": ["::1"] }, false],
    [{ NotIpAddress: { "a:b": "2001:db8::/32" } }, { "a:b": ["203.0.113.1"] }, true],
    [{ ArnLike: { "a:b": "arn:aws:iam::*:role/x*" } }, { "a:b": ["arn:aws:iam::1:role/xy/z"] }, true],
    [{ ArnLike: { "a:b": "arn:aws:*:role/x" } }, { "a:b": ["arn:aws:iam::1:role/x"] }, false],
    [{ Null: { "a:b": "true" } }, {}, true],
    [{ Null: { "a:b": "false" } }, { "a:b": [""] }, true],
    [{ Null: { "a:b": ["false", "FALSE"] } }, { "a:b": ["x"] }, true],
    [{ Null: { "a:b": ["true", "true"] } }, { "a:b": ["x"] }, false],
  ])("%j with %j: %s", (condition, keys, allowed) => {
    expect(answer(condition, keys)).toBe(allowed);
  });

  test.each<Row>([
    [{ StringEquals: { "a:b": "x" } }, {}, false],
    [{ StringNotEquals: { "a:b": "x" } }, {}, true],
    [{ StringEqualsIfExists: { "a:b": "x" } }, {}, true],
    [{ "ForAllValues:StringEquals": { "a:b": "x" } }, {}, true],
    [{ "ForAnyValue:StringEquals": { "a:b": "x" } }, {}, false],
    [{ "ForAnyValue:StringNotEquals": { "a:b": "x" } }, {}, false],
    [{ "ForAnyValue:StringEqualsIfExists": { "a:b": "x" } }, {}, true],
    [{ "ForAllValues:StringEquals": { "a:b": ["x", "y"] } }, { "a:b": ["x", "z"] }, false],
    [{ "ForAnyValue:StringEquals": { "a:b": ["x", "y"] } }, { "a:b": ["x", "z"] }, true],
    [{ "ForAllValues:StringNotEquals": { "a:b": "x" } }, { "a:b": ["y", "x"] }, false],
    [{ "ForAnyValue:StringNotEquals": { "a:b": "x" } }, { "a:b": ["y", "x"] }, true],
  ])("on a missing key or on many values, %j with %j: %s", (condition, keys, allowed) => {
    expect(answer(condition, keys)).toBe(allowed);
  });
});

test.each([
  ["an unknown operator", { StringLikes: { "a:b": "x" } }, "StringLikes"],
  ["an operator in small letters", { stringequals: { "a:b": "x" } }, "stringequals"],
  ["a block that is none, negated", { NotIpAddress: { "a:b": "10.0.0.0/99" } }, "10.0.0.0/99"],
  ["a block whose prefix is missing", { IpAddress: { "a:b": "10.0.0.0/" } }, "10.0.0.0/"],
  ["a number that is none, negated", { NumericNotEquals: { "a:b": "five" } }, "five"],
  ["a time without zone", { DateNotEquals: { "a:b": "2026-01-01T00:00:00" } }, "2026-01-01T00:00:00"],
  ["a day that is none", { DateNotEquals: { "a:b": "2026-02-30" } }, "2026-02-30"],
  ["an ARN that is none, negated", { ArnNotLike: { "a:b": "*" } }, "ArnNotLike"],
  ["an IPv4 address in IPv6, negated", { NotIpAddress: { "a:mapped": "203.0.113.0/24" } }, "a:mapped"],
  ["a value of the request that does not read, negated", { NumericNotEquals: { "a:b": "7" } }, "a:b"],
  ["a variable nobody knows", { StringEquals: { "a:b": "${who:knows}" } }, "${who:knows}"],
  ["a variable nobody knows, negated", { StringNotEquals: { "a:b": "${who:knows}" } }, "${who:knows}"],
  ["a variable with many values", { StringLike: { "a:b": "${a:many}" } }, "${a:many}"],
  ["a variable that is not closed", { StringLike: { "a:b": "*${a:b" } }, "${a:b"],
  ["a wildcard out of a variable", { StringLike: { "a:b": "${a:star}" } }, "${a:star}"],
  ["a variable where none may stand", { NumericNotEquals: { "a:b": "${a:one}" } }, "${a:one}"],
  ["letters that are equal by Unicode's rules only", { StringEqualsIgnoreCase: { "a:kelvin": "k" } }, "a:kelvin"],
  ["no values, negated", { StringNotEquals: { "a:b": [] } }, "a:b"],
  ["Null with two values", { Null: { "a:b": ["true", "false"] } }, "Null"],
])("%s is a finding that names it, and never a yes, not even in a Deny", (_name, condition, named) => {
  const keys = {
    "a:b": ["x"],
    "a:many": ["x", "y"],
    "a:star": ["*"],
    "a:one": ["1"],
    "a:kelvin": ["\u212a"],
    "a:mapped": ["::ffff:cb00:7109"],
  };
  const explained = explainDecision(compiled([allow(condition)]), request(keys));
  expect(explained.allowed).toBe(false);
  expect(explained.findings.join()).toContain(named);
  expect(decide(compiled([allow(condition)]), request(keys))).toBe(false);
  expect(decide(compiled([allow(), allow(condition, { Effect: "Deny" })]), request(keys))).toBe(false);
});

test.each<Row>([
  [{ StringEquals: { "a:b": "${A:One}" } }, { "a:b": ["1"], "a:one": ["1"] }, true],
  [{ StringEquals: { "a:b": "x-${a:none, 'left, right'}" } }, { "a:b": ["x-left, right"] }, true],
  [{ StringEquals: { "a:b": "${a:one, 'no'}" } }, { "a:b": ["1"], "a:one": ["1"] }, true],
  [{ StringEquals: { "a:b": "${*}${?}${$}" } }, { "a:b": ["*?$"] }, true],
  [{ StringLike: { "a:b": "x${*}*" } }, { "a:b": ["x*y"] }, true],
  [{ StringLike: { "a:b": "x${*}" } }, { "a:b": ["xy"] }, false],
  [{ ArnLike: { "a:b": "arn:aws:iam::1:role/${a:one}" } }, { "a:b": ["arn:aws:iam::1:role/r"], "a:one": ["r"] }, true],
  [{ StringEquals: { "a:b": ["${who:knows}", "x"] } }, { "a:b": ["x"] }, true],
])("variables that can be decided are, %j with %j: %s", (condition, keys, allowed) => {
  expect(answer(condition, keys)).toBe(allowed);
});

test("before version 2012-10-17 a variable is literal text", () => {
  expect(
    decide(
      compiled([allow({ StringEquals: { "a:b": "${a:one}" } })], null),
      request({ "a:b": ["${a:one}"], "a:one": ["1"] }),
    ),
  ).toBe(true);
});

describe("statements", () => {
  test.each<readonly [string, readonly unknown[], boolean]>([
    ["one Allow that matches is enough", [allow({ StringEquals: { "a:b": "no" } }), allow()], true],
    ["a Deny wins, wherever it stands", [allow(), allow(undefined, { Effect: "Deny" })], false],
    [
      "a Deny for everyone may be for OIDC callers too",
      [allow(), allow(undefined, { Effect: "Deny", Principal: "*" })],
      false,
    ],
    ["AWS: * lets no OIDC caller in", [allow(undefined, { Principal: { AWS: "*" } })], false],
    ["a bare * lets no OIDC caller in", [allow(undefined, { Principal: "*" })], false],
    [
      "the provider's account lets no OIDC caller in",
      [allow(undefined, { Principal: { AWS: "arn:aws:iam::111122223333:root" } })],
      false,
    ],
    [
      "a provider by pattern is undecided",
      [allow(undefined, { Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/*" } })],
      false,
    ],
    [
      "an Allow for all but somebody is undecided",
      [{ Effect: "Allow", NotPrincipal: { AWS: "111122223333" }, Action: ACTION }],
      false,
    ],
    [
      "a Deny for all but the provider spares it",
      [allow(), { Effect: "Deny", NotPrincipal: { Federated: PROVIDER }, Action: ACTION }],
      true,
    ],
    [
      "a Deny for all but somebody else does not",
      [allow(), { Effect: "Deny", NotPrincipal: { AWS: "111122223333" }, Action: ACTION }],
      false,
    ],
    [
      "all actions but another take this one in",
      [{ Effect: "Allow", Principal: { Federated: PROVIDER }, NotAction: "sts:TagSession" }],
      true,
    ],
    ["actions ignore case and take wildcards", [allow(undefined, { Action: "STS:assume*" })], true],
    ["another action does not match", [allow(undefined, { Action: "sts:AssumeRole" })], false],
  ])("%s", (_name, statements, allowed) => {
    expect(decide(compiled(statements), request())).toBe(allowed);
  });

  test("what makes a principal undecidable is named", () => {
    const pattern = compiled([
      allow(undefined, { Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/*" } }),
    ]);
    expect(explainDecision(pattern, request()).findings.join()).toContain("oidc-provider/*");
    const not = compiled([{ Effect: "Allow", NotPrincipal: { AWS: "111122223333" }, Action: ACTION }]);
    expect(explainDecision(not, request()).findings.join()).toContain("NotPrincipal");
    const everybody = compiled([allow(), allow(undefined, { Effect: "Deny", Principal: { AWS: "*" } })]);
    expect(explainDecision(everybody, request()).findings.join()).toContain("a Deny for AWS");
    expect(verdict(everybody, request())).toBe("unknown");
  });
});

describe("Unity Catalog's sts:AssumeRole", () => {
  const MASTER = "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL";
  const SELF = "arn:aws:iam::111122223333:role/databricks/lake-reader";
  const policy = compiled([
    {
      Effect: "Allow",
      Principal: { AWS: [MASTER] },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:ExternalId": "0b7e" } },
    },
    {
      Effect: "Allow",
      Principal: { AWS: ["arn:aws:iam::111122223333:root"] },
      Action: "sts:AssumeRole",
      Condition: { ArnEquals: { "aws:PrincipalArn": SELF }, StringEquals: { "sts:ExternalId": "0b7e" } },
    },
  ]);
  test.each([
    ["Databricks' role with the external ID", MASTER, "0b7e", true],
    ["Databricks' role without it", MASTER, null, false],
    ["Databricks' role with another customer's", MASTER, "0B7E", false],
    ["the role itself", SELF, "0b7e", true],
    ["another role of the account", `${SELF}2`, "0b7e", false],
    ["the same name in another account", SELF.replace("1111", "9999"), "0b7e", false],
  ])("%s: %s %s %s", (_name, arn, externalId, allowed) => {
    const keys = { "aws:principalarn": [arn], ...(externalId === null ? {} : { "sts:externalid": [externalId] }) };
    expect(decide(policy, request(keys, { action: "sts:AssumeRole", principal: { kind: "AWS", arn } }))).toBe(allowed);
  });
});

describe("reading a policy", () => {
  test.each<readonly [string, unknown]>([
    ["a Condition in small letters", allow(undefined, { condition: { StringEquals: { "a:b": "x" } } })],
    ["Conditions", allow(undefined, { Conditions: {} })],
    ["Action and NotAction at once", allow(undefined, { NotAction: "sts:TagSession" })],
    ["Principal and NotPrincipal at once", allow(undefined, { NotPrincipal: { AWS: "*" } })],
    ["no Action", { Effect: "Allow", Principal: { Federated: PROVIDER } }],
    ["an Effect of its own", allow(undefined, { Effect: "allow" })],
    ["a condition on nothing", allow({ StringEquals: "x" })],
    ["an object for a value", allow({ StringEquals: { "a:b": { x: 1 } } })],
  ])("%s is refused rather than passed over", (_name, statement) => {
    expect(readPolicy({ Version: "2012-10-17", Statement: [statement] }).ok).toBe(false);
  });

  test.each([
    [
      "an element twice",
      '{"Statement":[{"Effect":"Deny","Effect":"Allow","Principal":"*","Action":"*"}]}',
      '"Effect" appears twice',
    ],
    [
      "an element twice, once in escapes",
      '{"Statement":[],"\\u0053tatement":[{"Effect":"Allow","Principal":"*","Action":"*"}]}',
      '"Statement" appears twice',
    ],
    [
      "an operator twice",
      '{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"StringEquals":{"a:b":"x"},' +
        '"StringEquals":{"a:c":"y"}}}}',
      '"StringEquals" appears twice',
    ],
    [
      "a key twice but for its case",
      '{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"StringEquals":{"a:b":"x","A:' +
        'B":"y"}}}}',
      'has "A:B" twice',
    ],
    [
      "a number that reading rounds",
      '{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"StringEquals":{"a:b":' +
        "9007199254740993}}}}",
      '"StringEquals" on "a:b" must be a string or a list of strings',
    ],
  ])("%s does not read, since what AWS would make of it is not sure", (_, json, why) => {
    expect(readPolicy(json)).toEqual({ ok: false, why: expect.stringContaining(why) as string });
  });

  test("one name in two objects, or in a text, is no repeat", () => {
    expect(
      readPolicy(
        '{"Statement":[{"Sid":"\\"Effect\\":{,","Effect":"Allow","Principal":"*","Action":["Effect","Effect"]},' +
          '{"Effect":"Allow","Principal":"*","Action":"*"}]}',
      ).ok,
    ).toBe(true);
  });

  test("whatever the JSON, the answer is a policy or a reason", () => {
    const strange = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc.record({
        Version: fc.oneof(fc.constantFrom("2012-10-17", "2008-10-17"), fc.jsonValue({ maxDepth: 1 })),
        Statement: fc.array(
          fc.record(
            {
              Effect: fc.constantFrom("Allow", "Deny"),
              Principal: fc.oneof(
                fc.constant("*"),
                fc.dictionary(
                  fc.constantFrom("AWS", "Federated", "__proto__", "constructor"),
                  fc.jsonValue({ maxDepth: 1 }),
                ),
              ),
              Action: fc.oneof(fc.constant(ACTION), fc.jsonValue({ maxDepth: 1 })),
              Condition: fc.dictionary(
                fc.constantFrom("StringEquals", "StringLike", "Null", "__proto__", "toString"),
                fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })),
              ),
            },
            { requiredKeys: ["Effect"] },
          ),
          { maxLength: 3 },
        ),
      }),
    );
    fc.assert(
      fc.property(strange, fc.dictionary(fc.string(), fc.array(fc.string(), { maxLength: 2 })), (document, keys) => {
        const reading = readPolicy(JSON.stringify(document));
        if (!reading.ok) return expect(reading.why).not.toBe("");
        const policy = compilePolicy(reading.policy);
        return expect(explainDecision(policy, request(keys)).allowed).toBe(decide(policy, request(keys)));
      }),
      { numRuns: runs(400) },
    );
  });

  test("a bomb of brackets is an answer, not a crash", () => {
    expect(readPolicy(`{"Statement":${"[".repeat(200_000)}${"]".repeat(200_000)}}`).ok).toBe(false);
    expect(readPolicy("[".repeat(500_000)).ok).toBe(false);
  });
});
