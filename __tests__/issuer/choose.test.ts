import { InputError } from "../../src/errors";
import { chooseIssuer, issuerText } from "../../src/issuer/choose";
import type { IssuerOptions } from "../../src/issuer/choose";
import type { Cloud } from "../../src/issuer/clouds";
import { CLOUD_NAMES } from "../../src/issuer/clouds";

const ACCOUNT = "7d3c2b1a-0f5e-4c8d-9a6b-123456789012";
const WORKSPACE = "1444828305810485";

/** As facts have it: the zone's workspaces, and the account console. */
const HOSTS: readonly (readonly [cloud: Cloud, workspace: string, accounts: string | null])[] = [
  ["aws", "mycompany.cloud.databricks.com", "accounts.cloud.databricks.com"],
  ["aws-us-gov", "mycompany.cloud.databricks.us", "accounts.cloud.databricks.us"],
  ["aws-us-gov-dod", "mycompany.cloud.databricks.mil", "accounts-dod.cloud.databricks.mil"],
  ["azure", "adb-1444828305810485.7.azuredatabricks.net", "accounts.azuredatabricks.net"],
  ["azure-us-gov", "adb-1444828305810485.7.databricks.azure.us", null],
  ["azure-cn", "adb-1444828305810485.7.databricks.azure.cn", "accounts.databricks.azure.cn"],
  ["gcp", "1444828305810485.7.gcp.databricks.com", "accounts.gcp.databricks.com"],
];

function codeOf(question: IssuerOptions): string {
  try {
    chooseIssuer(question);
  } catch (error) {
    if (error instanceof InputError) {
      expect(error.message).not.toContain("undefined");
      expect(error.fix).not.toBe("");
      return error.code;
    }
    throw error;
  }
  return "accepted";
}

function warningsOf(question: IssuerOptions): readonly string[] {
  return chooseIssuer(question).warnings.map(({ code }) => code);
}

test("the table of hosts names every cloud", () => {
  expect(HOSTS.map(([cloud]) => cloud)).toEqual([...CLOUD_NAMES]);
});

describe.each(HOSTS)("in cloud %s", (cloud, workspace, accounts) => {
  test("a workspace with unified login has its own issuer", () => {
    expect(
      chooseIssuer({ host: workspace, workspaceId: WORKSPACE, unifiedLogin: true, awsAccountId: "111122223333" }),
    ).toMatchObject({
      level: "workspace",
      cloud,
      issuer: `https://${workspace}/oidc`,
      issuerPath: `${workspace}/oidc`,
      discoveryUrl: `https://${workspace}/oidc/.well-known/openid-configuration`,
      tokenEndpoint: `https://${workspace}/oidc/v1/token`,
      audience: WORKSPACE,
      conditionKeys: { aud: `${workspace}/oidc:aud`, sub: `${workspace}/oidc:sub` },
      providerArn: `arn:aws:iam::111122223333:oidc-provider/${workspace}/oidc`,
    });
  });

  test("an account's issuer is on the accounts host", () => {
    if (accounts === null) {
      expect(codeOf({ accountId: ACCOUNT, cloud })).toBe("accounts-host-unknown");
      return;
    }
    const issuer = `https://${accounts}/oidc/accounts/${ACCOUNT}`;
    const expected = {
      level: "account",
      cloud,
      issuer,
      audience: ACCOUNT,
      tokenEndpoint: `${issuer}/v1/token`,
      discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    };
    expect(chooseIssuer({ accountId: ACCOUNT, cloud })).toMatchObject(expected);
    expect(chooseIssuer({ url: issuer })).toMatchObject(expected);
    expect(chooseIssuer({ host: workspace, accountId: ACCOUNT, unifiedLogin: false })).toMatchObject(expected);
    // as Databricks' own command line takes it
    expect(chooseIssuer({ host: `https://${accounts}`, accountId: ACCOUNT.toUpperCase() })).toMatchObject(expected);
    expect(chooseIssuer({ url: `https://${accounts}/oidc/`, accountId: ACCOUNT })).toMatchObject(expected);
  });

  test("the accounts host without an account is refused: every customer shares it", () => {
    if (accounts !== null) expect(codeOf({ host: accounts })).toBe("issuer-account-agnostic");
  });
});

