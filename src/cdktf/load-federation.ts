import { readFileSync } from "node:fs";
import { OutsideError } from "../errors";
import type { Federation } from "../federation/model";
import { parseFederation } from "../federation/read";

/**
 * Reads a federation file for `FederationStack`. `file` is relative to the working directory.
 * Throws OutsideError (file-not-found, file-unreadable), or InputError with every problem of the file, each with code,
 * path, line and column.
 */
export function loadFederation(file: string): Federation {
  return parseFederation(textOf(file), { file }).federation;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const problem = missing
      ? { code: "file-not-found", message: `There is no file ${file}.`, fix: "Give the path of your federation file, or start one with init." } as const
      : { code: "file-unreadable", message: `${file} can not be read.`, fix: "Check that it is a file and that you may read it." } as const;
    throw new OutsideError([problem], { cause });
  }
}
