/**
 * Databricks' clouds, each with everything that differs between them.
 * Sources: databricks-sdk-go `common/environment/environments.go` (and its Python and Java twins) for hosts,
 * terraform-provider-databricks `aws/constants.go` for Unity Catalog.
 */
import { markdownTable } from "../text/table";
import type { Partition } from "./rules";

export interface CloudFacts {
  /** What workspace hosts end in, with the leading dot. */
  readonly workspaceZone: string;
  /** The host of the account console; null where none is publicly known. */
  readonly accountsHost: string | null;
  /** Whether workspace hosts carry the workspace ID: `adb-<id>.<n>` or `<id>.<n>` before the zone. */
  readonly idInHost: boolean;
  /** Databricks' own role that assumes a customer's role for Unity Catalog; null where it reaches no AWS role. */
  readonly unityCatalog: { readonly partition: Partition; readonly arn: string } | null;
}

/**
 * Databricks' clouds by name: hosts, and Unity Catalog's own AWS role.
 *
 * @example
 * ```ts
 * import { CLOUDS } from "databricks-aws-oidc";
 * const zone = CLOUDS.azure.workspaceZone; // ".azuredatabricks.net"
 * ```
 */
export const CLOUDS = {
  aws: {
    workspaceZone: ".cloud.databricks.com",
    accountsHost: "accounts.cloud.databricks.com",
    idInHost: false,
    unityCatalog: {
      partition: "aws",
      arn: "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL",
    },
  },
  "aws-us-gov": {
    workspaceZone: ".cloud.databricks.us",
    accountsHost: "accounts.cloud.databricks.us",
    idInHost: false,
    unityCatalog: {
      partition: "aws-us-gov",
      arn: "arn:aws-us-gov:iam::044793339203:role/unity-catalog-prod-UCMasterRole-1QRFA8SGY15OJ",
    },
  },
  "aws-us-gov-dod": {
    workspaceZone: ".cloud.databricks.mil",
    accountsHost: "accounts-dod.cloud.databricks.mil",
    idInHost: false,
    unityCatalog: {
      partition: "aws-us-gov",
      arn: "arn:aws-us-gov:iam::170661010020:role/unity-catalog-prod-UCMasterRole-1DI6DL6ZP26AS",
    },
  },
  azure: {
    workspaceZone: ".azuredatabricks.net",
    accountsHost: "accounts.azuredatabricks.net",
    idInHost: true,
    unityCatalog: null,
  },
  "azure-us-gov": { workspaceZone: ".databricks.azure.us", accountsHost: null, idInHost: true, unityCatalog: null },
  "azure-cn": {
    workspaceZone: ".databricks.azure.cn",
    accountsHost: "accounts.databricks.azure.cn",
    idInHost: true,
    unityCatalog: null,
  },
  gcp: {
    workspaceZone: ".gcp.databricks.com",
    accountsHost: "accounts.gcp.databricks.com",
    idInHost: true,
    unityCatalog: null,
  },
} as const satisfies Readonly<Record<string, CloudFacts>>;

/**
 * Where Databricks itself runs.
 *
 * @example
 * ```ts
 * import type { Cloud } from "databricks-aws-oidc";
 * const cloud: Cloud = "aws-us-gov";
 * ```
 */
export type Cloud = keyof typeof CLOUDS;

export const CLOUD_NAMES = Object.keys(CLOUDS) as readonly Cloud[];

/** A Databricks cloud on which Unity Catalog reaches AWS roles. */
export type UnityCatalogCloud = {
  [Name in Cloud]: (typeof CLOUDS)[Name]["unityCatalog"] extends null ? never : Name;
}[Cloud];

export const UNITY_CATALOG_CLOUDS = CLOUD_NAMES.filter(
  (cloud): cloud is UnityCatalogCloud => CLOUDS[cloud].unityCatalog !== null,
);

/** Databricks' own roles for Unity Catalog, by cloud. */
export const UNITY_CATALOG_PRINCIPALS = Object.fromEntries(
  UNITY_CATALOG_CLOUDS.map((cloud) => [cloud, CLOUDS[cloud].unityCatalog]),
) as Readonly<Record<UnityCatalogCloud, { readonly partition: Partition; readonly arn: string }>>;

/** The cloud whose zone `host` (lower case) is in, accounts host included; null outside Databricks' zones. */
export function cloudOfHost(host: string): Cloud | null {
  return CLOUD_NAMES.find((cloud) => host.endsWith(CLOUDS[cloud].workspaceZone)) ?? null;
}

/** Whether `host` is some cloud's accounts host, or named like one (`accounts.…`, `accounts-….…`). */
export function isAccountsHost(host: string): boolean {
  return cloudOfHost(host) !== null && /^accounts(?:-[a-z0-9-]+)?\./.test(host);
}

/** The workspace ID that a host carries: of `adb-<id>.<n>.azuredatabricks.net` or `<id>.<n>.gcp.databricks.com`. */
export function workspaceIdOfHost(host: string): string | null {
  const cloud = cloudOfHost(host);
  if (cloud === null || !CLOUDS[cloud].idInHost) return null;
  const name = host.slice(0, -CLOUDS[cloud].workspaceZone.length);
  return /^(?:adb-)?([1-9][0-9]{8,19})\.[0-9]{1,2}$/.exec(name)?.[1] ?? null;
}

/** The hosts of every cloud as a Markdown table. */
export function cloudsTable(): string {
  const rows = Object.entries<CloudFacts>(CLOUDS).map(([cloud, { workspaceZone, accountsHost }]) => [
    `\`${cloud}\``,
    `\`${workspaceZone}\``,
    accountsHost === null ? "not publicly known: give `accountsHost`" : `\`${accountsHost}\``,
  ]);
  return markdownTable(["cloud", "workspace hosts end in", "accounts host"], rows);
}

/** Databricks' Unity Catalog roles as a Markdown table, for docs/unity-catalog.md. */
export function principalsTable(): string {
  const rows = Object.entries(UNITY_CATALOG_PRINCIPALS).map(([cloud, { partition, arn }]) => [cloud, partition, arn]);
  return markdownTable(
    ["`cloud`", "partition", "Databricks' role"],
    rows.map((row) => row.map((cell) => `\`${cell}\``)),
  );
}
