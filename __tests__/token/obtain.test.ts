import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FederationError } from "../../src/errors";
import { urlsOf } from "../../src/issuer/issuer";
import type { Environment } from "../../src/network/environment";
import type { TokenOptions } from "../../src/token/choose-source";
import { DEFAULT_SCOPE, obtainToken } from "../../src/token/obtain";
import { parseTokenSource, restsOnText, TOKEN_SOURCE_NAMES } from "../../src/token/sources";
import { tokenEndpointFor } from "../../src/token/token-endpoint";
import type { IssuerTarget } from "../../src/token/token-endpoint";
import type { FaultServer } from "../support/fault-server";
import { FAULTS, json, startFaultServer } from "../support/fault-server";
import { temporaryFolder } from "../support/temporary-folder";

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
/** Issued by the server below. */
const ISSUED = [
  part({ alg: "RS256", kid: "k" }),
  part({ iss: "https://mycompany.cloud.databricks.com/oidc", sub: "issued" }),
  "c2ln",
].join(".");
const GIVEN = `${part({ alg: "RS256", kid: "k" })}.${part({ sub: "given" })}.c2ln`;
const CLIENT_SECRET = "dosePLANTED0123456789abcdef";
const AMBIENT = "dkeaPLANTED0123456789abcdef";
const CLIENT_ID = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";

const WORKSPACE: IssuerTarget = {
  key: "production",
  level: "workspace",
  ...urlsOf("https://mycompany.cloud.databricks.com/oidc"),
};
const ACCOUNT: IssuerTarget = {
  key: "company",
  level: "account",
  ...urlsOf("https://accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012"),
};

let server: FaultServer;
const home = temporaryFolder("home");
beforeAll(async () => {
  server = await startFaultServer(
    json({ access_token: ISSUED, token_type: "Bearer", expires_in: 3600, scope: DEFAULT_SCOPE }),
  );
});
afterAll(() => server.stop());

function environment(env: Record<string, string>, at = home): Environment {
  return { env: { PATH: "", ...env }, home: at, now: Date.now };
}

function ask(env: Record<string, string>, question: Partial<TokenOptions> = {}): ReturnType<typeof obtainToken> {
  return obtainToken({
    environment: environment({ DATABRICKS_HOST: server.origin, ...env }),
    timeoutMs: 3000,
    ...question,
  });
}

function sent(): URLSearchParams {
  return new URLSearchParams(server.received.at(-1)?.body);
}

