/** Makes a folder with those above it. */
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * `folder` and what it lies in, where they are missing; `mode` for those that are made. Throws Node's error where one
 * can
 * not be made. Not Node's own `recursive`, which never ends where a file system takes no folders and says ENOENT
 * (`/proc/x`).
 */
export function makeFolder(folder: string, mode?: number): void {
  const failure = failureOfMaking(folder, mode);
  if (failure === undefined) return;
  if (failure.code !== "ENOENT" || dirname(folder) === folder) throw failure;
  makeFolder(dirname(folder), mode);
  const again = failureOfMaking(folder, mode);
  if (again !== undefined) throw again;
}

/** Undefined where the folder is there now, also where another process was quicker. */
function failureOfMaking(folder: string, mode: number | undefined): NodeJS.ErrnoException | undefined {
  try {
    mkdirSync(folder, mode);
    return undefined;
  } catch (error) {
    return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
      ? undefined
      : (error as NodeJS.ErrnoException);
  }
}
