/** What the sandbox simulates: Databricks issuers, and AWS accounts with their providers and roles. Plain data. */
import { type Cloud, cloudOfHost, CLOUDS, isAccountsHost, workspaceIdOfHost } from "../../issuer/clouds";
import { issuerPathOf } from "../../issuer/issuer";
import { WORKSPACE_ID } from "../../issuer/rules";
import { satisfies } from "../../text/text-rule";
import { type CompiledPolicy, compilePolicy } from "../../trust/decide/decide";
import { readPolicy } from "../../trust/decide/document";
import type { LintRole } from "../../trust/parsed/target";

export interface SimulatedIssuer {
  /** The first part of its path in the sandbox. */
  readonly key: string;
  /** As production tokens name it, with `https://`. */
  readonly issuer: string;
  readonly level: "workspace" | "account";
  readonly host: string;
  readonly cloud: Cloud | null;
  /** Databricks' account ID; null for a workspace. */
  readonly databricksAccountId: string | null;
  /** What Databricks puts into `aud`. */
  readonly audience: string;
}

export interface SimulatedProvider {
  readonly arn: string;
  readonly issuer: string;
  readonly clientIds: readonly string[];
}

export interface SimulatedRole {
  /** Its key, or its address in the plan. */
  readonly name: string;
  readonly arn: string;
  readonly trust: CompiledPolicy;
  /** Seconds. */
  readonly maxSessionDuration: number;
  /** The role as read, with its trust policy and its permissions. */
  readonly source: LintRole;
  /** Of a plan: the values of the resource by Terraform's names, and its inline policies by theirs. */
  readonly planned: {
    readonly values: Readonly<Record<string, unknown>>;
    readonly inlinePolicies: Readonly<Record<string, unknown>>;
  } | null;
}

export interface SimulatedAccount {
  /** 12 digits. */
  readonly accountId: string;
  readonly partition: string;
  readonly region: string | null;
  readonly providers: readonly SimulatedProvider[];
  readonly roles: readonly SimulatedRole[];
}

export interface SimulatedDirectory {
  readonly issuers: readonly SimulatedIssuer[];
  readonly accounts: readonly SimulatedAccount[];
  /** What was assumed, each in a sentence. */
  readonly notes: readonly string[];
}

/** The ID of an AWS account that is not named: the one of AWS' own examples. */
export const EXAMPLE_ACCOUNT_ID = "111122223333";
/** IAM's own default, in seconds. */
const DEFAULT_MAX_SESSION_DURATION = 3600;

/** A role with its policy compiled; undefined where its trust policy cannot be read. */
export function simulatedRole(
  name: string,
  arn: string,
  source: LintRole,
  planned: SimulatedRole["planned"] = null,
): SimulatedRole | undefined {
  const read = readPolicy(source.policy);
  if (!read.ok) return undefined;
  return {
    name,
    arn,
    trust: compilePolicy(read.policy),
    maxSessionDuration: source.maxSessionDuration ?? DEFAULT_MAX_SESSION_DURATION,
    source,
    planned,
  };
}

/** An issuer of which only the URL and the registered client IDs are known. */
export function issuerOfUrl(key: string, url: string, clientIds: readonly string[]): SimulatedIssuer {
  const [host = "", ...rest] = issuerPathOf(url).split("/");
  const account = /^oidc\/accounts\/([^/]+)$/.exec(rest.join("/"))?.[1] ?? null;
  return {
    key,
    issuer: url,
    level: account === null ? "workspace" : "account",
    host,
    cloud: cloudOfHost(host),
    databricksAccountId: account,
    // what Databricks puts there, where IAM registers it; else what IAM does register
    audience:
      account ?? workspaceIdOfHost(host) ?? clientIds.find((id) => satisfies(WORKSPACE_ID, id)) ?? clientIds[0] ?? "0",
  };
}

/** A workspace that no role trusts, whose tokens are signed by the same regional key. */
export function otherTenant(issuers: readonly SimulatedIssuer[]): SimulatedIssuer {
  const cloud = issuers.find((issuer) => issuer.cloud !== null)?.cloud ?? "aws";
  const zone = CLOUDS[cloud].workspaceZone;
  const names = ["another-tenant", "yet-another-tenant", "third-tenant"].map((name) => `https://${name}${zone}/oidc`);
  const free =
    names.find((name) => !issuers.some(({ issuer }) => issuer === name)) ??
    `https://tenant-${issuers.length}${zone}/oidc`;
  return issuerOfUrl("another.tenant", free, ["9999999999999999"]);
}

/** The name `accounts` or the first label of a host: for issuers that have no key. */
export function keyOfHost(host: string): string {
  const label = isAccountsHost(host) ? "accounts" : (host.split(".")[0] ?? "issuer").replace(/[^A-Za-z0-9_-]/g, "-");
  return /^[A-Za-z]/.test(label) ? label : `issuer-${label}`;
}

/** The path of an issuer below its host, e.g. `/oidc`. */
export function pathOfIssuer(issuer: SimulatedIssuer): string {
  // not by URL: a plan may hold a host that is not valid
  const path = issuerPathOf(issuer.issuer);
  return path.includes("/") ? path.slice(path.indexOf("/")) : "";
}
