/**
 * The key of a call of `credentials`, and its session from the cache. Loads neither the command line nor the federation
 * file: whatever decides which session is meant is hashed into the key instead.
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ageOf, cacheFolder, processDocument, readSession } from "./cached-session";

export interface Call {
  /** The arguments after `credentials`. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Variables that decide whose token it is, which role, and where it is sent. */
const DECIDING = new RegExp(
  [
    "^DATABRICKS_(?!AWS_OIDC_CACHE_DIR$)",
    "^AWS_(?:ENDPOINT_URL|USE_)",
    "^AWS_(?:IGNORE_CONFIGURED_ENDPOINT_URLS|REGION|DEFAULT_REGION|PROFILE|DEFAULT_PROFILE|CONFIG_FILE)$",
    "^(?:ACTIONS_ID_TOKEN_REQUEST|SYSTEM)_",
  ].join("|"),
);
/** Options that decide how a session is handed over, not which. */
const FORM_OPTIONS: ReadonlySet<string> = new Set(["--format", "--profile-name", "--out", "--wait"]);

/**
 * 64 hex digits for a call: its arguments, the variables above, the text of Databricks' configuration and of token
 * files, and place, size and time of the federation file and of the CLI's logins. Equal keys mean the same session. A
 * token that the caller supplies is part of the key as a whole: a session belongs to a token that STS accepted.
 */
export function callKey(call: Call): string {
  const args = decidingArguments(call.args);
  // a role by its ARN, or by a service credential, is found without the file, so that such a call is one from wherever
  // it is made
  const namesRole = option(args, "--via") === "unity-catalog" || option(args, "--role-arn") !== undefined;
  const needsFile = !namesRole || option(args, "--issuer") !== undefined;
  const config = call.env["DATABRICKS_CONFIG_FILE"] ?? join(call.home, ".databrickscfg");
  const contents = [
    config,
    option(args, "--token-file"),
    ...["DATABRICKS_OIDC_TOKEN_FILEPATH", "DATABRICKS_OIDC_TOKEN_FILE", "DATABRICKS_AWS_OIDC_TOKEN_FILE"].map(
      (name) => call.env[name],
    ),
    ...profileSettings(call, config, "oidc_token_filepath"),
    ...(option(args, "--from") === "aws" ? awsIdentityFiles(call) : []),
  ];
  const stamps = [
    option(args, "--config") ?? (needsFile ? "federation.yaml" : undefined),
    join(call.home, ".databricks", "token-cache.json"),
  ];
  const tokenVariables = [
    call.env["DATABRICKS_OIDC_TOKEN_ENV"],
    ...profileSettings(call, config, "oidc_token_env"),
  ].map((name) => (name === undefined ? undefined : [name, call.env[name]]));
  const parts = [
    3,
    args,
    call.home,
    Object.entries(call.env)
      // the caller is the AWS identity then
      .filter(([name]) => DECIDING.test(name) || (option(args, "--from") === "aws" && name.startsWith("AWS_")))
      .sort(),
    tokenVariables,
    contents.map((file) => (file === undefined ? undefined : [file, contentOf(pathOf(call, file))])),
    stamps.map((file) => (file === undefined ? undefined : [pathOf(call, file), stampOf(pathOf(call, file))])),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Where the SDK of AWS finds an identity that no variable holds: it is the caller with `--from aws`. */
function awsIdentityFiles({ env, home }: Call): readonly (string | undefined)[] {
  return [
    env["AWS_SHARED_CREDENTIALS_FILE"] ?? join(home, ".aws", "credentials"),
    env["AWS_CONFIG_FILE"] ?? join(home, ".aws", "config"),
    env["AWS_WEB_IDENTITY_TOKEN_FILE"],
    env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"],
  ];
}

function decidingArguments(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  return own.filter(
    (argument, at) =>
      !FORM_OPTIONS.has(argument.split("=", 1)[0] ?? "") &&
      !FORM_OPTIONS.has(own[at - 1] ?? "") &&
      argument !== "--once",
  );
}

function option(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at >= 0 ? args[at + 1] : args.find((argument) => argument.startsWith(`${name}=`))?.slice(name.length + 1);
}

function pathOf({ cwd, home }: Call, file: string): string {
  return resolve(cwd, file.startsWith("~/") ? join(home, file.slice(2)) : file);
}

/** The values that any profile has for `key`. */
function profileSettings(call: Call, config: string, key: string): readonly string[] {
  const lines = contentOf(pathOf(call, config)).split("\n");
  return lines.flatMap((line) => {
    const [name = "", ...value] = line.split(/[=:]/);
    return name.trim().toLowerCase() === key ? [value.join("=").trim()] : [];
  });
}

const MAX_BYTES = 1024 * 1024;

/** The text of a file; of a device or a pipe, which may be read once only, its stamp. */
function contentOf(file: string): string {
  try {
    const stat = statSync(file);
    return stat.isFile() && stat.size <= MAX_BYTES ? readFileSync(file, "utf8") : stampOf(file);
  } catch {
    return "none";
  }
}

function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return "none";
  }
}

/** Whether sessions may be kept on disk at all: never inside Databricks, where they stay in memory. */
export function mayCache(call: Pick<Call, "args" | "env">): boolean {
  const inside = ["DATABRICKS_RUNTIME_VERSION", "DATABRICKS_APP_NAME"].some((name) => (call.env[name] ?? "") !== "");
  return !inside && !call.args.includes("--no-cache");
}

/**
 * What `credentials --format process` prints, if this very call has a fresh session in the cache; else undefined, and
 * the whole program has to run. Never throws.
 */
export function cachedDocument(call: Call, now: number): string | undefined {
  if (!isProcessCall(call.args) || !mayCache(call)) return undefined;
  const session = readSession(cacheFolder(call.env, call.home), callKey(call));
  return session === undefined || ageOf(session, now) !== "fresh" ? undefined : processDocument(session);
}

function isProcessCall(args: readonly string[]): boolean {
  return (
    !["--", "purge", "--help"].some((word) => args.includes(word)) &&
    (option(args, "--format") ?? "process") === "process"
  );
}
