/** The sandbox as real clients see it: AWS CLI, boto3, the AWS SDK for JavaScript, openid-client, and our own verbs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import * as oidc from "openid-client";
import { buildCli } from "../support/built-cli";
import { runProgram } from "../support/run-program";
import type { SandboxIdentity, SandboxProcess } from "../support/sandbox-process";
import { awsEnvironment, boto3Answers, startSandboxProcess, tokenFor } from "../support/sandbox-process";
import { temporaryFolder } from "../support/temporary-folder";

jest.setTimeout(120_000);

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const EXTERNAL_ID = "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b";
const ROLE = "arn:aws:iam::111122223333:role/databricks/lake-reader";
const STORAGE = "arn:aws:iam::111122223333:role/storage";
const FEDERATION = {
  name: "clients",
  aws: { accountId: "111122223333", partition: "aws" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    company: { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" },
  },
  roles: {
    "lake-reader": {
      path: "/databricks/",
      trusts: [{ issuer: "production", servicePrincipals: [READER], users: ["alice@example.com"] }],
    },
    analyst: { trusts: [{ issuer: "company", users: ["alice@example.com"] }] },
    storage: { trusts: [{ unityCatalog: { externalIds: [EXTERNAL_ID] } }] },
  },
};

let home: string;
let cli: string;
let sandbox: SandboxProcess;
beforeAll(async () => {
  home = temporaryFolder("sandbox");
  writeFileSync(join(home, "federation.yaml"), JSON.stringify(FEDERATION));
  cli = await buildCli(["sandbox", "token", "credentials"]);
  sandbox = await startSandboxProcess(cli, ["--explain"], home);
});
afterAll(() => sandbox.stop("SIGKILL"));

function identity(wanted: Partial<SandboxIdentity>): SandboxIdentity {
  const found = sandbox.document.identities.find((one) =>
    Object.entries(wanted).every(([name, value]) => one[name as keyof SandboxIdentity] === value),
  );
  if (found === undefined) throw new Error(`no identity ${JSON.stringify(wanted)}`);
  return found;
}

async function tokenFile(name: string, token: string): Promise<string> {
  writeFileSync(join(home, name), token);
  return join(home, name);
}

test("starts with one document on one line: addresses, declared identities, two undeclared ones", () => {
  expect(sandbox.said().stdout.split("\n")).toHaveLength(2);
  const { document } = sandbox;
  expect(
    Object.entries(document.issuers).map(([key, { issuer, url, tokenEndpoint }]) => [
      key,
      issuer,
      tokenEndpoint.slice(url.length),
    ]),
  ).toEqual([
    ["production", "https://mycompany.cloud.databricks.com/oidc", "/oidc/v1/token"],
    [
      "company",
      "https://accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
      "/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012/v1/token",
    ],
  ]);
  expect(
    document.identities.filter(({ declared }) => declared).map(({ issuer, subject }) => `${issuer} ${subject}`),
  ).toEqual([`production ${READER}`, "production alice@example.com", "company alice@example.com"]);
  expect(document.identities.filter(({ declared }) => !declared)).toHaveLength(2);
});

test("the AWS CLI gets credentials, is who they say, and reads AWS' own refusal", async () => {
  const aws = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    runProgram("aws", ["sts", ...args, "--output", "json"], {
      cwd: home,
      env: awsEnvironment(sandbox.document, more),
      accept: [0, 254, 255],
    });
  const assume = async (identityOf: SandboxIdentity) =>
    aws([
      "assume-role-with-web-identity",
      "--role-arn",
      ROLE,
      "--role-session-name",
      "cli",
      "--web-identity-token",
      `file://${await tokenFile("cli.jwt", await tokenFor(sandbox.document, identityOf))}`,
    ]);
  const answer = JSON.parse((await assume(identity({ subject: READER }))).stdout) as {
    readonly Credentials: Readonly<Record<string, string>>;
    readonly Audience: string;
    readonly Provider: string;
    readonly SubjectFromWebIdentityToken: string;
  };
  expect(answer).toMatchObject({
    Audience: "1444828305810485",
    SubjectFromWebIdentityToken: READER,
    Provider: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
  });
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = answer.Credentials;
  const keys = {
    AWS_ACCESS_KEY_ID: AccessKeyId,
    AWS_SECRET_ACCESS_KEY: SecretAccessKey,
    AWS_SESSION_TOKEN: SessionToken,
  };
  const [who, unknown, refused] = await Promise.all([
    aws(["get-caller-identity"], keys),
    aws(["get-caller-identity"], { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "x" }),
    assume(identity({ declared: false, issuer: "production" })),
  ]);
  expect(JSON.parse(who.stdout)).toMatchObject({
    Account: "111122223333",
    Arn: "arn:aws:sts::111122223333:assumed-role/lake-reader/cli",
  });
  expect(unknown.stderr).toContain(
    "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token " +
      "included in the request is invalid.",
  );
  expect(refused.stderr).toContain(
    "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to " +
      "perform sts:AssumeRoleWithWebIdentity",
  );
});

test("boto3 gets the role by a token file, and AWS' words for undeclared identities and other tenants", async () => {
  const { document } = sandbox;
  const tokens = await Promise.all([
    tokenFor(document, identity({ subject: READER })),
    tokenFor(document, identity({ declared: false, issuer: "production" })),
    tokenFor(document, identity({ subject: READER }), document.otherTenant.tokenEndpoint),
  ]);
  const files = await Promise.all(tokens.map((token, index) => tokenFile(`boto3-${index}.jwt`, token)));
  const [own, stranger, tenant] = await boto3Answers(document, ROLE, files, home);
  expect(own).toBe("arn:aws:sts::111122223333:assumed-role/lake-reader/boto3");
  expect(stranger).toContain("(AccessDenied)");
  expect(tenant).toContain(
    "(InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: No OpenIDConnect provider " +
      "found in your account for https://another-tenant.cloud.databricks.com/oidc",
  );
});

describe("the AWS SDK for JavaScript", () => {
  const client = (keys?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  }): STSClient =>
    new STSClient({
      region: "us-east-1",
      endpoint: sandbox.document.sts,
      maxAttempts: 1,
      ...(keys === undefined ? {} : { credentials: keys }),
    });
  const assumeStorage = (keys: Parameters<typeof client>[0], ExternalId?: string, DurationSeconds?: number) =>
    client(keys).send(
      new AssumeRoleCommand({ RoleArn: STORAGE, RoleSessionName: "catalog", ExternalId, DurationSeconds }),
    );
  const principal = (declared: boolean) => sandbox.document.principals.find((one) => one.declared === declared);

  test("gets a session of the length asked for", async () => {
    const WebIdentityToken = await tokenFor(sandbox.document, identity({ subject: READER }));
    const before = Date.now();
    const answer = await client().send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: ROLE,
        RoleSessionName: "sdk",
        WebIdentityToken,
        DurationSeconds: 900,
      }),
    );
    expect(Math.abs((answer.Credentials?.Expiration?.getTime() ?? 0) - before - 900_000)).toBeLessThan(60_000);
    await expect(
      client().send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: ROLE,
          RoleSessionName: "sdk",
          WebIdentityToken,
          DurationSeconds: 7200,
        }),
      ),
    ).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringContaining("exceeds the MaxSessionDuration") as string,
    });
  });

  test("is Unity Catalog with its external ID, and the role itself after that; nobody else is", async () => {
    const catalog = principal(true);
    const { Credentials } = await assumeStorage(catalog, EXTERNAL_ID);
    const own = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    expect((await client(own).send(new GetCallerIdentityCommand({}))).Arn).toBe(
      "arn:aws:sts::111122223333:assumed-role/storage/catalog",
    );
    expect((await assumeStorage(own, EXTERNAL_ID)).AssumedRoleUser?.Arn).toBe(
      "arn:aws:sts::111122223333:assumed-role/storage/catalog",
    );
    const denied = (arn: string): object => ({
      name: "AccessDenied",
      message: `User: ${arn} is not authorized to perform: sts:AssumeRole on resource: ${STORAGE}`,
    });
    const caller = "arn:aws:sts::414351767826:assumed-role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL/sandbox";
    await expect(assumeStorage(catalog)).rejects.toMatchObject(denied(caller));
    await expect(assumeStorage(catalog, `${EXTERNAL_ID}x`)).rejects.toMatchObject(denied(caller));
    await expect(assumeStorage(own)).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(assumeStorage(principal(false), EXTERNAL_ID)).rejects.toMatchObject(
      denied("arn:aws:sts::000000000000:assumed-role/undeclared/sandbox"),
    );
    await expect(assumeStorage(catalog, EXTERNAL_ID, 7200)).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringContaining("role chaining") as string,
    });
  });
});

describe("openid-client, given where the production host is", () => {
  /** What DNS and TLS would do: the production address is served by the sandbox. */
  const configuration = (key: string): Promise<oidc.Configuration> => {
    const { issuer = "", url = "" } = sandbox.document.issuers[key] ?? {};
    const at = (address: string): string => address.replace(new URL(issuer).origin, url);
    const toSandbox: oidc.CustomFetch = (address, options) => fetch(at(address), options as RequestInit);
    return oidc.discovery(new URL(issuer), "databricks-cli", undefined, oidc.None(), {
      [oidc.customFetch]: toSandbox,
      execute: [oidc.allowInsecureRequests],
    });
  };

  test.each(["production", "company"])(
    "logs in with PKCE at %s, refreshes, and gets a token that lets in",
    async (key) => {
      const config = await configuration(key);
      const verifier = oidc.randomPKCECodeVerifier();
      const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
      const asked = oidc.buildAuthorizationUrl(config, {
        redirect_uri: "http://localhost:8020",
        scope: "openid offline_access all-apis",
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      });
      const back = await fetch(asked, { redirect: "manual" });
      const callback = new URL(back.headers.get("location") ?? "");
      const tokens = await oidc.authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      expect(tokens.claims()).toMatchObject({
        iss: sandbox.document.issuers[key]?.issuer,
        aud: "databricks-cli",
        sub: "alice@example.com",
      });
      await expect(
        oidc.authorizationCodeGrant(config, callback, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
        }),
      ).rejects.toMatchObject({ error: "invalid_grant" });
      const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? "");
      const role = key === "production" ? ROLE : "arn:aws:iam::111122223333:role/analyst";
      const [answer, wrong] = await boto3Answers(
        sandbox.document,
        role,
        [await tokenFile("user.jwt", fresh.access_token), await tokenFile("id.jwt", tokens.id_token ?? "")],
        home,
      );
      expect(answer).toMatch(/:assumed-role\/(?:lake-reader|analyst)\/boto3$/);
      // an ID token is the client's: AWS knows no such audience
      expect(wrong).toContain("The web identity token provided could not be validated.");
    },
  );

  test("takes no log-in without PKCE, and no verifier but its own", async () => {
    const config = await configuration("production");
    const bare = await fetch(
      oidc.buildAuthorizationUrl(config, { redirect_uri: "http://localhost:8020", scope: "openid" }),
      { redirect: "manual" },
    );
    expect(new URL(bare.headers.get("location") ?? "").searchParams.get("error")).toBe("invalid_request");
    const asked = oidc.buildAuthorizationUrl(config, {
      redirect_uri: "http://localhost:8020",
      scope: "openid",
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: "S256",
    });
    const callback = new URL((await fetch(asked, { redirect: "manual" })).headers.get("location") ?? "");
    await expect(
      oidc.authorizationCodeGrant(config, callback, { pkceCodeVerifier: oidc.randomPKCECodeVerifier() }),
    ).rejects.toMatchObject({ error: "invalid_grant" });
    const away = oidc.buildAuthorizationUrl(config, {
      redirect_uri: "https://evil.example",
      code_challenge: "x",
      code_challenge_method: "S256",
    });
    expect((await fetch(away, { redirect: "manual" })).status).toBe(400);
  });
});

