/** `~/.databrickscfg`: profiles of host, account and client, as every Databricks tool reads them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError, OutsideError } from "../errors";
import { secret } from "../text/secret";
import type { Secret } from "../text/secret";
import type { Environment } from "../network/environment";
import { variable } from "../network/environment";

export interface DatabricksProfile {
  readonly name: string;
  readonly file: string;
  readonly host: string | undefined;
  readonly accountId: string | undefined;
  readonly clientId: string | undefined;
  readonly clientSecret: Secret | undefined;
  readonly hasPersonalToken: boolean;
  readonly authType: string | undefined;
}

const MAX_CONFIG_BYTES = 1024 * 1024;

/** Where profiles stand: DATABRICKS_CONFIG_FILE, else `~/.databrickscfg`. */
export function profilesFile(environment: Environment): string {
  const named = variable(environment, "DATABRICKS_CONFIG_FILE");
  if (named === undefined) return join(environment.home, ".databrickscfg");
  return named.startsWith("~/") ? join(environment.home, named.slice(2)) : named;
}

/**
 * The profile `name`, else DATABRICKS_CONFIG_PROFILE, else DEFAULT. Undefined where none was named and there is no file
 * or no DEFAULT. Throws InputError `databricks-profile-not-found`, OutsideError `file-unreadable`.
 */
export function readProfile(environment: Environment, name?: string): DatabricksProfile | undefined {
  const asked = name ?? variable(environment, "DATABRICKS_CONFIG_PROFILE");
  const file = profilesFile(environment);
  const text = read(file);
  const wanted = asked ?? "DEFAULT";
  const fields = text === undefined ? undefined : sections(text).get(wanted);
  if (fields === undefined) {
    if (asked === undefined) return undefined;
    throw new InputError([
      {
        code: "databricks-profile-not-found",
        message: `There is no profile ${JSON.stringify(wanted.slice(0, 60))} in ${file}.`,
        fix: "Check DATABRICKS_CONFIG_PROFILE, or run `databricks auth login --profile NAME`.",
      },
    ]);
  }
  const field = (key: string): string | undefined => {
    const value = fields.get(key);
    return value === undefined || value === "" ? undefined : value;
  };
  const clientSecret = field("client_secret");
  return {
    name: wanted,
    file,
    host: field("host"),
    accountId: field("account_id"),
    clientId: field("client_id"),
    clientSecret: clientSecret === undefined ? undefined : secret(clientSecret),
    hasPersonalToken: field("token") !== undefined,
    authType: field("auth_type"),
  };
}

function read(file: string): string | undefined {
  try {
    const bytes = readFileSync(file);
    return bytes.length > MAX_CONFIG_BYTES ? "" : bytes.toString("utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new OutsideError(
      [
        {
          code: "file-unreadable",
          message: `${file} cannot be read: ${code ?? "unknown error"}.`,
          fix: "Check the file and its permissions.",
        },
      ],
      { cause },
    );
  }
}

/**
 * An INI file: section -> key -> value. Keys in lower case; later lines win; what is no `key = value` is passed over.
 */
function sections(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const found = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const header = /^\s*\[([^\]]*)\]\s*$/.exec(line)?.[1]?.trim();
    if (header !== undefined) {
      current = found.get(header) ?? new Map<string, string>();
      found.set(header, current);
      continue;
    }
    const [, key, value] = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) current?.set(key.toLowerCase(), value);
  }
  return found;
}
