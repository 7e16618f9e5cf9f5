import fc from "fast-check";
import type { TrustContext, TrustedIssuer } from "../../src/trust/build";
import {
  ACCOUNT_ID_PLACEHOLDER,
  buildTrustPolicy,
  measureTrustPolicy,
  SELF_ASSUME_POLICY_NAME,
  selfAssumePolicy,
  trustPolicyJson,
} from "../../src/trust/build";
import { checkTrust } from "../../src/trust/check";
import { compilePolicy, decide } from "../../src/trust/decide/decide";
import { readPolicy } from "../../src/trust/decide/document";
import { CONDITION_TESTS } from "../../src/trust/decide/operators";
import type { Condition, SubjectTrust, Trust, UnityCatalogTrust } from "../../src/trust/trust";
import { runs } from "../support/runs";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const WRITER = "1f0e9d8c-7b6a-4594-8372-615049382716";

function issuerAt(issuerPath: string, ...audiences: readonly string[]): TrustedIssuer {
  return {
    conditionKeys: { aud: `${issuerPath}:aud`, sub: `${issuerPath}:sub` },
    audiences,
    providerArn: `arn:aws:iam::111122223333:oidc-provider/${issuerPath}`,
  };
}

const CONTEXT: TrustContext = {
  partition: "aws",
  accountId: "111122223333",
  issuers: {
    production: issuerAt("mycompany.cloud.databricks.com/oidc", "1444828305810485", "second"),
    company: issuerAt(
      "accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
      "7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
    ),
  },
};
const ROLE = { name: "lake-reader", path: "/databricks/" };

function trust(fields: Partial<SubjectTrust> = {}): SubjectTrust {
  return {
    kind: "subjects",
    issuer: "production",
    servicePrincipals: [],
    users: [],
    subjects: [],
    identities: [],
    subjectPatterns: [],
    wideSubjectPatterns: [],
    audiences: null,
    conditions: [],
    allowTagSession: false,
    ...fields,
  };
}

function unityCatalog(fields: Partial<UnityCatalogTrust> = {}): UnityCatalogTrust {
  return {
    kind: "unityCatalog",
    externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"],
    cloud: "aws",
    conditions: [],
    ...fields,
  };
}

function jsonOf(...trusts: readonly Trust[]): string {
  return trustPolicyJson(buildTrustPolicy(trusts, ROLE, CONTEXT));
}

function statementsOf(...trusts: readonly Trust[]) {
  return buildTrustPolicy(trusts, ROLE, CONTEXT).Statement;
}

