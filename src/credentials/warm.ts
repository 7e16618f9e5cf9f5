/**
 * The quick way to credentials: the same call, in the same environment, found them a moment ago. Loads neither the
 * command line nor the federation file: whatever decides the answer is hashed into the call's key instead.
 */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { cacheFolder, readPrivateJson } from "./cache-files";
import { ageOf, processDocument, readEntry } from "./entry";

export interface Call {
  /** The arguments after `credentials`. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Variables that decide whose token it is, which role, and where it is sent. */
const DECIDING =
  /^(?:DATABRICKS_|AWS_ENDPOINT_URL|AWS_IGNORE_CONFIGURED_ENDPOINT_URLS$|AWS_REGION$|AWS_DEFAULT_REGION$|AWS_USE_|ACTIONS_ID_TOKEN_REQUEST_)/;
/** Variables that name files whose change may change the identity. */
const DECIDING_FILES = [
  "DATABRICKS_CONFIG_FILE",
  "DATABRICKS_OIDC_TOKEN_FILEPATH",
  "DATABRICKS_OIDC_TOKEN_FILE",
  "DATABRICKS_AWS_OIDC_TOKEN_FILE",
];

/**
 * 64 hex digits for a call: its arguments, the variables above, and place, size and time of the federation file, of
 * Databricks' configuration and log-ins, and of token files. Equal keys mean the same answer.
 */
export function callKey(call: Call): string {
  const variables = Object.entries(call.env)
    .filter(([name]) => DECIDING.test(name))
    .map(([name, value]) =>
      /_OIDC_TOKEN$|^DATABRICKS_TOKEN$/.test(name) ? [name, identityOf(value ?? "")] : [name, value],
    )
    .sort();
  // a role by its ARN is found without the file, so that such a call is one from wherever it is made
  const federation =
    option(call.args, "--config") ??
    (option(call.args, "--role-arn") !== undefined && option(call.args, "--issuer") === undefined
      ? undefined
      : "federation.yaml");
  const files = [
    federation,
    option(call.args, "--token-file"),
    ...DECIDING_FILES.map((name) => call.env[name]),
    join(call.home, ".databrickscfg"),
    join(call.home, ".databricks", "token-cache.json"),
  ]
    .filter((file) => file !== undefined)
    .map((file) => resolve(call.cwd, file.startsWith("~/") ? join(call.home, file.slice(2)) : file))
    .map((file) => [file, stampOf(file)]);
  return createHash("sha256")
    .update(JSON.stringify([2, call.args, call.home, variables, files]))
    .digest("hex");
}

/** A renewed token of the same identity is the same call; anything unreadable counts as it stands. */
function identityOf(token: string): unknown {
  try {
    const { iss, sub, aud, azp } = JSON.parse(
      Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"),
    ) as Readonly<Record<string, unknown>>;
    return [iss, sub, aud, azp];
  } catch {
    return token;
  }
}

function option(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at >= 0 ? args[at + 1] : args.find((argument) => argument.startsWith(`${name}=`))?.slice(name.length + 1);
}

function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return "none";
  }
}

/** Where the key of a call's entry is kept. */
export function callFile(folder: string, key: string): string {
  return join(folder, `${key}.call.json`);
}

/** Whether credentials may be kept on disk at all: never inside Databricks, where they stay in memory. */
export function mayCache(call: Pick<Call, "args" | "env">): boolean {
  const inside = ["DATABRICKS_RUNTIME_VERSION", "DATABRICKS_APP_NAME"].some((name) => (call.env[name] ?? "") !== "");
  return !inside && !call.args.includes("--no-cache");
}

/**
 * What `credentials --format process` prints, if this very call may be answered from the cache; else undefined, and
 * the whole program has to run. Never throws.
 */
export function warmAnswer(call: Call, now: number): string | undefined {
  if (!isProcessCall(call.args) || !mayCache(call)) return undefined;
  const folder = cacheFolder(call.env, call.home);
  const pointer = readPrivateJson(callFile(folder, callKey(call))) as { readonly entry?: unknown } | undefined;
  if (typeof pointer?.entry !== "string") return undefined;
  const session = readEntry(folder, pointer.entry);
  return session === undefined || ageOf(session, now) !== "fresh" ? undefined : processDocument(session);
}

function isProcessCall(args: readonly string[]): boolean {
  return (
    !args.includes("--") &&
    !args.includes("purge") &&
    !args.includes("--help") &&
    (option(args, "--format") ?? "process") === "process"
  );
}
