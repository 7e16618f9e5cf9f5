/** An issuer and everything derived from it: one function for each fact, used everywhere. */
import type { Problem, Warning } from "../errors";
import { violation, quoted } from "../text/text-rule";
import { type Cloud, cloudOfHost, CLOUDS, isAccountsHost, workspaceIdOfHost } from "./clouds";
import {
  DATABRICKS_ACCOUNT_ID,
  HOST,
  looksLikeAwsAccountId,
  MAX_ISSUER_LENGTH,
  type Partition,
  WORKSPACE_ID,
} from "./rules";

/** A workspace issuer: `https://<workspace host>/oidc`. */
export interface WorkspaceIssuerInput {
  readonly level: "workspace";
  /** Bare host in lower case, e.g. `mycompany.cloud.databricks.com`. */
  readonly host: string;
  /** The audience of the workspace's tokens. A decimal number, kept as text: it does not fit a double. */
  readonly workspaceId: string;
  /** Accept a host outside Databricks' zones (a custom or unified host). */
  readonly allowCustomHost?: boolean | undefined;
}

/** An account issuer: `https://<accounts host>/oidc/accounts/<account ID>`. */
export interface AccountIssuerInput {
  readonly level: "account";
  /** Databricks' account ID, a UUID in lower case. Not the AWS account ID. */
  readonly accountId: string;
  /** Which Databricks cloud's accounts host; default `aws`. Ignored where `accountsHost` is given. */
  readonly cloud?: Cloud | undefined;
  readonly accountsHost?: string | undefined;
  readonly allowCustomHost?: boolean | undefined;
}

/**
 * An issuer by what identifies it.
 *
 * @example
 * ```ts
 * import type { IssuerInput } from "databricks-aws-oidc";
 * const issuer: IssuerInput = { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012", cloud: "azure" };
 * ```
 */
export type IssuerInput = WorkspaceIssuerInput | AccountIssuerInput;

/**
 * Everything that follows from an issuer's URL alone. All URLs with `https://`, none with a trailing slash.
 *
 * @example
 * ```ts
 * import type { IssuerUrls } from "databricks-aws-oidc";
 * const key = (urls: IssuerUrls): string => urls.conditionKeys.sub;
 * ```
 */
export interface IssuerUrls {
  /** Equal, to the character, to the `iss` claim and to the URL registered in IAM. */
  readonly issuer: string;
  /** The issuer without `https://`: tail of the provider ARN, prefix of the condition keys. */
  readonly issuerPath: string;
  readonly discoveryUrl: string;
  readonly tokenEndpoint: string;
  readonly conditionKeys: { readonly aud: string; readonly sub: string };
}

/**
 * The issuer without `https://`, e.g. `mycompany.cloud.databricks.com/oidc`.
 *
 * @example
 * ```ts
 * import { issuerPathOf } from "databricks-aws-oidc";
 * issuerPathOf("https://mycompany.cloud.databricks.com/oidc"); // "mycompany.cloud.databricks.com/oidc"
 * ```
 */
export function issuerPathOf(issuer: string): string {
  return issuer.replace(/^https:\/\//, "");
}

/** IAM condition keys of an issuer path: `<issuer path>:aud` and `<issuer path>:sub`. */
export function conditionKeysOf(issuerPath: string): { readonly aud: string; readonly sub: string } {
  return { aud: `${issuerPath}:aud`, sub: `${issuerPath}:sub` };
}

/**
 * All URLs of `issuer` (`https://…`, as in the `iss` claim).
 *
 * @example
 * ```ts
 * import { urlsOf } from "databricks-aws-oidc";
 * const { discoveryUrl, conditionKeys } = urlsOf("https://mycompany.cloud.databricks.com/oidc");
 * ```
 */
export function urlsOf(issuer: string): IssuerUrls {
  const issuerPath = issuerPathOf(issuer);
  return {
    issuer,
    issuerPath,
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    tokenEndpoint: `${issuer}/v1/token`,
    conditionKeys: conditionKeysOf(issuerPath),
  };
}

/**
 * ARN of the IAM OIDC provider of an issuer. Computed, never read back, so that a trust policy is in the
 * first plan. `account` is 12 digits, or the placeholder of an account that is not known yet.
 *
 * @example
 * ```ts
 * import { providerArn } from "databricks-aws-oidc";
 * providerArn("aws", "111122223333", "mycompany.cloud.databricks.com/oidc");
 * // "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc"
 * ```
 */
export function providerArn(partition: Partition | string, account: string, issuerPath: string): string {
  return `arn:${partition}:iam::${account}:oidc-provider/${issuerPath}`;
}

/** What the ARN of an IAM OIDC provider names. */
export interface ProviderArn {
  /** E.g. `aws`; in policies that are not deployed yet also `${…}` or a placeholder, as is the account. */
  readonly partition: string;
  readonly account: string;
  readonly issuerPath: string;
}

/** Reads the ARN of an IAM OIDC provider; undefined for anything else. */
export function parseProviderArn(arn: string): ProviderArn | undefined {
  const [, partition, account, issuerPath] =
    /^arn:(\$\{[^}]*\}|[^:$]*):iam::(\$\{[^}]*\}|[^:$]*):oidc-provider\/(.+)$/s.exec(arn) ?? [];
  return partition === undefined || account === undefined || issuerPath === undefined
    ? undefined
    : { partition, account, issuerPath };
}

