/** Replaces a whole folder by another that is written beside it, with renames alone. */
import { existsSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { leftBeside, makeFolder, MARK } from "./write-file";

/** Files by path below a folder. */
export type FolderFiles = Iterable<readonly [string, string | Uint8Array]>;

/** Writes `files` below `folder`. */
export function writeFiles(folder: string, files: FolderFiles): void {
  const made = new Set<string>();
  for (const [path, content] of files) {
    const file = join(folder, path);
    const parent = dirname(file);
    if (!made.has(parent)) makeFolder(parent);
    made.add(parent);
    writeFileSync(file, content);
  }
}

/**
 * Makes `target` hold exactly `files`. Where it exists that takes two renames, the least Node can do for a folder:
 * between them the old folder is beside, and `finishReplacing` puts it back. Throws Node's errors.
 */
export function replaceFolder(target: string, files: FolderFiles): void {
  const [stage, old] = [stagePath(target, "new"), stagePath(target, "old")];
  makeFolder(dirname(target));
  writeFiles(stage, files);
  const exists = existsSync(target);
  if (exists) renameSync(target, old);
  renameSync(stage, target);
  if (exists) rmSync(old, { recursive: true });
}

/** `folder` as a path that renames work on, once what a stopped run left beside it is put back or removed. */
export function finishReplacing(folder: string): string {
  const target = existsSync(folder) ? realpathSync(folder) : resolve(folder);
  const old = leftBeside(target, "-old");
  const [first] = old;
  if (first !== undefined && !existsSync(target)) renameSync(first, target);
  for (const left of [...old, ...leftBeside(target, "-new")]) rmSync(left, { recursive: true, force: true });
  return target;
}

/** Whether the working folder is `target` or below it: renaming `target` would leave the user in the old one. */
export function holdsWorkingFolder(target: string): boolean {
  const path = relative(target, realpathSync(process.cwd()));
  return path === "" || (!path.startsWith(`..${sep}`) && path !== ".." && !/^[A-Za-z]:/.test(path));
}

function stagePath(folder: string, what: "new" | "old"): string {
  return join(dirname(folder), `.${basename(folder)}${MARK}-${what}-${process.pid}`);
}
