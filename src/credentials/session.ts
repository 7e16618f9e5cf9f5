/** A session of a role, from memory, from the cache, or new: one request, however many ask at once. */
import writeFileAtomic from "write-file-atomic";
import { withLock } from "../files/lock";
import {
  ageOf,
  type CachedSession,
  makePrivateFolder,
  readSession,
  requestOrOld,
  sessionFile,
  sweepCache,
} from "./cached-session";
import { type CatalogSessionOptions, requestCatalogSession } from "./catalog-session";
import { requestSession, type RequestSessionOptions } from "./request-session";

interface Cached {
  /** Where sessions are cached, and the key of this call; null: nowhere. */
  readonly cache: { readonly folder: string; readonly callKey: string } | null;
}

/** A session by web identity. */
export type WebIdentityOptions = RequestSessionOptions & Cached;

/** A session by web identity, or of a service credential by Unity Catalog. */
export type SessionOptions = WebIdentityOptions | (CatalogSessionOptions & Cached);

/** How long another process' request is waited for: token, new role and retries together. */
const LOCK_WAIT_MS = 75_000;

/**
 * The session asked for. Errors as of `requestSession` and `requestCatalogSession`; a failure is not shared: whoever
 * waited for another process' request then makes one of its own, with what is left of its time.
 */
export async function getSession(options: SessionOptions): Promise<CachedSession> {
  const { cache, note, environment } = options;
  const started = performance.now();
  const request = (): Promise<CachedSession> =>
    options.via === "web-identity" ? requestSession(options, started) : requestCatalogSession(options, started);
  if (cache === null) return request();
  const { folder, callKey } = cache;
  if (!makePrivateFolder(folder)) {
    note?.(`The cache folder ${folder} is accessible to other users: nothing is stored there.`);
    return request();
  }
  const fresh = (): CachedSession | undefined => {
    const found = readSession(folder, callKey);
    return found !== undefined && ageOf(found, environment.now()) === "fresh" ? found : undefined;
  };
  return (
    fresh() ??
    withLock(`${folder}/${callKey}`, { waitMs: LOCK_WAIT_MS, meanwhile: fresh }, async () => {
      const already = fresh();
      if (already !== undefined) return already;
      const session = await requestOrOld(readSession(folder, callKey), request, environment.now, note);
      sweepCache(folder, Date.now());
      // a cache that cannot be written is reported and not used: the credentials are there
      await writeFileAtomic(sessionFile(folder, callKey), JSON.stringify(session), { mode: 0o600 }).catch(
        (cause: NodeJS.ErrnoException) =>
          note?.(
            `The cache cannot be written (${cause.code ?? "unknown error"}): the next call requests a new session.`,
          ),
      );
      return session;
    })
  );
}

/**
 * A function that gives a session with at least 5 minutes left, at any time: the one in memory while it is fresh, else
 * a new one from `renew`; of calls at once only the first renews. Throws what `renew` throws.
 */
export function renewingSession(
  renew: () => Promise<CachedSession>,
  options: { readonly now: () => number; readonly note?: (text: string) => void },
): () => Promise<CachedSession> {
  let held: CachedSession | undefined;
  let renewing: Promise<CachedSession> | undefined;
  return async () => {
    const old = held;
    if (old !== undefined && ageOf(old, options.now()) === "fresh") return old;
    renewing ??= requestOrOld(old, renew, options.now, options.note).finally(() => {
      renewing = undefined;
    });
    held = await renewing;
    return held;
  };
}
