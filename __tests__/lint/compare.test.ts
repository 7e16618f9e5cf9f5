import { identityText } from "../../src/lint/output/text";
import { readDocument } from "../../src/lint/documents/read";
import type { LintReport } from "../../src/lint/lint-documents";
import { lintDocuments, lintExitCode } from "../../src/lint/lint-documents";
import { planOf, resourceChange, trustText } from "../support/plan-json";

const ISSUER = "mycompany.cloud.databricks.com/oidc";
const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const WRITER = "1f0e9d8c-7b6a-4594-8372-615049382716";
const PROVIDER = { url: `https://${ISSUER}`, client_id_list: ["1"] };
const office = (...blocks: readonly string[]): Readonly<Record<string, unknown>> => ({ IpAddress: { "aws:SourceIp": blocks } });

const roleWith = (trust: string): Readonly<Record<string, unknown>> => ({ name: "reader", assume_role_policy: trust, max_session_duration: 3600, permissions_boundary: null });
const trust = (subjects: readonly string[], more: Readonly<Record<string, unknown>> = {}): string => trustText(ISSUER, "1", subjects, more);

async function reportOf(before: string | null, after: string | null, provider: { readonly before: typeof PROVIDER | null; readonly after: typeof PROVIDER | null } = { before: PROVIDER, after: PROVIDER }): Promise<LintReport> {
  const plan = planOf([
    resourceChange("aws_iam_openid_connect_provider.p", provider.before, provider.after),
    resourceChange("aws_iam_role.r", before === null ? null : roleWith(before), after === null ? null : roleWith(after)),
  ].filter((change) => JSON.stringify(change).includes("null,\"after\":null") === false));
  return lintDocuments([{ file: "plan", document: await readDocument(JSON.stringify(plan), "plan") }]);
}

function summaryOf(report: LintReport): readonly string[] {
  return report.changes.flatMap(({ change, gained, lost }) => [change, ...gained.map((identity) => `+ ${identityText(identity)}`), ...lost.map((identity) => `- ${identityText(identity)}`)]);
}

const OF = "of https://mycompany.cloud.databricks.com/oidc, audience 1";

