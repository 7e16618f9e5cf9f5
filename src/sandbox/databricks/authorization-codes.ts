/** Codes between log-in and token (RFC 6749, section 4.1.2). */
import { randomBytes } from "node:crypto";

interface PendingCode {
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string;
  /** As a URL is written out in full: clients add the slash of an empty path or do not. */
  readonly redirectUri: string;
  readonly challenge: string;
  readonly scope: readonly string[];
  readonly nonce: string | null;
  /** Seconds since the epoch. */
  readonly expires: number;
}

/** Codes between log-in and token: each good once, for a minute. */
export interface AuthorizationCodes {
  readonly give: (facts: Omit<PendingCode, "expires">, now: number) => string;
  readonly take: (code: string, now: number) => PendingCode | undefined;
}

const CODE_SECONDS = 60;
/** Of unused codes; the oldest goes first, so that clients that never come back cost a megabyte or two at most. */
const MOST_CODES = 1_000;
export function authorizationCodes(): AuthorizationCodes {
  const pending = new Map<string, PendingCode>();
  return {
    give: (facts, now) => {
      for (const [code, { expires }] of pending) {
        if (pending.size < MOST_CODES && expires > now) break;
        pending.delete(code);
      }
      const code = randomBytes(24).toString("base64url");
      pending.set(code, { ...facts, expires: now + CODE_SECONDS });
      return code;
    },
    take: (code, now) => {
      const found = pending.get(code);
      pending.delete(code);
      return found === undefined || found.expires <= now ? undefined : found;
    },
  };
}
