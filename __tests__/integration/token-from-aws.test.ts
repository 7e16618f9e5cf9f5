/** AWS to Databricks without a secret: `token` and `doctor` with `--from aws`, in the sandbox and on a bad network. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { chosenSession } from "../../src/credentials/session-options";
import { obtainSendableToken } from "../../src/credentials/request-session";
import { doctor } from "../../src/doctor/doctor";
import { FederationError } from "../../src/errors";
import { readFederation } from "../../src/federation";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import { openSandbox } from "../../src/sandbox/open-sandbox";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/sandbox";
import { obtainToken } from "../../src/token/obtain";
import { tokenReport } from "../../src/token/token-report";
import { FAULTS, type Play, startFaultServer } from "../support/fault-server";
import { stsError } from "../support/fake-aws";
import { temporaryFolder } from "../support/temporary-folder";

const SERVICE_PRINCIPAL = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const ACCOUNT = "7d3c2b1a-0f5e-4c8d-9a6b-123456789012";
const { federation } = readFederation({
  name: "lakehouse",
  aws: { accountId: "111122223333" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    company: { level: "account", accountId: ACCOUNT },
  },
  roles: {
    reader: { trusts: [{ issuer: "production", servicePrincipals: [SERVICE_PRINCIPAL] }] },
    workload: {
      trusts: [{ issuer: "company", servicePrincipals: [SERVICE_PRINCIPAL] }],
      inlinePolicies: {
        databricks: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "sts:GetWebIdentityToken", Resource: "*" }],
        },
      },
    },
  },
});
const directory = directoryOfFederation(federation);
type Env = Readonly<Record<string, string>>;

async function inSandbox(
  options: Partial<SandboxOptions>,
  use: (sandbox: Sandbox, env: Env, reasons: readonly string[]) => Promise<void>,
): Promise<void> {
  const reasons: string[] = [];
  const sandbox = await startSandbox({ directory, onRefusal: (text) => reasons.push(text), ...options });
  const { accessKeyId, secretAccessKey, sessionToken } = sandbox.workload;
  try {
    await use(
      sandbox,
      {
        DATABRICKS_HOST: sandbox.issuers["production"]?.url ?? "",
        DATABRICKS_CLIENT_ID: SERVICE_PRINCIPAL,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
        AWS_REGION: "us-east-1",
        AWS_ENDPOINT_URL_STS: sandbox.sts,
      },
      reasons,
    );
  } finally {
    await sandbox.stop();
  }
}

const environment = (env: Env) => ({ env: { PATH: "", ...env }, home: "/nowhere", now: Date.now });
const SECRETS = /eyJ[A-Za-z0-9_-]{10}|PLANTED|ASIA[A-Z0-9]{12}/;

async function failure(env: Env, timeoutMs = 2000): Promise<FederationError> {
  const error: unknown = await obtainToken({ environment: environment(env), from: "aws", timeoutMs }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FederationError)) throw new Error(`not a coded error: ${inspect(error)}`);
  expect(`${error.message}\n${error.stack ?? ""}\n${inspect(error, { depth: 9 })}`).not.toMatch(SECRETS);
  return error;
}

test("the AWS identity's token is exchanged for one of the service principal", async () => {
  await inSandbox({}, async (sandbox, env) => {
    const found = await obtainToken({ environment: environment(env), from: "aws" });
    expect(found).toMatchObject({
      source: "aws",
      opaque: false,
      exchanged: { subject: sandbox.workload.arn, issuer: sandbox.workload.issuer },
    });
    const report = await tokenReport({ environment: environment(env), federation, from: "aws", issuer: "production" });
    expect(report.good).toBe(true);
    expect(report.text).toContain(`exchanged    ${sandbox.workload.arn}`);
    expect(report.document).toMatchObject({ subject: SERVICE_PRINCIPAL, exchanged: { subject: sandbox.workload.arn } });
  });
});

test("it is used only where it is named, and only for a service principal", async () => {
  await inSandbox({}, async (_sandbox, env) => {
    await expect(obtainToken({ environment: environment(env) })).rejects.toMatchObject({
      code: "token-source-missing",
    });
    expect((await failure({ ...env, DATABRICKS_CLIENT_ID: "" })).code).toBe("token-source-incomplete");
  });
});

test.each<[string, Env, string]>([
  ["no region", { AWS_REGION: "", AWS_ENDPOINT_URL_STS: "", AWS_CONFIG_FILE: "/nowhere" }, "aws-region-missing"],
  ["a region of nowhere", { AWS_REGION: "nowhere", AWS_ENDPOINT_URL_STS: "" }, "aws-region-missing"],
  ["a region with a host in it", { AWS_REGION: "evil.example/#", AWS_ENDPOINT_URL_STS: "" }, "aws-region-missing"],
  ["the global region", { AWS_REGION: "aws-global", AWS_ENDPOINT_URL_STS: "" }, "aws-region-missing"],
  ["an endpoint of another", { AWS_ENDPOINT_URL_STS: "https://sts.evil.example" }, "aws-endpoint-overridden"],
  ["keys of another run", { AWS_SESSION_TOKEN: "x.y" }, "aws-refused"],
])("%s is a coded error", async (_what, change, code) => {
  await inSandbox({}, async (_sandbox, env) => {
    expect((await failure({ ...env, ...change })).code).toBe(code);
  });
});

test("an audience that STS does not take is to be corrected", async () => {
  await inSandbox({}, async (_sandbox, env) => {
    const { problem } = await failure({ ...env, DATABRICKS_TOKEN_AUDIENCE: "a".repeat(1001) });
    expect(problem).toMatchObject({ code: "aws-refused", fix: expect.stringContaining("DATABRICKS_TOKEN_AUDIENCE") });
  });
});

test("an empty region is a coded error, and no error names a flag that does not apply", async () => {
  await inSandbox({}, async (_sandbox, env) => {
    process.env["AWS_REGION"] = "";
    try {
      const change = { AWS_REGION: "", AWS_ENDPOINT_URL_STS: "", AWS_CONFIG_FILE: "/nowhere" };
      expect((await failure({ ...env, ...change })).code).toBe("aws-region-missing");
    } finally {
      delete process.env["AWS_REGION"];
    }
    const { problem } = await failure({ ...env, AWS_ENDPOINT_URL_STS: "https://sts.evil.example" });
    expect(problem.fix).not.toContain("--allow-endpoint");
  });
});

test("a federation policy decides by subject and audience", async () => {
  const arn = "arn:aws:iam::111122223333:role/workload";
  const policies: readonly (readonly [string, SandboxOptions["federationPolicies"], Env, boolean])[] = [
    [
      "the role and the audience",
      [{ subject: arn, audiences: ["databricks"] }],
      { DATABRICKS_TOKEN_AUDIENCE: "databricks" },
      true,
    ],
    ["another audience", [{ subject: arn, audiences: ["databricks"] }], { DATABRICKS_TOKEN_AUDIENCE: "other" }, false],
    [
      "another role",
      [{ subject: `${arn}2`, audiences: ["databricks"] }],
      { DATABRICKS_TOKEN_AUDIENCE: "databricks" },
      false,
    ],
  ];
  for (const [, federationPolicies, change, works] of policies)
    await inSandbox({ federationPolicies }, async (_sandbox, env, reasons) => {
      const asked = obtainToken({ environment: environment({ ...env, ...change }), from: "aws" });
      if (works) await expect(asked).resolves.toMatchObject({ source: "aws" });
      else {
        await expect(asked).rejects.toMatchObject({ code: "token-refused" });
        expect(reasons.join()).toContain("the subject or the audience differs");
      }
    });
});

test("without a configured audience the account ID is asked for at an account's host", async () => {
  await inSandbox(
    { federationPolicies: [{ subject: "arn:aws:iam::111122223333:role/workload", audiences: [] }] },
    async (sandbox, env) => {
      const change = { DATABRICKS_HOST: sandbox.issuers["company"]?.url ?? "", DATABRICKS_ACCOUNT_ID: ACCOUNT };
      await expect(
        obtainToken({ environment: environment({ ...env, ...change }), from: "aws" }),
      ).resolves.toMatchObject({
        source: "aws",
      });
    },
  );
});

test("a token that another issuer signed as AWS is refused", async () => {
  await inSandbox({}, async (sandbox, env) => {
    const now = Math.floor(Date.now() / 1000);
    const forged = await sandbox.sign({
      iss: sandbox.workload.issuer,
      sub: sandbox.workload.arn,
      aud: "x",
      iat: now,
      exp: now + 60,
    });
    await expect(
      obtainToken({ environment: environment({ ...env, DATABRICKS_OIDC_TOKEN: forged }), from: "env-oidc" }),
    ).rejects.toMatchObject({ code: "token-refused" });
  });
});

describe("an AWS that refuses or misbehaves", () => {
  const cases: readonly (readonly [string, Play, string | readonly string[]])[] = [
    ...Object.entries(FAULTS).map(
      // the AWS SDK tries again what is busy, and reads a redirect as an error of AWS
      ([name, { play, codes }]) => [name, play, [...codes, "aws-refused", "aws-throttled"]] as const,
    ),
    [
      "outbound federation off",
      stsError(400, "OutboundWebIdentityFederationDisabledException", "not enabled"),
      "aws-outbound-disabled",
    ],
    [
      "no permission",
      stsError(403, "AccessDenied", "User is not authorized to perform: sts:GetWebIdentityToken"),
      "aws-access-denied",
    ],
    ["a session that ends", stsError(400, "SessionDurationEscalationException", "would extend"), "aws-refused"],
    ["an expired session", stsError(403, "ExpiredToken", "expired"), "aws-expired-token"],
    ["throttling", stsError(400, "Throttling", "Rate exceeded"), "aws-throttled"],
  ];
  test.each(cases)("%s", async (_what, play, code) => {
    const server = await startFaultServer(play);
    try {
      const env = {
        DATABRICKS_HOST: "http://127.0.0.1:1",
        DATABRICKS_CLIENT_ID: SERVICE_PRINCIPAL,
        DATABRICKS_TOKEN_AUDIENCE: "databricks",
        AWS_ACCESS_KEY_ID: "ASIAPLANTED012345678",
        AWS_SECRET_ACCESS_KEY: "PLANTEDsecret",
        AWS_SESSION_TOKEN: "PLANTEDtoken",
        AWS_REGION: "us-east-1",
        AWS_ENDPOINT_URL_STS: server.origin,
      };
      expect([code].flat()).toContain((await failure(env, 500)).code);
      const [first] = server.received;
      const form = new URLSearchParams(first?.body);
      expect(Object.fromEntries(form)).toEqual({
        Action: "GetWebIdentityToken",
        Version: "2011-06-15",
        "Audience.member.1": "databricks",
        SigningAlgorithm: "RS256",
        DurationSeconds: "300",
      });
    } finally {
      await server.stop();
    }
  });
});

describe("the sandbox's sts:GetWebIdentityToken", () => {
  const ask = async (
    sandbox: Sandbox,
    keys: { accessKeyId: string; sessionToken: string },
    form: Env,
  ): Promise<string> =>
    (
      await fetch(`${sandbox.sts}/`, {
        method: "POST",
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/x`,
          "content-type": "application/x-www-form-urlencoded",
          "x-amz-security-token": keys.sessionToken,
        },
        body: new URLSearchParams({ Action: "GetWebIdentityToken", Version: "2011-06-15", ...form }).toString(),
      })
    ).text();

  test("keeps to the bounds of the service", async () => {
    await inSandbox({}, async (sandbox) => {
      const right = { "Audience.member.1": "a", SigningAlgorithm: "RS256" };
      expect(await ask(sandbox, sandbox.workload, right)).toContain("<WebIdentityToken>eyJ");
      expect(await ask(sandbox, sandbox.workload, { ...right, SigningAlgorithm: "ES384" })).toContain(
        "<WebIdentityToken>eyJ",
      );
      for (const wrong of [
        { SigningAlgorithm: "RS256" },
        { ...right, SigningAlgorithm: "HS256" },
        { ...right, DurationSeconds: "59" },
        { ...right, DurationSeconds: "3601" },
        { ...right, DurationSeconds: "x" },
        { ...right, "Audience.member.1": "" },
      ])
        expect(await ask(sandbox, sandbox.workload, wrong)).toContain("<Code>ValidationError</Code>");
      expect(await ask(sandbox, { accessKeyId: "x", sessionToken: "y" }, right)).toContain("InvalidClientTokenId");
    });
  });

  test("a role of the federation gets one only by its own policies", async () => {
    const policy = (condition: object) => ({
      Version: "2012-10-17" as const,
      Statement: [{ Effect: "Allow", Action: "sts:GetWebIdentityToken", Resource: "*", Condition: condition }],
    });
    const federationWith = (condition: object | null) =>
      readFederation({
        name: "lakehouse",
        aws: { accountId: "111122223333" },
        issuers: {
          production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
        },
        roles: {
          reader: {
            trusts: [{ issuer: "production", servicePrincipals: [SERVICE_PRINCIPAL] }],
            ...(condition === null ? {} : { inlinePolicies: { databricks: policy(condition) } }),
          },
        },
      } as never).federation;
    const right = {
      "ForAllValues:StringEquals": { "sts:IdentityTokenAudience": "databricks" },
      Null: { "sts:IdentityTokenAudience": "false" },
      NumericLessThanEquals: { "sts:DurationSeconds": "300" },
      StringEquals: { "sts:SigningAlgorithm": "RS256" },
    };
    const form = { "Audience.member.1": "databricks", SigningAlgorithm: "RS256", DurationSeconds: "300" };
    const cases: readonly (readonly [object | null, Env, boolean])[] = [
      [right, form, true],
      [null, form, false],
      [right, { ...form, "Audience.member.1": "other" }, false],
      [right, { ...form, "Audience.member.2": "other" }, false],
      [right, { ...form, DurationSeconds: "301" }, false],
      [right, { ...form, SigningAlgorithm: "ES384" }, false],
    ];
    for (const [condition, asked, works] of cases)
      await inSandbox({ directory: directoryOfFederation(federationWith(condition)) }, async (sandbox) => {
        const [identity] = sandbox.identities;
        const token = await obtainToken({
          environment: environment({
            DATABRICKS_HOST: sandbox.issuers["production"]?.url ?? "",
            DATABRICKS_CLIENT_ID: identity?.clientId ?? "",
            DATABRICKS_CLIENT_SECRET: identity?.clientSecret ?? "",
          }),
        });
        const assumed = await (
          await fetch(sandbox.sts, {
            method: "POST",
            body: new URLSearchParams({
              Action: "AssumeRoleWithWebIdentity",
              Version: "2011-06-15",
              RoleArn: "arn:aws:iam::111122223333:role/reader",
              RoleSessionName: "me",
              WebIdentityToken: token.token.reveal(),
            }),
          })
        ).text();
        const [, accessKeyId = ""] = /<AccessKeyId>(.*)<\/AccessKeyId>/.exec(assumed) ?? [];
        const [, sessionToken = ""] = /<SessionToken>(.*)<\/SessionToken>/.exec(assumed) ?? [];
        expect(await ask(sandbox, { accessKeyId, sessionToken }, asked)).toContain(
          works ? "<WebIdentityToken>eyJ" : "<Code>AccessDenied</Code>",
        );
      });
  });
});

test("a loop back into the role that it began with is reported by token, credentials and doctor", async () => {
  await inSandbox({}, async (sandbox, env) => {
    const looping = { ...env, DATABRICKS_HOST: sandbox.issuers["company"]?.url ?? "", DATABRICKS_ACCOUNT_ID: ACCOUNT };
    const report = await tokenReport({ environment: environment(looping), federation, from: "aws", issuer: "company" });
    expect(report.skipped.join()).toMatch(/^A loop: this runs as arn:aws:iam::111122223333:role\/workload/);
    expect(report.document["loops"]).toHaveLength(1);
    const notes: string[] = [];
    const options = chosenSession({
      environment: environment(looping),
      args: ["--no-cache"],
      cwd: "/",
      roleArn: sandbox.workload.arn,
      from: "aws",
      note: (text) => notes.push(text),
    });
    if (options.via !== "web-identity") throw new Error("web identity is the default");
    await obtainSendableToken(options);
    expect(notes.join()).toContain("A loop:");
  });
});

/** Of `doctor --from aws`, what all runs have. */
const FROM_AWS = {
  config: "federation.yaml",
  from: "aws",
  issuer: "production",
  aws: false,
  all: false,
  assume: false,
  allowEndpoint: false,
  lookup: async () => ["203.0.113.1"],
} as const;

