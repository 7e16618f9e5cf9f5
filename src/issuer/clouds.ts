/**
 * Databricks' clouds: the zone workspace hosts live in, and the accounts host.
 * Source: databricks-sdk-go `common/environment/environments.go` (and its Python and Java twins).
 */

export const CLOUD_NAMES = ["aws", "aws-us-gov", "aws-us-gov-dod", "azure", "azure-us-gov", "azure-cn", "gcp"] as const;

/** Where Databricks itself runs. */
export type Cloud = (typeof CLOUD_NAMES)[number];

export interface CloudHosts {
  /** What workspace hosts end in, with the leading dot. */
  readonly workspaceZone: string;
  /** The host of the account console; null where none is publicly known. */
  readonly accountsHost: string | null;
}

export const CLOUDS: Readonly<Record<Cloud, CloudHosts>> = {
  aws: { workspaceZone: ".cloud.databricks.com", accountsHost: "accounts.cloud.databricks.com" },
  "aws-us-gov": { workspaceZone: ".cloud.databricks.us", accountsHost: "accounts.cloud.databricks.us" },
  "aws-us-gov-dod": { workspaceZone: ".cloud.databricks.mil", accountsHost: "accounts-dod.cloud.databricks.mil" },
  azure: { workspaceZone: ".azuredatabricks.net", accountsHost: "accounts.azuredatabricks.net" },
  "azure-us-gov": { workspaceZone: ".databricks.azure.us", accountsHost: null },
  "azure-cn": { workspaceZone: ".databricks.azure.cn", accountsHost: "accounts.databricks.azure.cn" },
  gcp: { workspaceZone: ".gcp.databricks.com", accountsHost: "accounts.gcp.databricks.com" },
};

/** The cloud whose zone `host` (lower case) lies in, accounts host included; null outside Databricks' zones. */
export function cloudOfHost(host: string): Cloud | null {
  for (const cloud of CLOUD_NAMES) if (host.endsWith(CLOUDS[cloud].workspaceZone)) return cloud;
  return null;
}

/** Whether `host` is some cloud's accounts host, or named like one (`accounts.…`, `accounts-….…`). */
export function isAccountsHost(host: string): boolean {
  return cloudOfHost(host) !== null && /^accounts(?:-[a-z0-9-]+)?\./.test(host);
}

/** Azure and GCP hosts carry the workspace ID: `adb-<id>.<n>.azuredatabricks.net`, `<id>.<n>.gcp.databricks.com`. */
export function workspaceIdOfHost(host: string): string | null {
  return (
    /^(?:adb-)?([1-9][0-9]{8,19})\.[0-9]{1,2}\.(?:azuredatabricks\.net|databricks\.azure\.(?:us|cn)|gcp\.databricks\.com)$/.exec(
      host,
    )?.[1] ?? null
  );
}