function cli(script: string): string {
  const folder = temporaryFolder("cli");
  const file = join(folder, "databricks");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("token sources", () => {
  test("client credentials are sent as Databricks' own SDKs send them, with a narrow scope", async () => {
    const obtained = await ask({ DATABRICKS_CLIENT_ID: CLIENT_ID, DATABRICKS_CLIENT_SECRET: CLIENT_SECRET });
    expect(obtained).toMatchObject({ source: "client-credentials", opaque: false });
    expect(obtained.token.reveal()).toBe(ISSUED);
    const request = server.received.at(-1);
    expect(request?.url).toBe("/oidc/v1/token");
    expect(request?.headers.authorization).toBe(
      `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64")}`,
    );
    expect(Object.fromEntries(sent())).toEqual({ grant_type: "client_credentials", scope: "openid" });
    expect(restsOnText("client-credentials")).toContain("stored secret");
  });

  test("an app's injected client is known as the app's", async () => {
    const obtained = await ask({
      DATABRICKS_APP_NAME: "sales",
      DATABRICKS_CLIENT_ID: CLIENT_ID,
      DATABRICKS_CLIENT_SECRET: CLIENT_SECRET,
    });
    expect(obtained.source).toBe("databricks-app");
    expect(restsOnText("databricks-app")).toContain("client secret that Databricks stores");
  });

  test("a notebook's opaque token is exchanged by RFC 8693, never with all-apis", async () => {
    const obtained = await ask({ DATABRICKS_RUNTIME_VERSION: "16.4", DATABRICKS_TOKEN: AMBIENT });
    expect(obtained.source).toBe("notebook");
    expect(Object.fromEntries(sent())).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: AMBIENT,
      subject_token_type: "urn:databricks:params:oauth:token-type:personal-access-token",
      requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
      scope: "openid",
    });
    expect(server.received.at(-1)?.headers.authorization).toBeUndefined();
  });

  test.each([
    ["env-oidc", { DATABRICKS_OIDC_TOKEN: GIVEN }],
    ["env-oidc", { DATABRICKS_OIDC_TOKEN_ENV: "CI_TOKEN", CI_TOKEN: GIVEN }],
  ])("%s exchanges another issuer's token (%o)", async (source, env) => {
    const obtained = await ask({ ...(env as unknown as Record<string, string>), DATABRICKS_CLIENT_ID: CLIENT_ID });
    expect(obtained.source).toBe(source);
    expect(Object.fromEntries(sent())).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: GIVEN,
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      client_id: CLIENT_ID,
      scope: "openid",
    });
  });

  test("file-oidc reads the file each time and does without a client ID, as account-wide federation does", async () => {
    const file = join(temporaryFolder("oidc"), "token");
    writeFileSync(file, `${GIVEN}\n`);
    expect((await ask({ DATABRICKS_OIDC_TOKEN_FILEPATH: file })).source).toBe("file-oidc");
    expect(sent().get("subject_token")).toBe(GIVEN);
    expect(sent().has("client_id")).toBe(false);
  });

  test("github-oidc asks GitHub for a token of our audience, then exchanges it", async () => {
    const github = await startFaultServer(json({ value: GIVEN }));
    try {
      const env = {
        ACTIONS_ID_TOKEN_REQUEST_URL: `${github.origin}/token?api-version=2`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
        DATABRICKS_CLIENT_ID: CLIENT_ID,
      };
      expect((await ask(env)).source).toBe("github-oidc");
      expect(github.received[0]?.url).toBe(
        `/token?api-version=2&audience=${encodeURIComponent(`${server.origin}/oidc/v1/token`)}`,
      );
      expect(github.received[0]?.headers.authorization).toBe("Bearer request-token");
      expect(sent().get("subject_token")).toBe(GIVEN);
    } finally {
      await github.stop();
    }
  });

  test(
    "github-oidc asks for the account's ID at an account, as Databricks expects it, and says what is wrong " +
      "with a URL",
    async () => {
      const github = await startFaultServer(json({ value: GIVEN }));
      const env = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token", DATABRICKS_CLIENT_ID: CLIENT_ID };
      try {
        await ask({ ...env, ACTIONS_ID_TOKEN_REQUEST_URL: `${github.origin}/token` }, { targets: [ACCOUNT] });
        expect(github.received[0]?.url).toBe("/token?audience=7d3c2b1a-0f5e-4c8d-9a6b-123456789012");
      } finally {
        await github.stop();
      }
      await expect(ask({ ...env, ACTIONS_ID_TOKEN_REQUEST_URL: "nonsense" })).rejects.toMatchObject({
        code: "token-source-incomplete",
      });
    },
  );

  test(
    "workload identity takes host and client from the profile in DATABRICKS_CONFIG_PROFILE, " + "as SDKs do",
    async () => {
      const file = profiles(`[ci]\nhost = ${server.origin}\nclient_id = ${CLIENT_ID}\nauth_type = env-oidc\n`);
      expect(
        (
          await ask({
            DATABRICKS_HOST: "",
            DATABRICKS_CONFIG_FILE: file,
            DATABRICKS_CONFIG_PROFILE: "ci",
            DATABRICKS_OIDC_TOKEN: GIVEN,
          })
        ).source,
      ).toBe("env-oidc");
      expect(sent().get("client_id")).toBe(CLIENT_ID);
    },
  );

  test("a token file or profile that is named is meant, whatever else is there", async () => {
    const file = join(temporaryFolder("file"), "token");
    writeFileSync(file, GIVEN);
    const others = {
      DATABRICKS_OIDC_TOKEN: ISSUED,
      DATABRICKS_CLIENT_ID: "another",
      DATABRICKS_CLIENT_SECRET: "another",
    };
    expect((await ask(others, { tokenFile: file })).source).toBe("file");
    const cfg = profiles(
      `[sp]\nhost = ${server.origin}\nclient_id = ${CLIENT_ID}\nclient_secret = ${CLIENT_SECRET}\n[pat]\nhost ` +
        `= ${server.origin}\ntoken = dapi0\n[me]\nhost = ${server.origin}\nauth_type = databricks-cli\n`,
    );
    // the CLI would answer with a person's token
    const program = cli(`printf '{"access_token":"%s"}' "${GIVEN}"`);
    expect(
      await ask({ ...others, DATABRICKS_CONFIG_FILE: cfg, DATABRICKS_CLI_PATH: program }, { profile: "sp" }),
    ).toMatchObject({ source: "profile", skipped: [] });
    expect(
      await ask({ ...others, DATABRICKS_CONFIG_FILE: cfg, DATABRICKS_CLI_PATH: program }, { profile: "me" }),
    ).toMatchObject({ source: "databricks-cli" });
    await expect(ask({ ...others, DATABRICKS_CONFIG_FILE: cfg }, { profile: "pat" })).rejects.toMatchObject({
      code: "token-source-incomplete",
    });
    await expect(ask({ ...others, DATABRICKS_CONFIG_FILE: cfg }, { profile: "me" })).rejects.toMatchObject({
      code: "databricks-cli-missing",
    });
  });

  test("DATABRICKS_AUTH_TYPE names the source; a kind without an OAuth token is refused by name", async () => {
    const both = {
      DATABRICKS_OIDC_TOKEN: GIVEN,
      DATABRICKS_CLIENT_ID: CLIENT_ID,
      DATABRICKS_CLIENT_SECRET: CLIENT_SECRET,
    };
    expect((await ask({ ...both, DATABRICKS_AUTH_TYPE: "oauth-m2m" })).source).toBe("client-credentials");
    expect((await ask({ ...both, DATABRICKS_AUTH_TYPE: "env-oidc" })).source).toBe("env-oidc");
    for (const authType of ["azure-cli", "google-id", "external-browser", "constructor"])
      await expect(ask({ ...both, DATABRICKS_AUTH_TYPE: authType })).rejects.toMatchObject({
        code: "token-source-unknown",
        message: expect.stringContaining(`DATABRICKS_AUTH_TYPE is "${authType}"`) as string,
      });
    await expect(ask({ ...both, DATABRICKS_AUTH_TYPE: "pat" })).rejects.toMatchObject({ code: "token-source-missing" });
    await expect(ask({ ...both, DATABRICKS_AUTH_TYPE: "pat", DATABRICKS_TOKEN: "dapi0123" })).rejects.toMatchObject({
      code: "token-opaque",
    });
    expect((await ask({ ...both, DATABRICKS_AUTH_TYPE: "pat", DATABRICKS_TOKEN: ISSUED })).source).toBe("env");
    await expect(ask({ ...both, DATABRICKS_AUTH_TYPE: "file-oidc" })).rejects.toMatchObject({
      code: "token-source-missing",
      message: expect.stringContaining("DATABRICKS_AUTH_TYPE is file-oidc") as string,
    });
  });

  test("the Databricks CLI is asked for the federation's only issuer where no host is set", async () => {
    const args = join(home, "args-of-target");
    const program = cli(`printf '{"access_token":"%s"}' "${GIVEN}"; echo "$@" > "${args}"`);
    expect((await ask({ DATABRICKS_HOST: "", DATABRICKS_CLI_PATH: program }, { targets: [ACCOUNT] })).source).toBe(
      "databricks-cli",
    );
    expect(readFileSync(args, "utf8").trim()).toBe(
      "auth token --host https://accounts.cloud.databricks.com --account-id 7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
    );
  });

  test("a file and a variable are taken as they are, without a request", async () => {
    const file = join(temporaryFolder("file"), "token");
    writeFileSync(file, GIVEN);
    const before = server.received.length;
    expect((await ask({}, { tokenFile: file })).source).toBe("file");
    expect((await ask({ DATABRICKS_TOKEN: GIVEN })).token.reveal()).toBe(GIVEN);
    expect(server.received.length).toBe(before);
  });

  test("the Databricks CLI is asked for the profile or the host, with nothing secret on its command line", async () => {
    const program = cli(
      `printf '{"access_token":"%s","token_type":"Bearer","expiry":"2026-01-01T00:00:00Z"}' "${GIVEN}"; echo ` +
        `"$@" > "${join(home, "args")}"`,
    );
    const obtained = await ask({
      DATABRICKS_CLI_PATH: program,
      PATH: process.env["PATH"] ?? "",
      DATABRICKS_CONFIG_PROFILE: "PROD",
      DATABRICKS_CONFIG_FILE: profiles("[PROD]\nhost = https://mycompany.cloud.databricks.com\n"),
    });
    expect(obtained).toMatchObject({ source: "databricks-cli", place: "databricks auth token, profile PROD" });
  });

  test("a profile's client secret is used at the profile's own host", async () => {
    const file = profiles(
      `; comment\n[DEFAULT]\nhost=https://other.cloud.databricks.com\n[sp]\nhost = ${server.origin}\nclient_id ` +
        `= ${CLIENT_ID}\nclient_secret = ${CLIENT_SECRET}\n`,
    );
    const obtained = await ask(
      { DATABRICKS_CONFIG_FILE: file, DATABRICKS_HOST: "https://unrelated.cloud.databricks.com" },
      { from: "profile", profile: "sp" },
    );
    expect(obtained.place).toBe(`profile sp in ${file}`);
  });

  test("are tried in the order of Databricks' SDKs, the login of a person last", async () => {
    const sdk = ["client-credentials", "env-oidc", "file-oidc", "github-oidc", "azure-devops-oidc", "databricks-cli"];
    expect(TOKEN_SOURCE_NAMES.filter((name) => sdk.includes(name))).toEqual(sdk);
    const both = {
      DATABRICKS_OIDC_TOKEN: GIVEN,
      DATABRICKS_CLIENT_ID: CLIENT_ID,
      DATABRICKS_CLIENT_SECRET: CLIENT_SECRET,
      DATABRICKS_CLI_PATH: cli(`printf '{"access_token":"%s"}' "${GIVEN}"`),
    };
    expect((await ask(both)).source).toBe("client-credentials");
  });
});

