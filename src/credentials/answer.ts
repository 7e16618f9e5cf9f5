/** What the verb `credentials` does, by the form that is asked for. */
import { resolve } from "node:path";
import { InputError } from "../errors";
import type { Federation } from "../federation/model";
import { secondsOf } from "../federation/duration";
import { DEFAULT_FEDERATION_FILE, loadFederation } from "../files/load-federation";
import { inSingleQuotes } from "../text/escape";
import type { Environment } from "../network/environment";
import { variable } from "../network/environment";
import { parseTokenSource } from "../token/sources";
import { configuredRegion } from "./credential-chain";
import { serveCredentials } from "./container";
import type { CachedSession } from "./cached-session";
import { cacheFolder, processDocument, purgeCache } from "./cached-session";
import { NEW_ROLE_WAIT_MS } from "./retry";
import { writeProfile } from "./aws-profile";
import { stsRegion } from "./region";
import type { RoleOptions, ResolvedRole } from "./role";
import { resolveRole } from "./role";
import { commandEnvironment, regionVariables, runCommand } from "./run-command";
import type { SessionOptions } from "./session";
import { getSession, renewingSession } from "./session";
import { isSessionName, sessionNameOf } from "./assume";
import { obtainSendableToken } from "./request-session";
import { renewTokenFile } from "./token-file";
import { callKey, mayCache } from "./cached-call";

export const CREDENTIAL_FORMATS = ["process", "env", "profile", "token-file"] as const;
export type CredentialFormat = (typeof CREDENTIAL_FORMATS)[number];

export interface CredentialsQuestion extends RoleOptions {
  readonly environment: Environment;
  /** The arguments after `credentials`, as typed: they are the call's key. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly config?: string | undefined;
  readonly from?: string | undefined;
  readonly tokenFile?: string | undefined;
  /** Of ~/.databrickscfg. */
  readonly profile?: string | undefined;
  readonly scope?: string | undefined;
  readonly region?: string | undefined;
  readonly duration?: string | undefined;
  readonly sessionName?: string | undefined;
  /** How long a new role is waited for. */
  readonly wait?: string | undefined;
  readonly allowEndpoint?: boolean | undefined;
  readonly note: (text: string) => void;
}

/**
 * The role, region and everything else a session needs. Throws InputError: those of `resolveRole`, `stsRegion`,
 * value-not-allowed, duration-out-of-range.
 */
export function sessionQuestion(question: CredentialsQuestion): SessionOptions {
  const { environment } = question;
  const federation = (): Federation =>
    loadFederation(resolve(question.cwd, question.config ?? DEFAULT_FEDERATION_FILE));
  const role = resolveRole(question, federation);
  const call = { args: question.args, cwd: question.cwd, env: environment.env, home: environment.home };
  if (question.sessionName !== undefined && !isSessionName(question.sessionName)) {
    throw new InputError([
      {
        code: "value-not-allowed",
        message: `${JSON.stringify(question.sessionName.slice(0, 80))} is no session name.`,
        path: "session-name",
        fix: "Use 2 to 64 letters, digits and _+=,.@-, or leave it out.",
      },
    ]);
  }
  return {
    environment,
    role,
    token: {
      from: question.from === undefined ? undefined : parseTokenSource(question.from),
      tokenFile: question.tokenFile === undefined ? undefined : resolve(question.cwd, question.tokenFile),
      profile: question.profile,
      scope: question.scope,
    },
    region: stsRegion(role.partition, [
      question.region,
      variable(environment, "AWS_REGION"),
      variable(environment, "AWS_DEFAULT_REGION"),
      role.region,
      configuredRegion(environment, role.partition),
    ]),
    sessionName: question.sessionName,
    durationSeconds: durationOf(question.duration, role),
    allowEndpoint: question.allowEndpoint,
    retry: { newRoleWaitMs: question.wait === undefined ? NEW_ROLE_WAIT_MS : 1000 * seconds(question.wait, "wait") },
    cache: mayCache(call) ? { folder: cacheFolder(environment.env, environment.home), callKey: callKey(call) } : null,
    note: question.note,
  };
}

