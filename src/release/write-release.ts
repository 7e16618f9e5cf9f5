/** Puts a packed release in place: whoever looks sees the old folder or the new one. */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError, OutsideError } from "../errors";
import { finishSwap, holdsWorkingFolder, makeWhole, swapWhole } from "../files/swap-folder";
import { CHECKSUMS_FILE } from "./checksums";
import { MANIFEST_FILE } from "./manifest";

/**
 * Makes `folder` hold exactly `files`. A folder that is neither empty nor an earlier release stays as it is:
 * InputError file-not-generated. Throws OutsideError file-unwritable.
 */
export function writeRelease(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  try {
    const target = existsSync(folder) ? realpathSync(folder) : resolve(folder);
    finishSwap(target);
    if (!existsSync(target)) {
      makeWhole(target, files);
      return;
    }
    if (!isReplaceable(target)) {
      throw new InputError([
        {
          code: "file-not-generated",
          message: `${folder} holds something else than a release, or is the folder you stand in; it stays.`,
          path: folder,
          fix: "Name another folder with --out.",
        },
      ]);
    }
    swapWhole(target, files);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw new OutsideError(
      [
        {
          code: "file-unwritable",
          message: `${folder} cannot be written: ${code ?? "unknown error"}.`,
          path: folder,
          fix: "Check the folder, its permissions and the space left.",
        },
      ],
      { cause },
    );
  }
}

/** An empty folder, or one with nothing but what pack writes. */
function isReplaceable(target: string): boolean {
  if (!existsSync(join(target, ".")) || holdsWorkingFolder(target)) return false;
  const entries = readdirSync(target, { withFileTypes: true });
  if (entries.length === 0) return true;
  const names = entries.map(({ name }) => name);
  return (
    names.includes(MANIFEST_FILE) &&
    names.includes(CHECKSUMS_FILE) &&
    entries.every(
      (entry) =>
        entry.isFile() &&
        /^(?:manifest\.json|SHA256SUMS|[a-z0-9.-]+\.(?:tar\.gz|spdx\.json|sig|pem|bundle|sigstore\.json))$/.test(
          entry.name,
        ),
    )
  );
}
