/** Writing a file whole or not at all: beside its place first, then put there in one step. */
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { outsideError } from "../errors";

/** Begins the name of everything temporary that this program makes; the number of its process ends it. */
export const MARK = ".databricks-aws-oidc";

/** Whose a file is, and who may do what with it; of `fs.Stats`. */
export type Ownership = Readonly<Record<"mode" | "uid" | "gid", number>>;

export interface WriteOptions {
  /** Of a new file; default 0666, less the process's umask. */
  readonly mode?: number;
  /** Mode and owner are this file's, where that is allowed. */
  readonly like?: Ownership | undefined;
  /** Fail with EEXIST where there is a file already. */
  readonly onlyNew?: boolean;
}

/**
 * Writes `text` to `file`. A process killed meanwhile leaves the old file; its half-written one is removed by the next.
 * Throws Node's errors.
 */
export function writeWhole(file: string, text: string, { mode = 0o666, like, onlyNew }: WriteOptions = {}): void {
  const stage = join(dirname(file), `.${basename(file)}${MARK}-${process.pid}`);
  removeLeftovers(file);
  try {
    const handle = openSync(stage, "wx", like === undefined ? mode : 0o600);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    if (like !== undefined) takeAfter(stage, like);
    // a link fails where another file was made in between, a rename replaces it
    if (onlyNew === true) linkSync(stage, file);
    else renameSync(stage, file);
  } finally {
    rmSync(stage, { force: true });
  }
}

function takeAfter(file: string, { mode, uid, gid }: Ownership): void {
  try {
    chownSync(file, uid, gid);
  } catch {
    // another user's file stays ours
  }
  chmodSync(file, mode & 0o777);
}

/** Removes what killed writers of `file` left. */
export function removeLeftovers(file: string): void {
  for (const left of leftBeside(file, "")) rmSync(left, { recursive: true, force: true });
}

/** What processes that are over, or this one, left beside `place`; `what`: of which kind. */
export function leftBeside(place: string, what: "" | "-new" | "-old"): readonly string[] {
  const start = `.${basename(place)}${MARK}${what}-`;
  return entriesOf(dirname(place))
    .filter((entry) => entry.startsWith(start) && isLeftover(entry))
    .map((entry) => join(dirname(place), entry));
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether `entry` ends with the number of a process that is over, or of this one. */
export function isLeftover(entry: string): boolean {
  const pid = Number(/-([0-9]+)$/.exec(entry)?.[1] ?? NaN);
  return Number.isSafeInteger(pid) && pid > 0 && (pid === process.pid || !isAlive(pid));
}

/** Whether a process of this machine has the number `pid`. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * `folder` and what it lies in, where they are missing; `mode` for those that are made. Throws Node's error where one
 * cannot be made. Not Node's own `recursive`, which never ends where a file system takes no folders and reports ENOENT
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

/** Undefined where the folder exists now, also where another process was quicker. */
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

/**
 * The error of a file or folder that could not be written: `file-unwritable`. `cause` itself where it is not an error
 * of the file system.
 */
export function unwritable(
  place: string,
  cause: unknown,
  fix = "Check the folder, its permissions and the space left.",
  path: string = place,
): Error {
  const { code } = cause as NodeJS.ErrnoException;
  if (typeof code !== "string" || !/^E[A-Z]+$/.test(code)) return cause as Error;
  const why = code === "ENOTDIR" ? "a file is in its place" : code;
  return outsideError("file-unwritable", `${place} cannot be written: ${why}.`, fix, path, cause);
}
