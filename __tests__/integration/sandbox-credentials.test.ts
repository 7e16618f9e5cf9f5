/**
 * Token and credentials against the sandbox, which decides as STS does: real clients, and ten token lives by a moved
 * clock.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { sessionOptions } from "../../src/credentials/session-options";
import { getSession, renewingSession } from "../../src/credentials/session";
import { loadFederation } from "../../src/files/load-federation";
import type { Sandbox } from "../../src/sandbox/sandbox";
import { startSandbox } from "../../src/sandbox/sandbox";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import { buildCli } from "../support/built-cli";
import { findOnPath } from "../support/found-programs";
import type { Outcome } from "../support/run-program";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

jest.setTimeout(120_000);
const ROOT = join(__dirname, "..", "..");
const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";

let cli: string;
let home: string;
let sandbox: Sandbox;
/** Milliseconds since 1970, as the sandbox sees it. */
let clock: () => number = Date.now;

beforeAll(async () => {
  home = temporaryFolder("home");
  cpSync(join(ROOT, "federation.yaml"), join(home, "federation.yaml"));
  const federation = loadFederation(join(ROOT, "federation.yaml"));
  [cli, sandbox] = await Promise.all([
    buildCli(["token", "credentials"]),
    startSandbox({
      directory: directoryOfFederation(federation, { account: undefined, awsAccountId: undefined }),
      now: () => clock(),
    }),
  ]);
});
afterAll(() => sandbox.stop());
beforeEach(() => {
  clock = Date.now;
});

function environment(subject = READER): Record<string, string> {
  const identity = sandbox.identities.find((one) =>
    subject === "a stranger" ? !one.declared : one.subject === subject,
  );
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    ...(process.env["PYENV_VERSION"] === undefined ? {} : { PYENV_VERSION: process.env["PYENV_VERSION"] }),
    DATABRICKS_HOST: sandbox.issuers["production"]?.url ?? "",
    DATABRICKS_CLIENT_ID: identity?.clientId ?? "",
    DATABRICKS_CLIENT_SECRET: identity?.clientSecret ?? "",
    AWS_ENDPOINT_URL_STS: sandbox.sts,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

function run(args: readonly string[], subject = READER): Promise<Outcome> {
  return runProgram(process.execPath, [cli, ...args], { cwd: home, env: environment(subject), accept: [0, 1, 2, 3] });
}

test("token says whose it is, and that it fits the federation's issuer", async () => {
  const { stdout, exitCode } = await run(["token", "--json"]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    source: "client-credentials",
    kind: "jwt",
    whose: "service principal",
    subject: READER,
    fit: { issuer: "production", fits: true },
  });
  const raw = await run(["token", "--raw"]);
  expect(raw.stdout.trim().split(".")).toHaveLength(3);
});

test("an undeclared identity's token is valid, and gets no credentials", async () => {
  const { stderr, stdout, exitCode } = await run(["credentials", "--wait", "0"], "a stranger");
  expect([exitCode, stdout]).toEqual([3, ""]);
  expect(stderr).toContain("[aws-access-denied]");
});

describe("a program run with credentials", () => {
  const aws = findOnPath("aws");
  (aws === undefined ? test.skip : test)(
    "the AWS CLI is who the role says, and the session is named after the identity",
    async () => {
      const { stdout } = await run([
        "credentials",
        "--role",
        "lake-reader",
        "--",
        aws ?? "",
        "sts",
        "get-caller-identity",
        "--output",
        "json",
      ]);
      expect(JSON.parse(stdout)).toMatchObject({
        Account: "111122223333",
        Arn: `arn:aws:sts::111122223333:assumed-role/lake-reader/${READER}`,
      });
    },
  );

  const python = findOnPath("python3");
  (python === undefined ? test.skip : test)("boto3 renews while it runs, each session good at STS", async () => {
    // sessions end sooner than anyone may rely on, so every call has to get a new one
    clock = () => Date.now() - 56 * 60_000;
    const script = [
      "import boto3, json",
      "session = boto3.Session()",
      "client = session.client('sts')",
      "seen = []",
      "for _ in range(4):",
      "    arn = client.get_caller_identity()['Arn']",
      "    seen.append([session.get_credentials().get_frozen_credentials().access_key, arn])",
      "print(json.dumps(seen))",
    ].join("\n");
    const { stdout, stderr } = await run([
      "credentials",
      "--role",
      "lake-reader",
      "--no-cache",
      "--",
      python ?? "",
      "-c",
      script,
    ]);
    expect(stderr).toBe(
      "note: The program does not get DATABRICKS_CLIENT_SECRET; pass --keep-token-sources if it needs them.\n",
    );
    const seen = JSON.parse(stdout) as readonly (readonly [string, string])[];
    expect(new Set(seen.map(([key]) => key)).size).toBe(4);
    expect(new Set(seen.map(([, arn]) => arn))).toEqual(
      new Set([`arn:aws:sts::111122223333:assumed-role/lake-reader/${READER}`]),
    );
  });

  test(
    "has in its environment what its caller had, the endpoint and its authorization token, and no key or " +
      "token of ours",
    async () => {
      const { stdout } = await run([
        "credentials",
        "--role",
        "lake-reader",
        "--",
        process.execPath,
        "-e",
        "const fs = require('node:fs'); const tree = (pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1'); " +
          "console.log(JSON.stringify({ env: process.env, mine: tree(process.pid), parent: tree(process.ppid), " +
          "title: fs.readFileSync(`/proc/${process.ppid}/comm`, 'utf8'), parentEnv: " +
          "fs.readFileSync(`/proc/${process.ppid}/environ`, 'latin1') }))",
      ]);
      const seen = JSON.parse(stdout) as {
        readonly env: Record<string, string>;
        readonly mine: string;
        readonly parent: string;
        readonly title: string;
        readonly parentEnv: string;
      };
      const own = environment();
      expect(
        Object.keys(seen.env)
          .filter((name) => !(name in own))
          .sort(),
      ).toEqual([
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "NO_PROXY",
        "no_proxy",
      ]);
      const authorization = seen.env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] ?? "";
      expect(authorization.length).toBeGreaterThan(40);
      for (const text of [seen.mine, seen.parent, seen.title])
        for (const secret of [authorization, own["DATABRICKS_CLIENT_SECRET"] ?? "", "eyJ"])
          expect(text).not.toContain(secret);
      expect(`${JSON.stringify(seen.env)}${seen.parentEnv}`).not.toMatch(/eyJ[\w-]{10}|ASIA[A-Z0-9]{12}/);
    },
  );
});

test("a session outlives ten token lives by a moved clock, without a call that fails", async () => {
  let now = Date.now();
  clock = () => now;
  const notes: string[] = [];
  const question = sessionOptions({
    environment: { env: { ...environment(), PATH: "" }, home: temporaryFolder("home"), now: () => now },
    args: [],
    cwd: home,
    role: "lake-reader",
    wait: "0",
    note: (text) => notes.push(text),
  });
  const session = renewingSession(() => getSession(question), { now: () => now, note: (text) => notes.push(text) });
  const keys = new Set<string>();
  const start = now;
  for (; now < start + 10 * 3_600_000; now += 11 * 60_000) {
    const { accessKeyId, expires } = await session();
    expect(expires - now).toBeGreaterThan(5 * 60_000);
    keys.add(accessKeyId);
  }
  expect(keys.size).toBeGreaterThanOrEqual(10);
  expect(notes).toEqual([]);
});