describe("the canonical form", () => {
  test("byte for byte: sorted keys, no white space, lists everywhere, no Sid", () => {
    expect(jsonOf(trust({ servicePrincipals: [READER] }))).toBe(
      `{"Statement":[{"Action":["sts:AssumeRoleWithWebIdentity"],"Condition":{"StringEquals":` +
        `{"mycompany.cloud.databricks.com/oidc:aud":["1444828305810485"],"mycompany.cloud.databricks.com/oidc:` +
        `sub":["${READER}"]}},"Effect":"Allow","Principal":{"Federated":["arn:aws:iam::111122223333:` +
        `oidc-provider/mycompany.cloud.databricks.com/oidc"]}}],"Version":"2012-10-17"}`,
    );
  });

  test("1: one statement a trust entry, in file order, subjects as written and without repeats", () => {
    const statements = statementsOf(
      trust({ servicePrincipals: [WRITER, READER, WRITER], users: ["zoe@example.com"], subjects: ["any", WRITER] }),
      trust({ issuer: "company", users: ["alice@example.com"] }),
    );
    expect(statements.map(({ Condition }) => Object.values(Condition["StringEquals"] ?? {})[1])).toEqual([
      [WRITER, READER, "zoe@example.com", "any"],
      ["alice@example.com"],
    ]);
  });

  test("1: entries of one issuer are not merged, their conditions may differ", () => {
    expect(
      statementsOf(
        trust({ servicePrincipals: [READER] }),
        trust({
          servicePrincipals: [WRITER],
          conditions: [{ test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24"] }],
        }),
      ).map(({ Condition }) => Object.keys(Condition)),
    ).toEqual([["StringEquals"], ["StringEquals", "IpAddress"]]);
  });

  test("1: the audience is the issuer's first, or those the trust names", () => {
    const audiences = (fields: Partial<SubjectTrust>) =>
      statementsOf(trust({ servicePrincipals: [READER], ...fields }))[0]?.Condition["StringEquals"]?.[
        "mycompany.cloud.databricks.com/oidc:aud"
      ];
    expect(audiences({})).toEqual(["1444828305810485"]);
    expect(audiences({ audiences: ["second", "1444828305810485", "second"] })).toEqual(["second", "1444828305810485"]);
  });

  test("2: patterns stand in a statement of their own, after the exact subjects", () => {
    const [exact, patterns, ...others] = statementsOf(
      trust({
        users: ["alice@example.com"],
        subjectPatterns: ["*@data.example.com", "*@data.example.com"],
      }),
    );
    expect(others).toEqual([]);
    expect(exact?.Condition).toEqual({
      StringEquals: {
        "mycompany.cloud.databricks.com/oidc:aud": ["1444828305810485"],
        "mycompany.cloud.databricks.com/oidc:sub": ["alice@example.com"],
      },
    });
    expect(patterns?.Condition).toEqual({
      StringEquals: { "mycompany.cloud.databricks.com/oidc:aud": ["1444828305810485"] },
      StringLike: { "mycompany.cloud.databricks.com/oidc:sub": ["*@data.example.com"] },
    });
  });

  test("2: wide patterns stand in a statement of the same form, after the plain ones", () => {
    const reason = "Every group of this name may read the public lake.";
    const statements = statementsOf(
      trust({
        users: ["alice@example.com"],
        subjectPatterns: ["*@data.example.com"],
        wideSubjectPatterns: ["team-*", "*", "team-*"].map((pattern) => ({ pattern, reason })),
        allowTagSession: true,
      }),
    );
    expect(statements).toHaveLength(3);
    expect(statements[2]).toEqual({
      ...statements[1],
      Condition: {
        StringEquals: { "mycompany.cloud.databricks.com/oidc:aud": ["1444828305810485"] },
        StringLike: { "mycompany.cloud.databricks.com/oidc:sub": ["team-*", "*"] },
      },
    });
    expect(JSON.stringify(statements)).not.toContain(reason);
  });

  test("2: a trust of patterns alone has no statement for exact subjects", () => {
    expect(statementsOf(trust({ subjectPatterns: ["*@data.example.com"] }))).toHaveLength(1);
  });

  test.each([
    ["aws", "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL"],
    ["aws-us-gov", "arn:aws-us-gov:iam::044793339203:role/unity-catalog-prod-UCMasterRole-1QRFA8SGY15OJ"],
    ["aws-us-gov-dod", "arn:aws-us-gov:iam::170661010020:role/unity-catalog-prod-UCMasterRole-1DI6DL6ZP26AS"],
  ] as const)(
    "3: Unity Catalog stands last, with the principal of cloud %s and the role itself",
    (cloud, principal) => {
      const partition = principal.split(":")[1] ?? "";
      const { Statement } = buildTrustPolicy(
        [unityCatalog({ cloud, externalIds: ["id-1", "id-2", "id-1"] }), trust({ servicePrincipals: [READER] })],
        ROLE,
        { ...CONTEXT, partition },
      );
      const ids = { StringEquals: { "sts:ExternalId": ["id-1", "id-2"] } };
      expect(Statement.slice(1)).toEqual([
        { Action: ["sts:AssumeRole"], Effect: "Allow", Principal: { AWS: [principal] }, Condition: ids },
        {
          Action: ["sts:AssumeRole"],
          Effect: "Allow",
          Principal: { AWS: [`arn:${partition}:iam::111122223333:root`] },
          Condition: {
            ArnEquals: { "aws:PrincipalArn": [`arn:${partition}:iam::111122223333:role/databricks/lake-reader`] },
            Null: { "aws:FederatedProvider": ["true"] },
            ...ids,
          },
        },
      ]);
    },
  );

  test("10: only beside web identity the role's own statement asks for a session of another kind", () => {
    const self = (...trusts: readonly Trust[]): object | undefined =>
      buildTrustPolicy(trusts, ROLE, CONTEXT).Statement.at(-1)?.Condition;
    expect(self(unityCatalog())).not.toHaveProperty("Null");
    const chained = { Null: { "aws:FederatedProvider": ["true"] } };
    expect(self(unityCatalog(), trust({ servicePrincipals: [READER] }))).toMatchObject(chained);
    expect(self(trust({ subjectPatterns: ["*@data.example.com"] }), unityCatalog())).toMatchObject(chained);
    const conditions = [{ test: "Null", variable: "aws:SourceVpc", values: ["false"] }];
    expect(self(trust({ servicePrincipals: [READER] }), unityCatalog({ conditions }))).toMatchObject({
      Null: { "aws:FederatedProvider": ["true"], "aws:SourceVpc": ["false"] },
    });
  });

  test("3: the role may assume itself by an inline policy too", () => {
    expect(SELF_ASSUME_POLICY_NAME).toBe("unity-catalog-self-assume");
    expect(selfAssumePolicy(ROLE, CONTEXT)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["sts:AssumeRole"],
          Resource: ["arn:aws:iam::111122223333:role/databricks/lake-reader"],
        },
      ],
    });
  });

  test("4: sts:TagSession only where it is asked for", () => {
    expect(statementsOf(trust({ users: ["a@example.com"] }))[0]?.Action).toEqual(["sts:AssumeRoleWithWebIdentity"]);
    expect(statementsOf(trust({ users: ["a@example.com"], allowTagSession: true }))[0]?.Action).toEqual([
      "sts:AssumeRoleWithWebIdentity",
      "sts:TagSession",
    ]);
  });

  test("5: conditions stand beside the guards, in every statement of their trust and in no other", () => {
    const vpc: Condition = { test: "StringEquals", variable: "aws:SourceVpc", values: ["vpc-1", "vpc-1", "vpc-2"] };
    const statements = statementsOf(
      trust({ users: ["a@example.com"], subjectPatterns: ["*@data.example.com"], conditions: [vpc] }),
      trust({ servicePrincipals: [READER] }),
    );
    expect(statements.map(({ Condition }) => Condition["StringEquals"]?.["aws:SourceVpc"])).toEqual([
      ["vpc-1", "vpc-2"],
      ["vpc-1", "vpc-2"],
      undefined,
    ]);
    expect(Object.keys(statements[0]?.Condition["StringEquals"] ?? {})).toHaveLength(3);
  });

  test("5: a condition on a guard throws even where nobody checked", () => {
    for (const variable of ["mycompany.cloud.databricks.com/oidc:sub", "MYCOMPANY.cloud.databricks.com/oidc:AUD"]) {
      expect(() =>
        jsonOf(trust({ servicePrincipals: [READER], conditions: [{ test: "StringEquals", variable, values: ["*"] }] })),
      ).toThrow(RangeError);
    }
  });

  test("an issuer that is not there throws, also one named like a method of every object", () => {
    for (const issuer of ["staging", "constructor", "__proto__"])
      expect(() => jsonOf(trust({ issuer, servicePrincipals: [READER] }))).toThrow(RangeError);
  });

  test("the policy of an account that is not known yet has the length of any other", () => {
    const trusts = [trust({ servicePrincipals: [READER] }), unityCatalog()];
    const unknown: TrustContext = {
      ...CONTEXT,
      accountId: ACCOUNT_ID_PLACEHOLDER,
      issuers: {
        production: {
          ...issuerAt("mycompany.cloud.databricks.com/oidc", "1444828305810485"),
          providerArn: `arn:aws:iam::${ACCOUNT_ID_PLACEHOLDER}:oidc-provider/mycompany.cloud.databricks.com/oidc`,
        },
      },
    };
    const placeholder = trustPolicyJson(buildTrustPolicy(trusts, ROLE, unknown));
    expect(placeholder).toHaveLength(jsonOf(...trusts).length);
    expect(placeholder.replaceAll(ACCOUNT_ID_PLACEHOLDER, "111122223333")).toBe(jsonOf(...trusts));
  });
});