function profiles(text: string): string {
  const file = join(temporaryFolder("cfg"), "databrickscfg");
  writeFileSync(file, text);
  return file;
}

describe("the identity that is named", () => {
  const person = (): string => cli(`printf '{"access_token":"%s"}' "${GIVEN}"`);

  test.each<[string, Record<string, string>]>([
    ["DATABRICKS_CONFIG_PROFILE", { DATABRICKS_CONFIG_PROFILE: "sp" }],
    ["[DEFAULT]", {}],
  ])("of a profile with a client secret, named by %s, is not swapped for whoever is logged in", async (_by, env) => {
    const section = `host = ${server.origin}\nclient_id = ${CLIENT_ID}\nclient_secret = ${CLIENT_SECRET}\n`;
    const file = profiles(`[DEFAULT]\n${section}[sp]\n${section}`);
    const obtained = await ask({
      ...env,
      DATABRICKS_HOST: "",
      DATABRICKS_CONFIG_FILE: file,
      DATABRICKS_CLI_PATH: person(),
    });
    expect(obtained).toMatchObject({ source: "profile" });
    expect(obtained.token.reveal()).toBe(ISSUED);
  });

  test("is refused where a client secret has no client ID, or a profile only a personal access token", async () => {
    const settings = { DATABRICKS_CLI_PATH: person(), DATABRICKS_CLIENT_SECRET: CLIENT_SECRET };
    await expect(ask(settings)).rejects.toMatchObject({ code: "token-source-incomplete" });
    const file = profiles(`[DEFAULT]\nhost = ${server.origin}\ntoken = dapi0\n`);
    await expect(
      ask({ DATABRICKS_HOST: "", DATABRICKS_CONFIG_FILE: file, DATABRICKS_CLI_PATH: person() }),
    ).rejects.toMatchObject({ code: "token-source-incomplete" });
  });

  test("of one of several logins is asked of the CLI by --profile; without one the fix says how", async () => {
    const args = join(home, "args-of-profile");
    const section = (name: string, host = server.origin): string => `[${name}]\nhost = ${host}\n`;
    const text = `${section("DEFAULT")}${section("me")}${section("other", "https://x.cloud.databricks.com")}`;
    const file = profiles(text);
    const program = cli(`printf '{"access_token":"%s"}' "${GIVEN}"; echo "$@" > "${args}"`);
    const env = { DATABRICKS_HOST: "", DATABRICKS_CONFIG_FILE: file, DATABRICKS_CLI_PATH: program };
    await ask(env);
    expect(readFileSync(args, "utf8").trim()).toBe("auth token --profile DEFAULT");
    await ask(env, { profile: "me" });
    expect(readFileSync(args, "utf8").trim()).toBe("auth token --profile me");
    const failing = cli("echo 'DEFAULT and me match this host' >&2; exit 1");
    await expect(ask({ DATABRICKS_CONFIG_FILE: file, DATABRICKS_CLI_PATH: failing })).rejects.toMatchObject({
      code: "databricks-cli-failed",
      fix: expect.stringMatching(/\(DEFAULT, me\): name one with --profile or DATABRICKS_CONFIG_PROFILE/) as string,
    });
  });
});

