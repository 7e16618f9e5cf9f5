/** A session held in memory and renewed in time: what a long-running program draws on. */
import { FederationError } from "../errors";
import type { CachedSession } from "./entry";
import { ageOf } from "./entry";

/**
 * A function that gives a session with at least 5 minutes left, at any time: the one in memory while it is fresh,
 * else a
 * new one from `renew`; of calls at once only the first renews. While the old one lives, a failed renewal is noted and
 * the old one served. Throws what `renew` throws.
 */
export function keepSession(
  renew: () => Promise<CachedSession>,
  options: { readonly now: () => number; readonly note?: (text: string) => void },
): () => Promise<CachedSession> {
  let held: CachedSession | undefined;
  let renewing: Promise<CachedSession> | undefined;
  const once = (): Promise<CachedSession> => {
    renewing ??= renew()
      .then((session) => {
        held = session;
        return session;
      })
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  };
  return async () => {
    const old = held;
    const age = old === undefined ? "over" : ageOf(old, options.now());
    if (old !== undefined && age === "fresh") return old;
    try {
      return await once();
    } catch (error) {
      if (old === undefined || age !== "ageing" || !(error instanceof FederationError)) throw error;
      options.note?.(
        `A new session could not be had [${error.code}]; the present one lives ` +
          `until ${new Date(old.expires).toISOString()}.`,
      );
      return old;
    }
  };
}
