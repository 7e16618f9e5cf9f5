/**
 * Calls of the git program: arguments as a list, no shell, no prompt, no hook, and a token only through the
 * environment.
 */
import { spawn } from "node:child_process";
import { type OutsideError, outsideError } from "../../errors";
import { redact, secret } from "../../text/secret";
import { type Environment, variable } from "../../network/environment";

export interface Git {
  /** What git writes to stdout, without the last newline. Throws OutsideError git-missing, git-failed. */
  readonly run: (
    args: readonly string[],
    options?: { readonly input?: string; readonly accept?: readonly number[] },
  ) => Promise<string>;
}

const TOKEN = "DATABRICKS_AWS_OIDC_GIT_TOKEN";
const USER = "DATABRICKS_AWS_OIDC_GIT_USERNAME";
const TIMEOUT_MS = 300_000;

/** Called by git for the host of the repository only. git runs this text in its shell: it holds names, no values. */
const CREDENTIAL_HELPER =
  `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' ` +
  `"\${${USER}:-x-access-token}" "$${TOKEN}"; }; f`;

/** git in the bare repository `folder`, which talks to `remote`. */
export function gitIn(folder: string, remote: string, environment: Pick<Environment, "env">): Git {
  const token = variable(environment, TOKEN);
  const origin = /^https?:\/\/[^/]+/.exec(remote)?.[0];
  const settings = [
    "core.hooksPath=/dev/null",
    "credential.interactive=false",
    "protocol.ext.allow=never",
    ...(token === undefined || origin === undefined
      ? []
      : [`credential.${origin}.helper=`, `credential.${origin}.helper=${CREDENTIAL_HELPER}`]),
  ];
  const env = gitEnvironment(environment.env);
  return {
    run: (args, options = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn("git", [...settings.flatMap((setting) => ["-c", setting]), ...args], {
          cwd: folder,
          env,
          stdio: "pipe",
          timeout: TIMEOUT_MS,
        });
        const stdout: Buffer[] = [];
        const stderr: Buffer[] = [];
        child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
        child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
        child.stdin.on("error", () => undefined);
        child.once("error", (cause) => {
          reject(outsideError("git-missing", "git cannot be started.", "Install git 2.31 or newer.", undefined, cause));
        });
        child.once("close", (code) => {
          if ((options.accept ?? [0]).includes(code ?? -1))
            resolve(Buffer.concat(stdout).toString("utf8").replace(/\n$/, ""));
          else reject(failed(args[0] ?? "", Buffer.concat(stderr).toString("utf8"), token));
        });
        child.stdin.end(options.input ?? "");
      }),
  };
}

function failed(command: string, stderr: string, token: string | undefined): OutsideError {
  const words = redact(stderr, token === undefined ? [] : [secret(token)]);
  return outsideError(
    "git-failed",
    `git ${command} failed: ${words === "" ? "no message" : words}`,
    `Check the repository and your write access to it (${TOKEN} takes a token for https), then publish ` +
      `again: it continues where it stopped.`,
  );
}

const OF_ANOTHER_REPOSITORY = new RegExp(
  "^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX" +
    "|TRACE.*|CURL_VERBOSE)$",
);

/** Nothing of a repository in which this program was started, no traces (they show headers), no prompts. */
function gitEnvironment(env: Environment["env"]): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !OF_ANOTHER_REPOSITORY.test(name))),
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: "file:https:http:ssh",
    LC_ALL: "C",
  };
}
