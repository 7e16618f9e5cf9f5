/** A cached session, and whether it may still be served. Loads nothing heavy: the quick way reads these. */
import { join } from "node:path";
import { readPrivateJson } from "./cache-files";

/** What stands in the cache: the session as `credential_process` prints it, and when it was got. */
export interface CachedSession {
  readonly version: 1;
  /** Milliseconds since 1970. */
  readonly obtained: number;
  readonly expires: number;
  /** Who it is, for messages; no secret. */
  readonly of: { readonly role: string; readonly issuer: string; readonly subject: string };
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Never served within this of its end. */
export const LAST_MINUTES_MS = 5 * 60_000;
/** AWS SDKs ask again from 15 minutes before the end on, at every call: by then there should be a new one. */
const RENEW_MS = 16 * 60_000;

/** `fresh`: serve it. `ageing`: serve it only if a new one can not be had. `over`: do not serve it. */
export function ageOf(session: Pick<CachedSession, "obtained" | "expires">, now: number): "fresh" | "ageing" | "over" {
  const left = session.expires - now;
  // a clock that was set back since would make a session look younger than it is
  if (left <= LAST_MINUTES_MS || now < session.obtained - LAST_MINUTES_MS) return "over";
  return left > Math.max(LAST_MINUTES_MS, Math.min(RENEW_MS, (session.expires - session.obtained) / 3))
    ? "fresh"
    : "ageing";
}

export function entryFile(folder: string, key: string): string {
  return join(folder, `${key}.json`);
}

/** The session cached under `key` (64 hex digits); undefined where there is none that can be trusted. */
export function readEntry(folder: string, key: string): CachedSession | undefined {
  if (!/^[0-9a-f]{64}$/.test(key)) return undefined;
  const found = readPrivateJson(entryFile(folder, key)) as Partial<CachedSession> | undefined;
  const whole =
    found !== undefined &&
    found !== null &&
    found.version === 1 &&
    typeof found.obtained === "number" &&
    typeof found.expires === "number" &&
    typeof found.accessKeyId === "string" &&
    typeof found.secretAccessKey === "string" &&
    typeof found.sessionToken === "string" &&
    typeof found.of === "object";
  return whole ? (found as CachedSession) : undefined;
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
