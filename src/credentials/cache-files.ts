/**
 * Small private files in a private folder: written whole or not at all, read only if nobody else could have written
 * them. Loads nothing but Node's file system, as the quick way to cached credentials goes through here.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../files/write-file";

const MAX_BYTES = 64 * 1024;

type Env = Readonly<Record<string, string | undefined>>;

/** DATABRICKS_AWS_OIDC_CACHE_DIR, else `databricks-aws-oidc` in XDG_CACHE_HOME or `~/.cache`. */
export function cacheFolder(env: Env, home: string): string {
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

/** The JSON in `file`; undefined where there is none, it is torn, or others may read or write it. Never throws. */
export function readPrivateJson(file: string): unknown {
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

/** Files this program may have put into `folder`: entries, and what a killed writer left. */
const OURS = /^[0-9a-f]{64}(?:\.call|\.failed|\.holder)?\.json(?:\.[0-9]+)?$|^[0-9a-f]{64}(?:\.breaking)?\.lock$/;

/** Removes every cached entry, and returns how many credentials were among them. Other files stay. */
export function purgeCache(folder: string): number {
  let purged = 0;
  for (const name of listed(folder)) {
    if (!OURS.test(name)) continue;
    if (/^[0-9a-f]{64}\.json$/.test(name)) purged += 1;
    rmSync(join(folder, name), { force: true, recursive: true });
  }
  return purged;
}

/** Removes half-written files and entries whose credentials are over. */
export function sweepCache(folder: string, now: number): void {
  for (const name of listed(folder)) {
    if (!OURS.test(name) || name.endsWith(".lock")) continue;
    const file = join(folder, name);
    try {
      // whatever lives here ends within 12 hours; a writer's own file within a minute
      const age = now - statSync(file).mtimeMs;
      if (age > (/\.json\.[0-9]+$/.test(name) ? 60_000 : 12 * 3_600_000)) rmSync(file, { force: true });
    } catch {
      // somebody else removed it
    }
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
