/** One at a time, across processes. */
import { readFileSync, statSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { lock } from "proper-lockfile";
import writeFileAtomic from "write-file-atomic";

const POLL_MS = 40;
/** A lock whose holder stopped touching it is taken over after this. */
const STALE_MS = 5000;
/** A dead holder is recognised sooner, but never within this of the lock's making: its new holder may not have signed yet. */
const SIGNED_BY_MS = 250;

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
  const release = await acquire(path, started + options.waitMs, async () => {
    const found = await options.meanwhile?.();
    return found === undefined ? undefined : { found: found as T };
  });
  if (release !== undefined && "found" in release) return release.found;
  try {
    return await body();
  } finally {
    await release?.free().catch(() => undefined);
  }
}

type Acquired<T> = { readonly free: () => Promise<void> } | { readonly found: T } | undefined;

async function acquire<T>(path: string, deadline: number, meanwhile: () => Promise<{ readonly found: T } | undefined>): Promise<Acquired<T>> {
  for (;;) {
    try {
      const free = await lock(path, { realpath: false, lockfilePath: `${path}.lock`, stale: STALE_MS, update: 1000, retries: 0, onCompromised: () => undefined });
      await writeFileAtomic(holderFile(path), JSON.stringify({ pid: process.pid, host: hostname() }), { mode: 0o600, fsync: false }).catch(() => undefined);
      return { free };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") return undefined;
    }
    const found = await meanwhile();
    if (found !== undefined) return found;
    if (Date.now() > deadline) return undefined;
    breakIfDead(path);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS + Math.random() * POLL_MS));
  }
}

function holderFile(path: string): string {
  return `${path}.holder.json`;
}

/** Ages the lock of a process that is no more, so that the next attempt takes it over. */
function breakIfDead(path: string): void {
  try {
    if (Date.now() - statSync(`${path}.lock`).mtimeMs < SIGNED_BY_MS) return;
    const { pid, host } = JSON.parse(readFileSync(holderFile(path), "utf8")) as { readonly pid: unknown; readonly host: unknown };
    if (typeof pid === "number" && host === hostname() && !isAlive(pid)) utimesSync(`${path}.lock`, 0, 0);
  } catch {
    // freed or replaced in between
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
