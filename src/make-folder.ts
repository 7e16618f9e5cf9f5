/** Makes a folder with those above it. */
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * `folder` and what it lies in, where they are missing; `mode` for those that are made. Throws Node's error where one can
 * not be made. Not Node's own `recursive`, which never ends where a file system takes no folders and says ENOENT (`/proc/x`).
 */
export function makeFolder(folder: string, mode?: number): void {
  try {
    mkdirSync(folder, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && dirname(folder) !== folder) {
      makeFolder(dirname(folder), mode);
      mkdirSync(folder, mode);
    } else if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
