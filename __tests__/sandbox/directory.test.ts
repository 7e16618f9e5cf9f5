import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFederation } from "../../src/federation";
import { openSandbox } from "../../src/sandbox/open-sandbox";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import { directoryOfPlan } from "../../src/sandbox/directory/of-plan";
import { planOf, resourceChange, trustText } from "../support/plan-json";

const PATH = "mycompany.cloud.databricks.com/oidc";
const SUBJECT = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const provider = (address: string, url = `https://${PATH}`) =>
  resourceChange(address, null, { url, client_id_list: ["sts", "1444828305810485"] });
const role = (address: string, values: Readonly<Record<string, unknown>>) =>
  resourceChange(address, null, {
    path: "/",
    assume_role_policy: trustText(PATH, "1444828305810485", [SUBJECT]),
    ...values,
  });
const directory = (...changes: readonly Readonly<Record<string, unknown>>[]) =>
  directoryOfPlan(JSON.stringify(planOf(changes)), "plan.json");

test("roles get the ARN they will have, from the account their own policy names", () => {
  const { accounts, issuers, notes } = directory(
    provider('module.databricks.aws_iam_openid_connect_provider.this["production"]'),
    role('module.databricks.module.role["r"].aws_iam_role.this', {
      name: "lake-reader",
      path: "/databricks/",
      max_session_duration: 7200,
    }),
    role("aws_iam_role.old", {
      name: "x",
      arn: "arn:aws-us-gov:iam::222233334444:role/kept",
      assume_role_policy: trustText(PATH, "a", [SUBJECT]),
    }),
  );
  expect(
    accounts.flatMap(({ roles }) => roles.map(({ arn, maxSessionDuration }) => [arn, maxSessionDuration])),
  ).toEqual([
    ["arn:aws:iam::111122223333:role/databricks/lake-reader", 7200],
    ["arn:aws-us-gov:iam::222233334444:role/kept", 3600],
  ]);
  expect(issuers).toEqual([
    {
      key: "production",
      issuer: `https://${PATH}`,
      level: "workspace",
      host: "mycompany.cloud.databricks.com",
      cloud: "aws",
      databricksAccountId: null,
      audience: "1444828305810485",
    },
  ]);
  expect(notes).toEqual([]);
});

test.each([
  ["aws_iam_openid_connect_provider.lakehouse_production", "lakehouse_production"],
  ["module.databricks.aws_iam_openid_connect_provider.this[0]", "mycompany"],
  ["aws_iam_openid_connect_provider.this", "mycompany"],
])("the provider at %s is called %s", (address, key) => {
  expect(
    directory(provider(address), role("aws_iam_role.r", { name: "r" })).issuers.map((issuer) => issuer.key),
  ).toEqual([key]);
});

test("a provider that is not in the plan is assumed to exist, and a policy that is not known is named", () => {
  const { accounts, notes } = directory(
    role("aws_iam_role.r", { name: "r" }),
    resourceChange("aws_iam_role.later", null, { name: "later" }, { assume_role_policy: true }),
  );
  expect(accounts[0]?.providers).toEqual([
    {
      arn: `arn:aws:iam::111122223333:oidc-provider/${PATH}`,
      issuer: `https://${PATH}`,
      clientIds: ["1444828305810485"],
    },
  ]);
  expect(notes).toEqual([
    expect.stringContaining("is not in the document; it is assumed to exist"),
    expect.stringContaining("aws_iam_role.later is left out"),
  ]);
});

test.each([
  ["no JSON", "name: lakehouse", "json-syntax"],
  ["an empty file", "", "json-syntax"],
  ["other JSON", "{}", "document-unknown"],
  ["a list", "[]", "document-unknown"],
  ["a plan without roles", JSON.stringify(planOf([])), "no-role"],
  [
    "a plan of other roles",
    JSON.stringify(
      planOf([
        role("aws_iam_role.ci", {
          name: "ci",
          assume_role_policy: trustText("token.actions.githubusercontent.com", "a", ["b"]),
        }),
      ]),
    ),
    "no-role",
  ],
  [
    "a plan whose policies are not known",
    JSON.stringify(
      planOf([resourceChange("aws_iam_role.later", null, { name: "later" }, { assume_role_policy: true })]),
    ),
    "no-role",
  ],
])("%s is refused", (_what, text, code) => {
  expect(() => directoryOfPlan(text, "plan.json")).toThrow(expect.objectContaining({ code }) as Error);
});

