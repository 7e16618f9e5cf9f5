/** The forms in which a session is handed on: printed, to a program, as an AWS profile, as a token file. */
import { resolve } from "node:path";
import { inputError } from "../errors";
import { DEFAULT_FEDERATION_FILE } from "../files/load-federation";
import { flagWords } from "../text/words";
import { inSingleQuotes } from "../text/escape";
import { serveCredentials } from "./container";
import { writeProfile } from "./aws-profile";
import { type CachedSession, processDocument } from "./cached-session";
import { commandEnvironment, regionVariables, runCommand, tokenSourceVariables } from "./run-command";
import { getSession, renewingSession, type SessionOptions, type WebIdentityOptions } from "./session";
import { sessionNameOf } from "./assume";
import { obtainSendableToken } from "./request-session";
import { chosenSession, type CredentialsOptions } from "./session-options";
import { renewTokenFile } from "./token-file";

/** The text to print: AWS' `credential_process` document, or `export` lines for a shell. */
export async function printedCredentials(wanted: SessionOptions, format: "process" | "env"): Promise<string> {
  const session = await getSession(wanted);
  return format === "process" ? processDocument(session) : exportLines(session);
}

function exportLines(session: CachedSession): string {
  return exported({
    AWS_ACCESS_KEY_ID: session.accessKeyId,
    AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
    AWS_SESSION_TOKEN: session.sessionToken,
    AWS_CREDENTIAL_EXPIRATION: new Date(session.expires).toISOString(),
  });
}

/** `export NAME='value'` for a POSIX shell, one a line. */
function exported(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${inSingleQuotes(value)}`)
    .join("\n");
}

/** Runs a program with renewing credentials; its exit code. The session is got before the program starts. */
export async function runWithCredentials(
  wanted: SessionOptions,
  command: readonly string[],
  keepTokenSources = false,
): Promise<number> {
  if (command.length === 0)
    throw inputError(
      "command-missing",
      "There is no program after --.",
      "Write it like: credentials --role lake-reader -- aws s3 ls.",
    );
  const session = renewingSession(() => getSession(wanted), {
    now: wanted.environment.now,
    ...(wanted.note === undefined ? {} : { note: wanted.note }),
  });
  await session();
  const server = await serveCredentials(session);
  try {
    const removed = keepTokenSources ? [] : tokenSourceVariables(wanted.environment.env);
    if (removed.length > 0)
      wanted.note?.(`The program does not get ${removed.join(", ")}; pass --keep-token-sources if it needs them.`);
    const env = commandEnvironment(wanted.environment, server, wanted.region, keepTokenSources);
    return await runCommand(command, env);
  } finally {
    await server.stop();
  }
}

/** Writes the AWS profile that calls this program again. `program` is how to start it, e.g. node and a file. */
export async function writeCredentialsProfile(
  options: CredentialsOptions,
  name: string,
  program: readonly string[],
): Promise<string> {
  const { via, region, token, cache } = chosenSession(options);
  const {
    credential,
    role,
    roleArn,
    from,
    issuer,
    account,
    awsAccountId,
    profile,
    scope,
    duration,
    sessionName,
    wait,
  } = options;
  const needsFile = (via === "web-identity" && roleArn === undefined) || issuer !== undefined;
  const words = flagWords({
    via: via === "web-identity" ? undefined : via,
    credential,
    role,
    roleArn,
    config: needsFile ? resolve(options.cwd, options.config ?? DEFAULT_FEDERATION_FILE) : undefined,
    region,
    from,
    issuer,
    account,
    awsAccountId,
    tokenFile: token.tokenFile,
    profile,
    scope,
    duration,
    sessionName,
    wait,
    allowEndpoint: options.allowEndpoint === true ? true : undefined,
    cache: cache === null ? false : undefined,
    format: "process",
  });
  const command = [...program, "credentials", ...words];
  const written = await writeProfile({ environment: options.environment, name, command, region });
  return (
    `${written.changed ? "Wrote" : "Nothing to change in"} profile ${name} in ${written.file}. Use it with ` +
    `AWS_PROFILE=${name}.`
  );
}

export interface TokenFileRun {
  readonly file: string;
  /** Write it once and end. */
  readonly once: boolean;
  readonly stop: AbortSignal;
  /** Given the lines for the programs that use the file. */
  readonly ready: (text: string) => void;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Keeps the file fresh until stopped. */
export async function writeTokenFile(wanted: WebIdentityOptions, run: TokenFileRun): Promise<void> {
  let subject = "";
  const obtain = async (): ReturnType<typeof obtainSendableToken> => {
    const obtained = await obtainSendableToken(wanted);
    subject = obtained.subject;
    return obtained;
  };
  const ended = AbortSignal.abort();
  await renewTokenFile({
    file: run.file,
    obtain,
    now: wanted.environment.now,
    sleep: run.sleep,
    stop: run.once ? ended : run.stop,
    note: (text) => wanted.note?.(text),
    ready: () =>
      run.ready(
        exported({
          AWS_WEB_IDENTITY_TOKEN_FILE: run.file,
          AWS_ROLE_ARN: wanted.role.arn,
          AWS_ROLE_SESSION_NAME: wanted.sessionName ?? sessionNameOf(subject),
          ...regionVariables(wanted.region),
        }),
      ),
  });
}
