/**
 * Databricks' own SDKs, as they are published, get their tokens from the sandbox and ask it who they are: the one for
 * Python by every source that it shares with ours, over http and https; the one for JavaScript over https.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildCli } from "../support/built-cli";
import { type FaultServer, json, startFaultServer } from "../support/fault-server";
import { pythonWith } from "../support/python";
import { describeWith, PYTHON } from "../support/requirements";
import { runProgram } from "../support/run-program";
import {
  awsEnvironment,
  type SandboxIdentity,
  type SandboxProcess,
  startSandboxProcess,
} from "../support/sandbox-process";
import { temporaryFolder } from "../support/temporary-folder";

jest.setTimeout(900_000);

const ROOT = join(__dirname, "..", "..");
const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const WRITER = "1f0e9d8c-7b6a-4594-8372-615049382716";
const ROLE = "arn:aws:iam::111122223333:role/lake-reader";
const FEDERATION = {
  name: "clients",
  aws: { accountId: "111122223333", partition: "aws" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    staging: { level: "workspace", host: "mystaging.cloud.databricks.com", workspaceId: "2555939416921596" },
  },
  roles: {
    "lake-reader": {
      trusts: [
        { issuer: "production", servicePrincipals: [READER] },
        { issuer: "staging", servicePrincipals: [WRITER] },
      ],
    },
  },
};
const NO_PROXY = { NO_PROXY: "127.0.0.1,localhost", no_proxy: "127.0.0.1,localhost" };

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const GITHUB_TOKEN = [
  part({ alg: "RS256", kid: "k" }),
  part({
    iss: "https://token.actions.githubusercontent.com",
    sub: "repo:acme@1/lake@2:ref:refs/heads/main",
    exp: Math.floor(Date.now() / 1000) + 3600,
  }),
  "c2ln",
].join(".");

let home: string;
let cli: string;
let github: FaultServer;
beforeAll(async () => {
  home = temporaryFolder("databricks-clients");
  writeFileSync(join(home, "federation.yaml"), JSON.stringify(FEDERATION));
  writeFileSync(join(home, "token"), GITHUB_TOKEN);
  github = await startFaultServer(json({ value: GITHUB_TOKEN }));
  cli = await buildCli(["sandbox", "token", "credentials"]);
});
afterAll(() => github.stop());

function identityOf({ document }: SandboxProcess, subject: string): SandboxIdentity {
  const found = document.identities.find((one) => one.subject === subject);
  if (found === undefined) throw new RangeError(`the sandbox has ${subject}`);
  return found;
}

/** What a client finds out: who it is, and the issuer of its token. */
interface Found {
  readonly user: string;
  readonly issuer: string;
  readonly source: string;
}

const AS_PYTHON = `
import base64, json, os, sys
from databricks.sdk import WorkspaceClient
found = []
for env in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(env)
    client = WorkspaceClient()
    body = client.config.authenticate()["Authorization"].split(" ")[1].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    user = client.current_user.me().user_name
    found.append({"user": user, "issuer": claims["iss"], "source": client.config.auth_type})
print(json.dumps(found))
`;

describeWith({ python: "clients" }, "databricks-sdk for Python", () => {
  test.each([
    ["http", []],
    ["https", ["--tls"]],
  ] as const)("gets its token by every source from a sandbox on %s, and learns who it is", async (_scheme, flags) => {
    const sandbox = await startSandboxProcess(cli, flags, home);
    try {
      const { issuers, caFile } = sandbox.document;
      const url = (key: string): string => issuers[key]?.url ?? "";
      const [reader, writer] = [identityOf(sandbox, READER), identityOf(sandbox, WRITER)];
      const client = { DATABRICKS_HOST: url("production"), DATABRICKS_CLIENT_ID: READER };
      const config = join(home, "databrickscfg");
      writeFileSync(
        config,
        [reader, writer]
          .map(
            ({ issuer, clientId, clientSecret }) =>
              `[${issuer}]\nhost = ${url(issuer)}\nclient_id = ${clientId}\nclient_secret = ${clientSecret}\n`,
          )
          .join(""),
      );
      const profile = (name: string) => ({ DATABRICKS_CONFIG_FILE: config, DATABRICKS_CONFIG_PROFILE: name });
      const cases: readonly (readonly [Readonly<Record<string, string>>, string, string])[] = [
        [{ ...client, DATABRICKS_CLIENT_SECRET: reader.clientSecret }, "production", "oauth-m2m"],
        [
          { ...client, DATABRICKS_OIDC_TOKEN: GITHUB_TOKEN, DATABRICKS_AUTH_TYPE: "env-oidc" },
          "production",
          "env-oidc",
        ],
        [
          { ...client, DATABRICKS_OIDC_TOKEN_FILEPATH: join(home, "token"), DATABRICKS_AUTH_TYPE: "file-oidc" },
          "production",
          "file-oidc",
        ],
        [
          {
            ...client,
            ACTIONS_ID_TOKEN_REQUEST_URL: `${github.origin}/token?api-version=2`,
            ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t",
          },
          "production",
          "github-oidc",
        ],
        [profile("production"), "production", "oauth-m2m"],
        [profile("staging"), "staging", "oauth-m2m"],
        // host and port alone: the secret, then the token, names the workspace
        [
          {
            DATABRICKS_HOST: new URL(url("staging")).origin,
            DATABRICKS_CLIENT_ID: WRITER,
            DATABRICKS_CLIENT_SECRET: writer.clientSecret,
          },
          "staging",
          "oauth-m2m",
        ],
      ];
      const trust = caFile === null ? {} : { REQUESTS_CA_BUNDLE: caFile };
      const { stdout } = await runProgram(pythonWith("clients") ?? PYTHON, ["-c", AS_PYTHON], {
        cwd: home,
        env: { PATH: "/usr/bin:/bin" },
        input: JSON.stringify(
          cases.map(([env]) => ({ PATH: "/usr/bin:/bin", HOME: home, ...NO_PROXY, ...trust, ...env })),
        ),
      });
      const found = JSON.parse(stdout.trim().split("\n").at(-1) ?? "[]") as readonly Found[];
      expect(found).toEqual(
        cases.map(([, issuer, source]) => ({
          user: issuer === "staging" ? WRITER : READER,
          issuer: issuers[issuer]?.issuer,
          source,
        })),
      );
    } finally {
      await sandbox.stop();
    }
  });
});

