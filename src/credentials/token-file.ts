/** Renews a token file, for SDKs that call AssumeRoleWithWebIdentity themselves (AWS_WEB_IDENTITY_TOKEN_FILE). */
import { setTimeout as pause } from "node:timers/promises";
import { FederationError, inputError } from "../errors";
import { readToken } from "../sts/read-token";
import { unwritable, writeWhole } from "../files/write-file";
import type { Secret } from "../text/secret";

export interface TokenFileOptions {
  readonly file: string;
  /** Gets a token that AWS may be sent. */
  readonly obtain: () => Promise<{ readonly token: Secret; readonly source: string; readonly place: string }>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Ends early, without an error, when `stop` aborts. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly stop: AbortSignal;
  /** Called with what happened; never a secret. */
  readonly note: (text: string) => void;
  /** Called once the first token is there. */
  readonly ready?: () => void;
}

/** Without an `exp` a token is renewed after this. */
const BLIND_RENEWAL_MS = 15 * 60_000;
const LAST_MINUTES_MS = 5 * 60_000;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Milliseconds to wait before a token ought to be renewed: at two thirds of its life, 5 minutes before its end at the
 * latest; a short one at half.
 */
export function renewIn(token: string, now: number): number {
  const end = endOf(token);
  if (end === null) return BLIND_RENEWAL_MS;
  const left = end - now;
  return Math.max(FIRST_RETRY_MS, Math.min((left * 2) / 3, Math.max(left - LAST_MINUTES_MS, left / 2)));
}

/** Milliseconds since 1970; null where the token has no `exp` that is a time. */
function endOf(token: string): number | null {
  const reading = readToken(token);
  const exp = reading.ok ? reading.token.claims["exp"] : undefined;
  return typeof exp === "number" && Math.abs(exp) < 8.64e12 ? exp * 1000 : null;
}

/**
 * Writes the token (0600, whole or not at all) and renews it until `stop`. The first failure is thrown; a later one is
 * noted, tried again after 5 to 60 seconds, and leaves the token that is there. Throws OutsideError
 * `file-unwritable`, InputError `token-does-not-fit` for one that has expired.
 */
export async function renewTokenFile(options: TokenFileOptions): Promise<void> {
  let token = await write(options);
  options.ready?.();
  let retry = FIRST_RETRY_MS;
  let delay = renewIn(token, options.now());
  while (!options.stop.aborted) {
    await options.sleep(delay);
    if (options.stop.aborted) return;
    try {
      token = await write(options);
      retry = FIRST_RETRY_MS;
      delay = renewIn(token, options.now());
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      options.note(
        `The token was not renewed: ${error.problem.message} [${error.code}] The token ` +
          `in ${options.file} is unchanged; next try in ${retry / 1000} s.`,
      );
      delay = retry;
      retry = Math.min(LONGEST_RETRY_MS, retry * 2);
    }
  }
}

async function write(options: TokenFileOptions): Promise<string> {
  const { token, source, place } = await options.obtain();
  const text = token.reveal();
  const end = endOf(text);
  if (end !== null && end <= options.now())
    throw inputError(
      "token-does-not-fit",
      `The token (${source}: ${place}) expired at ${new Date(end).toISOString()}.`,
      "Renew it at its source, name another source with --from, or check this machine's clock.",
    );
  try {
    writeWhole(options.file, text, { mode: 0o600 });
  } catch (cause) {
    throw unwritable(options.file, cause, "Name a file in a folder of your own.");
  }
  return text;
}

const CLOCK_CHECK_MS = 20_000;

/**
 * Ends `milliseconds` from now by the clock, read every 20 seconds, or at once when `stop` aborts: timers stand still
 * while a laptop is suspended, tokens do not.
 */
export async function sleepByClock(
  milliseconds: number,
  stop: AbortSignal,
  now: () => number = Date.now,
  wait: (milliseconds: number) => Promise<unknown> = (most) =>
    pause(most, undefined, { signal: stop }).catch(() => undefined),
): Promise<void> {
  const end = now() + milliseconds;
  for (let left = milliseconds; left > 0 && !stop.aborted; left = end - now())
    await wait(Math.min(left, CLOCK_CHECK_MS));
}
