import type { PolicyDocument } from "../../../src/trust/decide/document";
import { compilePolicy, verdict } from "../../../src/trust/decide/decide";
import { readPolicy } from "../../../src/trust/decide/document";
import { compare } from "../../../src/trust/exact/compare";
import { guards, isOpen, excludes, OPENNESS } from "../../../src/trust/exact/guards";
import { kindsBeside, who } from "../../../src/trust/exact/who";
import { pairFor } from "../../support/small-worlds";

const PATH = "mycompany.cloud.databricks.com/oidc";
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${PATH}`;
const MASTER = "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL";

function read(statements: readonly Record<string, unknown>[]): PolicyDocument {
  const reading = readPolicy({ Version: "2012-10-17", Statement: statements });
  if (!reading.ok) throw new Error(reading.why);
  return reading.policy;
}

function web(condition: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Effect: "Allow",
    Principal: { Federated: PROVIDER },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: condition,
    ...more,
  };
}

describe("who", () => {
  test("lists one kind for each statement, with audiences, subjects, networks and a witness", () => {
    const policy = read([
      web({
        StringEquals: { [`${PATH}:aud`]: "1", [`${PATH}:sub`]: ["a", "b"] },
        IpAddress: { "aws:SourceIp": "203.0.113.0/24" },
      }),
      web({ StringEquals: { [`${PATH}:aud`]: "1" }, StringLike: { [`${PATH}:sub`]: "*@data.example.com" } }),
    ]);
    const { kinds, unsure } = who(policy);
    expect(unsure).toBeNull();
    expect(kinds).toMatchObject([
      {
        statement: 0,
        principals: [{ kind: "Federated", name: PROVIDER }],
        audiences: { exact: ["1"], patterns: [] },
        subjects: { exact: ["a", "b"], patterns: [] },
        networks: ["203.0.113.0/24"],
        witness: { claims: { aud: ["1"], sub: ["a"] }, context: { "aws:SourceIp": ["203.0.113.0"] } },
      },
      { statement: 1, subjects: { exact: [], patterns: ["*@data.example.com"] }, networks: null },
    ]);
    for (const { witness } of kinds)
      expect(witness === null ? null : verdict(compilePolicy(policy), witness.request)).toBe("yes");
  });

  test("leaves out who is covered, who cannot exist, and conditions that keep out nobody", () => {
    const policy = read([
      web({ StringEquals: { [`${PATH}:sub`]: "a" } }),
      web({
        StringLike: { [`${PATH}:sub`]: "a*" },
        StringEqualsIfExists: { "aws:PrincipalType": "User" },
        Null: { [`${PATH}:sub`]: "false" },
      }),
      web({ StringEquals: { "undefined:sub": "a" } }),
    ]);
    expect(who(policy).kinds).toMatchObject([
      { statement: 1, conditions: [], subjects: { patterns: ["a*"], others: [] } },
    ]);
  });

  test("names the Denies that cut a kind, and only those", () => {
    const policy = read([
      web({ StringLike: { [`${PATH}:sub`]: "a*" } }),
      web({ StringEquals: { [`${PATH}:sub`]: "ab" } }, { Effect: "Deny" }),
      web({ StringEquals: { [`${PATH}:sub`]: "b" } }, { Effect: "Deny" }),
    ]);
    expect(who(policy).kinds.map(({ except }) => except.map(({ index }) => index))).toEqual([[1]]);
  });

  test("is complete: every caller gets in by a statement of the list", () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const { a } = pairFor(seed);
      const { kinds } = who(a);
      const listed = new Set(kinds.map(({ statement }) => statement));
      const only = {
        ...a,
        statements: a.statements.filter(({ effect, index }) => effect === "Deny" || listed.has(index)),
      };
      const callers = ({ action }: { readonly action: string }): boolean => action.startsWith("sts:AssumeRole");
      expect({ seed, is: compare(a, only, { callers }).kind }).not.toEqual({ seed, is: "wider" });
    }
  });

  test("tells declared kinds from others, with one of those who are not declared", () => {
    const declared = read([web({ StringEquals: { [`${PATH}:sub`]: ["a", "b"] } })]);
    const live = read([
      web({ StringEquals: { [`${PATH}:sub`]: "a" } }),
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      web({ StringEquals: { [`${PATH}:sub`]: ["b", "c"] } }),
    ]);
    const { declared: known, undeclared, unsure } = kindsBeside(live, declared);
    expect(unsure).toBeNull();
    expect(known.map(({ statement }) => statement)).toEqual([0]);
    expect(undeclared).toMatchObject([
      { statement: 1, witness: { principal: { kind: "Service", arn: "lambda.amazonaws.com" } } },
      { statement: 2, witness: { claims: { sub: ["c"] } } },
    ]);
  });
});

describe("guards", () => {
  const network = (...blocks: readonly string[]): PolicyDocument =>
    read([web({ StringEquals: { [`${PATH}:sub`]: "a" }, IpAddress: { "aws:SourceIp": blocks } })]);

  test("says nothing for a condition beside one that is stricter", () => {
    const policy = read([
      web({ StringEquals: { [`${PATH}:sub`]: "ab" }, StringLikeIfExists: { [`${PATH}:sub`]: "a*" } }),
    ]);
    expect(guards(policy, 0, 1)).toEqual({ kind: "nothing" });
    expect(guards(policy, 0, 0)).toMatchObject({ kind: "something", absent: null });
  });

  test("tells whom a network of all of IPv4 keeps out: IPv6 and callers without an address", () => {
    const guarding = guards(network("0.0.0.0/0"), 0, 1);
    expect(guarding).toMatchObject({ kind: "something", present: { context: { "aws:SourceIp": ["2001:db8::1"] } } });
    expect(guarding).not.toMatchObject({ absent: null });
    expect(guards(network("0.0.0.0/0", "::/0"), 0, 1)).toMatchObject({ kind: "something", present: null });
  });

  test("tells whom a condition of a Deny spares", () => {
    const policy = read([web({}), web({ StringNotEquals: { [`${PATH}:sub`]: "a" } }, { Effect: "Deny" })]);
    expect(guards(policy, 1, 0)).toMatchObject({ kind: "something", present: { claims: { sub: ["a"] } } });
  });

  test("refuses a condition that is not there", () => {
    expect(() => guards(network(), 0, 9)).toThrow(RangeError);
  });

  test.each([
    ["all of IPv4", network("0.0.0.0/0"), ["IPv4", "VPC endpoint", "VPC"]],
    [
      "both halves of both families",
      network("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"),
      ["IPv4", "IPv6", "VPC endpoint", "VPC"],
    ],
    ["one network", network("10.0.0.0/8"), ["VPC endpoint", "VPC"]],
    [
      "any VPC endpoint",
      read([web({ StringLike: { "aws:SourceVpce": "*" } })]),
      ["IPv4", "IPv6", "VPC endpoint", "VPC"],
    ],
    [
      "a VPC that equals itself",
      read([web({ StringEquals: { "aws:SourceVpc": "${aws:SourceVpc}", "aws:SourceVpce": "v" } })]),
      ["IPv4", "IPv6", "VPC"],
    ],
    [
      "a Deny from elsewhere",
      read([web({}), web({ NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" } }, { Effect: "Deny" })]),
      ["VPC endpoint", "VPC"],
    ],
  ] as const)("finds what is open: %s", (_, policy, open) => {
    const found = Object.entries(OPENNESS).flatMap(([name, openness]) => (isOpen(policy, 0, openness) ? [name] : []));
    expect(found).toEqual(open);
  });

  test.each([
    ["a literal external ID", "7d3c2b1a-0f5e-4c8d-9a6b-123456789012", false],
    ["an external ID that equals itself", "${sts:ExternalId}", true],
  ])("finds %s open or not", (_, externalId, open) => {
    const statement = {
      Effect: "Allow",
      Principal: { AWS: MASTER },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:ExternalId": externalId } },
    };
    expect(isOpen(read([statement]), 0, OPENNESS["external ID"])).toBe(open);
  });

  test("shows a subject that is kept out, or proves that nobody is", () => {
    const any = { kind: "any" } as const;
    expect(excludes(read([web({ StringLike: { [`${PATH}:sub`]: "?*" } })]), `${PATH}:sub`, any)).toMatchObject({
      kind: "wider",
      witness: { claims: { sub: [""] } },
    });
    expect(excludes(read([web({ StringLike: { [`${PATH}:sub`]: "*" } })]), `${PATH}:sub`, any).kind).toBe("none");
  });

  test("tries the requests of one domain alone", () => {
    const policy = read([web({ StringLike: { [`${PATH}:sub`]: "*@*.example.com" } })]);
    const fixed = (pattern: string): string =>
      compare(policy, [], {
        fixed: new Map([[`${PATH}:sub`, { kind: "patterns", patterns: [pattern], except: [] }]]),
      }).kind;
    expect(fixed("*@gmail.com")).toBe("none");
    expect(fixed("*@a.example.com")).toBe("wider");
  });
});
