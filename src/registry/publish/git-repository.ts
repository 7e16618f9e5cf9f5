/** Which repository a module goes to, read from `--repository`. */
import { resolve } from "node:path";
import { type InputError, inputError } from "../../errors";
import { isLoopback } from "../../network/proxy";
import { quoted } from "../../text/text-rule";
import type { ReleaseManifest } from "../../release/manifest";

const PLACE_OF_NAME = "{name}";

export interface ModuleRepository {
  readonly name: string;
  /** For git: an absolute path or a URL. */
  readonly repository: string;
}

/** Throws InputError repository-invalid. */
export function readRepositories(
  manifest: ReleaseManifest,
  repository: string,
  only: string | undefined,
): readonly ModuleRepository[] {
  const names = manifest.modules.map(({ name }) => name);
  if (only !== undefined && !names.includes(only))
    throw invalid(`The release has no module ${quoted(only)}.`, `It has ${names.join(", ")}.`, "--module");
  const chosen = only === undefined ? names : [only];
  if (chosen.length > 1 && !repository.includes(PLACE_OF_NAME)) {
    throw invalid(
      "Each module needs its own repository.",
      `Write ${PLACE_OF_NAME} where the module's name goes, like ` +
        `https://github.com/acme/terraform-aws-${PLACE_OF_NAME}.git, or choose one with --module.`,
    );
  }
  return chosen.map((name) => ({ name, repository: readRepository(repository.replaceAll(PLACE_OF_NAME, name)) }));
}

/**
 * What git may be given: https, ssh (also written git@host:path), a folder; http on loopback. Never with a secret in
 * it.
 */
function readRepository(text: string): string {
  if (/[\u0000-\u0020\u007f]/.test(text) || text === "" || text.startsWith("-"))
    throw invalid(`${quoted(text)} is not a repository.`);
  if (/^[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:(?!\/\/)[A-Za-z0-9_./~-]+$/.test(text)) return text;
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(text)) return resolve(text);
  if (!URL.canParse(text)) throw invalid("The repository's URL is not valid.");
  const url = new URL(text);
  if (url.password !== "" || (url.username !== "" && url.protocol !== "ssh:")) {
    throw invalid(
      "The repository's URL contains a user name or password.",
      "Leave it out, and put the token into DATABRICKS_AWS_OIDC_GIT_TOKEN.",
    );
  }
  if (["https:", "ssh:", "file:"].includes(url.protocol) || (url.protocol === "http:" && isLoopback(url.hostname)))
    return text;
  throw invalid(`${quoted(text)} has an unsupported scheme.`);
}

function invalid(
  message: string,
  fix = "Write it like https://github.com/acme/terraform-aws-{name}.git, " +
    "git@github.com:acme/terraform-aws-{name}.git, or a folder.",
  path = "--repository",
): InputError {
  return inputError("repository-invalid", message, fix, path);
}
