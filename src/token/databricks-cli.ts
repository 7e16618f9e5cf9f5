/** A person's login, from the Databricks CLI: `databricks auth token`. */
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { outsideError } from "../errors";
import { type Environment, variable } from "../network/environment";
import { redact, type Secret, secret } from "../text/secret";

/** Full path of the CLI: DATABRICKS_CLI_PATH, else `databricks` on PATH; undefined: there is none. */
export function findDatabricksCli(environment: Environment): string | undefined {
  const named = variable(environment, "DATABRICKS_CLI_PATH");
  const folders = (environment.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = named === undefined ? folders.map((folder) => join(folder, "databricks")) : [named];
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Which login to ask for. The CLI knows logins by profile or by host. */
export interface CliLogin {
  readonly cli: string;
  readonly profile: string | undefined;
  readonly host: string | undefined;
  readonly accountId: string | undefined;
  /** The profiles of that host: where there are several, the CLI does not know which is meant. */
  readonly profilesOfHost: readonly string[];
}

/**
 * The access token of a login. Throws OutsideError `databricks-cli-failed` (the CLI's message redacted), also when it
 * takes more than `timeoutMs` or prints no token.
 */
export async function requestCliToken(
  login: CliLogin,
  options: { readonly env: Environment["env"]; readonly timeoutMs: number },
): Promise<Secret> {
  const account = login.accountId === undefined ? [] : ["--account-id", login.accountId];
  const which = login.profile === undefined ? ["--host", login.host ?? "", ...account] : ["--profile", login.profile];
  const { stdout, failure } = await run(login.cli, ["auth", "token", ...which], options);
  const token = failure === null ? accessTokenOf(stdout) : undefined;
  if (token !== undefined) return secret(token);
  const ambiguous = login.profile === undefined && login.profilesOfHost.length > 1;
  throw outsideError(
    "databricks-cli-failed",
    `\`databricks auth token\` ${failure ?? "printed no access_token"}`.replace(/[^.]$/, "$&."),
    ambiguous
      ? `Several profiles have this host (${login.profilesOfHost.join(", ")}): name one with --profile or ` +
          `DATABRICKS_CONFIG_PROFILE.`
      : `Run \`databricks auth login ${which.join(" ")}\`. Update the CLI if that does not help.`,
  );
}

/** Runs the CLI; `failure` says how it ended, null where it ended well. */
function run(
  cli: string,
  args: readonly string[],
  { env, timeoutMs }: { readonly env: Environment["env"]; readonly timeoutMs: number },
): Promise<{ readonly stdout: string; readonly failure: string | null }> {
  const settings = { env: { ...env }, timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 1024 * 1024 } as const;
  return new Promise((resolve) => {
    const child = execFile(cli, args, settings, (error, stdout, stderr) => {
      if (error === null) return resolve({ stdout, failure: null });
      const how =
        error.killed === true ? `did not end within ${timeoutMs / 1000} s` : `ended with ${error.code ?? "an error"}`;
      resolve({ stdout, failure: `${how}: ${redact(stderr, [], 200)}` });
    });
    child.stdin?.end();
  });
}

function accessTokenOf(stdout: string): string | undefined {
  try {
    const document = JSON.parse(stdout) as { readonly access_token?: unknown };
    return typeof document.access_token === "string" && document.access_token !== ""
      ? document.access_token
      : undefined;
  } catch {
    return undefined;
  }
}