const uuid = fc.nat(0xfffff).map((number) => `6a9f1c2e-3b4d-4e5f-8a7b-${number.toString(16).padStart(12, "0")}`);
const user = fc.nat(50).map((number) => `user-${number}@example.com`);
const variable = fc.constantFrom(
  "aws:SourceIp",
  "aws:SourceVpce",
  "aws:RequestedRegion",
  "aws:CurrentTime",
  "aws:SecureTransport",
  "sts:RoleSessionName",
  "mycompany.cloud.databricks.com/oidc:amr",
  "other.cloud.databricks.com/oidc:sub",
  "AWS:sourceip",
  "mycompany.cloud.databricks.com/oidc:sub",
  "Mycompany.Cloud.databricks.com/oidc:aud",
);
const value = fc.constantFrom(
  "*",
  "?*",
  "203.0.113.0/24",
  "0.0.0.0/0",
  "true",
  "false",
  "us-east-1",
  "2030-01-01T00:00:00Z",
  "${aws:userid}",
  READER,
  "1444828305810485",
);
const condition: fc.Arbitrary<Condition> = fc.record({
  test: fc.constantFrom(...CONDITION_TESTS),
  variable,
  values: fc.array(value, { minLength: 1, maxLength: 3 }),
});
const anyTrust: fc.Arbitrary<SubjectTrust> = fc.record({
  kind: fc.constant("subjects" as const),
  issuer: fc.constantFrom("production", "company"),
  servicePrincipals: fc.array(uuid, { maxLength: 4 }),
  users: fc.array(user, { maxLength: 3 }),
  subjects: fc.array(fc.constantFrom("any", '<sub> & "more"', "a\u0301 b"), { maxLength: 2 }),
  identities: fc.array(
    user.map((subject) => ({ name: "alice", kind: "user" as const, subject })),
    { maxLength: 2 },
  ),
  subjectPatterns: fc.array(fc.constantFrom("*@data.example.com", "etl-?@data.example.com"), {
    maxLength: 2,
  }),
  wideSubjectPatterns: fc.array(
    fc.constantFrom("*", "team-*").map((pattern) => ({ pattern, reason: "Everyone of it may read the public lake." })),
    { maxLength: 2 },
  ),
  audiences: fc.constant(null),
  conditions: fc.array(condition, { maxLength: 4 }),
  allowTagSession: fc.boolean(),
});
/** Trusts that pass every rule. */
const goodTrusts = fc
  .array(anyTrust, { minLength: 1, maxLength: 4 })
  .filter((trusts) =>
    trusts.every(
      (trust) =>
        checkTrust(
          trust,
          { ...CONTEXT, partition: "aws", emailDomains: ["data.example.com"], identities: null },
          "trust",
        ).length === 0,
    ),
  );

