/**
 * Sessions in the cache: small private files in a private folder, written whole or not at all, read only if no one else
 * could have written them. Loads only Node's file system, as `credentials --format process` reads a session here first.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { FederationError } from "../errors";
import { makeFolder } from "../files/write-file";

/** What the cache holds: the session as `credential_process` prints it, and when it was obtained. */
export interface CachedSession {
  readonly version: 1;
  /** Milliseconds since 1970. */
  readonly obtained: number;
  readonly expires: number;
  /** Who it is, for messages; no secret. `role`: its ARN; null where only Unity Catalog knows it. */
  readonly of: { readonly role: string | null; readonly issuer: string; readonly subject: string };
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Never served within this of its end. */
const LAST_MINUTES_MS = 5 * 60_000;
/** AWS SDKs ask again from 15 minutes before the end on, at every call: by then there should be a new one. */
const RENEW_MS = 16 * 60_000;

/** `fresh`: serve it. `aging`: serve it only if there is no new one. `over`: do not serve it. */
export function ageOf(session: Pick<CachedSession, "obtained" | "expires">, now: number): "fresh" | "aging" | "over" {
  const left = session.expires - now;
  // a clock that was set back since would make a session look younger than it is
  if (left <= LAST_MINUTES_MS || now < session.obtained - LAST_MINUTES_MS) return "over";
  return left > Math.max(LAST_MINUTES_MS, Math.min(RENEW_MS, (session.expires - session.obtained) / 3))
    ? "fresh"
    : "aging";
}

/** A new session; while the old one lives, a failure is noted and the old one is served. */
export async function requestOrOld(
  old: CachedSession | undefined,
  request: () => Promise<CachedSession>,
  now: () => number,
  note: ((text: string) => void) | undefined,
): Promise<CachedSession> {
  try {
    return await request();
  } catch (error) {
    if (old === undefined || ageOf(old, now()) !== "aging" || !(error instanceof FederationError)) throw error;
    note?.(`No new session [${error.code}]; the current one is valid until ${new Date(old.expires).toISOString()}.`);
    return old;
  }
}

/**
 * When a session ends by this machine's clock. `serverTime`: the clock of who gave it, null where that is not known: a
 * clock that is behind would find a session alive that is over. All in milliseconds since 1970.
 */
export function endHere(expiration: number, obtained: number, serverTime: number | null): number {
  return serverTime === null ? expiration : Math.min(expiration, obtained + expiration - serverTime);
}

/** AWS' `credential_process` document, version 1, on one line. */
export function processDocument(session: CachedSession): string {
  return JSON.stringify({
    Version: 1,
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    SessionToken: session.sessionToken,
    Expiration: new Date(session.expires).toISOString().replace(/\.\d+Z$/, "Z"),
  });
}

/** DATABRICKS_AWS_OIDC_CACHE_DIR, else `databricks-aws-oidc` in XDG_CACHE_HOME or `~/.cache`. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const own = env["DATABRICKS_AWS_OIDC_CACHE_DIR"];
  if (own !== undefined && own !== "") return own;
  const shared = env["XDG_CACHE_HOME"];
  return join(shared !== undefined && shared.startsWith("/") ? shared : join(home, ".cache"), "databricks-aws-oidc");
}

/** Makes `folder` (0700); false where it is, or stays, open to others. */
export function makePrivateFolder(folder: string): boolean {
  try {
    makeFolder(folder, 0o700);
    return isOurs(statSync(folder), 0o022);
  } catch {
    return false;
  }
}

function isOurs(stat: { readonly uid: number; readonly mode: number }, forbidden: number): boolean {
  const me = process.getuid?.();
  return me === undefined || (stat.uid === me && (stat.mode & forbidden) === 0);
}

/** The file of the session cached under `key` (64 hex digits). */
export function sessionFile(folder: string, key: string): string {
  return join(folder, `${key}.json`);
}

/** The session cached under `key`; undefined where there is none that can be trusted. Never throws. */
export function readSession(folder: string, key: string): CachedSession | undefined {
  const found = readPrivateJson(sessionFile(folder, key)) as Partial<CachedSession> | null | undefined;
  const isWhole =
    found?.version === 1 &&
    typeof found.obtained === "number" &&
    typeof found.expires === "number" &&
    typeof found.accessKeyId === "string" &&
    typeof found.secretAccessKey === "string" &&
    typeof found.sessionToken === "string" &&
    typeof found.of === "object";
  return isWhole ? (found as CachedSession) : undefined;
}

const MAX_BYTES = 64 * 1024;

/** The JSON in `file`; undefined where there is none, it is torn, or others may read or write it. */
function readPrivateJson(file: string): unknown {
  let handle: number | undefined;
  try {
    handle = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    const stat = fstatSync(handle);
    if (!stat.isFile() || stat.size > MAX_BYTES || !isOurs(stat, 0o077)) return undefined;
    return JSON.parse(readFileSync(handle, "utf8")) as unknown;
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** Files this program may have put into `folder`: sessions, their locks, and what a killed writer left. */
const OURS = /^[0-9a-f]{64}(?:\.holder)?\.json(?:\.[0-9]+)?$|^[0-9a-f]{64}(?:\.breaking)?\.lock$/;

/** Removes every cached session, and returns how many there were. Other files stay. */
export function purgeCache(folder: string): number {
  let purged = 0;
  for (const name of namesIn(folder)) {
    if (!OURS.test(name)) continue;
    if (/^[0-9a-f]{64}\.json$/.test(name)) purged += 1;
    rmSync(join(folder, name), { force: true, recursive: true });
  }
  return purged;
}

/** Removes half-written files and sessions that are over. */
export function sweepCache(folder: string, now: number): void {
  for (const name of namesIn(folder)) {
    if (!OURS.test(name) || name.endsWith(".lock")) continue;
    const file = join(folder, name);
    try {
      // whatever lives here ends within 12 hours; a writer's own file within a minute
      const age = now - statSync(file).mtimeMs;
      if (age > (/\.json\.[0-9]+$/.test(name) ? 60_000 : 12 * 3_600_000)) rmSync(file, { force: true });
    } catch {
      // another process removed it
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
