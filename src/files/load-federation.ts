/** Reads a federation file from disk. */
import { inputError } from "../errors";
import { parseFederation, type ReadFederation } from "../federation";
import { readText } from "./read-file";

/** The file every verb reads when none is named. */
export const DEFAULT_FEDERATION_FILE = "federation.yaml";

/**
 * The federation of `file` (a path), with its warnings.
 * Throws OutsideError `file-not-found` or `file-unreadable`, and InputError with every problem of the file.
 */
export function readFederationFile(file: string = DEFAULT_FEDERATION_FILE): ReadFederation {
  return parseFederation(readText(file), { file, now: Date.now() / 1000 });
}

/**
 * The federation of `file`, for `new FederationStack(app, loadFederation("federation.yaml"))`. Errors as
 * `readFederationFile`.
 *
 * @example
 * ```ts
 * import { loadFederation } from "databricks-aws-oidc/cdktf";
 * const federation = loadFederation("federation.yaml");
 * ```
 */
export function loadFederation(file: string = DEFAULT_FEDERATION_FILE): ReadFederation["federation"] {
  if (typeof file !== "string")
    throw inputError(
      "wrong-type",
      "file must be a path.",
      "Pass a path, or readFederation(declaration).federation.",
      "file",
    );
  return readFederationFile(file).federation;
}
