/** A lock across processes, of which a killed holder holds nobody up. */
import { readFileSync, statSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { lock } from "proper-lockfile";
import writeFileAtomic from "write-file-atomic";

const POLL_MS = 40;
/** A lock whose holder stopped touching it is taken over after this. */
const STALE_MS = 5000;
/** A dead holder is recognised sooner, but never within this of the lock's making: its new holder may not have signed yet. */
const SIGNED_BY_MS = 250;

export interface HeldLock {
  /** False once another process has taken the lock over, as one may from a holder that was suspended. */
  readonly held: () => boolean;
  readonly free: () => Promise<void>;
}

/** What a try for a lock came to. `unusable`: its folder takes no locks. */
export type LockTry = HeldLock | "taken" | "unusable";

/**
 * Tries once for the lock `path`.lock, signed in `path`.holder.json. The lock of a process that is no more is aged, so
 * that the next try takes it over.
 */
export async function tryLock(path: string): Promise<LockTry> {
  try {
    let compromised = false;
    const free = await lock(path, { realpath: false, lockfilePath: `${path}.lock`, stale: STALE_MS, update: 1000, retries: 0, onCompromised: () => { compromised = true; } });
    await writeFileAtomic(holderFile(path), JSON.stringify({ pid: process.pid, host: hostname() }), { mode: 0o600, fsync: false }).catch(() => undefined);
    return { held: () => !compromised, free: () => free().catch(() => undefined) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") return "unusable";
  }
  breakIfDead(path);
  return "taken";
}

/** The pause between two tries. */
export function pauseForLock(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS + Math.random() * POLL_MS));
}

export function holderFile(path: string): string {
  return `${path}.holder.json`;
}

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
