/** Runs the Python that `generate client` writes, as its user would: in a folder of its own, with real boto3. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ClientOptions } from "../../src/client/client";
import { clientOf } from "../../src/client/client";
import { clientTree } from "../../src/client/files";
import type { ClientPlace } from "../../src/client/places";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import type { Outcome } from "./run-program";
import { runProgram } from "./run-program";
import { PYTHON } from "./requirements";
import { temporaryFolder } from "./temporary-folder";

export const MODULE = "databricks_aws_session.py";

/** Writes a client's files into a new folder. */
export function writeClient(input: FederationInput, question: ClientOptions): string {
  const folder = temporaryFolder(`client-${question.place}`);
  for (const [path, content] of clientTree(clientOf(readFederation(input).federation, question), "1.0.0").files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** What a Databricks place puts around a process: nothing of this machine's own log-ins and settings. */
const NOTHING_ELSE = {
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/nonexistent/config",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
  NO_PROXY: "127.0.0.1,localhost",
};

/**
 * Runs `script` in `folder` with the client's module as `m`, by `python`; its last line on stdout is read as JSON. A
 * DatabricksAwsError becomes `{"code", "text"}`.
 */
export async function runClient(
  folder: string,
  script: string,
  env: Readonly<Record<string, string>> = {},
  python = PYTHON,
): Promise<{ readonly answer: unknown; readonly outcome: Outcome }> {
  const program = `import json, sys
sys.path.insert(0, "src")
import databricks_aws_session as m
def main():
${script
  .trim()
  .split("\n")
  .map((line) => `    ${line}`)
  .join("\n")}
try:
    answer = main()
except m.DatabricksAwsError as error:
    answer = {"code": error.code, "text": str(error)}
print(json.dumps(answer))
`;
  const outcome = await runProgram(python, ["-B", "-c", program], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, ...NOTHING_ELSE, ...env },
  });
  return { answer: JSON.parse(outcome.stdout.trim().split("\n").at(-1) ?? "null") as unknown, outcome };
}

/** A `databricks` that prints a token as the CLI does, and its arguments to stderr. */
export function fakeDatabricksCli(folder: string, token: string): string {
  const cli = join(folder, "databricks");
  writeFileSync(
    cli,
    `#!/bin/sh\necho "$@" >> '${folder}/asked'\necho ` +
      `'${JSON.stringify({ access_token: token, token_type: "Bearer", expiry: "2100-01-01T00:00:00Z" })}'\n`,
  );
  chmodSync(cli, 0o755);
  return cli;
}

/** Python that puts a notebook's dbutils into the running script: its token is `token`, its workspace `workspace`. */
export function dbutils(token: string, workspace: string): string {
  return `import __main__
class Given:
    def __init__(self, value): self.value = value
    def get(self): return self.value
class Context:
    def apiToken(self): return Given(${JSON.stringify(token)})
    def workspaceId(self): return Given(${JSON.stringify(workspace)})
class Chain:
    def __getattr__(self, name): return self
    def __call__(self): return self
    def getContext(self): return Context()
__main__.dbutils = Chain()`;
}

/** Every place that has Python. */
export const PYTHON_PLACES = [
  "notebook",
  "job",
  "app",
  "laptop",
  "asset-bundle",
] as const satisfies readonly ClientPlace[];
