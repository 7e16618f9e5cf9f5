import { InputError } from "../../src/errors";
import type { Problem } from "../../src/errors";
import { accountView, inlinePoliciesOf, readFederation, roleTrustPolicy } from "../../src/federation";
import type { Federation } from "../../src/federation/model";
import type { TrustStatement } from "../../src/trust/policy";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const WRITER = "1f0e9d8c-7b6a-4594-8372-615049382716";
const PATH = "mycompany.cloud.databricks.com/oidc";
const COMPANY = "accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012";
const NOW = Date.parse("2026-11-29T12:00:00Z") / 1000;

const BASE = {
  name: "lakehouse",
  aws: { accountId: "111122223333" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    company: { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" },
  },
  emailDomains: ["data.example.com"],
  identities: { "nightly-etl": { servicePrincipal: READER }, alice: { user: "Alice@data.example.com" } },
};
type Role = Readonly<Record<string, unknown>>;

function read(role: Role, more: object = {}): Federation {
  return readFederation({ ...BASE, roles: { reader: role }, ...more }, { now: NOW }).federation;
}

function problemsOf(role: Role, more: object = {}): readonly Problem[] {
  try {
    read(role, more);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

function statementsOf(federation: Federation, at = 0): readonly TrustStatement[] {
  const [account] = federation.accounts;
  const role = federation.roles[at];
  if (account === undefined || role === undefined) throw new RangeError("an account and a role");
  return roleTrustPolicy(role, accountView(federation, account)).Statement;
}

const denial = (path: string, ...subjects: readonly string[]): TrustStatement => ({
  Action: ["sts:AssumeRoleWithWebIdentity"],
  Condition: { StringEqualsIgnoreCase: { [`${path}:sub`]: subjects } },
  Effect: "Deny",
  Principal: { Federated: [`arn:aws:iam::111122223333:oidc-provider/${path}`] },
});

const listed = (statement: TrustStatement | undefined, path = PATH): unknown =>
  statement?.Condition["StringEquals"]?.[`${path}:sub`];

test("a suspended subject leaves every exact list in whatever case, for every issuer, and needs no Deny there", () => {
  const trusts = [
    { issuer: "production", servicePrincipals: [READER, WRITER], users: ["alice@DATA.example.com"] },
    { issuer: "company", identities: ["alice", "nightly-etl"], subjects: ["the team"] },
  ];
  const [first, second, ...others] = statementsOf(read({ trusts, suspended: ["alice"] }));
  expect([listed(first), listed(second, COMPANY), others]).toEqual([[READER, WRITER], ["the team", READER], []]);
});

test("a statement left with nobody is dropped, and a pattern of its issuer gets one Deny, conditions aside", () => {
  const trusts = [
    { issuer: "production", identities: ["nightly-etl"] },
    {
      issuer: "company",
      users: ["alice@data.example.com"],
      subjectPatterns: ["*@data.example.com"],
      conditions: [{ test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24"] }],
    },
    { issuer: "company", wideSubjectPatterns: [{ pattern: "team-*", reason: "Every team may read the public lake." }] },
  ];
  const suspended = ["nightly-etl", "ALICE@data.example.com"];
  const statements = statementsOf(read({ trusts, suspended: ["alice", "bob"] }, { suspended }));
  expect(statements).toHaveLength(3);
  expect(statements.slice(0, 2).map(({ Condition }) => Object.keys(Condition))).toEqual([
    ["StringEquals", "StringLike", "IpAddress"],
    ["StringEquals", "StringLike"],
  ]);
  expect(statements[2]).toEqual(denial(COMPANY, READER, "ALICE@data.example.com", "bob"));
});

test("a role left with nobody keeps a Deny alone for each issuer, in the order in which its trusts name them", () => {
  const trusts = [
    { issuer: "company", users: ["alice@data.example.com"] },
    { issuer: "production", identities: ["nightly-etl"] },
    { issuer: "company", identities: ["alice"] },
  ];
  const suspended = ["alice", "nightly-etl"];
  expect(statementsOf(read({ trusts }, { suspended }))).toEqual([
    denial(COMPANY, "Alice@data.example.com", READER),
    denial(PATH, "Alice@data.example.com", READER),
  ]);
});

test("a role of Unity Catalog whose web identities are all out keeps their sessions from renewing themselves", () => {
  const unityCatalog = { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"] };
  const trusts = [{ issuer: "production", identities: ["nightly-etl"] }, { unityCatalog }];
  const statements = statementsOf(read({ trusts, suspended: ["nightly-etl"] }));
  expect(statements.map(({ Effect, Action }) => [Effect, ...Action])).toEqual([
    ["Allow", "sts:AssumeRole"],
    ["Allow", "sts:AssumeRole"],
  ]);
  expect(statements[1]?.Condition["Null"]).toEqual({ "aws:FederatedProvider": ["true"] });
});

test("an entry that no trust in its scope names is refused with the nearest name, unless one has a pattern", () => {
  const trusts = [{ issuer: "production", users: ["alice@data.example.com"] }];
  expect(problemsOf({ trusts, suspended: ["alice", "nightly-et"] }, { suspended: ["bob@example.com"] })).toEqual([
    expect.objectContaining({
      code: "suspended-not-found",
      path: "roles.reader.suspended[1]",
      fix: "Did you mean nightly-etl? Correct it, or remove it.",
    }),
    expect.objectContaining({ code: "suspended-not-found", path: "suspended[0]" }),
  ]);
  const open = [{ issuer: "production", subjectPatterns: ["*@data.example.com"] }];
  expect(problemsOf({ trusts: open, suspended: ["bob@data.example.com"] }, { suspended: ["eve"] })).toEqual([]);
});

test("a name in another case, or one that is also a subject, is refused even where a pattern is there", () => {
  const open = { issuer: "production", subjectPatterns: ["*@data.example.com"] };
  const trusts = [open, { issuer: "production", identities: ["nightly-etl"], subjects: ["ALICE"] }];
  for (const [role, more, path] of [
    [{ trusts, suspended: ["NIGHTLY-ETL", "alice", "nightly-etl"] }, {}, "roles.reader.suspended"],
    [{ trusts }, { suspended: ["NIGHTLY-ETL", "alice", "nightly-etl"] }, "suspended"],
  ] as const)
    expect(problemsOf(role, more)).toEqual([
      {
        code: "suspended-not-found",
        message: '"NIGHTLY-ETL" is not the name of an identity; "nightly-etl" is.',
        fix: "Write nightly-etl.",
        path: `${path}[0]`,
      },
      expect.objectContaining({ code: "suspended-not-found", path: `${path}[1]` }),
    ]);
  expect(problemsOf({ trusts: [open], suspended: ["alice"] })).toEqual([]);
});

test.each([
  ["a wildcard", ["*@data.example.com"], "subject-invalid"],
  ["a number", [7], "number-unquoted"],
  ["a text instead of a list", "alice", "wrong-type"],
])("refuses %s among the suspended", (_, suspended, code) => {
  const trusts = [{ issuer: "production", users: ["alice@data.example.com"] }];
  expect(problemsOf({ trusts, suspended }).map((problem) => problem.code)).toEqual([code]);
  expect(problemsOf({ trusts }, { suspended }).map((problem) => problem.code)).toEqual([code]);
});

test("where the Deny does not fit, the problem names the pattern to leave out instead", () => {
  const subjects = Array.from(
    { length: 12 },
    (_, index) => `6a9f1c2e-3b4d-4e5f-8a7b-${String(index).padStart(12, "0")}`,
  );
  const trusts = [
    {
      issuer: "production",
      servicePrincipals: [...subjects, ...subjects.map((subject) => subject.replace("6a9f", "7b9f"))],
    },
    { issuer: "company", subjectPatterns: ["*@data.example.com"] },
  ];
  expect(problemsOf({ trusts })).toEqual([]);
  expect(problemsOf({ trusts, suspended: ["bob@data.example.com"] })).toEqual([
    expect.objectContaining({
      code: "suspension-too-long",
      path: "roles.reader.trusts",
      fix: 'To suspend them now, leave out the pattern instead: "*@data.example.com" of company.',
    }),
  ]);
});

test("an AWS account's roles deny those of the federation's entries that concern one of them", () => {
  const federation = read(
    { trusts: [{ issuer: "production", identities: ["nightly-etl"] }], accounts: ["dev"] },
    {
      aws: { accounts: { prod: { accountId: "111122223333" }, dev: { accountId: "444455556666" } } },
      suspended: ["nightly-etl", "alice"],
      roles: {
        reader: { trusts: [{ issuer: "production", identities: ["nightly-etl"] }], accounts: ["dev"] },
        analyst: { trusts: [{ issuer: "production", identities: ["alice"] }], accounts: ["prod"] },
      },
    },
  );
  const views = federation.accounts.map((account) => accountView(federation, account));
  expect(views.map(({ suspended }) => suspended)).toEqual([["alice"], ["nightly-etl"]]);
  const values = views.flatMap((view) =>
    view.roles.map(
      (role) => roleTrustPolicy(role, view).Statement[0]?.Condition["StringEqualsIgnoreCase"]?.[`${PATH}:sub`],
    ),
  );
  expect(values).toEqual([["Alice@data.example.com"], [READER]]);
});

describe("sessions of before a moment", () => {
  const trusts = [{ issuer: "production", users: ["alice@data.example.com"] }];
  const policiesOf = (federation: Federation): unknown => {
    const [account] = federation.accounts;
    const [role] = federation.roles;
    if (account === undefined || role === undefined) throw new RangeError("an account and a role");
    return inlinePoliciesOf(role, accountView(federation, account));
  };

  test("are refused by an inline policy with the later moment of federation and role", () => {
    const [earlier, later] = ["2026-11-28T23:59:59Z", "2026-11-29T12:59:59Z"];
    for (const [ofRole, ofAll] of [
      [earlier, later],
      [later, earlier],
      [later, undefined],
      [undefined, later],
    ])
      expect(policiesOf(read({ trusts, revokeSessionsBefore: ofRole }, { revokeSessionsBefore: ofAll }))).toEqual({
        "revoke-sessions-before": {
          Statement: [
            {
              Action: ["*"],
              Condition: { DateLessThan: { "aws:TokenIssueTime": [later] } },
              Effect: "Deny",
              Resource: ["*"],
            },
          ],
          Version: "2012-10-17",
        },
      });
  });

  test.each([
    ["2026-11-29T13:00:01Z", "moment-ahead"],
    ["2026-02-30T12:00:00Z", "moment-invalid"],
    ["2026-11-29T24:00:00Z", "moment-invalid"],
    ["2026-11-29T12:00:00+01:00", "moment-invalid"],
    ["2026-11-29T12:00:00.5Z", "moment-invalid"],
    ["2026-11-29", "moment-invalid"],
    [1_764_417_600, "number-unquoted"],
  ])("are not refused by %p", (moment, code) => {
    expect(problemsOf({ trusts, revokeSessionsBefore: moment })).toEqual([
      expect.objectContaining({ code, path: "roles.reader.revokeSessionsBefore" }),
    ]);
    expect(problemsOf({ trusts }, { revokeSessionsBefore: moment })).toEqual([
      expect.objectContaining({ code, path: "revokeSessionsBefore" }),
    ]);
  });

  test("have a policy that no role may call its own, in whatever case", () => {
    const document = { Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: "s3:*", Resource: "*" }] };
    const names = ["Revoke-Sessions-Before", "AWSRevokeOlderSessions"];
    const inlinePolicies = Object.fromEntries(names.map((name) => [name, document]));
    expect(problemsOf({ trusts, inlinePolicies }).map(({ code, path }) => [code, path])).toEqual(
      names.map((name) => ["inline-policy-name-invalid", `roles.reader.inlinePolicies.${name}`]),
    );
  });
});