test(
  "every web identity statement of every policy asks for the audience and for the subjects declared, " +
    "whatever its conditions",
  () => {
    fc.assert(
      fc.property(goodTrusts, (trusts) => {
        const declared = new Set(
          trusts.flatMap((entry) => [
            ...entry.servicePrincipals,
            ...entry.users,
            ...entry.subjects,
            ...entry.identities.map((identity) => identity.subject),
            ...entry.subjectPatterns,
            ...entry.wideSubjectPatterns.map(({ pattern }) => pattern),
          ]),
        );
        const statements = statementsOf(...trusts);
        expect(statements.length).toBeGreaterThan(0);
        for (const { Condition, Principal, Effect } of statements) {
          expect(Effect).toBe("Allow");
          const issuer = Object.values(CONTEXT.issuers).find(
            ({ providerArn }) => Principal["Federated"]?.[0] === providerArn,
          );
          if (issuer === undefined) throw new Error("a statement without a known provider");
          const { aud, sub } = issuer.conditionKeys;
          expect(Condition["StringEquals"]?.[aud]).toEqual(issuer.audiences.slice(0, 1));
          const subjects = Condition["StringEquals"]?.[sub] ?? Condition["StringLike"]?.[sub] ?? [];
          expect(subjects.length).toBeGreaterThan(0);
          for (const subject of subjects) expect(declared).toContain(subject);
          // guards stand once: no other operator speaks of them
          expect(
            Object.values(Condition)
              .flatMap(Object.keys)
              .filter((key) => [aud, sub].includes(key.toLowerCase())),
          ).toHaveLength(2);
        }
      }),
      { numRuns: runs(120) },
    );
  },
);

