import fc from "fast-check";
import type { PolicyComparison } from "../../src/doctor/same-policies";
import { comparePolicies } from "../../src/doctor/same-policies";
import { decideClaims } from "../../src/sts/decide-token";
import { compilePolicy, decide } from "../../src/trust/decide/decide";
import { readPolicy } from "../../src/trust/decide/document";
import type { LintRole, LintTarget } from "../../src/trust/parsed/target";
import { runs } from "../support/runs";

const PATH = "mycompany.cloud.databricks.com/oidc";
const ARN = `arn:aws:iam::111122223333:oidc-provider/${PATH}`;
const AUD = `${PATH}:aud`;
const SUB = `${PATH}:sub`;

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function statement(
  Condition: Condition,
  change: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: ARN },
    Condition,
    ...change,
  };
}

function policy(...Statement: readonly unknown[]): unknown {
  return { Version: "2012-10-17", Statement };
}

function target(document: unknown): LintTarget {
  const role: LintRole = {
    path: "r",
    name: "r",
    accountId: null,
    policy: document,
    maxSessionDuration: null,
    bounded: null,
    managedPolicyArns: [],
    policies: {},
    quota: 2048,
    widePatterns: [],
    statementPaths: [],
    ignores: [],
  };
  return {
    complete: false,
    providers: [],
    givenProviderArns: [],
    givenIssuerPaths: [],
    deletedProviders: [],
    ignores: [],
    roles: [role],
  };
}

function compared(ours: unknown, live: unknown): PolicyComparison {
  return comparePolicies(target(ours), target(live));
}

const OURS = policy(statement({ StringEquals: { [AUD]: ["1"], [SUB]: ["a", "b"] } }));

describe("a trust policy means the same", () => {
  test.each<[string, unknown]>([
    ["with its values in another order", policy(statement({ StringEquals: { [SUB]: ["b", "a"], [AUD]: "1" } }))],
    ["with values twice", policy(statement({ StringEquals: { [SUB]: ["b", "a", "a"], [AUD]: ["1", "1"] } }))],
    [
      "split into two statements",
      policy(
        statement({ StringEquals: { [SUB]: "b", [AUD]: "1" } }),
        statement({ StringEquals: { [SUB]: "a", [AUD]: "1" } }),
      ),
    ],
    [
      "with a statement twice",
      policy(...[1, 2].map(() => statement({ StringEquals: { [SUB]: ["a", "b"], [AUD]: "1" } }))),
    ],
    [
      "with a Sid, and an Id",
      { Id: "x", ...(policy(statement({ StringEquals: { [SUB]: ["a", "b"], [AUD]: "1" } }, { Sid: "S" })) as object) },
    ],
    [
      "with StringLike and no wildcard",
      policy(statement({ StringLike: { [SUB]: ["a", "b"] }, StringEquals: { [AUD]: "1" } })),
    ],
    [
      "with keys and actions in another case",
      policy(
        statement(
          { StringEquals: { [SUB.toUpperCase()]: ["a", "b"], [AUD]: "1" } },
          { Action: ["STS:assumeRoleWithWebIdentity"] },
        ),
      ),
    ],
    [
      "as one statement without a list",
      { Version: "2012-10-17", Statement: statement({ StringEquals: { [SUB]: ["a", "b"], [AUD]: "1" } }) },
    ],
  ])("%s", (_name, live) => {
    expect(compared(OURS, live)).toEqual({ kind: "same" });
    expect(compared(live, OURS)).toEqual({ kind: "same" });
  });

  test("and not with what decides otherwise", () => {
    const kinds = (live: unknown): string => compared(OURS, live).kind;
    expect(kinds(policy(statement({ StringEquals: { [AUD]: "1", [SUB]: ["a", "b", "c"] } })))).toBe("different");
    expect(kinds(policy(statement({ StringLike: { [SUB]: ["a", "b*"] }, StringEquals: { [AUD]: "1" } })))).toBe(
      "different",
    );
    expect(kinds(policy(statement({ StringEquals: { [AUD]: "1" } })))).toBe("different");
    expect(
      kinds(policy(statement({ "ForAllValues:StringEquals": { [SUB]: ["a", "b"] }, StringEquals: { [AUD]: "1" } }))),
    ).not.toBe("same");
    expect(kinds(policy(statement({ StringNotEquals: { [SUB]: ["a", "b"] }, StringEquals: { [AUD]: "1" } })))).toBe(
      "different",
    );
    expect(kinds({ Statement: "no" })).toBe("unreadable");
    expect(kinds("no JSON")).toBe("unreadable");
  });

  test("is never claimed of what only looks alike: a letter's case is another subject", () => {
    expect(
      compared(OURS, policy(statement({ StringEqualsIgnoreCase: { [SUB]: ["a", "b"] }, StringEquals: { [AUD]: "1" } })))
        .kind,
    ).not.toBe("same");
  });

  test("and a policy written to blow up is compared in no time", () => {
    const many = (prefix: string, length = 200): readonly string[] =>
      Array.from({ length }, (_, at) => `${prefix}${at.toString(36)}`);
    const wide = (subjects: readonly string[]): unknown =>
      policy(statement({ StringEquals: { [AUD]: many("a"), [SUB]: subjects, "aws:SourceVpce": many("v") } }));
    const started = process.cpuUsage();
    expect(compared(wide(many("s")), wide([...many("s")].reverse())).kind).toBe("same");
    const more = compared(wide(many("s")), wide(many("s", 201)));
    expect(more).toMatchObject({ kind: "different", lost: [] });
    const subjects = more.kind === "different" ? more.gained.map(({ subject }) => subject) : [];
    expect([...new Set(subjects)]).toEqual(["s5k", "undetermined caller: more identities than are listed here"]);
    // it took three minutes before it was bounded
    const { user, system } = process.cpuUsage(started);
    expect(user + system).toBeLessThan(5_000_000);
  });
});

