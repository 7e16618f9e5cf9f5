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