describe("our own verbs", () => {
  const own = (args: readonly string[], env: Readonly<Record<string, string>>) =>
    runProgram(process.execPath, [cli, ...args], {
      cwd: home,
      env: { PATH: process.env["PATH"], HOME: home, AWS_ENDPOINT_URL_STS: sandbox.document.sts, ...env },
      accept: [0, 1, 2, 3],
    });
  const client = (wanted: SandboxIdentity): Readonly<Record<string, string>> => ({
    DATABRICKS_HOST: sandbox.document.issuers[wanted.issuer]?.url ?? "",
    DATABRICKS_CLIENT_ID: wanted.clientId,
    DATABRICKS_CLIENT_SECRET: wanted.clientSecret,
  });

  test.each<[string, (reader: SandboxIdentity) => readonly [readonly string[], Readonly<Record<string, string>>]]>([
    ["a client secret", (reader) => [["--from", "client-credentials"], client(reader)]],
    [
      "a notebook's own token",
      (reader) => [
        ["--from", "notebook"],
        {
          DATABRICKS_HOST: client(reader)["DATABRICKS_HOST"] ?? "",
          DATABRICKS_RUNTIME_VERSION: "16.2",
          DATABRICKS_TOKEN: reader.personalAccessToken ?? "",
        },
      ],
    ],
    [
      "another issuer's token",
      (reader) => [
        ["--from", "env-oidc"],
        {
          ...client(reader),
          DATABRICKS_CLIENT_SECRET: "",
          DATABRICKS_OIDC_TOKEN:
            [
              '{"alg":"RS256"}',
              JSON.stringify({
                iss: "https://token.actions.githubusercontent.com",
                sub: "repo:x",
                exp: Math.floor(Date.now() / 1000) + 300,
              }),
            ]
              .map((part) => Buffer.from(part).toString("base64url"))
              .join(".") + ".AA",
        },
      ],
    ],
    [
      "host and port alone, as some SDKs keep them",
      (reader) => [["--from", "client-credentials"], { ...client(reader), DATABRICKS_HOST: sandbox.document.sts }],
    ],
  ])("token and credentials work by %s", async (_way, how) => {
    const [way, env] = how(identity({ subject: READER }));
    const token = JSON.parse((await own(["token", ...way, "--issuer", "production", "--json"], env)).stdout) as {
      readonly subject: string;
      readonly fit: { readonly fits: boolean };
    };
    expect([token.subject, token.fit.fits]).toEqual([READER, true]);
    const { stdout } = await own(["credentials", "--role", "lake-reader", ...way, "--no-cache"], env);
    expect(JSON.parse(stdout)).toMatchObject({
      Version: 1,
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/) as string,
    });
  });

  test("credentials refuses an undeclared identity, and the sandbox gives the reason", async () => {
    const stranger = identity({ declared: false, issuer: "production" });
    const { exitCode, stderr } = await own(
      ["credentials", "--role", "lake-reader", "--from", "client-credentials", "--no-cache", "--wait", "0"],
      client(stranger),
    );
    expect(exitCode).toBe(3);
    expect(stderr).toContain("aws-access-denied");
    expect(sandbox.said().stderr).toContain(`✗ ${stranger.subject} cannot assume lake-reader`);
  });
});

test("nothing on stderr holds a token or a secret, and it ends with 0 on both signals", async () => {
  const { stdout, stderr } = sandbox.said();
  expect(stderr).toContain("cannot assume");
  expect(stderr).not.toMatch(/eyJ|dose[0-9a-f]{8}|dapi[0-9a-f]{8}/);
  expect(stdout.split("\n")).toHaveLength(2);
  const second = await startSandboxProcess(cli, [], home);
  expect(await Promise.all([sandbox.stop("SIGTERM"), second.stop("SIGINT")])).toEqual([0, 0]);
});
