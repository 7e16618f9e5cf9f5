import type { Problem } from "../../src/errors";
import { InputError } from "../../src/errors";
import { parseFederation, readFederation } from "../../src/federation";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const ISSUERS = `issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" }
`;

function problemsOf(text: string): readonly Problem[] {
  try {
    parseFederation(text);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

/** The problems of one role with these lines in it. */
function roleProblems(...lines: readonly string[]): readonly (readonly [string | undefined, string])[] {
  return problemsOf(
    `name: lakehouse\naws: { accountId: "111122223333" }\n${ISSUERS}roles:\n  ` +
      `reader:\n${lines.map((line) => `    ${line}\n`).join("")}`,
  ).map(({ path, code }) => [path?.replace(/^roles\.reader\.?/, ""), code]);
}

test.each<[what: string, lines: readonly string[], expected: readonly (readonly [string, string])[]]>([
  [
    "a trust's list of the wrong type beside bad subjects",
    [
      "trusts: [{ issuer: productoin, servicePrincipals: 5, users: [alice], subjects: ['*'], conditions: [{ " +
        "test: Boole, variable: x, values: [] }] }]",
    ],
    [
      ["trusts[0].issuer", "issuer-not-found"],
      ["trusts[0].servicePrincipals", "wrong-type"],
      ["trusts[0].users[0]", "user-invalid"],
      ["trusts[0].subjects[0]", "subject-has-wildcard"],
      ["trusts[0].conditions[0].test", "condition-test-unknown"],
      ["trusts[0].conditions[0].variable", "condition-invalid"],
      ["trusts[0].conditions[0].values", "condition-invalid"],
    ],
  ],
  [
    "one number among bad service principals",
    [`trusts: [{ issuer: production, servicePrincipals: [7, etl, ${READER}] }]`],
    [
      ["trusts[0].servicePrincipals[0]", "number-unquoted"],
      ["trusts[0].servicePrincipals[1]", "service-principal-invalid"],
    ],
  ],
  [
    "a missing issuer beside a wide pattern",
    ["trusts: [{ subjectPatterns: ['*', '*@*'], wideSubjectPatterns: [{ pattern: alice, reason: no }] }]"],
    [
      ["trusts[0].issuer", "required"],
      ["trusts[0].subjectPatterns[0]", "subject-pattern-too-wide"],
      ["trusts[0].subjectPatterns[1]", "subject-pattern-too-wide"],
      ["trusts[0].wideSubjectPatterns[0].pattern", "subject-pattern-without-wildcard"],
      ["trusts[0].wideSubjectPatterns[0].reason", "reason-empty"],
    ],
  ],
  [
    "an unknown key beside an audience nobody registers",
    [`trusts: [{ issuer: production, servicePrincipals: [${READER}], audience: x, audiences: ["7", "*"] }]`],
    [
      ["trusts[0].audience", "unknown-key"],
      ["trusts[0].audiences[0]", "audience-not-registered"],
      ["trusts[0].audiences[1]", "audience-invalid"],
    ],
  ],
  [
    "a condition that is a text beside one on a guard",
    [
      `trusts: [{ issuer: production, users: [a@example.com], conditions: [x, { test: StringLike, variable: ` +
        `"mycompany.cloud.databricks.com/oidc:SUB", values: [7] }] }]`,
    ],
    [
      ["trusts[0].conditions[0]", "wrong-type"],
      ["trusts[0].conditions[1].variable", "condition-on-guard"],
      ["trusts[0].conditions[1].values[0]", "number-unquoted"],
    ],
  ],
  [
    "Unity Catalog with a wrong cloud and a wrong ID",
    ["trusts: [{ unityCatalog: { externalIds: ['a b'], cloud: gcp } }]"],
    [
      ["trusts[0].unityCatalog.externalIds[0]", "external-id-invalid"],
      ["trusts[0].unityCatalog.cloud", "value-not-allowed"],
    ],
  ],
  [
    "a role's wrong types beside tags, policies and ARNs that clash",
    [
      `trusts: [{ issuer: production, servicePrincipals: [${READER}] }]`,
      "description: [x]",
      "tags: { 'aws:team': data, Team: a, team: b }",
      "inlinePolicies: { 'a b': { Version: '2012-10-17', Statement: [] } }",
      "managedPolicyArns: { read: 'arn:aws:iam::444455556666:policy/x' }",
    ],
    [
      ["description", "wrong-type"],
      ['tags["aws:team"]', "tag-invalid"],
      ["tags.team", "tag-collision"],
      ['inlinePolicies["a b"]', "inline-policy-name-invalid"],
      ['inlinePolicies["a b"]', "inline-policy-invalid"],
      ["managedPolicyArns.read", "policy-arn-invalid"],
    ],
  ],
])("%s: everything is reported", (_, lines, expected) => {
  expect(roleProblems(...lines)).toEqual(expected);
});

test("issuers and accounts: what is readable is checked beside what is not", () => {
  const problems = problemsOf(`name: lakehouse
aws:
  partition: aws-us-gov
  regoin: us-gov-west-1
  accounts:
    prod: { accountId: "111122223333", region: us-east-1, backend: { type: s3, bucket: my-bucket } }
    dev: { accountId: 5, assumeRoleArn: "arn:aws:iam::111122223333:role/deploy" }
issuers:
  a: { level: workspace, host: evil.com, workspaceId: 5, allowCustomHost: "yes" }
  b: { level: acount, accountId: 7D3C2B1A-0F5E-4C8D-9A6B-123456789012 }
  c: { host: 10.0.0.1 }
roles:
  reader: { accounts: [prod, dev, test], trusts: [{ issuer: a, users: [bob@example.com] }] }
`);
  expect(problems.map(({ path, code, line }) => [line, path, code])).toEqual([
    [4, "aws.regoin", "unknown-key"],
    [6, "aws.accounts.prod.region", "region-partition-mismatch"],
    [6, "aws.accounts.prod.backend.key", "required"],
    [6, "aws.accounts.prod.backend.region", "required"],
    [7, "aws.accounts.dev.accountId", "number-unquoted"],
    [7, "aws.accounts.dev.assumeRoleArn", "role-arn-invalid"],
    [9, "issuers.a.host", "host-not-databricks"],
    [9, "issuers.a.workspaceId", "number-unquoted"],
    [9, "issuers.a.allowCustomHost", "wrong-type"],
    [10, "issuers.b.level", "value-not-allowed"],
    [10, "issuers.b.accountId", "databricks-account-id-invalid"],
    [11, "issuers.c.level", "required"],
    [11, "issuers.c.host", "host-is-ip-address"],
    [13, "roles.reader.accounts[2]", "account-not-found"],
  ]);
});

test("a mistake at the top hides none below, and blames none for what did not read", () => {
  const principals = Array.from(
    { length: 60 },
    (_, index) => `6a9f1c2e-3b4d-4e5f-8a7b-${String(index).padStart(12, "0")}`,
  );
  const problems = problemsOf(`nam: lakehouse
roleNamePrefix: 5
trustPolicyMaxLength: "4096"
tags: { a*: b }
${ISSUERS}roles:
  reader: { trusts: [{ issuer: production, servicePrincipals: [${principals.join(", ")}] }] }
  Reader: { trusts: [{ issuer: production, users: [bob] }] }
`);
  expect(problems.map(({ path, code }) => [path, code])).toEqual([
    ["name", "required"],
    ["nam", "unknown-key"],
    ["roleNamePrefix", "number-unquoted"],
    ["trustPolicyMaxLength", "wrong-type"],
    ['tags["a*"]', "tag-invalid"],
    ["roles.Reader", "role-name-collision"],
    ["roles.Reader.trusts[0].users[0]", "user-invalid"],
  ]);
});

test("what roles inherit is reported once, where it is written", () => {
  const text =
    `name: lakehouse
aws: { accountId: "111122223333" }
permissionsBoundaryArn: arn:aws:iam::444455556666:policy/boundary
${ISSUERS}roles:
  a: { trusts: [{ issuer: production, users: [a@example.com] }] }
  b: { trusts: [{ issuer: production, users: [b@example.com] }] }
  c: { trusts: [{ issuer: production, users: [b@example.com] }], permissionsBoundaryArn: ` +
    `"arn:aws-cn:iam::111122223333:policy/x" }
`;
  expect(problemsOf(text).map(({ path, code, line }) => [line, path, code])).toEqual([
    [3, "permissionsBoundaryArn", "boundary-arn-invalid"],
    [9, "roles.c.permissionsBoundaryArn", "boundary-arn-invalid"],
  ]);
});

test.each<[typed: string, fix: RegExp]>([
  ["isuers: {}", /Did you mean issuers\?/],
  ["role_name_prefix: x", /Did you mean roleNamePrefix\?/],
  ["issuers: { a: { level: workspaces } }", /Did you mean workspace\? Use one of: workspace, account\./],
  ["issuers: { a: { level: x } }", /^Use one of: workspace, account\./],
  ["issuers: { a: {} }", /^Use one of: workspace, account\./],
  ["issuers: { a: { level: workspace, hostname: x } }", /Did you mean host\?|known here: .*host/],
  [
    "issuers: { a: { level: account, accountId: 7d3c2b1a-0f5e-4c8d-9a6b-123456789012, cloud: Azure } }",
    /Did you mean azure\? Use one of: aws, /,
  ],
  ["aws: { partition: gov }", /Use one of: aws, aws-us-gov, aws-cn\./],
  ["roles: { a: { trusts: [{ issuer: production, service_principals: [] }] } }", /Did you mean servicePrincipals\?/],
  ["roles: { a: { trusts: [{ issuer: prodution, users: [a@example.com] }] } }", /Did you mean production\?/],
  [
    "roles: { a: { trusts: [{ issuer: production, users: [a@example.com], conditions: [{ test: ipaddress, " +
      "variable: 'aws:SourceIp', values: [x] }] }] } }",
    /Did you mean IpAddress\?/,
  ],
])("%s is answered with what was probably meant", (typed, fix) => {
  const base = {
    name: "name: lakehouse",
    issuers: "issuers: { production: { level: workspace, host: x.cloud.databricks.com, workspaceId: '1' } }",
    roles: "roles: {}",
  };
  const lines = Object.entries(base)
    .filter(([key]) => !typed.startsWith(`${key}:`))
    .map(([, line]) => line);
  expect(
    problemsOf([...lines, typed].join("\n"))
      .map((problem) => problem.fix)
      .join("\n"),
  ).toMatch(new RegExp(fix.source, "m"));
});

test("TypeScript gets the same problems, without places", () => {
  expect.assertions(1);
  try {
    readFederation({
      name: "lakehouse",
      issuers: { a: { level: "workspace", host: "x" } },
      roles: { r: { trusts: [{ issuer: "b", users: ["x"] }] } },
    });
  } catch (error) {
    expect((error as InputError).problems.map(({ path, code, line }) => [line, path, code])).toEqual([
      [undefined, "issuers.a.workspaceId", "required"],
      [undefined, "issuers.a.host", "host-invalid"],
      [undefined, "roles.r.trusts[0].issuer", "issuer-not-found"],
      [undefined, "roles.r.trusts[0].users[0]", "user-invalid"],
    ]);
  }
});
