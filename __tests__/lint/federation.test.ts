import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFederation, readFederation } from "../../src/federation";
import { accountView, roleTrustPolicy } from "../../src/federation/account-view";
import { suspensionIn } from "../../src/federation/suspension";
import type { FederationRole } from "../../src/federation/model";
import { lintFederation, statementPaths } from "../../src/lint/lint-federation";
import { fullFederation } from "../support/full-federation";
import { REPOSITORY } from "../support/markdown";

test("the committed federation has no finding", () => {
  expect(lintFederation(parseFederation(readFileSync(join(REPOSITORY, "federation.yaml"), "utf8")).federation)).toEqual(
    [],
  );
});

test("a federation of every feature has no error", () => {
  const findings = lintFederation(readFederation(fullFederation).federation);
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(new Set(findings.map(({ rule }) => rule))).toEqual(
    new Set(["subject-wildcard", "subject-wide-pattern", "subject-email", "session-long"]),
  );
});

test("statements are named by the trust they were built from", () => {
  const { federation } = readFederation(fullFederation);
  const [account] = federation.accounts;
  if (account === undefined) throw new Error("no account");
  const view = accountView(federation, account);
  const pathsOf = (role: FederationRole): readonly string[] => statementPaths(role, suspensionIn(role, view));
  for (const role of federation.roles) {
    expect(pathsOf(role)).toHaveLength(roleTrustPolicy(role, view).Statement.length);
  }
  expect(federation.roles.slice(0, 1).flatMap(pathsOf)).toEqual(
    [0, 1, 1, 1, 2, 3, 3, 1].map((trust) => `roles.lake-reader.trusts[${trust}]`),
  );
});

const PRODUCTION = { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1" } as const;
const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";

test("what several accounts share is reported once, and a suppression used in one account is used", () => {
  const { federation } = readFederation({
    name: "lake",
    aws: { accounts: { prod: { accountId: "111122223333" }, dev: { accountId: "444455556666" } } },
    issuers: { production: PRODUCTION },
    roles: {
      both: { trusts: [{ issuer: "production", users: ["alice@example.com"] }] },
      prodOnly: {
        accounts: ["prod"],
        maxSessionDuration: "2h",
        trusts: [{ issuer: "production", servicePrincipals: [READER] }],
      },
    },
    lint: [{ ignore: "session-long", reason: "Our jobs in production take long." }],
  });
  expect(lintFederation(federation).map(({ rule, role, ignored }) => [rule, role, ignored])).toEqual([
    ["subject-email", "roles.both", null],
    ["session-long", "roles.prodOnly", "Our jobs in production take long."],
  ]);
});

test("without an account ID nothing is blamed for it", () => {
  const { federation } = readFederation({
    name: "lake",
    issuers: { production: PRODUCTION },
    roles: {
      reader: {
        trusts: [
          { issuer: "production", servicePrincipals: [READER] },
          { unityCatalog: { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"] } },
        ],
      },
    },
  });
  expect(lintFederation(federation)).toEqual([]);
});

test("an adopted provider is given, and its audiences are as the file says", () => {
  const { federation } = readFederation({
    name: "lake",
    aws: { accountId: "111122223333" },
    issuers: {
      production: {
        ...PRODUCTION,
        existingProviderArn: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
      },
    },
    roles: { reader: { trusts: [{ issuer: "production", servicePrincipals: [READER] }] } },
  });
  expect(lintFederation(federation)).toEqual([]);
});

test.each([
  [
    "a user's long session from anywhere",
    { maxSessionDuration: "12h", trusts: [{ issuer: "production", users: ["alice@example.com"] }] },
    "session-long-users",
  ],
  [
    "an administrator without a boundary",
    {
      managedPolicyArns: { all: "arn:aws:iam::aws:policy/AdministratorAccess" },
      trusts: [{ issuer: "production", servicePrincipals: [READER] }],
    },
    "admin-without-boundary",
  ],
  [
    "a subject with and without its network",
    {
      trusts: [
        {
          issuer: "production",
          servicePrincipals: [READER],
          conditions: [{ test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24"] }],
        },
        { issuer: "production", servicePrincipals: [READER] },
      ],
    },
    "wider-allow",
  ],
  [
    "an address and an endpoint together",
    {
      trusts: [
        {
          issuer: "production",
          servicePrincipals: [READER],
          conditions: [
            { test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24"] },
            { test: "StringEquals", variable: "aws:SourceVpce", values: ["vpce-1"] },
          ],
        },
      ],
    },
    "network-never-true",
  ],
])("%s is an error of a federation", (_, role, rule) => {
  const { federation } = readFederation({
    name: "lake",
    aws: { accountId: "111122223333" },
    issuers: { production: PRODUCTION },
    roles: { reader: role },
  });
  expect(
    lintFederation(federation)
      .filter(({ severity }) => severity === "error")
      .map((finding) => finding.rule),
  ).toEqual([rule]);
});

test("a suspended entry that no trust names and no pattern matches is reported where it stands", () => {
  const { federation } = readFederation({
    name: "lakehouse",
    emailDomains: ["data.example.com"],
    issuers: {
      production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    },
    identities: { alice: { user: "alice@example.com" } },
    suspended: ["alice", "Bob@data.example.com", "BOB@example.com", "allice"],
    roles: {
      open: { trusts: [{ issuer: "production", subjectPatterns: ["*@data.example.com"] }], suspended: ["alice"] },
      named: { trusts: [{ issuer: "production", identities: ["alice"], users: ["bob@example.com"] }] },
    },
  });
  const found = lintFederation(federation).filter(({ rule }) => rule === "suspended-unmatched");
  expect(found.map(({ path }) => path)).toEqual(["suspended[3]", "roles.open.suspended[0]"]);
});
