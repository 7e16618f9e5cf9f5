/** What the playground shows agrees with what the command line writes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { decideOutputs } from "../../playground/model/decide-outputs";
import { federationOutputs, MAX_SHOWN_ROLES } from "../../playground/model/federation-outputs";
import { fileOutputs } from "../../playground/model/file-outputs";
import { issuerOutputs } from "../../playground/model/issuer-outputs";
import { sampleClaims, SAMPLE_POLICY } from "../../playground/page/samples";
import { whoOutputs } from "../../playground/model/who-outputs";
import { InputError } from "../../src/errors";
import { readFederation } from "../../src/federation";
import { rootTree } from "../../src/module/root-tree";
import { fullFederation } from "../support/full-federation";
import { REPOSITORY } from "../support/markdown";

const NOW = 1_800_000_000;
const NOTHING = {
  workspace: "",
  workspaceId: "",
  unifiedLogin: undefined,
  databricksAccountId: "",
  awsAccountId: "",
  partition: "",
  subject: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
  allowCustomHost: false,
};
const decide = (policy: string, claims: string, more: object = {}): ReturnType<typeof decideOutputs> =>
  decideOutputs({ policy, claims, providerUrl: "", clientIds: "", context: "", ...more }, NOW);

test.each(["modules", "resources"] as const)("the HCL of style %s is what generate root writes", (style) => {
  const { federation } = readFederation(fullFederation);
  const { accounts } = federationOutputs(federation, fullFederation, version);
  const { tree } = rootTree(federation, { version, style });
  const shown = new Map(
    accounts.flatMap((account) => [...(style === "modules" ? account.moduleCall : account.resources)]),
  );
  expect(accounts).toHaveLength(1);
  expect(shown.size).toBeGreaterThan(3);
  expect(shown).toEqual(new Map([...tree.files].filter(([path]) => !path.startsWith("modules/"))));
});

test("the committed federation file shows its issuer, its role, who gets in, and no finding", () => {
  const read = fileOutputs(readFileSync(join(REPOSITORY, "federation.yaml"), "utf8"), version);
  if (!read.ok) throw new Error("the file does not read");
  const [account] = read.outputs.accounts;
  expect(account?.providers.map(({ arn }) => arn)).toEqual([
    "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
  ]);
  expect(account?.roles[0]?.callers.kinds).toHaveLength(1);
  expect(read.outputs.findings).toEqual([]);
});

test("an account that is not known is written as such, never as its placeholder", () => {
  const { aws: _, ...unknown } = { ...fullFederation, aws: undefined };
  const { accounts } = federationOutputs(readFederation(unknown).federation, unknown, version);
  expect(JSON.stringify(accounts.map(({ providers, roles }) => [providers, roles]))).not.toContain("\uE000");
  expect(accounts[0]?.providers[0]?.arn).toContain(":<account>:");
});

test("of many roles the first are shown, and how many are not", () => {
  const roles = Object.fromEntries(
    Array.from({ length: MAX_SHOWN_ROLES + 7 }, (_, index) => [
      `role-${index}`,
      { trusts: [{ issuer: "production", servicePrincipals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] }] },
    ]),
  );
  const issuers = {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
  };
  const input = { name: "large", issuers, roles };
  const { accounts, roleCount } = federationOutputs(readFederation(input).federation, input, version);
  const [account] = accounts;
  expect(roleCount).toBe(MAX_SHOWN_ROLES + 7);
  expect(account?.roles).toHaveLength(MAX_SHOWN_ROLES);
  expect(account?.rolesLeftOut).toBe(7);
});

test.each([
  [
    "a workspace",
    { workspace: "https://mycompany.cloud.databricks.com/?o=1444828305810485" },
    "https://mycompany.cloud.databricks.com/oidc",
  ],
  [
    "an account",
    { databricksAccountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" },
    "https://accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
  ],
  [
    "a workspace in GovCloud, for a user",
    {
      workspace: "https://mycompany.cloud.databricks.us/?o=7",
      partition: "aws-us-gov",
      subject: "alice@example.com",
    },
    "https://mycompany.cloud.databricks.us/oidc",
  ],
  [
    "a host of the company's own",
    { workspace: "https://data.example.com/?o=7", allowCustomHost: true },
    "https://data.example.com/oidc",
  ],
])("the issuer of %s becomes a role that its subject alone can assume", (_, fields, issuer) => {
  const { choice, first } = issuerOutputs({ ...NOTHING, ...fields }, version);
  expect(choice.issuer).toBe(issuer);
  if (!first.ok) throw new Error("there is no federation");
  const callers = first.outputs.accounts[0]?.roles[0]?.callers;
  const { subject } = { ...NOTHING, ...fields };
  expect(callers?.kinds.map(({ subjects }) => subjects?.exact)).toEqual([[subject]]);
});

const OWN = { ...NOTHING, workspace: "mycompany.cloud.databricks.com", workspaceId: " 1444828305810485 " };

test("the federation file of an address reads back and means the same, whoever gets in", () => {
  const { first } = issuerOutputs({ ...OWN, awsAccountId: "111122223333", subject: "alice@example.com" }, version);
  if (!first.ok) throw new Error("there is no federation");
  expect(fileOutputs(first.yaml, version)).toMatchObject({ ok: true, outputs: first.outputs });
});

test.each([
  ["the workspace ID", { workspaceId: "" }, "workspace-id"],
  ["the subject", { subject: " " }, "subject"],
  ["a subject of the right form", { subject: "Alice" }, "roles.lake-reader.trusts[0].servicePrincipals[0]"],
])("without %s the issuer is shown all the same, and what is missing", (_, fields, path) => {
  const { choice, first } = issuerOutputs({ ...OWN, ...fields }, version);
  expect(choice.issuer).toBe("https://mycompany.cloud.databricks.com/oidc");
  expect(first).toMatchObject({ ok: false, problems: [{ path }] });
});

test.each([
  ["nothing", { ...NOTHING }, /Neither a workspace nor an account/],
  ["a foreign host", { ...NOTHING, workspace: "https://example.com/" }, /databricks/i],
])("%s is a problem that says what to do", (_, fields, message) => {
  expect(() => issuerOutputs(fields, version)).toThrow(message);
});

test("the sample's nearest miss is its subject, and the right one gets in", async () => {
  const refused = (await decide(SAMPLE_POLICY, sampleClaims(NOW))).explanation;
  expect(refused.allowed).toBe(false);
  expect(refused.reasons[0]?.what).toContain("one character");
  expect((await decide(SAMPLE_POLICY, sampleClaims(NOW).replace("4a5c", "4a5b"))).explanation.allowed).toBe(true);
});

test("what the provider registers is read from the policy, and can be given", async () => {
  expect((await decide(SAMPLE_POLICY, sampleClaims(NOW))).registered).toEqual({
    providerUrl: "https://mycompany.cloud.databricks.com/oidc",
    clientIds: ["1444828305810485"],
  });
  const given = { providerUrl: "https://other.cloud.databricks.com/oidc", clientIds: "1, 2\n3" };
  expect((await decide(SAMPLE_POLICY, sampleClaims(NOW), given)).registered).toEqual({
    providerUrl: "https://other.cloud.databricks.com/oidc",
    clientIds: ["1", "2", "3"],
  });
});

test.each(["", "{", "[]", "null", '"text"', '{"Statement":1}', "\u0000", "a: b"])(
  "policies and claims like %j are refused with a reason",
  async (text) => {
    await expect(decide(text, sampleClaims(NOW))).rejects.toThrow(/policy/i);
    const who = await whoOutputs(text).catch((error: unknown) => error);
    if (!(who instanceof InputError)) expect(JSON.stringify(who)).toContain("cannot be read");
    await decide(SAMPLE_POLICY, text).catch((error: Error) => expect(error.message).toMatch(/claims/));
    expect(fileOutputs(text, version).ok).toBe(false);
  },
);

test("a policy as IAM's own API returns it, percent-encoded, is read as it is", async () => {
  const encoded = encodeURIComponent(SAMPLE_POLICY);
  expect(await whoOutputs(encoded)).toEqual(await whoOutputs(SAMPLE_POLICY));
  expect(await decide(encoded, sampleClaims(NOW))).toEqual(await decide(SAMPLE_POLICY, sampleClaims(NOW)));
  await expect(whoOutputs("%7B%")).rejects.toBeInstanceOf(InputError);
});

test.each(["hello", 'resource "aws_iam_role" "x" {}', "<script>alert(1)</script>"])(
  "text like %j is said to be neither JSON nor a federation file",
  async (text) => {
    await expect(whoOutputs(text)).rejects.toThrow("neither JSON nor a federation file");
  },
);

test("a policy of very many statements is left to the command line, and the page goes on", async () => {
  const { Statement: statements } = JSON.parse(SAMPLE_POLICY) as { readonly Statement: readonly object[] };
  const many = Array.from({ length: 40 }, (_, index) => ({
    ...statements[0],
    Effect: index % 2 === 0 ? "Allow" : "Deny",
    Condition: { StringLike: { "mycompany.cloud.databricks.com/oidc:sub": `*${index}*a?b*` } },
  }));
  const { roles } = await whoOutputs(JSON.stringify({ Version: "2012-10-17", Statement: many }));
  expect(roles).toEqual([{ role: "policy", why: expect.stringContaining("explain --who") }]);
});

test("a policy without conditions admits anyone of the issuer, and lint says so", async () => {
  const open = SAMPLE_POLICY.replace(/,\s*"Condition": \{[^]*?\}\s*\}/, "");
  const { roles, report } = await whoOutputs(open);
  expect(JSON.stringify(roles)).toContain("anyone of https://mycompany.cloud.databricks.com/oidc");
  expect(report.errors).toBeGreaterThan(0);
});
