import type { ClientOptions } from "../../src/client/client";
import { clientOf } from "../../src/client/client";
import { clientTree } from "../../src/client/files";
import { checkClientFlags } from "../../src/client/own-flags";
import { CLIENT_PLACES } from "../../src/client/places";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { generatedKind } from "../../src/files/generated-file";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const ACCOUNT = "7d3c2b1a-0f5e-4c8d-9a6b-123456789012";
const FEDERATION = {
  name: "lakehouse",
  aws: { accounts: { prod: { accountId: "111122223333" }, dev: {} } },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    azure: { level: "workspace", host: "adb-1234567890123456.7.azuredatabricks.net", workspaceId: "1234567890123456" },
    company: { level: "account", accountId: ACCOUNT },
  },
  roles: {
    reader: {
      accounts: ["prod"],
      trusts: [
        { issuer: "production", servicePrincipals: [READER] },
        { issuer: "company", users: ["alice@example.com"] },
      ],
    },
    several: {
      accounts: ["prod"],
      trusts: [
        { issuer: "production", servicePrincipals: [READER] },
        { issuer: "azure", servicePrincipals: [READER] },
      ],
    },
    account: { accounts: ["prod"], trusts: [{ issuer: "company", servicePrincipals: [READER] }] },
    person: {
      accounts: ["prod"],
      trusts: [{ issuer: "production", users: ["alice@example.com"], audiences: ["1444828305810485"] }],
    },
    storage: { accounts: ["prod"], trusts: [{ unityCatalog: { externalIds: ["0b7e6f5a"], cloud: "aws" } }] },
    unknown: { accounts: ["dev"], trusts: [{ issuer: "production", servicePrincipals: [READER] }] },
    both: { trusts: [{ issuer: "production", servicePrincipals: [READER] }] },
  },
} as const satisfies FederationInput;
const { federation } = readFederation(FEDERATION);
const client = (question: ClientOptions) => clientOf(federation, question);

test.each<readonly [string, ClientOptions, string]>([
  ["no role where there are several", { place: "notebook" }, "role-ambiguous"],
  ["a role that is not there", { place: "notebook", role: "nobody" }, "role-not-found"],
  ["a role of several accounts", { place: "notebook", role: "both" }, "role-ambiguous"],
  [
    "an account that does not hold the role",
    { place: "notebook", role: "reader", account: "dev" },
    "account-not-found",
  ],
  ["an account that is not known", { place: "notebook", role: "unknown" }, "aws-account-unknown"],
  ["an account ID that is none", { place: "notebook", role: "unknown", awsAccountId: "1" }, "aws-account-id-invalid"],
  ["two issuers that would do", { place: "app", role: "reader" }, "issuer-undetermined"],
  ["two workspaces", { place: "job", role: "several" }, "issuer-undetermined"],
  ["an issuer that is not there", { place: "app", role: "reader", issuer: "constructor" }, "issuer-not-found"],
  ["an issuer that the role does not trust", { place: "app", role: "reader", issuer: "azure" }, "client-not-possible"],
  ["a notebook of an account issuer", { place: "notebook", role: "account" }, "client-not-possible"],
  ["a role for Unity Catalog alone", { place: "app", role: "storage" }, "client-not-possible"],
  ["a bundle without a service principal", { place: "asset-bundle", role: "person" }, "client-not-possible"],
  [
    "a workflow without a service principal",
    { place: "github-actions", role: "reader", issuer: "company" },
    "client-not-possible",
  ],
])("%s is refused", (_name, question, code) => {
  expect(() => client(question)).toThrow(expect.objectContaining({ code }));
});

test("a place that needs a workspace takes the role's only one, and trusts are those of the issuer alone", () => {
  const { issuer, trusts, arn } = client({ place: "notebook", role: "reader" });
  expect([issuer.key, trusts, arn]).toEqual([
    "production",
    [{ audiences: ["1444828305810485"], subjects: [READER], patterns: [] }],
    "arn:aws:iam::111122223333:role/reader",
  ]);
  expect(client({ place: "app", role: "reader", issuer: "company" }).trusts).toEqual([
    { audiences: [ACCOUNT], subjects: ["alice@example.com"], patterns: [] },
  ]);
  expect(client({ place: "laptop", role: "unknown", awsAccountId: "444455556666" }).arn).toBe(
    "arn:aws:iam::444455556666:role/unknown",
  );
});

test.each(CLIENT_PLACES)("every file for %s is marked as generated, and there is a README", (place) => {
  const { files, kind, owned } = clientTree(client({ place, role: "reader", issuer: "production" }), "1.0.0");
  expect([kind, files.has("README.md")]).toEqual(["client", true]);
  for (const [path, content] of files) {
    expect(generatedKind(content)).toBe("client");
    expect(owned.map(({ folder }) => folder)).toContain(path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "");
    expect(content).toMatch(/\n$/);
  }
});

test.each([
  [{ for: "laptop", credential: "lake" }, "credential"],
  [{ for: "laptop", roleArn: "" }, "role-arn"],
  [{ for: "github-actions", servicePrincipal: READER }, "service-principal"],
  [{ for: "laptop", via: "unity-catalog", credential: "lake", role: "reader" }, "role"],
  [{ for: "app", via: "unity-catalog", credential: "lake", servicePrincipal: READER }, "service-principal"],
  [{ for: "aws", role: "reader" }, "role"],
  [{ for: "aws", awsAccountId: "111122223333" }, "aws-account-id"],
])("an option that the file does not take is refused: %j", (flags, path) => {
  expect(() => checkClientFlags(flags)).toThrow(
    expect.objectContaining({ code: "usage", problems: [expect.objectContaining({ path })] }) as Error,
  );
});

test.each([
  { for: "laptop", role: "reader", account: "prod", awsAccountId: "111122223333" },
  { for: "github-actions", via: "unity-catalog", credential: "lake", servicePrincipal: READER },
  { for: "aws", roleArn: "arn:aws:iam::111122223333:role/worker", servicePrincipal: READER },
])("options that the file takes are not: %j", (flags) => {
  expect(() => checkClientFlags(flags)).not.toThrow();
});
