/** Every way to a token against everything a network does: bounded, coded, silent, and asked nowhere else. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { FederationError } from "../../src/errors";
import { obtainToken } from "../../src/token/obtain";
import type { TokenSourceName } from "../../src/token/sources";
import { TOKEN_SOURCE_NAMES } from "../../src/token/sources";
import { subjectTokenAnswer } from "../support/fake-aws";
import type { FaultServer, Play } from "../support/fault-server";
import { FAULTS, json, startFaultServer } from "../support/fault-server";
import { temporaryFolder } from "../support/temporary-folder";

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const JWT = `${part({ alg: "RS256", kid: "k" })}.${part({ iss: "https://idp.example.com", sub: "given" })}.UExBTlRFRA`;
const CLIENT_ID = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const CLIENT_SECRET = "PLANTED/client+secret=0123456789";
const AMBIENT = "dkeaPLANTED0123456789abcdef";
const SECRETS = /PLANTED|UExBTlRFR|eyJ[A-Za-z0-9_-]{10}/;
const TIMEOUT_MS = 1200;

/** Where it points must never be asked. */
let elsewhere: FaultServer;
/** One server a fault, so that all are met at once. */
const servers = new Map<string, FaultServer>();
/** Does what it should: the first of two steps. */
let github: FaultServer;
let sts: FaultServer;

/** Whoever echoes the request gives away what it was sent. */
const echo: Play = (request, response, body) =>
  json(
    {
      error: "invalid_request",
      error_description: [
        request.url ?? "",
        decodeURIComponent(body),
        request.headers.authorization ?? "",
        Buffer.from(request.headers.authorization?.replace(/^Basic /, "") ?? "", "base64").toString(),
      ].join(" "),
    },
    400,
  )(request, response, body);

beforeAll(async () => {
  [elsewhere, github, sts] = await Promise.all([
    startFaultServer(json({ access_token: JWT, token_type: "bearer", value: JWT })),
    startFaultServer(json({ value: JWT, oidcToken: JWT })),
    startFaultServer(subjectTokenAnswer(JWT)),
  ]);
  const redirects = Object.fromEntries(
    [301, 302, 303, 307, 308].map((status): [string, Play] => [
      `redirect ${status}`,
      (_request, response) => {
        response.writeHead(status, { location: `${elsewhere.origin}/login.html` }).end();
      },
    ]),
  );
  const plays: Readonly<Record<string, Play>> = {
    ...Object.fromEntries(Object.entries(FAULTS).map(([name, { play }]) => [name, play])),
    ...redirects,
    echo: echo,
  };
  await Promise.all(Object.entries(plays).map(async ([name, play]) => servers.set(name, await startFaultServer(play))));
});
afterAll(() => Promise.all([elsewhere, github, sts, ...servers.values()].map((server) => server.stop())));

