/** Reading files, and what an error of reading says to a user. */
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { OutsideError } from "../errors";

/**
 * The text of `file` as UTF-8 (`-`: of standard input). `fix` goes into the message where there is no such file.
 * Throws OutsideError `file-not-found`, `file-not-text` or `file-unreadable`.
 */
export function readText(file: string, fix = "Check the path (--config), or run init to write one."): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file === "-" ? 0 : file));
  } catch (cause) {
    throw unreadable(file, cause, fix);
  }
}

/**
 * The error of a file or folder that could not be read because of `cause`: `file-not-found`, `file-not-text`, else
 * `file-unreadable`. `fix`: what to do where it does not exist.
 */
export function unreadable(file: string, cause: unknown, fix: string, path?: string): OutsideError {
  const { code } = cause as NodeJS.ErrnoException;
  const place = path === undefined ? {} : { path };
  if (code === "ENOENT" || code === "ENOTDIR")
    return new OutsideError({ code: "file-not-found", message: `${file} does not exist.`, ...place, fix }, { cause });
  if (cause instanceof TypeError || code === "EISDIR") {
    const isFolder = code === "EISDIR";
    const message = `${file} is ${isFolder ? "a folder, not a file" : "not UTF-8 text"}.`;
    const asText = isFolder
      ? "Name a file in it."
      : "Name a text file; a saved Terraform plan becomes one by terraform show -json PLAN.";
    return new OutsideError({ code: "file-not-text", message, ...place, fix: asText }, { cause });
  }
  const message = `${file} cannot be read: ${code ?? "unknown error"}.`;
  return new OutsideError(
    { code: "file-unreadable", message, ...place, fix: "Check the file and its permissions." },
    { cause },
  );
}

/**
 * The bytes of `file` (0: standard input), one more than `most` where there are more than that: a token's file may be
 * a device, and standard input may never end. Errors as of `readSync`.
 */
export function readBounded(file: string | 0, most: number): Buffer {
  const descriptor = file === 0 ? 0 : openSync(file, "r");
  try {
    const bytes = Buffer.alloc(most + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    return bytes.subarray(0, length);
  } finally {
    if (file !== 0) closeSync(descriptor);
  }
}

let folder: string | undefined;

/** This package's folder, found upwards from where this file (or its bundle) lies: templates and modules are in it. */
export function packageFolder(): string {
  if (folder !== undefined) return folder;
  for (let at = __dirname; ; at = dirname(at)) {
    if (statSync(join(at, "templates", "every-module"), { throwIfNoEntry: false })?.isDirectory() === true)
      return (folder = at);
    if (dirname(at) === at) throw new Error("the templates of this package are missing");
  }
}

/** The text of a file of this package, by its path below the package's folder. */
export function packageText(path: string): string {
  return readFileSync(join(packageFolder(), path), "utf8");
}
