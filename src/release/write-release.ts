/** Puts a packed release in place: a reader sees the old folder or the new one. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { inputError } from "../errors";
import { finishReplacing, holdsWorkingFolder, replaceFolder } from "../files/replace-folder";
import { unwritable } from "../files/write-file";
import { CHECKSUMS_FILE } from "./checksums";
import { MANIFEST_FILE } from "./manifest";

/**
 * Makes `folder` hold exactly `files`. A folder that is neither empty nor an earlier release stays as it is:
 * InputError file-not-generated. Throws OutsideError file-unwritable.
 */
export function writeRelease(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  try {
    const target = finishReplacing(folder);
    if (existsSync(target) && !isReplaceable(target)) {
      throw inputError(
        "file-not-generated",
        `${folder} contains something other than a release, or is the working folder, and is not replaced.`,
        "Name another folder with --out.",
        folder,
      );
    }
    replaceFolder(target, files);
  } catch (cause) {
    throw unwritable(folder, cause);
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
