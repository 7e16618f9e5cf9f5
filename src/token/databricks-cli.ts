/** A person's log-in, from the Databricks CLI: `databricks auth token`. */
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { OutsideError } from "../errors";
import type { Secret } from "../text/secret";
import { redact, secret } from "../text/secret";
import type { Environment } from "../network/environment";
import { variable } from "../network/environment";

/** Full path of the CLI: DATABRICKS_CLI_PATH, else `databricks` on PATH; undefined: there is none. */
export function findDatabricksCli(environment: Environment): string | undefined {
  const named = variable(environment, "DATABRICKS_CLI_PATH");
  const candidates =
    named !== undefined
      ? [named]
      : (environment.env["PATH"] ?? "")
          .split(delimiter)
          .filter((folder) => folder !== "")
          .map((folder) => join(folder, "databricks"));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Which log-in to ask for. The CLI knows log-ins by profile or by host. */
export interface CliLogin {
  readonly profile: string | undefined;
  readonly host: string | undefined;
  readonly accountId: string | undefined;
}

/**
 * The access token of a log-in. Throws OutsideError `databricks-cli-failed` (its words redacted), also when it takes
 * more than `timeoutMs` or prints no token.
 */
export async function askDatabricksCli(
  cli: string,
  login: CliLogin,
  options: { readonly env: Environment["env"]; readonly timeoutMs: number },
): Promise<Secret> {
  const args = [
    "auth",
    "token",
    ...(login.profile !== undefined
      ? ["--profile", login.profile]
      : ["--host", login.host ?? "", ...(login.accountId === undefined ? [] : ["--account-id", login.accountId])]),
  ];
  const { stdout, stderr, failed } = await new Promise<{ stdout: string; stderr: string; failed: string | null }>(
    (resolve) => {
      const child = execFile(
        cli,
        args,
        { env: { ...options.env }, timeout: options.timeoutMs, killSignal: "SIGKILL", maxBuffer: 1024 * 1024 },
        (error, out, err) => {
          const reason =
            error === null
              ? null
              : error.killed === true
                ? `did not end within ${options.timeoutMs / 1000} s`
                : `ended with ${error.code ?? "an error"}`;
          resolve({ stdout: out, stderr: err, failed: reason });
        },
      );
      child.stdin?.end();
    },
  );
  const again = `Run \`databricks auth login ${login.profile !== undefined ? `--profile ${login.profile}` : `--host ${login.host ?? "HOST"}`}\`.`;
  if (failed !== null) {
    throw new OutsideError([
      {
        code: "databricks-cli-failed",
        message: `\`databricks auth token\` ${failed}: ${redact(stderr, [], 200)}`.replace(/\.?$/, "."),
        fix: again,
      },
    ]);
  }
  const token = accessToken(stdout);
  if (token === undefined)
    throw new OutsideError([
      {
        code: "databricks-cli-failed",
        message: "`databricks auth token` printed no access_token.",
        fix: `${again} Update the CLI if that does not help.`,
      },
    ]);
  return secret(token);
}

function accessToken(stdout: string): string | undefined {
  try {
    const document = JSON.parse(stdout) as { readonly access_token?: unknown };
    return typeof document.access_token === "string" && document.access_token !== ""
      ? document.access_token
      : undefined;
  } catch {
    return undefined;
  }
}