test("the answer has the keys of its contract, and nothing else", () => {
  expect(chooseIssuer({ url: `https://MyCompany.cloud.databricks.com/?o=${WORKSPACE}`, unifiedLogin: true })).toEqual({
    level: "workspace",
    cloud: "aws",
    issuer: "https://mycompany.cloud.databricks.com/oidc",
    issuerPath: "mycompany.cloud.databricks.com/oidc",
    discoveryUrl: "https://mycompany.cloud.databricks.com/oidc/.well-known/openid-configuration",
    tokenEndpoint: "https://mycompany.cloud.databricks.com/oidc/v1/token",
    audience: WORKSPACE,
    conditionKeys: { aud: "mycompany.cloud.databricks.com/oidc:aud", sub: "mycompany.cloud.databricks.com/oidc:sub" },
    providerArn: null,
    why: expect.stringContaining("unified login"),
    warnings: [
      { code: "host-lowered", message: expect.any(String) },
      { code: "query-cut", message: expect.any(String) },
      { code: "workspace-id-from-url", message: expect.any(String) },
    ],
  });
});

test(
  "what is not known is null: cloud of a custom host, audience without a workspace ID, ARN without an AWS " + "account",
  () => {
    const choice = chooseIssuer({ host: "login.example.com", unifiedLogin: true, allowCustomHost: true });
    expect(choice).toMatchObject({ cloud: null, audience: null, providerArn: null });
    expect(choice.warnings.map(({ code }) => code)).toEqual(["custom-host", "workspace-id-unknown"]);
    expect(issuerText(choice)).toMatch(/^audience +unknown$/m);
  },
);

test.each<[given: string, question: IssuerOptions, level: string, why: RegExp]>([
  [
    "unified login",
    { host: "mycompany.cloud.databricks.com", accountId: ACCOUNT, unifiedLogin: true },
    "workspace",
    /unified login/,
  ],
  [
    "no unified login",
    { host: "mycompany.cloud.databricks.com", accountId: ACCOUNT, unifiedLogin: false },
    "account",
    /Without unified login/,
  ],
  [
    "an account, unified login not stated",
    { host: "mycompany.cloud.databricks.com", accountId: ACCOUNT },
    "account",
    /account level/,
  ],
  ["a workspace alone", { host: "mycompany.cloud.databricks.com" }, "workspace", /A workspace is named/],
  ["an account alone", { accountId: ACCOUNT }, "account", /Only the account/],
])("the rule on unified login: %s", (_, question, level, why) => {
  const choice = chooseIssuer(question);
  expect(choice.level).toBe(level);
  expect(choice.why).toMatch(why);
});

test.each<[what: string, question: IssuerOptions, warning: string]>([
  ["an account ID that looks like an AWS account's", { accountId: "123456789012" }, "account-id-looks-like-aws"],
  ["an audience nobody has observed", { accountId: ACCOUNT }, "audience-expected"],
  ["unified login not stated", { host: "mycompany.cloud.databricks.com" }, "unified-login-not-stated"],
  ["a missing workspace ID", { host: "mycompany.cloud.databricks.com" }, "workspace-id-unknown"],
  ["a custom host", { host: "login.example.com", allowCustomHost: true }, "custom-host"],
  [
    "a workspace host in place of the accounts host",
    { url: `https://mycompany.cloud.databricks.com/oidc/accounts/${ACCOUNT}` },
    "accounts-host-unusual",
  ],
  [
    "another accounts host than the one that is known",
    { url: `https://accounts.cloud.databricks.mil/oidc/accounts/${ACCOUNT}` },
    "accounts-host-unusual",
  ],
  ["a workspace ID beside the account issuer", { accountId: ACCOUNT, workspaceId: WORKSPACE }, "workspace-id-not-used"],
  ["a capital account ID", { accountId: ACCOUNT.toUpperCase() }, "account-id-lowered"],
  [
    "GovCloud without a partition",
    { host: "mycompany.cloud.databricks.us", awsAccountId: "111122223333" },
    "partition-not-stated",
  ],
])("warns of %s", (_, question, warning) => {
  expect(warningsOf(question)).toContain(warning);
});

