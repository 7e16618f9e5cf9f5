/** Replaces a whole folder by another that was written beside it, with renames alone. */
import { existsSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { makeFolder } from "./make-folder";

/** Begins the name of everything that is ours and temporary. */
export const MARK = ".databricks-aws-oidc";

function stagePath(folder: string, what: "new" | "old"): string {
  return join(dirname(folder), `.${basename(folder)}${MARK}-${what}-${process.pid}`);
}

/** Writes `files` (by path) below `folder`. */
export function writeFiles(folder: string, files: Iterable<readonly [string, string | Uint8Array]>): void {
  const made = new Set<string>();
  for (const [path, content] of files) {
    const file = join(folder, path);
    const parent = dirname(file);
    if (!made.has(parent)) makeFolder(parent);
    made.add(parent);
    writeFileSync(file, content);
  }
}

/** Makes `target`, which is not there. */
export function makeWhole(target: string, files: Iterable<readonly [string, string | Uint8Array]>): void {
  makeFolder(dirname(target));
  const stage = stagePath(target, "new");
  writeFiles(stage, files);
  renameSync(stage, target);
}

/**
 * Two renames, the least Node can do for a folder; between them the old tree lies beside, and the next run puts it
 * back.
 */
export function swapWhole(target: string, files: Iterable<readonly [string, string | Uint8Array]>): void {
  const stage = stagePath(target, "new");
  const old = stagePath(target, "old");
  writeFiles(stage, files);
  renameSync(target, old);
  renameSync(stage, target);
  rmSync(old, { recursive: true });
}

/** Puts back or clears away what a run that was stopped left beside `target`. */
export function finishSwap(target: string): void {
  const old = leftBeside(target, "old");
  const [first] = old;
  if (first !== undefined && !existsSync(target)) renameSync(first, target);
  for (const left of [...old, ...leftBeside(target, "new")]) rmSync(left, { recursive: true, force: true });
}

/** Renaming the folder somebody stands in would leave them in the old one. */
export function holdsWorkingFolder(target: string): boolean {
  const way = relative(target, realpathSync(process.cwd()));
  return way === "" || (!way.startsWith(`..${sep}`) && way !== ".." && !/^[A-Za-z]:/.test(way));
}

/** What runs that are over left beside `target`. */
export function leftBeside(target: string, what: "new" | "old"): readonly string[] {
  const parent = dirname(target);
  if (!existsSync(parent)) return [];
  const start = `.${basename(target)}${MARK}-${what}-`;
  return readdirSync(parent)
    .filter((entry) => entry.startsWith(start) && isLeft(entry))
    .map((entry) => join(parent, entry));
}

/** Whether the run that made `entry` is over. */
export function isLeft(entry: string): boolean {
  const pid = Number(/-([0-9]+)$/.exec(entry)?.[1] ?? 0);
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EPERM";
  }
}
