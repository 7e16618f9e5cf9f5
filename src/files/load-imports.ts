/** Reads what `adopt` wrote into imports.json. */
import { inputError } from "../errors";
import { type Imports, parseImports } from "../federation/imports";
import { readText } from "./read-file";

/**
 * What of a federation exists in AWS, as `adopt` wrote it into `file`: for `imports` of `FederationStack` and
 * `DatabricksFederation`. Throws OutsideError `file-not-found` or `file-unreadable`, InputError `json-syntax`,
 * `imports-invalid`, `wrong-type`.
 *
 * @example
 * ```ts
 * import { App } from "cdktf";
 * import { FederationStack, loadFederation, loadImports } from "databricks-aws-oidc/cdktf";
 * const imports = loadImports("imports.json");
 * new FederationStack(new App(), loadFederation("federation.yaml"), { imports });
 * ```
 */
export function loadImports(file: string): Imports {
  if (typeof file !== "string")
    throw inputError("wrong-type", "file must be a path.", "Pass the path of an imports.json.", "file");
  return parseImports(readText(file, "Name the imports.json that adopt wrote."), file);
}