test.each([
  ["nothing changes", trust([READER]), trust([READER]), []],
  ["order and repeats change", trust([READER, WRITER]), trust([WRITER, READER, WRITER]), []],
  ["a subject is added", trust([READER]), trust([READER, WRITER]), ["changed", `+ ${WRITER} ${OF}`]],
  ["a subject is removed", trust([READER, WRITER]), trust([READER]), ["changed", `- ${WRITER} ${OF}`]],
  ["one is exchanged for another", trust([READER]), trust([WRITER]), ["changed", `+ ${WRITER} ${OF}`, `- ${READER} ${OF}`]],
  ["a subject gives way to a pattern that covers it", trust(["a@data.example.com"]), trust(["*@data.example.com"]), ["changed", `+ everybody like "*@data.example.com" ${OF}`]],
  ["a pattern gives way to a subject it covers", trust(["*@data.example.com"]), trust(["a@data.example.com"]), ["changed", `- everybody like "*@data.example.com" ${OF}`]],
  ["a pattern is rewritten, and means the same", trust(["*@data.example.com"]), trust(["**@data.example.com"]), []],
  ["a pattern becomes wider", trust(["etl-*@data.example.com"]), trust(["*@data.example.com"]), ["changed", `+ everybody like "*@data.example.com" ${OF}`]],
  ["the subject's guard goes", trust([READER]), trust([READER]).replace(/,"[^"]*:sub":\[[^\]]*\]/, ""), ["changed", `+ anybody, mallory@gmail.com say, ${OF}`]],
  ["a network is asked for", trust([READER]), trust([READER], office("203.0.113.0/24")), ["changed", `- ${READER} ${OF}, from anywhere`]],
  ["the network is no longer asked for", trust([READER], office("203.0.113.0/24")), trust([READER]), ["changed", `+ ${READER} ${OF}, from anywhere`]],
  ["the network becomes wider", trust([READER], office("203.0.113.0/25")), trust([READER], office("203.0.113.0/24")), ["changed", `+ ${READER} ${OF}, with aws:SourceIp 203.0.113.255`]],
  ["the network is written otherwise, and means the same", trust([READER], office("203.0.113.0/24")), trust([READER], office("203.0.113.0/25", "203.0.113.128/25")), []],
  ["the role is made", null, trust([READER]), ["created", `+ ${READER} ${OF}`]],
  ["the role is deleted", trust([READER]), null, ["deleted", `- ${READER} ${OF}`]],
])("when %s, that is what is told", async (_, before, after, expected) => {
  const report = await reportOf(before, after);
  expect(summaryOf(report)).toEqual(expected);
  expect(report.widened).toBe(expected.some((line) => line.startsWith("+")));
  expect(lintExitCode({ ...report, errors: 0 }, { failOnWidening: true })).toBe(report.widened ? 1 : 0);
  expect(lintExitCode({ ...report, errors: 0 }, {})).toBe(0);
});

test("a Deny that goes lets people in", async () => {
  const deny = { Effect: "Deny", Action: "sts:AssumeRoleWithWebIdentity", Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${ISSUER}` }, Condition: { StringEquals: { [`${ISSUER}:sub`]: WRITER } } };
  const both = trust([READER, WRITER]);
  const policy = JSON.parse(both) as { Statement: readonly unknown[] };
  const denied = JSON.stringify({ ...policy, Statement: [...policy.Statement, deny] });
  expect(summaryOf(await reportOf(denied, both))).toEqual(["changed", `+ ${WRITER} ${OF}`]);
});

test("an audience the provider comes to register lets those in who ask for it", async () => {
  expect(summaryOf(await reportOf(trust([READER]), trust([READER]), { before: { ...PROVIDER, client_id_list: ["2"] }, after: PROVIDER }))).toEqual(["changed", `+ ${READER} ${OF}`]);
});

test("a provider that is made or deleted decides for the roles that trusted it already", async () => {
  expect(summaryOf(await reportOf(trust([READER]), trust([READER]), { before: null, after: PROVIDER }))).toEqual(["changed", `+ ${READER} ${OF}`]);
  expect(summaryOf(await reportOf(trust([READER]), trust([READER]), { before: PROVIDER, after: null }))).toEqual(["changed", `- ${READER} ${OF}`]);
});

test("two federation files are compared by their roles' names, account by account", async () => {
  const federation = (roles: string): string => `name: lake
aws: { accounts: { prod: { accountId: "111122223333" }, dev: { accountId: "444455556666" } } }
issuers: { production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1" } }
roles:
${roles}`;
  const role = (key: string, subject: string, more = ""): string => `  ${key}: { ${more}trusts: [{ issuer: production, servicePrincipals: [${subject}] }] }\n`;
  const before = await readDocument(federation(role("reader", READER)), "before.yaml");
  const after = await readDocument(federation(role("renamed", READER, "name: reader, ") + role("writer", WRITER, "accounts: [prod], ")), "after.yaml");
  const report = lintDocuments([{ file: "after.yaml", document: after }], { before });
  expect(report.changes.map(({ role: name, change }) => `${name} ${change}`)).toEqual(["roles.writer created"]);
});

test("a lone policy is compared with an older one, whatever their files are called", async () => {
  const before = await readDocument(trust([READER]), "old.json");
  const report = lintDocuments([{ file: "new.json", document: await readDocument(trust([READER, WRITER]), "new.json") }], { before });
  expect(summaryOf(report)).toEqual(["changed", `+ ${WRITER} ${OF}`]);
});

test("Unity Catalog's principals are compared too", async () => {
  const assume = (externalId: string): string => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL" }, Condition: { StringEquals: { "sts:ExternalId": externalId } } }] });
  const report = await reportOf(assume("one"), assume("two"));
  expect(summaryOf(report)).toEqual(["changed",
    "+ arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL, with sts:ExternalId two",
    "- arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL, with sts:ExternalId one"]);
});

test("policies that name too much to try everybody are told at once, as wider", async () => {
  const networks = Array.from({ length: 150 }, (_, index) => `10.0.${index}.0/24`);
  const subjects = Array.from({ length: 1500 }, (_, index) => `s${index}*`);
  const report = await reportOf(trust([READER]), trust(subjects, office(...networks)));
  expect(report.widened).toBe(true);
  expect(summaryOf(report)).toEqual(["changed", expect.stringMatching(/^\+ somebody: .* too much/), expect.stringMatching(/^- somebody: .* too much/)]);
});