/** The 12 digits of the AWS account in an ARN of IAM; null where it has none, or is not an ARN. */
export function accountOfArn(arn: unknown): string | null {
  return typeof arn === "string" ? (/^arn:[^:]*:iam::([0-9]{12}):/.exec(arn)?.[1] ?? null) : null;
}

/** The issuer URL of `input`, which must have passed `checkIssuer`. */
export function issuerUrl(input: IssuerInput): string {
  return input.level === "workspace"
    ? `https://${input.host}/oidc`
    : `https://${accountsHostOf(input) ?? ""}/oidc/accounts/${input.accountId}`;
}

/** The accounts host of an account issuer, or null where its cloud has none that is publicly known. */
function accountsHostOf(input: AccountIssuerInput): string | null {
  return input.accountsHost ?? CLOUDS[input.cloud ?? "aws"].accountsHost;
}

/** The Databricks cloud an issuer belongs to, or null for a custom host. */
export function cloudOfIssuer(input: IssuerInput): Cloud | null {
  if (input.level === "workspace") return cloudOfHost(input.host);
  return input.accountsHost === undefined ? (input.cloud ?? "aws") : cloudOfHost(input.accountsHost);
}

/**
 * What Databricks puts into `aud`: the workspace ID (seen), or the account ID (expected, see facts in
 * docs/issuer.md).
 */
export function defaultAudience(input: IssuerInput): string {
  return input.level === "workspace" ? input.workspaceId : input.accountId;
}

/**
 * Every problem of an issuer, none if it is valid.
 * Codes: host-empty, host-invalid, host-is-ip-address, host-not-databricks, host-is-accounts-host,
 * workspace-id-invalid, databricks-account-id-invalid, accounts-host-unknown, issuer-conflict, issuer-too-long.
 *
 * @example
 * ```ts
 * import { checkIssuer } from "databricks-aws-oidc";
 * const problems = checkIssuer({
 *   level: "workspace",
 *   host: "mycompany.cloud.databricks.com",
 *   workspaceId: "1444828305810485",
 * }); // []
 * ```
 */
export function checkIssuer(input: IssuerInput, path = ""): readonly Problem[] {
  const at = (field: string): string => (path === "" ? field : `${path}.${field}`);
  const problems: Problem[] = [];
  if (input.level === "workspace") {
    problems.push(...checkHost(input.host, at("host"), input.allowCustomHost ?? false));
    if (isAccountsHost(input.host)) {
      problems.push({
        code: "host-is-accounts-host",
        message:
          `${quoted(input.host)} is an accounts host: its issuer without an account ID is shared by ` +
          `every customer.`,
        path: at("host"),
        fix: "Use level: account with your accountId, or the host of one workspace.",
      });
    }
    const id = violation(WORKSPACE_ID, input.workspaceId, at("workspaceId"));
    if (id !== undefined) problems.push(id);
  } else {
    const id = violation(DATABRICKS_ACCOUNT_ID, input.accountId, at("accountId"));
    if (id !== undefined) problems.push(id);
    if (input.accountsHost !== undefined) {
      problems.push(...checkHost(input.accountsHost, at("accountsHost"), input.allowCustomHost ?? false));
      const home = cloudOfHost(input.accountsHost);
      if (input.cloud !== undefined && home !== null && home !== input.cloud) {
        problems.push({
          code: "issuer-conflict",
          message: `${quoted(input.accountsHost)} belongs to cloud ${home}, not ${input.cloud}.`,
          path: at("accountsHost"),
          fix: "Leave one of cloud and accountsHost out.",
        });
      }
    } else if (accountsHostOf(input) === null) {
      problems.push({
        code: "accounts-host-unknown",
        message: `The accounts host of cloud ${input.cloud ?? ""} is not publicly known.`,
        path: at("cloud"),
        fix:
          "Give accountsHost (the host of your account console; on the command line --url https://<accounts " +
          "host>/oidc/accounts/<account ID>), or use the workspace issuer.",
      });
    }
  }
  if (problems.length === 0 && issuerUrl(input).length > MAX_ISSUER_LENGTH) {
    problems.push({
      code: "issuer-too-long",
      message: `The issuer has ${issuerUrl(input).length} characters; the IAM limit is ${MAX_ISSUER_LENGTH}.`,
      path,
      fix: "Use a shorter host.",
    });
  }
  return problems;
}