describe("a federation of several accounts", () => {
  const federation = (accounts: object) =>
    readFederation({
      name: "many",
      aws: { accounts },
      issuers: {
        production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
      },
      roles: { r: { trusts: [{ issuer: "production", servicePrincipals: [SUBJECT] }] } },
    }).federation;
  const two = federation({ prod: { accountId: "222233334444" }, dev: {} });

  test("is played whole, or one of them", () => {
    expect(directoryOfFederation(two).accounts.map(({ accountId }) => accountId)).toEqual([
      "222233334444",
      "111122223333",
    ]);
    expect(
      directoryOfFederation(two, { account: "dev", awsAccountId: "555566667777" }).accounts.map(
        ({ accountId }) => accountId,
      ),
    ).toEqual(["555566667777"]);
    expect(directoryOfFederation(two, { account: "prod" }).notes).toEqual([]);
  });

  test.each([
    ["an account that does not exist", two, { account: "test" }, "account-not-found"],
    ["an invalid account ID", two, { awsAccountId: "12" }, "aws-account-id-invalid"],
    ["two accounts that nobody names", federation({ a: {}, b: {} }), {}, "aws-account-unknown"],
  ])("%s is refused", (_what, given, choice, code) => {
    expect(() => directoryOfFederation(given, choice)).toThrow(expect.objectContaining({ code }) as Error);
  });
});

describe("the verb", () => {
  const folder = mkdtempSync(join(tmpdir(), "databricks-aws-oidc-sandbox-"));
  writeFileSync(join(folder, "plan.json"), "{}");
  afterAll(() => rmSync(folder, { recursive: true }));
  const request = {
    config: undefined,
    plan: undefined,
    account: undefined,
    awsAccountId: undefined,
    port: undefined,
    tls: false,
    context: [],
    onRefusal: undefined,
  };

  test.each<[string, Partial<Parameters<typeof openSandbox>[0]>, string]>([
    ["a port in words", { port: "http" }, "port-invalid"],
    ["a port too high", { port: "65536" }, "port-invalid"],
    ["a plan and a federation", { plan: join(folder, "plan.json"), config: "federation.yaml" }, "sandbox-needs"],
    ["a plan and an account", { plan: join(folder, "plan.json"), account: "prod" }, "sandbox-needs"],
    ["a file that is not a plan", { plan: join(folder, "plan.json") }, "document-unknown"],
    ["a missing file", { config: join(folder, "nothing.yaml") }, "file-not-found"],
    ["a context without a value", { context: ["aws:SourceIp"] }, "context-invalid"],
  ])("refuses %s", async (_what, change, code) => {
    await expect(openSandbox({ ...request, ...change })).rejects.toMatchObject({ code });
  });

  test("prints nothing of a hostile plan that a shell or a terminal would obey", async () => {
    const url = "https://$(id) x/oidc/accounts/$(id)";
    writeFileSync(
      join(folder, "hostile.json"),
      JSON.stringify(
        planOf([
          provider("aws_iam_openid_connect_provider.this", url),
          role("aws_iam_role.r", {
            name: "r$(id)\u001b[2J",
            assume_role_policy: trustText(url.slice(8), "1", ["a\u001b]0;b\u0007"]),
          }),
        ]),
      ),
    );
    const { sandbox, text } = await openSandbox({ ...request, plan: join(folder, "hostile.json") });
    await sandbox.stop();
    const pasted = text
      .slice(text.indexOf("paste into a shell"))
      .split("\n")
      .filter((line) => /^ {2}/.test(line))
      .join("\n");
    expect(pasted.replace(/'[^']*'/g, "")).not.toMatch(/[$`;&|<>]/);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  test("prints what makes a shell run as the workload in AWS, also where there is no identity", async () => {
    for (const trusts of [
      [{ unityCatalog: { externalIds: ["0b7e6f5a"], cloud: "aws" } }],
      [{ issuer: "production", users: ["alice@example.com"] }],
    ]) {
      const file = join(folder, "workload.json");
      writeFileSync(
        file,
        JSON.stringify({
          name: "lakehouse",
          issuers: {
            production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
          },
          roles: { lake: { trusts } },
        }),
      );
      const { sandbox, text } = await openSandbox({ ...request, config: file, plan: undefined });
      await sandbox.stop();
      const { accessKeyId, secretAccessKey, sessionToken } = sandbox.workload;
      const lines = text.split("\n").map((line) => line.replaceAll("'", ""));
      expect(lines).toEqual(
        expect.arrayContaining([
          `  export AWS_ACCESS_KEY_ID=${accessKeyId}`,
          `  export AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
          `  export AWS_SESSION_TOKEN=${sessionToken}`,
          `  export AWS_ENDPOINT_URL_IAM=${sandbox.sts}`,
        ]),
      );
      expect(text.includes("--via unity-catalog --credential lake --")).toBe(
        text.includes("service credentials of Unity Catalog"),
      );
    }
  });

  test("reports a port that is in use", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    await expect(
      openSandbox({ ...request, port: String((other.address() as AddressInfo).port) }),
    ).rejects.toMatchObject({ code: "port-unusable" });
    await new Promise((resolve) => other.close(resolve));
  });
});
