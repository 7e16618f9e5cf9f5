/**
 * Credentials from the cache beside reading it by hand, and anew beside the AWS CLI, both at the same sandbox. Needs
 * `dist/`.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { findOnPath } from "../__tests__/support/found-programs";
import { loadFederation } from "../src/files/load-federation";
import { startSandbox } from "../src/sandbox/sandbox";
import { directoryOfFederation } from "../src/sandbox/directory/of-federation";
import type { Row } from "./measure";
import { inTurn, ratioRow, runOnce } from "./measure";

const ROOT = join(__dirname, "..");
const CLI = join(ROOT, "dist", "cli.js");
const NODE = process.execPath;

export async function credentials(scratch: string): Promise<readonly Row[]> {
  const home = join(scratch, "credentials");
  mkdirSync(home);
  const file = join(home, "federation.yaml");
  cpSync(join(ROOT, "federation.yaml"), file);
  const sandbox = await startSandbox({
    directory: directoryOfFederation(loadFederation(file), { account: undefined, awsAccountId: undefined }),
  });
  try {
    const [identity] = sandbox.identities;
    const [role = ""] = sandbox.roles;
    if (identity === undefined) throw new RangeError("the committed federation names an identity");
    const env: NodeJS.ProcessEnv = {
      PATH: process.env["PATH"],
      HOME: home,
      PYENV_VERSION: process.env["PYENV_VERSION"],
      DATABRICKS_HOST: sandbox.issuers[identity.issuer]?.url,
      DATABRICKS_CLIENT_ID: identity.clientId,
      DATABRICKS_CLIENT_SECRET: identity.clientSecret,
      AWS_ENDPOINT_URL_STS: sandbox.sts,
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
    };
    const call = [CLI, "credentials", "--role-arn", role, "--format", "process"];
    await runOnce({ program: NODE, args: call, cwd: home, env });
    const cache = join(home, ".cache", "databricks-aws-oidc");
    const entry = readdirSync(cache).find((name) => /^[0-9a-f]{64}\.json$/.test(name));
    if (entry === undefined) throw new RangeError("a session is cached");
    const [warm, read] = await inTurn(
      21,
      { program: NODE, args: call, cwd: home, env },
      {
        program: NODE,
        args: [
          "-e",
          "process.stdout.write(require('node:fs').readFileSync(process.argv[1], 'utf8'))",
          join(cache, entry),
        ],
        cwd: home,
        env,
      },
    );
    const rows: Row[] = [];
    if (warm !== undefined && read !== undefined) {
      rows.push(
        ratioRow({
          what: "`credentials --format process`, cached session, whole process",
          peer: "`node -e` that reads the cache",
          ours: warm.seconds,
          theirs: read.seconds,
          unit: "s",
          atMost: 2,
        }),
      );
    }
    return [...rows, ...(await anew(home, env, role))];
  } finally {
    await sandbox.stop();
  }
}

/** The AWS CLI itself: pyenv's stand-in for it is a shell script that would be measured too. */
function awsProgram(): string | undefined {
  const found = findOnPath("aws");
  return found?.includes("/shims/") === true
    ? execFileSync("pyenv", ["which", "aws"], { encoding: "utf8" }).trim()
    : found;
}

/** A token, and no session: what the AWS CLI can do too. */
async function anew(home: string, env: NodeJS.ProcessEnv, role: string): Promise<readonly Row[]> {
  const aws = awsProgram();
  if (aws === undefined) return [];
  const token = join(home, "token.jwt");
  const call = [CLI, "credentials", "--format", "token-file", "--once", "--out", token, "--role-arn", role];
  await runOnce({ program: NODE, args: call, cwd: home, env });
  const [ours, theirs] = await inTurn(
    7,
    {
      program: NODE,
      args: [CLI, "credentials", "--role-arn", role, "--from", "file", "--token-file", token, "--no-cache"],
      cwd: home,
      env,
    },
    {
      program: aws,
      args: [
        "sts",
        "assume-role-with-web-identity",
        "--role-arn",
        role,
        "--role-session-name",
        "bench",
        "--web-identity-token",
        `file://${token}`,
      ],
      cwd: home,
      env,
    },
  );
  if (ours === undefined || theirs === undefined) return [];
  return [
    ratioRow({
      what: "`credentials --format process`, no session yet, whole process",
      peer: "`aws sts assume-role-with-web-identity`, same sandbox",
      ours: ours.seconds,
      theirs: theirs.seconds,
      unit: "s",
      atMost: 1,
      reach: "faster",
    }),
  ];
}