describe("the sandbox over https", () => {
  let sandbox: SandboxProcess;
  beforeAll(async () => {
    sandbox = await startSandboxProcess(cli, ["--tls"], home);
  });
  afterAll(() => sandbox.stop("SIGKILL"));

  test("prints the file of its authority, which AWS' and our own clients need to trust it", async () => {
    const { sts, caFile } = sandbox.document;
    expect(sts).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    if (caFile === null) throw new RangeError("the sandbox names a file");
    expect(readFileSync(caFile, "utf8").match(/-----BEGIN [A-Z ]+-----/g)).toEqual(["-----BEGIN CERTIFICATE-----"]);
    const client = {
      DATABRICKS_HOST: sandbox.document.issuers["production"]?.url ?? "",
      DATABRICKS_CLIENT_ID: READER,
      DATABRICKS_CLIENT_SECRET: identityOf(sandbox, READER).clientSecret,
    };
    const credentials = async (env: Readonly<Record<string, string>>) =>
      runProgram(
        process.execPath,
        [
          cli,
          "credentials",
          "--role-arn",
          ROLE,
          "--no-cache",
          "--wait",
          "0",
          "--",
          "aws",
          "sts",
          "get-caller-identity",
        ],
        {
          cwd: home,
          env: { ...awsEnvironment(sandbox.document, env), HOME: home, ...client, AWS_DEFAULT_OUTPUT: "json" },
          accept: [0, 3],
        },
      );
    const trusted = await credentials({ AWS_CA_BUNDLE: caFile });
    expect(JSON.parse(trusted.stdout)).toMatchObject({
      Arn: `arn:aws:sts::111122223333:assumed-role/lake-reader/${READER}`,
    });
    const untrusted = await credentials({});
    expect([untrusted.exitCode, untrusted.stderr]).toEqual([3, expect.stringContaining("network-tls")]);
  });

  test("its authority is for one run: another sandbox has another, and the file goes with the process", async () => {
    const other = await startSandboxProcess(cli, ["--tls"], home);
    const files = [sandbox, other].map(({ document }) => document.caFile ?? "");
    const [own, others] = files.map((file) => readFileSync(file, "utf8"));
    expect(own).not.toBe(others);
    expect(statSync(join(files[1] ?? "", "..")).mode & 0o777).toBe(0o700);
    expect(await other.stop()).toBe(0);
    expect(files.map((file) => existsSync(file))).toEqual([true, false]);
  });
});

/** `@databricks/sdk-experimental` keeps the name of its host alone, and speaks https on 443. */
const AS_JAVASCRIPT = `
const { WorkspaceClient } = require("@databricks/sdk-experimental");
(async () => {
  const client = new WorkspaceClient({});
  const headers = new Headers();
  await client.config.authenticate(headers);
  const claims = JSON.parse(Buffer.from(headers.get("Authorization").split(" ")[1].split(".")[1], "base64url"));
  const { userName } = await client.currentUser.me();
  console.log(JSON.stringify({ user: userName, issuer: claims.iss, source: client.config.authType }));
})();
`;

const LISTEN_ON_443 = `const server = require("net").createServer();
server.once("error", () => process.exit(1)).listen(443, "127.0.0.1", () => process.exit(0));`;
const canListenOn443 = spawnSync(process.execPath, ["-e", LISTEN_ON_443]).status === 0;
if (!canListenOn443)
  process.stderr.write("skipped: Databricks' SDK for JavaScript: port 443 of 127.0.0.1 is not free for this user\n");

(canListenOn443 ? test : test.skip)(
  "@databricks/sdk-experimental gets its token from the sandbox on port 443, and learns who it is",
  async () => {
    const sandbox = await startSandboxProcess(cli, ["--tls", "--port", "443"], home);
    try {
      const { sts, caFile } = sandbox.document;
      expect(sts).toBe("https://127.0.0.1");
      const ask = async (subject: string, issuer: string): Promise<unknown> => {
        const { stdout } = await runProgram(process.execPath, ["-e", AS_JAVASCRIPT], {
          cwd: ROOT,
          env: {
            PATH: process.env["PATH"],
            HOME: home,
            ...NO_PROXY,
            NODE_EXTRA_CA_CERTS: caFile ?? "",
            DATABRICKS_HOST: sandbox.document.issuers[issuer]?.url ?? "",
            DATABRICKS_CLIENT_ID: subject,
            DATABRICKS_CLIENT_SECRET: identityOf(sandbox, subject).clientSecret,
          },
        });
        return JSON.parse(stdout.trim().split("\n").at(-1) ?? "null");
      };
      for (const [subject, issuer] of [
        [READER, "production"],
        [WRITER, "staging"],
      ] as const)
        expect(await ask(subject, issuer)).toEqual({
          user: subject,
          issuer: sandbox.document.issuers[issuer]?.issuer,
          source: "oauth-m2m",
        });
    } finally {
      await sandbox.stop();
    }
  },
);
