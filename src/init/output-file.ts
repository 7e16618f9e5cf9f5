/** The file that init writes: never in place of another. */
import { lstatSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type InputError, inputError, outsideError } from "../errors";
import { unwritable, writeWhole } from "../files/write-file";

/** Throws InputError `file-exists` where anything is at `file`; OutsideError `file-unwritable` without its folder. */
export function checkOutputFile(file: string): void {
  const folder = dirname(file);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw outsideError(
      "file-unwritable",
      `There is no folder ${folder}.`,
      "Create it, or name another file with --out.",
      "out",
    );
  }
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) throw exists(file);
}

/** Writes `text` to `file`, which must not exist. Throws InputError `file-exists`, OutsideError `file-unwritable`. */
export function writeOutputFile(file: string, text: string): void {
  try {
    writeWhole(file, text, { onlyNew: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") throw exists(file);
    throw unwritable(file, cause, "Check the folder and its permissions.", "out");
  }
}

function exists(file: string): InputError {
  return inputError(
    "file-exists",
    `${file} already exists, and init does not overwrite files.`,
    "Edit it, or name another file with --out.",
    "out",
  );
}
