/** Keeps a token file fresh, for SDKs that do web identity by themselves (AWS_WEB_IDENTITY_TOKEN_FILE). */
import { FederationError, InputError } from "../errors";
import type { ObtainedToken } from "../token/obtain";
import { readToken } from "../sts/read-token";
import { unwritable, writeWhole } from "../files/write-file";

export interface TokenFileQuestion {
  readonly file: string;
  /** Gets a token that AWS may be sent. */
  readonly obtain: () => Promise<ObtainedToken>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Ends early, without an error, when `stop` aborts. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly stop: AbortSignal;
  /** Told what happened; never a secret. */
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
 * `file-unwritable`, InputError
 * `token-does-not-fit` for one that is over.
 */
export async function keepTokenFile(question: TokenFileQuestion): Promise<void> {
  let token = await write(question);
  question.ready?.();
  let retry = FIRST_RETRY_MS;
  let delay = renewIn(token, question.now());
  while (!question.stop.aborted) {
    await question.sleep(delay);
    if (question.stop.aborted) return;
    try {
      token = await write(question);
      retry = FIRST_RETRY_MS;
      delay = renewIn(token, question.now());
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      question.note(
        `The token was not renewed: ${error.problems[0]?.message ?? error.code} [${error.code}] The one ` +
          `in ${question.file} stays; next try in ${retry / 1000} s.`,
      );
      delay = retry;
      retry = Math.min(LONGEST_RETRY_MS, retry * 2);
    }
  }
}

async function write(question: TokenFileQuestion): Promise<string> {
  const { token, source, place } = await question.obtain();
  const text = token.reveal();
  const end = endOf(text);
  if (end !== null && end <= question.now()) {
    throw new InputError([
      {
        code: "token-does-not-fit",
        message: `The token (${source}: ${place}) is over since ${new Date(end).toISOString()}.`,
        fix: "Renew it where it comes from, choose another way with --from, or check this machine's clock.",
      },
    ]);
  }
  try {
    writeWhole(question.file, text, { mode: 0o600 });
  } catch (cause) {
    throw unwritable(question.file, cause, "Name a file in a folder of your own.");
  }
  return text;
}