/** Problems of a bare host. Codes: host-empty, host-is-ip-address, host-invalid, host-not-databricks. */
export function checkHost(host: string, path: string, allowCustomHost: boolean): readonly Problem[] {
  if (host === "") {
    return [
      {
        code: "host-empty",
        message: "The host is empty.",
        path,
        fix: `Write it like ${JSON.stringify(HOST.example)}.`,
      },
    ];
  }
  // what a browser or `inet_aton` reads as an address: 10.0.0.1, 127.1, 2130706433, 0x7f.1, 0177.0.0.0x1
  if (/^\[|^(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]*))*$/i.test(host)) {
    return [
      {
        code: "host-is-ip-address",
        message: `${quoted(host)} is an IP address; AWS requires a host name.`,
        path,
        fix: `Write the host's name, like ${JSON.stringify(HOST.example)}.`,
      },
    ];
  }
  const shape = violation(HOST, host, path);
  if (shape !== undefined)
    return [
      host.endsWith(".")
        ? { ...shape, fix: "Remove the dot at the end: IAM compares every character of the issuer." }
        : shape,
    ];
  if (!allowCustomHost && cloudOfHost(host) === null) {
    return [
      {
        code: "host-not-databricks",
        message:
          `${quoted(host)} is outside Databricks' zones: whoever controls that name could sign tokens for ` +
          `your roles.`,
        path,
        fix:
          "Use the workspace's own host (see docs/issuer.md), or set allowCustomHost: true " +
          "(--allow-custom-host) if that is intended and doctor confirms it.",
      },
    ];
  }
  return [];
}

/**
 * Things worth saying about a right issuer. Codes: account-id-looks-like-aws, workspace-id-of-another-host,
 * accounts-host-unusual, custom-host, audience-expected.
 */
export function issuerWarnings(input: IssuerInput, path?: string): readonly Warning[] {
  const warnings: Warning[] = [];
  const place = path === undefined ? {} : { path };
  if (input.level === "account" && looksLikeAwsAccountId(input.accountId)) {
    warnings.push({
      ...place,
      code: "account-id-looks-like-aws",
      message: `Databricks account IDs are UUIDs; ${input.accountId} has 12 digits and looks like an AWS account ID.`,
    });
  }
  const hostId = input.level === "workspace" ? workspaceIdOfHost(input.host) : null;
  if (input.level === "workspace" && hostId !== null && input.workspaceId !== "" && hostId !== input.workspaceId) {
    warnings.push({
      ...place,
      code: "workspace-id-of-another-host",
      message:
        `The host is named after workspace ${hostId}, the workspace ID is ${input.workspaceId}: no token ` +
        `has both.`,
    });
  }
  const unusual =
    input.level === "account" && input.accountsHost !== undefined ? unusualAccountsHost(input.accountsHost) : undefined;
  if (unusual !== undefined)
    warnings.push({ ...place, code: "accounts-host-unusual", message: `${unusual} Check with doctor.` });
  if (cloudOfIssuer(input) === null) {
    warnings.push({
      ...place,
      code: "custom-host",
      message:
        "A custom host's discovery document may name an issuer on another host; AWS requires the same issuer. Check " +
        "with doctor.",
    });
  }
  if (input.level === "account") {
    warnings.push({
      ...place,
      code: "audience-expected",
      message:
        "Account-level tokens should have the account ID as audience; none was observed yet. Check one with token.",
    });
  }
  return warnings;
}

/** What is odd about a host in a Databricks zone as accounts host; undefined: nothing. */
function unusualAccountsHost(host: string): string | undefined {
  const cloud = cloudOfHost(host);
  if (cloud === null) return undefined;
  if (!isAccountsHost(host)) return `${host} is named like a workspace's host, not like an accounts host.`;
  const known = CLOUDS[cloud].accountsHost;
  return known === null || known === host
    ? undefined
    : `The accounts host of cloud ${cloud} is known as ${known}, not ${host}.`;
}