test("doctor --from aws reads the account's outbound setting with the credentials of this process", async () => {
  await inSandbox({}, async (sandbox, env) => {
    const own = { ...env, AWS_ENDPOINT_URL_IAM: sandbox.sts };
    const kept = Object.fromEntries(Object.keys(own).map((name) => [name, process.env[name]]));
    Object.assign(process.env, own);
    try {
      const { report } = await doctor(federation, {
        environment: environment(own),
        ...FROM_AWS,
        limits: { timeoutMs: 2000, stsMs: 400 },
      });
      expect(report.checks).toContainEqual(
        expect.objectContaining({
          id: "aws-outbound",
          status: "pass",
          evidence: `It is switched on; the account's issuer is ${sandbox.workload.issuer}.`,
        }),
      );
    } finally {
      for (const [name, value] of Object.entries(kept))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
  });
});

test("doctor --from aws checks each hop", async () => {
  await inSandbox({}, async (sandbox, env) => {
    const run = (change: Env, tokenFile?: string) =>
      doctor(federation, {
        tokenFile,
        environment: environment({ ...env, AWS_ENDPOINT_URL_IAM: sandbox.sts, ...change }),
        ...FROM_AWS,
        limits: { timeoutMs: 500, stsMs: 400 },
      });
    const hops = async (change: Env): Promise<Readonly<Record<string, string>>> =>
      Object.fromEntries(
        (await run(change)).report.checks
          .filter(({ id }) => id.startsWith("aws-") && id !== "aws-account")
          .map(({ id, status }) => [id, status]),
      );
    const { report, text } = await run({});
    expect(text).not.toMatch(/eyJ[A-Za-z0-9_-]{10}/);
    expect(report.checks.filter(({ id }) => id.startsWith("aws-")).map(({ id, status }) => `${id} ${status}`)).toEqual([
      // IAM is asked with the SDK's own credentials, of which a test has none
      expect.stringMatching(/^aws-outbound /),
      "aws-token pass",
      "aws-exchange pass",
      "aws-loop fail",
    ]);
    expect((await run({}, "token.jwt")).report.checks).toContainEqual(
      expect.objectContaining({
        id: "aws-token",
        status: "fail",
        evidence: "--token-file applies to --from file alone, not to --from aws.",
      }),
    );
    expect(await hops({ AWS_SESSION_TOKEN: "x.y" })).toMatchObject({
      "aws-token": "fail",
      "aws-exchange": "unknown",
      "aws-loop": "unknown",
    });
    expect(await hops({ DATABRICKS_CLIENT_ID: "1f0e9d8c-7b6a-4594-8372-615049382716" })).toMatchObject({
      "aws-token": "pass",
      "aws-exchange": "fail",
    });
  });
});

test("the verb sandbox takes a federation policy as Databricks' CLI does", async () => {
  const file = join(temporaryFolder("policy"), "policy.json");
  const flags = {
    config: "federation.yaml",
    plan: undefined,
    account: undefined,
    awsAccountId: undefined,
    port: undefined,
    tls: false,
    context: [],
    onRefusal: undefined,
    federationPolicy: [file],
  };
  for (const text of ["", "[]", '{"oidc_policy":{"subject":1}}', '{"oidc_policy":{"subject":"x","audiences":"y"}}']) {
    writeFileSync(file, text);
    await expect(openSandbox(flags)).rejects.toMatchObject({ code: "json-syntax" });
  }
  writeFileSync(file, '{"oidc_policy":{"issuer":"https://x","audiences":["a"],"subject":"arn:aws:iam::1:role/x"}}');
  const { stop } = await openSandbox(flags);
  await stop();
});