// small worlds, so that chance meets every corner
const value = fc.constantFrom("a", "b", "A", "a*", "?");
const values = fc.uniqueArray(value, { minLength: 1, maxLength: 3 });
const operator = fc.constantFrom(
  "StringEquals",
  "StringLike",
  "StringEqualsIgnoreCase",
  "StringNotEquals",
  "StringEqualsIfExists",
  "ForAnyValue:StringLike",
  "ForAllValues:StringEquals",
);
const condition = fc
  .uniqueArray(fc.tuple(operator, fc.constantFrom(SUB, AUD), values), {
    maxLength: 3,
    selector: ([name, key]) => `${name} ${key}`,
  })
  .map((list): Condition => {
    const block: Record<string, Record<string, unknown>> = {};
    for (const [name, key, list_] of list) (block[name] ??= {})[key] = list_;
    return block;
  });
const anyStatement = fc
  .tuple(condition, fc.constantFrom("Allow", "Allow", "Allow", "Deny"))
  .map(([block, Effect]) => statement(block, { Effect }));
const anyPolicy = fc.array(anyStatement, { minLength: 1, maxLength: 3 }).map((list) => policy(...list));

function allows(document: unknown, aud: string | null, sub: string | null): boolean {
  const read = readPolicy(document);
  if (!read.ok) throw new Error(read.why);
  const keys = new Map(
    [
      [AUD, aud],
      [SUB, sub],
    ].flatMap(([name, text]): readonly (readonly [string, readonly string[]])[] =>
      name === null || name === undefined || text === null || text === undefined ? [] : [[name.toLowerCase(), [text]]],
    ),
  );
  return decide(compilePolicy(read.policy), {
    action: "sts:AssumeRoleWithWebIdentity",
    principal: { kind: "Federated", arn: ARN },
    keys,
  });
}

test("whatever is called the same decides the same, for everybody", () => {
  let same = 0;
  fc.assert(
    fc.property(anyPolicy, anyPolicy, fc.boolean(), (left, other, shuffle) => {
      // half of the time the same statements backwards, so that equality is met at all
      const right = shuffle ? policy(...[...(left as { Statement: readonly unknown[] }).Statement].reverse()) : other;
      if (compared(left, right).kind !== "same") {
        expect(shuffle).toBe(false);
        return;
      }
      same += 1;
      // STS refuses a token without aud or sub before it reads the policy, so every request has both
      for (const aud of ["a", "b", "A", "ax", "?"])
        for (const sub of ["a", "b", "A", "ax", "?"])
          expect([aud, sub, allows(left, aud, sub)]).toEqual([aud, sub, allows(right, aud, sub)]);
    }),
    { numRuns: runs(80) },
  );
  expect(same).toBeGreaterThan(runs(80) / 20);
});

describe("a token without aud or sub never reaches a trust policy", () => {
  const forNobody = [AUD, SUB].map((key) => statement({ Null: { [key]: "true" } }));
  const now = 1_757_600_000;
  const claims = { iss: `https://${PATH}`, aud: "1", sub: "a", iat: now, exp: now + 3600 };
  const provider = { arn: ARN, issuer: `https://${PATH}`, clientIds: ["1"], keys: null };
  const decided = (document: unknown, missing: "aud" | "sub") => {
    const read = readPolicy(document);
    if (!read.ok) throw new Error(read.why);
    const role = {
      arn: "arn:aws:iam::111122223333:role/r",
      trust: compilePolicy(read.policy),
      maxSessionDuration: 3600,
    };
    const without = Object.fromEntries(Object.entries(claims).filter(([name]) => name !== missing));
    return decideClaims(without, [provider], role, { roleSessionName: "r", durationSeconds: null, context: {}, now });
  };

  test.each(["aud", "sub"] as const)("without %s STS refuses it, though the policy lets in who has none", (missing) => {
    for (const document of [policy(statement({})), policy(...forNobody)]) {
      expect(allows(document, missing === "aud" ? null : "1", missing === "sub" ? null : "a")).toBe(true);
      expect(decided(document, missing)).toMatchObject({
        allowed: false,
        error: { code: "InvalidIdentityToken", message: `Missing a required claim: ${missing}` },
      });
    }
  });

  test("so a policy that differs for such tokens alone is the same to doctor", () => {
    const { Statement } = OURS as { readonly Statement: readonly unknown[] };
    expect(compared(OURS, policy(...Statement, ...forNobody))).toEqual({ kind: "same" });
    expect(compared(policy(...Statement, ...forNobody), OURS)).toEqual({ kind: "same" });
  });
});
