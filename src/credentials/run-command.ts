/** Runs a program with credentials that renew while it runs. */
import { spawn } from "node:child_process";
import { constants, devNull } from "node:os";
import { outsideError } from "../errors";
import type { Environment } from "../network/environment";
import { quoted } from "../text/text-rule";
import type { CredentialServer } from "./container";
import { awsFiles, credentialPlaces } from "./credential-chain";

/** Variables that would give the program other credentials, all before the container endpoint. */
const HIDING = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_ROLE_ARN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_ROLE_SESSION_NAME",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/** Variables that hold, or lead to, a Databricks token of ours: a program with one can make its own AWS sessions. */
const TOKEN_SOURCE_VARIABLES = [
  "DATABRICKS_CLIENT_SECRET",
  "DATABRICKS_TOKEN",
  "DATABRICKS_OIDC_TOKEN",
  "DATABRICKS_OIDC_TOKEN_FILEPATH",
  "DATABRICKS_OIDC_TOKEN_FILE",
  "DATABRICKS_AWS_OIDC_TOKEN_FILE",
  "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  "ACTIONS_ID_TOKEN_REQUEST_URL",
  "SYSTEM_ACCESSTOKEN",
];

/** The variables of a token source in `env`, with the one that DATABRICKS_OIDC_TOKEN_ENV names. */
export function tokenSourceVariables(env: Environment["env"]): readonly string[] {
  return [...TOKEN_SOURCE_VARIABLES, env["DATABRICKS_OIDC_TOKEN_ENV"] ?? ""].filter((name) => (env[name] ?? "") !== "");
}

/**
 * The program's environment: ours with the endpoint in it, without what would win over it, and without token sources
 * unless they are to be kept. Where the default profile has credentials of its own, the shared files are hidden from
 * the program too.
 */
export function commandEnvironment(
  environment: Environment,
  server: Pick<CredentialServer, "url" | "authorization">,
  region: string,
  keepTokenSources = false,
): Record<string, string | undefined> {
  const env: Record<string, string | undefined> = { ...environment.env };
  for (const name of [...HIDING, ...(keepTokenSources ? [] : tokenSourceVariables(env))]) delete env[name];
  const files = awsFiles(environment);
  for (const { place } of credentialPlaces({ ...environment, env })) {
    if (place.endsWith(files.credentials)) env["AWS_SHARED_CREDENTIALS_FILE"] = devNull;
    if (place.endsWith(files.config)) env["AWS_CONFIG_FILE"] = devNull;
  }
  return {
    ...env,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: server.url,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: server.authorization,
    ...regionVariables(region),
    // loopback must not go through a proxy
    NO_PROXY: withLoopback(env["NO_PROXY"] ?? env["no_proxy"]),
    no_proxy: withLoopback(env["no_proxy"] ?? env["NO_PROXY"]),
  };
}

function withLoopback(hosts: string | undefined): string {
  return hosts === undefined || hosts === "" ? "127.0.0.1" : `${hosts},127.0.0.1`;
}

/** Both names: boto3 and the AWS CLI's first version know AWS_DEFAULT_REGION alone, the other SDKs AWS_REGION. */
export function regionVariables(region: string): { readonly AWS_REGION: string; readonly AWS_DEFAULT_REGION: string } {
  return { AWS_REGION: region, AWS_DEFAULT_REGION: region };
}

/** Signals a person or a supervisor sends us, passed on. */
const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT"] as const;

/**
 * Runs the program to its end with our standard streams. Returns its exit code, 128 + N where signal N ended it, as
 * shells do. Throws OutsideError `command-failed` where it cannot be started.
 */
export async function runCommand(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { env: { ...env }, stdio: "inherit" });
  // a terminal interrupts the whole group: the program has it already
  const passOn = (signal: NodeJS.Signals): void => {
    if (!(process.stdin.isTTY && (signal === "SIGINT" || signal === "SIGQUIT"))) child.kill(signal);
  };
  for (const signal of PASSED_ON) process.on(signal, passOn);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", (cause: NodeJS.ErrnoException) => {
        reject(
          outsideError(
            "command-failed",
            `${quoted(program)} cannot be started: ${cause.code ?? "unknown error"}.`,
            "Check the program's name after --.",
            undefined,
            cause,
          ),
        );
      });
      child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    for (const signal of PASSED_ON) process.removeListener(signal, passOn);
  }
}
