/** What Databricks' tools are configured to be here: the environment first, then a profile, as their SDKs read them. */
import { inputError, OutsideError } from "../errors";
import { readText } from "../files/read-file";
import { configuredFile, type Environment, variable } from "../network/environment";
import { type Secret, secret } from "../text/secret";
import { quoted } from "../text/text-rule";

/** A value and where it is set, for messages. */
export interface Setting<T> {
  readonly value: T;
  readonly where: string;
}

export interface DatabricksSettings {
  readonly host: string | undefined;
  readonly accountId: string | undefined;
  readonly clientId: string | undefined;
  readonly clientSecret: Setting<Secret> | undefined;
  /** DATABRICKS_TOKEN or a profile's `token`; an OAuth token, or an opaque personal access token. */
  readonly token: Setting<Secret> | undefined;
  readonly authType: Setting<string> | undefined;
  readonly tokenAudience: string | undefined;
  /** Name of the variable that holds another issuer's token. */
  readonly oidcTokenVariable: string;
  readonly oidcTokenFile: string | undefined;
  /** The profile that was read; undefined: none was. */
  readonly profile: { readonly name: string; readonly file: string } | undefined;
}

/** SDK attributes by their key in a profile, and the variables that set them. */
const ATTRIBUTES = {
  host: ["DATABRICKS_HOST"],
  account_id: ["DATABRICKS_ACCOUNT_ID"],
  client_id: ["DATABRICKS_CLIENT_ID"],
  client_secret: ["DATABRICKS_CLIENT_SECRET"],
  token: ["DATABRICKS_TOKEN"],
  auth_type: ["DATABRICKS_AUTH_TYPE"],
  token_audience: ["DATABRICKS_TOKEN_AUDIENCE"],
  oidc_token_env: ["DATABRICKS_OIDC_TOKEN_ENV"],
  oidc_token_filepath: ["DATABRICKS_OIDC_TOKEN_FILEPATH", "DATABRICKS_OIDC_TOKEN_FILE"],
} as const;

type Attribute = keyof typeof ATTRIBUTES;

/** Where one of these is in the environment, SDKs read no profile unless one is named. */
const SUFFICIENT = ["host", "client_id", "client_secret", "token", "oidc_token_env", "oidc_token_filepath"] as const;
/** Settings of an identity: a profile named by a flag decides these alone. */
const IDENTITY: ReadonlySet<Attribute> = new Set(["client_id", "client_secret", "token", "auth_type"]);

export interface SettingsOptions {
  /** A profile that the caller names; it wins over the environment. */
  readonly profile?: string | undefined;
  /** The profile wins over the environment, whether a flag names it or not. */
  readonly profileFirst?: boolean;
  /** Take the client ID of the environment where the named profile has no identity of its own. */
  readonly environmentClient?: boolean;
}

/**
 * The settings by which the token source `from` (undefined: none is named) is used, and its host found. Throws as
 * `readSettings`.
 */
export function settingsFor({
  environment,
  from,
  profile,
}: {
  readonly environment: Environment;
  readonly from?: string | undefined;
  readonly profile?: string | undefined;
}): DatabricksSettings {
  return readSettings(environment, {
    profile,
    profileFirst: from === "profile",
    environmentClient: from?.endsWith("-oidc") ?? false,
  });
}

/**
 * The settings here. The profile is the one named by `profile`, DATABRICKS_CONFIG_PROFILE or `default_profile` of
 * `[__settings__]`, else DEFAULT. Throws InputError `databricks-profile-not-found`, OutsideError `file-unreadable`.
 */