describe("a CI system's token", () => {
  const job = (origin: string): Record<string, string> => ({
    ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}/token`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
  });
  const audienceOf = (github: FaultServer): string | null =>
    new URL(github.received.at(-1)?.url ?? "", github.origin).searchParams.get("audience");

  test("is for the audience that is given, else the profile's, the host's default, the account", async () => {
    const github = await startFaultServer(json({ value: GIVEN }));
    const host = await startFaultServer((request, response, body) =>
      json(
        request.url === "/.well-known/databricks-config"
          ? { account_id: "an-account", token_federation_default_oidc_audiences: ["of-the-host", "another"] }
          : { access_token: ISSUED, token_type: "bearer" },
      )(request, response, body),
    );
    try {
      const file = profiles(
        `[dev]\nhost = ${host.origin}\nclient_id = ${CLIENT_ID}\ntoken_audience = of-the-profile\n`,
      );
      const env = { ...job(github.origin), DATABRICKS_CONFIG_FILE: file, DATABRICKS_HOST: host.origin };
      await ask({ ...env, DATABRICKS_CLIENT_ID: "another" }, { profile: "dev", from: "github-oidc" });
      expect(audienceOf(github)).toBe("of-the-profile");
      // the profile's client ID stays
      expect(new URLSearchParams(host.received.at(-1)?.body).get("client_id")).toBe(CLIENT_ID);
      await ask(
        { ...env, DATABRICKS_CONFIG_PROFILE: "dev", DATABRICKS_TOKEN_AUDIENCE: "given" },
        { from: "github-oidc" },
      );
      expect(audienceOf(github)).toBe("given");
      await ask({ ...env, DATABRICKS_CLIENT_ID: CLIENT_ID });
      expect(audienceOf(github)).toBe("of-the-host");
      await ask({ ...job(github.origin), DATABRICKS_CLIENT_ID: CLIENT_ID, DATABRICKS_ACCOUNT_ID: "an-account" });
      expect(audienceOf(github)).toBe("an-account");
    } finally {
      await Promise.all([github.stop(), host.stop()]);
    }
  });

  test("that Databricks refuses is described by what was sent, and by the variable that changes it", async () => {
    const claims = { iss: "https://ci.example.com", sub: "repo:acme/lake:x", aud: "a" };
    const sent = `${part({ alg: "RS256" })}.${part(claims)}.c2ln`;
    const github = await startFaultServer(json({ value: sent }));
    server.play = json({ error: "invalid_grant" }, 400);
    try {
      await expect(ask({ ...job(github.origin), DATABRICKS_CLIENT_ID: CLIENT_ID })).rejects.toMatchObject({
        code: "token-refused",
        message: expect.stringMatching(/iss "https:\/\/ci\.example\.com", sub "repo:acme\/lake:x", aud "a"/) as string,
        fix: expect.stringMatching(/DATABRICKS_TOKEN_AUDIENCE.*without GitHub's numeric IDs/) as string,
      });
    } finally {
      server.play = json({ access_token: ISSUED, token_type: "bearer" });
      await github.stop();
    }
  });

  test("of Azure Pipelines is requested as Databricks' SDKs do, and exchanged", async () => {
    const azure = await startFaultServer(json({ oidcToken: GIVEN }));
    try {
      const env = {
        SYSTEM_ACCESSTOKEN: "job-token",
        SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: `${azure.origin}/acme/`,
        SYSTEM_TEAMPROJECTID: "project",
        SYSTEM_PLANID: "plan",
        SYSTEM_JOBID: "job",
        SYSTEM_HOSTTYPE: "build",
        DATABRICKS_CLIENT_ID: CLIENT_ID,
      };
      expect((await ask(env)).source).toBe("azure-devops-oidc");
      expect(azure.received.at(-1)).toMatchObject({
        method: "POST",
        url: "/acme/project/_apis/distributedtask/hubs/build/plans/plan/jobs/job/oidctoken?api-version=7.2-preview.1",
        headers: { authorization: "Bearer job-token", "content-length": "0" },
      });
      expect(sent().get("subject_token")).toBe(GIVEN);
      const { SYSTEM_JOBID: _job, ...rest } = env;
      await expect(ask(rest, { from: "azure-devops-oidc" })).rejects.toMatchObject({
        code: "token-source-missing",
        message: expect.stringContaining("SYSTEM_JOBID is not set") as string,
      });
    } finally {
      await azure.stop();
    }
  });
});

describe("the first source that is there decides", () => {
  test("and its failure is the answer: an identity is never swapped silently", async () => {
    server.play = json({ error: "invalid_grant", error_description: "no policy" }, 400);
    await expect(
      ask({ DATABRICKS_OIDC_TOKEN: GIVEN, DATABRICKS_CLIENT_ID: CLIENT_ID, DATABRICKS_CLIENT_SECRET: CLIENT_SECRET }),
    ).rejects.toMatchObject({ code: "token-refused" });
    server.play = json({ access_token: ISSUED, token_type: "bearer" });
  });

  test("but an opaque DATABRICKS_TOKEN is skipped with a note, and a login never precedes a secret", async () => {
    const program = cli("echo 'not logged in' >&2; exit 1");
    const obtained = await ask({
      DATABRICKS_CLI_PATH: program,
      DATABRICKS_TOKEN: "dapi0123",
      DATABRICKS_CLIENT_ID: CLIENT_ID,
      DATABRICKS_CLIENT_SECRET: CLIENT_SECRET,
    });
    expect(obtained.source).toBe("client-credentials");
    expect(obtained.skipped.join()).toMatch(/^DATABRICKS_TOKEN holds an opaque token/);
    await expect(ask({ DATABRICKS_CLI_PATH: program, DATABRICKS_TOKEN: "dapi0123" })).rejects.toMatchObject({
      code: "databricks-cli-failed",
      message: expect.stringContaining("ended with 1: not logged in") as string,
    });
  });

  test.each<[string, Record<string, string>, Partial<TokenOptions>, string]>([
    ["nothing is there", {}, {}, "token-source-missing"],
    ["only an opaque token is there", { DATABRICKS_TOKEN: "dapi0123" }, {}, "token-opaque"],
    ["the named source is unavailable", {}, { from: "env-oidc" }, "token-source-missing"],
    ["the CLI is not installed", {}, { from: "databricks-cli" }, "databricks-cli-missing"],
    [
      "a profile does not exist",
      { DATABRICKS_CONFIG_PROFILE: "nope" },
      { from: "profile" },
      "databricks-profile-not-found",
    ],
    ["a token file for another source", {}, { tokenFile: "/nowhere/token", from: "aws" }, "usage"],
    ["the token file does not exist", {}, { tokenFile: "/nowhere/token" }, "file-not-found"],
    ["no host is set", { DATABRICKS_HOST: " ", DATABRICKS_OIDC_TOKEN: GIVEN }, {}, "databricks-host-missing"],
    [
      "the issuer asked for is on another host",
      { DATABRICKS_HOST: "https://other.cloud.databricks.com", DATABRICKS_OIDC_TOKEN: GIVEN },
      { targets: [WORKSPACE] },
      "databricks-host-mismatch",
    ],
    [
      "a notebook is asked for an account's token",
      { DATABRICKS_RUNTIME_VERSION: "16.4", DATABRICKS_TOKEN: AMBIENT },
      { targets: [ACCOUNT] },
      "token-source-incomplete",
    ],
  ])("%s: coded", async (_name, env, question, code) => {
    await expect(ask(env, question)).rejects.toMatchObject({ code });
  });
});

describe("the token endpoint", () => {
  test.each<[string, Parameters<typeof tokenEndpointFor>[0], string]>([
    [
      "a workspace host",
      { host: "mycompany.cloud.databricks.com", accountId: undefined, targets: [] },
      "https://mycompany.cloud.databricks.com/oidc/v1/token",
    ],
    [
      "a pasted page of it",
      { host: "https://MyCompany.cloud.databricks.com/browse?o=1444828305810485", accountId: undefined, targets: [] },
      "https://mycompany.cloud.databricks.com/oidc/v1/token",
    ],
    [
      "an accounts host with its account",
      { host: "https://accounts.cloud.databricks.com", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012", targets: [] },
      ACCOUNT.tokenEndpoint,
    ],
    [
      "the host's own issuer of two",
      { host: "mycompany.cloud.databricks.com", accountId: undefined, targets: [ACCOUNT, WORKSPACE] },
      WORKSPACE.tokenEndpoint,
    ],
    [
      "the account issuer of the same cloud",
      { host: "other.cloud.databricks.com", accountId: undefined, targets: [ACCOUNT] },
      ACCOUNT.tokenEndpoint,
    ],
    [
      "the only issuer where no host is set",
      { host: undefined, accountId: undefined, targets: [WORKSPACE] },
      WORKSPACE.tokenEndpoint,
    ],
    [
      "a stand-in on loopback",
      { host: "http://127.0.0.1:8080", accountId: undefined, targets: [ACCOUNT] },
      "http://127.0.0.1:8080/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012/v1/token",
    ],
  ])("is that of %s", (_name, question, endpoint) => {
    expect(tokenEndpointFor(question).endpoint.href).toBe(endpoint);
  });

  test.each<[string, Parameters<typeof tokenEndpointFor>[0], string]>([
    [
      "an accounts host without an account",
      { host: "accounts.cloud.databricks.com", accountId: undefined, targets: [] },
      "issuer-account-agnostic",
    ],
    [
      "another cloud's host",
      { host: "adb-123.4.azuredatabricks.net", accountId: undefined, targets: [ACCOUNT] },
      "databricks-host-mismatch",
    ],
    [
      "a host of nobody's",
      { host: "evil.example.com", accountId: undefined, targets: [WORKSPACE, ACCOUNT] },
      "databricks-host-mismatch",
    ],
    [
      "plain http off loopback",
      { host: "http://mycompany.cloud.databricks.com", accountId: undefined, targets: [] },
      "issuer-not-https",
    ],
    [
      "two issuers and no host",
      { host: undefined, accountId: undefined, targets: [WORKSPACE, ACCOUNT] },
      "issuer-undetermined",
    ],
  ])("is refused for %s", (_name, question, code) => {
    expect(() => tokenEndpointFor(question)).toThrow(expect.objectContaining({ code }) as Error);
  });
});

describe("a token endpoint that misbehaves", () => {
  afterAll(() => {
    server.play = json({ access_token: ISSUED, token_type: "bearer" });
  });

  const repeats = (request: { readonly url?: string | undefined }, body: string): string =>
    `${request.url ?? ""} ${body} ${CLIENT_SECRET} ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64")}`;
  const answers: Readonly<Record<string, { readonly play: FaultServer["play"]; readonly codes: readonly string[] }>> = {
    ...FAULTS,
    "the secret echoed": {
      play: (request, response, body) =>
        json({ error: "invalid_client", error_description: repeats(request, body) }, 401)(request, response, body),
      codes: ["token-refused"],
    },
    "the secret as error code": { play: json({ error: CLIENT_SECRET }, 400), codes: ["token-refused"] },
    "a scope it does not know": { play: json({ error: "invalid_scope" }, 400), codes: ["token-scope-refused"] },
    "no token in a 200": { play: json({ token_type: "bearer" }), codes: ["response-not-json"] },
    "a token that is a number": { play: json({ access_token: 5, token_type: "bearer" }), codes: ["response-not-json"] },
  };

  test.each(Object.entries(answers))(
    "%s: bounded, coded, asked nowhere else, silent about the secret",
    async (_name, fault) => {
      const elsewhere = server.received.length;
      server.play = fault.play;
      const started = Date.now();
      const error = await ask(
        { DATABRICKS_CLIENT_ID: CLIENT_ID, DATABRICKS_CLIENT_SECRET: CLIENT_SECRET },
        { timeoutMs: 1000 },
      ).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(FederationError);
      expect(fault.codes).toContain((error as FederationError).code);
      expect(
        JSON.stringify([
          (error as FederationError).message,
          (error as FederationError).problems,
          (error as FederationError).stack,
        ]),
      ).not.toMatch(/PLANTED|UExBTlRFR/);
      expect(Date.now() - started).toBeLessThan(10_000);
      expect(server.received.slice(elsewhere).every((request) => request.url === "/oidc/v1/token")).toBe(true);
    },
  );

  test("a busy one is asked again", async () => {
    let calls = 0;
    server.play = (request, response, body) =>
      (calls++ === 0 ? json({ error: "busy" }, 429) : json({ access_token: ISSUED, token_type: "bearer" }))(
        request,
        response,
        body,
      );
    expect(
      (await ask({ DATABRICKS_CLIENT_ID: CLIENT_ID, DATABRICKS_CLIENT_SECRET: CLIENT_SECRET })).token.reveal(),
    ).toBe(ISSUED);
    expect(calls).toBe(2);
  });
});

test("an unknown source is refused by name", () => {
  expect(() => parseTokenSource("nowhere")).toThrow(expect.objectContaining({ code: "token-source-unknown" }) as Error);
  expect(parseTokenSource("file-oidc")).toBe("file-oidc");
});