test("conditions only ever narrow: a caller that gets in with them gets in without them", () => {
  const request = fc.record({
    issuer: fc.constantFrom("production", "company"),
    subject: fc.oneof(uuid, user, fc.constantFrom("x@data.example.com", "any", "*", "stranger")),
    audience: fc.constantFrom("1444828305810485", "7d3c2b1a-0f5e-4c8d-9a6b-123456789012", "*"),
    keys: fc.dictionary(variable, fc.array(value, { minLength: 1, maxLength: 1 }), { maxKeys: 4 }),
  });
  fc.assert(
    fc.property(goodTrusts, fc.array(request, { minLength: 5, maxLength: 20 }), (trusts, requests) => {
      const compiled = (of: readonly SubjectTrust[]) => {
        const read = readPolicy(jsonOf(...of));
        if (!read.ok) throw new Error(read.why);
        return compilePolicy(read.policy);
      };
      const [narrow, wide] = [compiled(trusts), compiled(trusts.map((entry) => ({ ...entry, conditions: [] })))];
      for (const { issuer, subject, audience, keys } of requests) {
        const known = CONTEXT.issuers[issuer];
        if (known === undefined) continue;
        const all = new Map(Object.entries(keys).map(([key, values]) => [key.toLowerCase(), values]));
        all.set(known.conditionKeys.aud, [audience]).set(known.conditionKeys.sub, [subject]);
        const call = {
          action: "sts:AssumeRoleWithWebIdentity",
          principal: { kind: "Federated", arn: known.providerArn },
          keys: all,
        } as const;
        if (decide(narrow, call)) expect(decide(wide, call)).toBe(true);
      }
    }),
    { numRuns: runs(100) },
  );
});

describe("the length", () => {
  test("as many more service principals as it says fit, and one more does not", () => {
    const extra = (count: number) =>
      Array.from({ length: count }, (_, index) => `aaaaaaaa-aaaa-4aaa-8aaa-${String(index).padStart(12, "0")}`);
    fc.assert(
      fc.property(fc.array(anyTrust, { maxLength: 2 }), fc.constantFrom(2048, 4096, 8192), (others, quota) => {
        const rest = others
          .map((entry) => ({ ...entry, conditions: [] }))
          .filter((entry) => statementsOf(entry).length > 0);
        const policy = (count: number) => jsonOf(trust({ servicePrincipals: [READER, ...extra(count)] }), ...rest);
        const { length, moreSubjects } = measureTrustPolicy(policy(0), quota);
        expect(length).toBe(policy(0).length);
        if (moreSubjects < 0) {
          expect(length).toBeGreaterThan(quota);
          return;
        }
        expect(policy(moreSubjects).length).toBeLessThanOrEqual(quota);
        expect(policy(moreSubjects + 1).length).toBeGreaterThan(quota);
      }),
      { numRuns: runs(100) },
    );
  });

  test("a policy that is too long says how many subjects are too many", () => {
    const json = jsonOf(
      trust({
        servicePrincipals: Array.from(
          { length: 60 },
          (_, index) => `aaaaaaaa-aaaa-4aaa-8aaa-${String(index).padStart(12, "0")}`,
        ),
      }),
    );
    const { moreSubjects } = measureTrustPolicy(json);
    const fitting = 60 + moreSubjects;
    expect(
      jsonOf(
        trust({
          servicePrincipals: Array.from(
            { length: fitting },
            (_, index) => `aaaaaaaa-aaaa-4aaa-8aaa-${String(index).padStart(12, "0")}`,
          ),
        }),
      ).length,
    ).toBeLessThanOrEqual(2048);
    expect(moreSubjects).toBeLessThan(0);
  });
});