test("12 digits as account ID work, as in the well-known recipe", () => {
  expect(chooseIssuer({ accountId: "123456789012" })).toMatchObject({
    issuer: "https://accounts.cloud.databricks.com/oidc/accounts/123456789012",
    audience: "123456789012",
  });
});

test("the provider's ARN is of the partition and account asked for", () => {
  expect(
    chooseIssuer({ host: "mycompany.cloud.databricks.us", awsAccountId: "044793339203", partition: "aws-us-gov" })
      .providerArn,
  ).toBe("arn:aws-us-gov:iam::044793339203:oidc-provider/mycompany.cloud.databricks.us/oidc");
  expect(chooseIssuer({ accountId: ACCOUNT, awsAccountId: "111122223333" }).providerArn).toBe(
    `arn:aws:iam::111122223333:oidc-provider/accounts.cloud.databricks.com/oidc/accounts/${ACCOUNT}`,
  );
});

test.each<[what: string, question: IssuerOptions, code: string]>([
  ["nothing at all", {}, "issuer-undetermined"],
  [
    "no unified login and no account",
    { host: "mycompany.cloud.databricks.com", unifiedLogin: false },
    "issuer-undetermined",
  ],
  ["an empty host", { host: "" }, "host-empty"],
  ["an empty URL", { url: "  " }, "host-empty"],
  ["an empty account ID", { accountId: "" }, "databricks-account-id-invalid"],
  ["an empty workspace ID", { host: "mycompany.cloud.databricks.com", workspaceId: "" }, "workspace-id-invalid"],
  ["an empty AWS account ID", { accountId: ACCOUNT, awsAccountId: "" }, "aws-account-id-invalid"],
  ["an unknown cloud", { accountId: ACCOUNT, cloud: "oracle" }, "cloud-unknown"],
  ["a cloud the host does not lie in", { host: "mycompany.cloud.databricks.com", cloud: "gcp" }, "issuer-conflict"],
  ["an unknown partition", { accountId: ACCOUNT, partition: "aws-gov" }, "partition-unknown"],
  [
    "a workspace ID of 21 digits",
    { host: "mycompany.cloud.databricks.com", workspaceId: "1".repeat(21) },
    "workspace-id-invalid",
  ],
  [
    "a workspace ID in Arabic digits",
    { host: "mycompany.cloud.databricks.com", workspaceId: "١٢٣٤" },
    "workspace-id-invalid",
  ],
  ["an account ID of 11 digits", { accountId: "12345678901" }, "databricks-account-id-invalid"],
  ["an account ID with a path", { accountId: `${ACCOUNT}/..` }, "databricks-account-id-invalid"],
  [
    "another workspace in URL and flag",
    { url: `https://mycompany.cloud.databricks.com/?o=${WORKSPACE}`, workspaceId: "5" },
    "issuer-conflict",
  ],
  [
    "another account in URL and flag",
    { url: `https://accounts.cloud.databricks.com/oidc/accounts/${ACCOUNT}`, accountId: "123456789012" },
    "issuer-conflict",
  ],
  ["two different hosts", { url: "https://a.cloud.databricks.com", host: "b.cloud.databricks.com" }, "issuer-conflict"],
])("refuses %s", (_, question, code) => {
  expect(codeOf(question)).toBe(code);
});

test("all wrong flags are reported at once", () => {
  expect.assertions(1);
  try {
    chooseIssuer({
      host: "mycompany.cloud.databricks.com",
      workspaceId: "x",
      awsAccountId: "1",
      cloud: "x",
      partition: "x",
    });
  } catch (error) {
    expect((error as InputError).problems.map(({ path }) => path)).toEqual([
      "cloud",
      "partition",
      "workspace-id",
      "aws-account-id",
    ]);
  }
});
