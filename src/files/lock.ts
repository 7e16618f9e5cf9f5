/** A lock across processes that a killed holder does not block. */
import { readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { lock } from "proper-lockfile";
import writeFileAtomic from "write-file-atomic";
import { isAlive } from "./write-file";

const POLL_MS = 40;
/** A lock whose holder stopped touching it is taken over after this; a holder on a busy machine may miss seconds. */
const STALE_MS = 15_000;
/** A dead holder is found sooner, but not in a lock younger than this: its new holder may not have signed yet. */
const SIGNED_BY_MS = 250;

export interface HeldLock {
  /** False once another process has taken the lock over, as one may from a holder that was suspended. */
  readonly held: () => boolean;
  readonly free: () => Promise<void>;
}

/** The outcome of a try for a lock. `unusable`: its folder takes no locks. */
export type LockTry = HeldLock | "taken" | "unusable";

/**
 * Tries once for the lock `path`.lock, signed in `path`.holder.json. The lock of a process that has ended
 * is removed, so that the next try may have it.
 */
export async function tryLock(path: string): Promise<LockTry> {
  try {
    let compromised = false;
    const free = await lock(path, {
      realpath: false,
      lockfilePath: `${path}.lock`,
      stale: STALE_MS,
      update: 1000,
      retries: 0,
      onCompromised: () => {
        compromised = true;
      },
    });
    await writeFileAtomic(holderFile(path), JSON.stringify({ pid: process.pid, host: hostname() }), {
      mode: 0o600,
      fsync: false,
    }).catch(() => undefined);
    return {
      held: () => !compromised,
      free: () => {
        // or the next holder, not signed yet, would be taken for this one, which may have ended
        if (!compromised) rmSync(holderFile(path), { force: true });
        return free().catch(() => undefined);
      },
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") return "unusable";
  }
  await breakIfDead(path);
  return "taken";
}

/**
 * Runs `body` while holding the lock `path`.lock, and returns its value, or what `meanwhile` found while another
 * process held it. A holder that was killed does not block others. Without the lock after `waitMs`, or in a folder
 * that takes no locks, the body runs anyway: two calls are better than none.
 */
export async function withLock<T>(
  path: string,
  options: { readonly waitMs: number; readonly meanwhile?: () => T | undefined },
  body: () => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + options.waitMs;
  for (;;) {
    const lock = await tryLock(path);
    if (lock === "taken" && Date.now() <= deadline) {
      const found = options.meanwhile?.();
      if (found !== undefined) return found;
      await pauseForLock();
      continue;
    }
    try {
      return await body();
    } finally {
      if (typeof lock === "object") await lock.free();
    }
  }
}

/** The pause between two tries. */
export function pauseForLock(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS + Math.random() * POLL_MS));
}

function holderFile(path: string): string {
  return `${path}.holder.json`;
}

/**
 * Removes the lock of a process that has ended. One at a time: a process that looked a moment ago must not remove the
 * lock of one that took it over since.
 */
async function breakIfDead(path: string): Promise<void> {
  if (!isOfTheDead(path)) return;
  const free = await lock(`${path}.breaking`, {
    realpath: false,
    lockfilePath: `${path}.breaking.lock`,
    stale: STALE_MS,
    retries: 0,
    onCompromised: () => undefined,
  }).catch(() => undefined);
  if (free === undefined) return;
  try {
    if (!isOfTheDead(path)) return;
    rmSync(holderFile(path), { force: true });
    rmdirSync(`${path}.lock`);
  } catch {
    // freed in between
  } finally {
    await free().catch(() => undefined);
  }
}

/** Whether the process that signed the lock has ended. */
function isOfTheDead(path: string): boolean {
  try {
    if (Date.now() - statSync(`${path}.lock`).mtimeMs < SIGNED_BY_MS) return false;
    const { pid, host } = JSON.parse(readFileSync(holderFile(path), "utf8")) as {
      readonly pid: unknown;
      readonly host: unknown;
    };
    return typeof pid === "number" && host === hostname() && !isAlive(pid);
  } catch {
    // freed or replaced in between
    return false;
  }
}
