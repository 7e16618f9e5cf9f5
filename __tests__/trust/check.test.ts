import fc from "fast-check";
import { satisfies } from "../../src/text/text-rule";
import { checkTrust, isWithinDomains } from "../../src/trust/check";
import { EMAIL_DOMAIN } from "../../src/trust/rules";
import type { CheckContext } from "../../src/trust/check";
import { CONDITION_TESTS } from "../../src/trust/decide/operators";
import type { SubjectTrust, Trust, UnityCatalogTrust } from "../../src/trust/trust";
import { runs } from "../support/runs";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const PATH = "mycompany.cloud.databricks.com/oidc";
const CONTEXT: CheckContext = {
  issuers: {
    production: { conditionKeys: { aud: `${PATH}:aud`, sub: `${PATH}:sub` }, audiences: ["1444828305810485", "sts"] },
  },
  partition: "aws",
  emailDomains: ["example.org", "data.example.com"],
  identities: { "nightly-etl": { name: "nightly-etl", kind: "servicePrincipal", subject: READER } },
};

function subjects(fields: Partial<SubjectTrust>): SubjectTrust {
  return {
    kind: "subjects",
    issuer: "production",
    servicePrincipals: [READER],
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

function unityCatalog(fields: Partial<UnityCatalogTrust>): UnityCatalogTrust {
  return {
    kind: "unityCatalog",
    externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"],
    cloud: "aws",
    conditions: [],
    ...fields,
  };
}

const ip = { test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24"] };

test.each<[what: string, trust: Trust]>([
  ["a service principal", subjects({})],
  ["users with odd but real addresses", subjects({ users: ["o'hara+x@sub.example.co.uk", "A.B@Example.COM"] })],
  ["any exact subject", subjects({ subjects: ["12345", '<a> & "b"', "é", "x".repeat(255)] })],
  [
    "a pattern with a fixed domain",
    subjects({
      subjectPatterns: ["*@data.example.com", "team-*@data.example.com", "etl-??@data.example.com"],
    }),
  ],
  [
    "a pattern of a domain below a declared one",
    subjects({ subjectPatterns: ["*@etl.data.example.com", "a?@example.org"] }),
  ],
  [
    "any pattern with a reason",
    subjects({
      servicePrincipals: [],
      wideSubjectPatterns: ["*", "*@*", "g*", "6a9f1c2e-*"].map((pattern) => ({ pattern, reason: "It is meant so." })),
    }),
  ],
  ["registered audiences", subjects({ audiences: ["sts", "1444828305810485"] })],
  [
    "every condition operator of IAM",
    subjects({ conditions: CONDITION_TESTS.map((operator) => ({ ...ip, test: operator })) }),
  ],
  [
    "a condition on another issuer's sub",
    subjects({ conditions: [{ test: "Null", variable: "other.cloud.databricks.com/oidc:sub", values: ["true"] }] }),
  ],
  ["Unity Catalog", unityCatalog({ conditions: [ip] })],
])("%s passes", (_, trust) => {
  expect(checkTrust(trust, CONTEXT, "trusts[0]")).toEqual([]);
});

test.each<[what: string, trust: Trust, code: string, path: string]>([
  ["an issuer that is not there", subjects({ issuer: "staging" }), "issuer-not-found", ".issuer"],
  ["an issuer named like a method of every object", subjects({ issuer: "constructor" }), "issuer-not-found", ".issuer"],
  ["no subject", subjects({ servicePrincipals: [] }), "no-subject", ""],
  [
    "a service principal in capitals",
    subjects({ servicePrincipals: [READER.toUpperCase()] }),
    "service-principal-invalid",
    ".servicePrincipals[0]",
  ],
  [
    "a service principal with a line feed",
    subjects({ servicePrincipals: [READER, `${READER}\n`] }),
    "service-principal-invalid",
    ".servicePrincipals[1]",
  ],
  ["a user without domain", subjects({ users: ["alice"] }), "user-invalid", ".users[0]"],
  ["a user with a wildcard", subjects({ users: ["*@example.com"] }), "user-invalid", ".users[0]"],
  ["an exact subject with a wildcard", subjects({ subjects: ["team-?"] }), "subject-has-wildcard", ".subjects[0]"],
  [
    "an exact subject with a policy variable",
    subjects({ subjects: ["${aws:userid}"] }),
    "policy-variable-in-subject",
    ".subjects[0]",
  ],
  ["an empty exact subject", subjects({ subjects: [""] }), "subject-invalid", ".subjects[0]"],
  ["a subject with a space at its end", subjects({ subjects: ["a "] }), "subject-invalid", ".subjects[0]"],
  ["a subject outside Latin-1", subjects({ subjects: ["ć"] }), "subject-invalid", ".subjects[0]"],
  ["a subject with a soft hyphen", subjects({ subjects: ["a\u00adb"] }), "subject-invalid", ".subjects[0]"],
  ["a subject of 256 characters", subjects({ subjects: ["x".repeat(256)] }), "subject-invalid", ".subjects[0]"],
  [
    "a pattern with a policy variable",
    subjects({ subjectPatterns: ["${aws:userid}*"] }),
    "policy-variable-in-subject",
    ".subjectPatterns[0]",
  ],
  [
    "a pattern outside Latin-1",
    subjects({ subjectPatterns: ["ć*"] }),
    "subject-pattern-invalid",
    ".subjectPatterns[0]",
  ],
  [
    "a pattern without wildcard",
    subjects({ subjectPatterns: ["alice@example.com"] }),
    "subject-pattern-without-wildcard",
    ".subjectPatterns[0]",
  ],
  ...[
    "*",
    "?*",
    "**",
    "*@*",
    "*-*",
    "????????-????-????-????-????????????",
    "6*",
    "*@gmail.com",
    "*gmail.com",
    "*.com",
    "*@*.com",
    "alice@*",
    "*e*",
    "m*",
    "?".repeat(36),
    "g*",
    "*@e*",
    "team-*",
    "*@yahoo.fr",
    "*@*.example.com",
    "*@example.com",
    "*@example.com*",
    "*@data.example.com*",
    "*@data.example.co?",
    "*@*.data.example.com",
    "*@evildata.example.com",
    "*@Data.example.com",
    "*data.example.com",
    "*@.data.example.com",
    "*@-x.data.example.com",
    "*@data.example.com.",
    "*@x@data.example.com",
    "*@com",
    "*@",
    "6a9f1c2e-3b4d-*",
  ].map((wide): [string, Trust, string, string] => [
    `the wide pattern ${wide}`,
    subjects({ subjectPatterns: [wide] }),
    "subject-pattern-too-wide",
    ".subjectPatterns[0]",
  ]),
  [
    "a wide pattern without wildcard",
    subjects({ wideSubjectPatterns: [{ pattern: "alice@example.com", reason: "It is meant so." }] }),
    "subject-pattern-without-wildcard",
    ".wideSubjectPatterns[0].pattern",
  ],
  [
    "a wide pattern with a policy variable",
    subjects({ wideSubjectPatterns: [{ pattern: "${aws:userid}*", reason: "It is meant so." }] }),
    "policy-variable-in-subject",
    ".wideSubjectPatterns[0].pattern",
  ],
  [
    "a wide pattern outside Latin-1",
    subjects({ wideSubjectPatterns: [{ pattern: "ć*", reason: "It is meant so." }] }),
    "subject-pattern-invalid",
    ".wideSubjectPatterns[0].pattern",
  ],
  ["no audience", subjects({ audiences: [] }), "audience-invalid", ".audiences"],
  [
    "an audience the provider does not register",
    subjects({ audiences: ["sts", "other"] }),
    "audience-not-registered",
    ".audiences[1]",
  ],
  [
    "an unknown operator",
    subjects({ conditions: [{ ...ip, test: "ipAddress" }] }),
    "condition-test-unknown",
    ".conditions[0].test",
  ],
  [
    "an operator named like a method of every object",
    subjects({ conditions: [{ ...ip, test: "constructor" }] }),
    "condition-test-unknown",
    ".conditions[0].test",
  ],
  [
    "a condition on sub",
    subjects({ conditions: [{ test: "StringLike", variable: `${PATH}:sub`, values: ["*"] }] }),
    "condition-on-guard",
    ".conditions[0].variable",
  ],
  [
    "a condition on aud in other case",
    subjects({ conditions: [{ test: "Null", variable: `${PATH.toUpperCase()}:AUD`, values: ["false"] }] }),
    "condition-on-guard",
    ".conditions[0].variable",
  ],
  [
    "a condition twice, in other case",
    subjects({ conditions: [ip, { ...ip, variable: "AWS:SOURCEIP" }] }),
    "condition-repeated",
    ".conditions[1]",
  ],
  [
    "a condition without values",
    subjects({ conditions: [{ ...ip, values: [] }] }),
    "condition-invalid",
    ".conditions[0].values",
  ],
  [
    "a condition with an empty value",
    subjects({ conditions: [{ ...ip, values: ["x", ""] }] }),
    "condition-invalid",
    ".conditions[0].values[1]",
  ],
  [
    "a condition key without prefix",
    subjects({ conditions: [{ ...ip, variable: "SourceIp" }] }),
    "condition-invalid",
    ".conditions[0].variable",
  ],
  ["no external ID", unityCatalog({ externalIds: [] }), "no-subject", ".unityCatalog.externalIds"],
  [
    "an external ID with a space",
    unityCatalog({ externalIds: ["a b"] }),
    "external-id-invalid",
    ".unityCatalog.externalIds[0]",
  ],
  [
    "an external ID with a wildcard",
    unityCatalog({ externalIds: ["abc*"] }),
    "external-id-invalid",
    ".unityCatalog.externalIds[0]",
  ],
  [
    "Unity Catalog of another partition",
    unityCatalog({ cloud: "aws-us-gov" }),
    "unity-catalog-cloud",
    ".unityCatalog.cloud",
  ],
  [
    "a condition on the external ID",
    unityCatalog({ conditions: [{ test: "StringLike", variable: "STS:externalid", values: ["*"] }] }),
    "condition-on-guard",
    ".conditions[0].variable",
  ],
  [
    "a condition on the role's own ARN",
    unityCatalog({ conditions: [{ test: "ArnLike", variable: "aws:principalarn", values: ["*"] }] }),
    "condition-on-guard",
    ".conditions[0].variable",
  ],
  [
    "a condition on the provider of a session",
    unityCatalog({ conditions: [{ test: "Null", variable: "aws:FederatedProvider", values: ["false"] }] }),
    "condition-on-guard",
    ".conditions[0].variable",
  ],
])("%s is refused", (_, trust, code, path) => {
  const problems = checkTrust(trust, CONTEXT, "trusts[0]");
  expect(problems.map((problem) => [problem.code, problem.path])).toContainEqual([code, `trusts[0]${path}`]);
  for (const problem of problems) expect(problem.fix).toMatch(/\w/);
});

test("Unity Catalog has no role in the partition of China", () => {
  expect(checkTrust(unityCatalog({}), { ...CONTEXT, partition: "aws-cn" }, "trusts[0]")).toMatchObject([
    { code: "unity-catalog-cloud" },
  ]);
  expect(
    checkTrust(unityCatalog({ cloud: "aws-us-gov-dod" }), { ...CONTEXT, partition: "aws-us-gov" }, "trusts[0]"),
  ).toEqual([]);
});

test("all problems of a trust are reported together", () => {
  const trust = subjects({ users: ["a"], subjects: ["*"], audiences: ["other"] });
  expect(checkTrust(trust, CONTEXT, "trusts[0]").map(({ path }) => path)).toEqual([
    "trusts[0].users[0]",
    "trusts[0].subjects[0]",
    "trusts[0].audiences[0]",
  ]);
});

test.each([
  ["data.example.com", true],
  ["example.xn--p1ai", true],
  ["xn--e1afmkfd.xn--80akhbyknj4f", true],
  ["example.xn--", false],
  ["example.c0m", false],
  ["example.x1--p1ai", false],
])("the email domain %s is accepted: %s", (domain, accepted) => {
  expect(satisfies(EMAIL_DOMAIN, domain)).toBe(accepted);
  expect(isWithinDomains(`*@${domain}`, [domain])).toBe(accepted);
});

test("a pattern is not compared with email domains that could not be read", () => {
  const trust = subjects({ subjectPatterns: ["*@gmail.com", "no-wildcard"] });
  expect(checkTrust(trust, { ...CONTEXT, emailDomains: null }, "trusts[0]")).toMatchObject([
    { code: "subject-pattern-without-wildcard" },
  ]);
});

test("everyone whom a pattern that passes matches is of a declared email domain", () => {
  const piece = fc.constantFrom(
    "*",
    "?",
    "@",
    ".",
    "-",
    "a",
    "data",
    "example",
    "com",
    "example.org",
    "data.example.com",
  );
  const emailDomains = CONTEXT.emailDomains ?? [];
  let passed = 0;
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 2, maxLength: 7 }),
      fc.stringMatching(/^[a-z.@-]{0,6}$/),
      (parts, filler) => {
        const pattern = parts.join("");
        if (!isWithinDomains(pattern, emailDomains)) return;
        passed += 1;
        const subject = pattern.replace(/\*/g, filler).replace(/\?/g, "@");
        expect(emailDomains.some((domain) => subject.endsWith(`@${domain}`) || subject.endsWith(`.${domain}`))).toBe(
          true,
        );
        expect(pattern.slice(pattern.indexOf("@"))).not.toMatch(/[*?]/);
      },
    ),
    { numRuns: runs(5000), seed: 7 },
  );
  expect(passed).toBeGreaterThan(runs(5000) / 250);
});

test("the fix names a declared domain, or asks for one", () => {
  const fixOf = (emailDomains: readonly string[]): string | undefined =>
    checkTrust(subjects({ subjectPatterns: ["*@gmail.com"] }), { ...CONTEXT, emailDomains }, "trusts[0]")[0]?.fix;
  expect(fixOf(["data.example.com"])).toMatch(/^Write it like "\*@data\.example\.com", .*wideSubjectPatterns/);
  expect(fixOf([])).toMatch(/^Declare your domain in emailDomains, .*wideSubjectPatterns/);
});
