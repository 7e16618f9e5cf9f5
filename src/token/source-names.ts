/** The ways to a Databricks token by name, in the order they are tried: those without a stored secret first. */
export const TOKEN_SOURCE_NAMES = [
  "databricks-app",
  "notebook",
  "env-oidc",
  "file-oidc",
  "github-oidc",
  "file",
  "env",
  "databricks-cli",
  "client-credentials",
  "profile",
] as const;

export type TokenSourceName = (typeof TOKEN_SOURCE_NAMES)[number];

/**
 * The ways that a value of DATABRICKS_AUTH_TYPE, the SDKs' variable, leaves; undefined for what is none of ours
 * (`pat`).
 */
export function sourcesOfAuthType(authType: string): readonly TokenSourceName[] | undefined {
  // a client secret, wherever it stands
  if (authType === "oauth-m2m") return ["databricks-app", "client-credentials", "profile"];
  const same = (["env-oidc", "file-oidc", "github-oidc", "databricks-cli"] as const).find((name) => name === authType);
  return same === undefined ? undefined : [same];
}