function durationOf(text: string | undefined, role: ResolvedRole): number | undefined {
  if (text === undefined) return undefined;
  const asked = seconds(text, "duration");
  const most = role.maxSessionDuration ?? 43_200;
  if (asked >= 900 && asked <= most) return asked;
  throw new InputError([
    {
      code: "duration-out-of-range",
      message: `A session of ${asked} s is not to be had: this role gives 900 to ${most} s.`,
      path: "duration",
      fix: "Ask for less, or raise the role's maxSessionDuration.",
    },
  ]);
}

function seconds(text: string, path: string): number {
  const found = secondsOf(text);
  if (found !== null) return found;
  throw new InputError([
    {
      code: "duration-invalid",
      message: `${JSON.stringify(text.slice(0, 40))} is no duration.`,
      path,
      fix: "Write it like 1h, 90m or 3600.",
    },
  ]);
}

/** The text to print: AWS' `credential_process` document, or `export` lines for a shell. */
export async function printedCredentials(question: SessionOptions, format: "process" | "env"): Promise<string> {
  const session = await getSession(question);
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
export async function runWithCredentials(question: SessionOptions, command: readonly string[]): Promise<number> {
  if (command.length === 0)
    throw new InputError([
      {
        code: "command-missing",
        message: "There is no program after --.",
        fix: "Write it like: credentials --role lake-reader -- aws s3 ls.",
      },
    ]);
  const session = renewingSession(() => getSession(question), {
    now: question.environment.now,
    ...(question.note === undefined ? {} : { note: question.note }),
  });
  await session();
  const server = await serveCredentials(session);
  try {
    return await runCommand(command, commandEnvironment(question.environment, server, question.region));
  } finally {
    await server.stop();
  }
}

/** Flags of the call that the profile repeats. */
const KEPT_FLAGS = [
  "from",
  "issuer",
  "account",
  "aws-account-id",
  "token-file",
  "profile",
  "scope",
  "duration",
  "session-name",
  "wait",
] as const;

/** Writes the AWS profile that calls this program again. `program` is how to start it, e.g. node and a file. */
export async function credentialsProfile(
  question: CredentialsQuestion,
  name: string,
  program: readonly string[],
): Promise<string> {
  const wanted = sessionQuestion(question);
  const flags: Readonly<Record<(typeof KEPT_FLAGS)[number], string | undefined>> = {
    from: question.from,
    issuer: question.issuer,
    account: question.account,
    "aws-account-id": question.awsAccountId,
    "token-file": wanted.token.tokenFile,
    profile: question.profile,
    scope: question.scope,
    duration: question.duration,
    "session-name": question.sessionName,
    wait: question.wait,
  };
  const needsFile = question.roleArn === undefined || question.issuer !== undefined;
  const command = [
    ...program,
    "credentials",
    ...(question.roleArn === undefined
      ? question.role === undefined
        ? []
        : ["--role", question.role]
      : ["--role-arn", question.roleArn]),
    ...(needsFile ? ["--config", resolve(question.cwd, question.config ?? DEFAULT_FEDERATION_FILE)] : []),
    "--region",
    wanted.region,
    ...KEPT_FLAGS.flatMap((flag) => {
      const value = flags[flag];
      return value === undefined ? [] : [`--${flag}`, value];
    }),
    ...(question.allowEndpoint === true ? ["--allow-endpoint"] : []),
    ...(wanted.cache === null ? ["--no-cache"] : []),
    "--format",
    "process",
  ];
  const written = await writeProfile({ environment: question.environment, name, command, region: wanted.region });
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
export async function credentialsTokenFile(question: SessionOptions, run: TokenFileRun): Promise<void> {
  let subject = "";
  const obtain = async (): ReturnType<typeof obtainSendableToken> => {
    const obtained = await obtainSendableToken(question);
    subject = obtained.subject;
    return obtained;
  };
  const ended = AbortSignal.abort();
  await renewTokenFile({
    file: run.file,
    obtain,
    now: question.environment.now,
    sleep: run.sleep,
    stop: run.once ? ended : run.stop,
    note: (text) => question.note?.(text),
    ready: () =>
      run.ready(
        exported({
          AWS_WEB_IDENTITY_TOKEN_FILE: run.file,
          AWS_ROLE_ARN: question.role.arn,
          AWS_ROLE_SESSION_NAME: question.sessionName ?? sessionNameOf(subject),
          ...regionVariables(question.region),
        }),
      ),
  });
}

/** Empties the cache; how many sessions were in it. They live on at AWS until they end. */
export function purge(environment: Environment): number {
  return purgeCache(cacheFolder(environment.env, environment.home));
}
