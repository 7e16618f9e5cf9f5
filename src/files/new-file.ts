/** A file that did not exist before: whole or not there, and never in place of another. */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, lstatSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { InputError, OutsideError } from "../errors";

/**
 * Throws InputError `file-exists` where `file` is there already, whatever it is; OutsideError `file-unwritable`
 * without its folder.
 */
export function refusePlace(file: string): void {
  const folder = dirname(file);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new OutsideError([
      {
        code: "file-unwritable",
        message: `There is no folder ${folder}.`,
        path: "out",
        fix: "Make it, or name another file with --out.",
      },
    ]);
  }
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) throw exists(file);
}

function exists(file: string): InputError {
  return new InputError([
    {
      code: "file-exists",
      message: `${file} is there already, and init overwrites nothing.`,
      path: "out",
      fix: "Edit it, or name another file with --out.",
    },
  ]);
}

/** Writes `text` to `file`. Throws InputError `file-exists`, OutsideError `file-unwritable`. */
export function writeNewFile(file: string, text: string): void {
  const beside = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString("hex")}`);
  try {
    const handle = openSync(beside, "wx", 0o666);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    // a link, not a rename: it fails where another file came in between
    linkSync(beside, file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown error";
    if (code === "EEXIST") throw exists(file);
    throw new OutsideError(
      [
        {
          code: "file-unwritable",
          message: `${file} cannot be written: ${code}.`,
          path: "out",
          fix: "Check the folder and its permissions.",
        },
      ],
      { cause },
    );
  } finally {
    rmSync(beside, { force: true });
  }
}