function readSettings(environment: Environment, options: SettingsOptions = {}): DatabricksSettings {
  const fromVariables = new Map<Attribute, Setting<string>>();
  for (const [key, names] of Object.entries(ATTRIBUTES))
    for (const name of [...names].reverse()) {
      const value = variable(environment, name);
      if (value !== undefined) fromVariables.set(key as Attribute, { value, where: name });
    }
  const named = options.profile ?? variable(environment, "DATABRICKS_CONFIG_PROFILE");
  const profileFirst = options.profileFirst === true || options.profile !== undefined;
  const isEnough = !profileFirst && SUFFICIENT.some((key) => fromVariables.has(key));
  const profile = named === undefined && isEnough ? undefined : readProfile(environment, named);
  const ofProfile = (key: Attribute): Setting<string> | undefined => {
    const value = profile?.values.get(key);
    return value === undefined ? undefined : { value, where: `${key} of profile ${profile?.name ?? ""}` };
  };
  const hasIdentity = ["client_id", "client_secret", "token"].some((key) => profile?.values.has(key));
  const get = (key: Attribute): Setting<string> | undefined => {
    const variableValue = fromVariables.get(key);
    if (!profileFirst) return variableValue ?? ofProfile(key);
    if (!IDENTITY.has(key)) return ofProfile(key) ?? variableValue;
    const mayFill = key === "client_id" && options.environmentClient === true && !hasIdentity;
    return ofProfile(key) ?? (mayFill ? variableValue : undefined);
  };
  const hidden = (found: Setting<string> | undefined): Setting<Secret> | undefined =>
    found === undefined ? undefined : { value: secret(found.value), where: found.where };
  return {
    host: get("host")?.value,
    accountId: get("account_id")?.value,
    clientId: get("client_id")?.value,
    clientSecret: hidden(get("client_secret")),
    token: hidden(get("token")),
    authType: get("auth_type"),
    tokenAudience: get("token_audience")?.value,
    oidcTokenVariable: get("oidc_token_env")?.value ?? "DATABRICKS_OIDC_TOKEN",
    oidcTokenFile: get("oidc_token_filepath")?.value,
    profile: profile === undefined ? undefined : { name: profile.name, file: profile.file },
  };
}

/** Where profiles are: DATABRICKS_CONFIG_FILE, else `~/.databrickscfg`. */
function profilesFile(environment: Pick<Environment, "env" | "home">): string {
  return configuredFile(environment, "DATABRICKS_CONFIG_FILE", ".databrickscfg");
}

type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** The profiles whose host is `host`, by name: the Databricks CLI asks which of several is meant. */
export function profilesOfHost(environment: Pick<Environment, "env" | "home">, host: string): readonly string[] {
  const nameOf = (text: string): string =>
    text
      .replace(/^https:\/\//i, "")
      .split(/[/?#]/, 1)[0]
      ?.toLowerCase() ?? "";
  return [...readSections(profilesFile(environment))].flatMap(([name, values]) =>
    nameOf(values.get("host") ?? "") === nameOf(host) ? [name] : [],
  );
}

/** Section of the file with the settings of the tools themselves. */
const SETTINGS_SECTION = "__settings__";

function readProfile(
  environment: Environment,
  named: string | undefined,
): { readonly name: string; readonly file: string; readonly values: ReadonlyMap<string, string> } | undefined {
  const file = profilesFile(environment);
  const sections = readSections(file);
  const wanted = named ?? sections.get(SETTINGS_SECTION)?.get("default_profile");
  const name = wanted ?? "DEFAULT";
  const values = name === SETTINGS_SECTION ? undefined : sections.get(name);
  if (values !== undefined) return { name, file, values };
  if (wanted === undefined) return undefined;
  throw inputError(
    "databricks-profile-not-found",
    `There is no profile ${quoted(wanted)} in ${file}.`,
    named === undefined
      ? `Correct default_profile in [${SETTINGS_SECTION}].`
      : "Check --profile and DATABRICKS_CONFIG_PROFILE, or run `databricks auth login --profile NAME`.",
  );
}

/** An INI file: section -> key in lower case -> value. Later lines win; other lines, and empty values, are ignored. */
function readSections(file: string): Sections {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    if (error instanceof OutsideError && error.code === "file-not-found") return new Map();
    throw error;
  }
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.split("\n").map((part) => part.trim())) {
    if (line.startsWith("[") && line.endsWith("]")) {
      const name = line.slice(1, -1).trim();
      current = sections.get(name) ?? new Map<string, string>();
      sections.set(name, current);
      continue;
    }
    const at = line.search(/[=:]/);
    if (at <= 0 || /^[#;]/.test(line)) continue;
    const value = line.slice(at + 1).trim();
    if (value !== "") current?.set(line.slice(0, at).trim().toLowerCase(), value);
  }
  return sections;
}
