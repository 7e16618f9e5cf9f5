import { renameSync, rmSync, writeFileSync } from "node:fs";
import { OutsideError } from "../errors";

/**
 * Writes `text` beside `file` and renames it there, so that nobody opens half a page. Throws OutsideError
 * `file-unwritable`.
 */
export function writeText(file: string, text: string): void {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch (cause) {
    rmSync(beside, { force: true });
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown error";
    throw new OutsideError(
      [
        {
          code: "file-unwritable",
          message: `${file} cannot be written: ${code}.`,
          fix: "Check that its folder exists and may be written.",
        },
      ],
      { cause },
    );
  }
}