function file(name: string, text: string, mode = 0o600): string {
  const path = join(temporaryFolder("faults"), name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

type Env = Readonly<Record<string, string>>;

function azureJob(azure: string, host: string): Env {
  return {
    DATABRICKS_HOST: host,
    DATABRICKS_CLIENT_ID: CLIENT_ID,
    SYSTEM_ACCESSTOKEN: "PLANTEDjob",
    SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: `${azure}/acme/`,
    SYSTEM_TEAMPROJECTID: "project",
    SYSTEM_PLANID: "plan",
    SYSTEM_JOBID: "job",
    SYSTEM_HOSTTYPE: "build",
  };
}

/** The ways that ask a server, each with what makes it there. */
const ASKING: Readonly<Record<string, { readonly from: TokenSourceName; readonly env: (origin: string) => Env }>> = {
  "databricks-app": {
    from: "databricks-app",
    env: (origin) => ({
      DATABRICKS_HOST: origin,
      DATABRICKS_APP_NAME: "sales",
      DATABRICKS_CLIENT_ID: CLIENT_ID,
      DATABRICKS_CLIENT_SECRET: CLIENT_SECRET,
    }),
  },
  notebook: {
    from: "notebook",
    env: (origin) => ({ DATABRICKS_HOST: origin, DATABRICKS_RUNTIME_VERSION: "16.4", DATABRICKS_TOKEN: AMBIENT }),
  },
  "env-oidc": { from: "env-oidc", env: (origin) => ({ DATABRICKS_HOST: origin, DATABRICKS_OIDC_TOKEN: JWT }) },
  "file-oidc": {
    from: "file-oidc",
    env: (origin) => ({ DATABRICKS_HOST: origin, DATABRICKS_OIDC_TOKEN_FILEPATH: file("token", JWT) }),
  },
  "github-oidc, at GitHub": {
    from: "github-oidc",
    env: (origin) => ({
      DATABRICKS_HOST: "https://mycompany.cloud.databricks.com",
      DATABRICKS_TOKEN_AUDIENCE: "an-account",
      DATABRICKS_CLIENT_ID: CLIENT_ID,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}/token`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "PLANTEDrequest",
    }),
  },
  "github-oidc, at Databricks": {
    from: "github-oidc",
    env: (origin) => ({
      DATABRICKS_HOST: origin,
      DATABRICKS_CLIENT_ID: CLIENT_ID,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${github.origin}/token`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "PLANTEDrequest",
    }),
  },
  "azure-devops-oidc, at Azure": { from: "azure-devops-oidc", env: (origin) => azureJob(origin, "http://127.0.0.1:1") },
  "azure-devops-oidc, at Databricks": {
    from: "azure-devops-oidc",
    env: (origin) => azureJob(github.origin, origin),
  },
  "aws, at Databricks": {
    from: "aws",
    env: (origin) => ({
      DATABRICKS_HOST: origin,
      DATABRICKS_CLIENT_ID: CLIENT_ID,
      AWS_ACCESS_KEY_ID: "ASIAPLANTED012345678",
      AWS_SECRET_ACCESS_KEY: "PLANTEDsecret",
      AWS_SESSION_TOKEN: "PLANTEDsession",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_STS: sts.origin,
    }),
  },
  "client-credentials": {
    from: "client-credentials",
    env: (origin) => ({
      DATABRICKS_HOST: origin,
      DATABRICKS_CLIENT_ID: CLIENT_ID,
      DATABRICKS_CLIENT_SECRET: CLIENT_SECRET,
    }),
  },
  profile: {
    from: "profile",
    env: (origin) => ({
      DATABRICKS_CONFIG_FILE: file(
        "databrickscfg",
        `[DEFAULT]\nhost = ${origin}\nclient_id = ${CLIENT_ID}\nclient_secret = ${CLIENT_SECRET}\n`,
      ),
    }),
  },
};

/** The ways that ask nobody, each failing in its own ways. */
const ALONE: readonly (readonly [TokenSourceName, string, () => Env])[] = [
  [
    "file",
    "a token with another behind it",
    () => ({ DATABRICKS_AWS_OIDC_TOKEN_FILE: file("token", `${JWT} ${JWT}`) }),
  ],
  ["file", "a folder", () => ({ DATABRICKS_AWS_OIDC_TOKEN_FILE: temporaryFolder("folder") })],
  ["file", "far too large", () => ({ DATABRICKS_AWS_OIDC_TOKEN_FILE: file("token", "PLANTED".repeat(20_000)) })],
  ["env", "nothing there", () => ({})],
  [
    "databricks-cli",
    "a CLI that tells too much and fails",
    () => ({
      DATABRICKS_HOST: "https://mycompany.cloud.databricks.com",
      DATABRICKS_CLI_PATH: file(
        "databricks",
        `#!/bin/sh\necho "refresh ${JWT} dkeaPLANTED0123456789"; echo "refresh ${JWT} dkeaPLANTED0123456789" ` +
          `>&2; exit 1\n`,
        0o755,
      ),
    }),
  ],
  [
    "databricks-cli",
    "a CLI that hangs",
    () => ({
      DATABRICKS_HOST: "https://mycompany.cloud.databricks.com",
      DATABRICKS_CLI_PATH: file("databricks", "#!/bin/sh\nexec sleep 60\n", 0o755),
      PATH: process.env["PATH"] ?? "",
    }),
  ],
  [
    "databricks-cli",
    "a CLI that prints no JSON",
    () => ({
      DATABRICKS_HOST: "https://mycompany.cloud.databricks.com",
      DATABRICKS_CLI_PATH: file("databricks", `#!/bin/sh\necho "token: ${JWT}"\n`, 0o755),
    }),
  ],
  [
    "databricks-cli",
    "a CLI that never stops printing",
    () => ({
      DATABRICKS_HOST: "https://mycompany.cloud.databricks.com",
      DATABRICKS_CLI_PATH: file(
        "databricks",
        "#!/bin/sh\nwhile :; do echo PLANTEDPLANTEDPLANTEDPLANTEDPLANTEDPLANTEDPLANTED; done\n",
        0o755,
      ),
    }),
  ],
  [
    "databricks-cli",
    "a CLI that is no program",
    () => ({
      DATABRICKS_HOST: "https://mycompany.cloud.databricks.com",
      DATABRICKS_CLI_PATH: file("databricks", "no program", 0o755),
    }),
  ],
  [
    "profile",
    "a file of another kind",
    () => ({
      DATABRICKS_CONFIG_FILE: file(
        "databrickscfg",
        `client_secret = ${CLIENT_SECRET}\n[DEFAULT\nclient_secret: ${CLIENT_SECRET}`,
      ),
      DATABRICKS_CONFIG_PROFILE: "PLANTED".slice(0, 3),
    }),
  ],
  [
    "profile",
    "only a personal token",
    () => ({
      DATABRICKS_CONFIG_FILE: file(
        "databrickscfg",
        "[DEFAULT]\nhost = https://mycompany.cloud.databricks.com\ntoken = dapiPLANTED0123456789\n",
      ),
    }),
  ],
];

async function failure(from: TokenSourceName, env: Env): Promise<FederationError> {
  const started = Date.now();
  const error: unknown = await obtainToken({
    environment: { env: { PATH: "", ...env }, home: "/nowhere", now: Date.now },
    from,
    timeoutMs: TIMEOUT_MS,
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FederationError))
    throw new Error(`not a coded error: ${error === undefined ? "a token" : inspect(error)}`);
  expect(Date.now() - started).toBeLessThan(TIMEOUT_MS + 10_000);
  // everything an error may be turned into, causes included
  const told = [
    error.message,
    error.stack,
    error.fix,
    JSON.stringify(error),
    JSON.stringify(error.problems),
    inspect(error, { depth: 9, showHidden: true }),
  ].join("\n");
  expect(told).not.toMatch(SECRETS);
  return error;
}

describe.each(Object.entries(ASKING))("%s", (_name, { from, env }) => {
  test("meets every fault with a coded error, and follows no redirect", async () => {
    const before = elsewhere.received.length;
    const errors = await Promise.all(
      [...servers].map(async ([fault, server]) => [fault, await failure(from, env(server.origin))] as const),
    );
    for (const [fault, error] of errors) {
      const codes = fault.startsWith("redirect ")
        ? ["response-redirect"]
        : fault === "echo"
          ? ["token-refused", "response-status"]
          : FAULTS[fault]?.codes;
      expect([fault, codes]).toEqual([fault, expect.arrayContaining([error.code])]);
    }
    expect((await failure(from, env("http://127.0.0.1:1"))).code).toBe("network-refused");
    expect(elsewhere.received.length).toBe(before);
  });
});

test.each(ALONE)("%s: %s is a coded error without a secret in it", async (from, _what, env) => {
  expect((await failure(from, env())).problems.length).toBeGreaterThan(0);
});

test("every way is among them", () => {
  expect(
    [...new Set([...Object.values(ASKING).map(({ from }) => from), ...ALONE.map(([from]) => from)])].sort(),
  ).toEqual([...TOKEN_SOURCE_NAMES].sort());
});

test("the servers were asked at the configured host only, and the secret went nowhere but into its own place", () => {
  for (const { url, headers } of [...servers.values()].flatMap((server) => server.received)) {
    expect(url).not.toMatch(SECRETS);
    const { authorization, ...others } = headers;
    expect(JSON.stringify(others)).not.toMatch(SECRETS);
    expect(authorization ?? "Basic ").toMatch(/^(?:Basic|Bearer) /);
  }
});
