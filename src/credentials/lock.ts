/** One at a time, across processes. */
import type { HeldLock } from "../files/lock";
import { pauseForLock, tryLock } from "../files/lock";

export interface LockOptions {
  /** Without the lock by then, the body runs all the same: twice is better than never. Milliseconds. */
  readonly waitMs: number;
  /** Asked while waiting: a value ends the wait, and the body does not run. */
  readonly meanwhile?: () => Promise<unknown> | unknown;
}

/**
 * Runs `body` while holding the lock `path`.lock. Returns its value, or what `meanwhile` found while another process
 * held it. A holder that was killed does not hold anybody up.
 */
export async function withLock<T>(path: string, options: LockOptions, body: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const acquired = await acquire(path, started + options.waitMs, async () => {
    const found = await options.meanwhile?.();
    return found === undefined ? undefined : { found: found as T };
  });
  if (acquired !== undefined && "found" in acquired) return acquired.found;
  try {
    return await body();
  } finally {
    await acquired?.free();
  }
}

async function acquire<T>(
  path: string,
  deadline: number,
  meanwhile: () => Promise<{ readonly found: T } | undefined>,
): Promise<HeldLock | { readonly found: T } | undefined> {
  for (;;) {
    const outcome = await tryLock(path);
    if (outcome === "unusable") return undefined;
    if (outcome !== "taken") return outcome;
    const found = await meanwhile();
    if (found !== undefined) return found;
    if (Date.now() > deadline) return undefined;
    await pauseForLock();
  }
}
