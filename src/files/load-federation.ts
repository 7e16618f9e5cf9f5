/** Reads a federation file from disk. The one place where src/federation meets the file system. */
import { readFileSync } from "node:fs";
import { OutsideError } from "../errors";
import type { ReadFederation } from "../federation";
import { parseFederation } from "../federation";

/** The file every verb reads when none is named. */
export const DEFAULT_FEDERATION_FILE = "federation.yaml";

/**
 * The federation of `file` (a path), with its warnings.
 * Throws OutsideError `file-not-found` or `file-unreadable`, and InputError with every problem of the file.
 */
export function readFederationFile(file: string = DEFAULT_FEDERATION_FILE): ReadFederation {
  return parseFederation(readText(file), { file });
}

/**
 * The federation of `file`, for `new FederationStack(app, loadFederation("federation.yaml"))`. Errors as
 * `readFederationFile`.
 */
export function loadFederation(file: string = DEFAULT_FEDERATION_FILE): ReadFederation["federation"] {
  return readFederationFile(file).federation;
}

/**
 * The text of `file` as UTF-8. `named`: how to name another, for the message. Throws OutsideError `file-not-found` or
 * `file-unreadable`.
 */
export function readText(file: string, named = "Name it with --config, or run init to write one."): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT") {
      throw new OutsideError([{ code: "file-not-found", message: `There is no file ${file}.`, fix: named }], { cause });
    }
    const why =
      cause instanceof TypeError ? "it is not UTF-8" : code === "EISDIR" ? "it is a folder" : (code ?? "unknown error");
    throw new OutsideError(
      [
        {
          code: "file-unreadable",
          message: `${file} cannot be read: ${why}.`,
          fix: "Check the file and its permissions.",
        },
      ],
      { cause },
    );
  }
}
