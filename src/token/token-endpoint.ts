/** Which issuer's endpoint a token is requested from: the endpoint that issues a token decides its `iss`. */
import { type InputError, inputError } from "../errors";
import { type IssuerUrls, urlsOf } from "../issuer/issuer";
import { cloudOfHost, isAccountsHost } from "../issuer/clouds";
import { readIssuerUrl } from "../issuer/read-url";
import { databricksConfigUrl } from "../network/databricks-config";
import { isLoopback } from "../network/proxy";
import type { Secret } from "../text/secret";
import { quoted } from "../text/text-rule";

/** An issuer whose tokens can be used: those of a federation are such. */
export interface IssuerTarget extends Pick<IssuerUrls, "issuer" | "tokenEndpoint"> {
  readonly key: string;
  readonly level: "workspace" | "account";
}

export interface TokenEndpoint {
  readonly endpoint: URL;
  /** Where the host describes itself (`databricks-config`). */
  readonly hostMetadata: URL;
  /** What the token's `iss` will be. */
  readonly issuer: string;
  readonly level: "workspace" | "account";
}

/** Who requests a token, and with what. */
export type OAuthGrant =
  | { readonly kind: "client-credentials"; readonly clientId: string; readonly clientSecret: Secret }
  /** A notebook's or job's own token, exchanged. */
  | { readonly kind: "ambient"; readonly subject: Secret }
  /** Another issuer's token, exchanged; without a client ID by account-wide federation. */
  | { readonly kind: "federated"; readonly subject: Secret; readonly clientId: string | undefined };

/** DATABRICKS_HOST as its parts. */
type ConfiguredHost =
  /** `base` is origin and path: a local stand-in may serve several hosts, each below a path of its own. */
  | { readonly kind: "loopback"; readonly base: string }
  | { readonly kind: "host"; readonly host: string; readonly accountId: string | undefined };

/** Reads DATABRICKS_HOST or a profile's `host`. Throws InputError: the codes of `readIssuerUrl`. */
function readConfiguredHost(text: string): ConfiguredHost {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && isLoopback(url.hostname)) {
    const parts = url.pathname.split("/").filter((part) => part !== "");
    return { kind: "loopback", base: [url.origin, ...parts].join("/") };
  }
  const [bare = ""] = text
    .trim()
    .replace(/^https:\/\//i, "")
    .toLowerCase()
    .split(/[/?#]/, 1);
  if (isAccountsHost(bare))
    return { kind: "host", host: bare, accountId: /\/oidc\/accounts\/([^/?#]+)/.exec(text)?.[1] };
  const read = readIssuerUrl(text, { allowCustomHost: true, path: "DATABRICKS_HOST" });
  return { kind: "host", host: read.host, accountId: read.level === "account" ? read.accountId : undefined };
}

export interface EndpointOptions {
  /** DATABRICKS_HOST or the profile's host, as written. */
  readonly host: string | undefined;
  readonly accountId: string | undefined;
  /** The issuers the caller can use; empty: whatever the host is. */
  readonly targets: readonly IssuerTarget[];
}

/**
 * The endpoint to request a token from. With targets, the one that belongs to the configured host (a workspace's own,
 * else an account issuer of the same cloud); a secret never goes to a host that is neither configured nor of the
 * configured one's cloud. Throws InputError databricks-host-missing, databricks-host-mismatch, issuer-undetermined,
 * and those of the host.
 */
export function tokenEndpointFor(options: EndpointOptions): TokenEndpoint {
  const { targets } = options;
  if (options.host === undefined) {
    const [only, ...others] = targets;
    if (others.length > 0) throw undetermined(targets);
    if (only !== undefined) return endpointOfTarget(only);
    throw inputError(
      "databricks-host-missing",
      "No Databricks host is configured.",
      "Set DATABRICKS_HOST to the workspace's address, e.g. https://mycompany.cloud.databricks.com.",
    );
  }
  const host = readConfiguredHost(options.host);
  if (host.kind === "loopback") return loopbackEndpoint(host.base, options);
  if (targets.length === 0) return endpointOfTarget(targetOfHost(host, options.accountId));
  const own = targets.filter((target) => hostOf(target) === host.host);
  const accounts = targets.filter((target) => target.level === "account" && sameCloud(host.host, hostOf(target)));
  const fitting = own.length > 0 ? own : accounts;
  const [first, ...more] = fitting;
  if (more.length > 0) throw undetermined(fitting);
  if (first !== undefined) return endpointOfTarget(first);
  throw inputError(
    "databricks-host-mismatch",
    `DATABRICKS_HOST is ${quoted(host.host)}, and the federation's issuer ` +
      `is ${targets.map((target) => target.issuer).join(" or ")}.`,
    "Set DATABRICKS_HOST to the issuer's host, or name another issuer with --issuer.",
  );
}

/**
 * The URL of an API of the configured workspace, `path` beginning with a slash; without a host, of the only target.
 * Throws InputError databricks-host-missing, databricks-host-mismatch, and those of the host.
 */
export function workspaceUrl({ host, targets }: Pick<EndpointOptions, "host" | "targets">, path: string): URL {
  const named = targets.find(({ level }) => level === "workspace");
  if (host === undefined && named === undefined)
    throw inputError(
      "databricks-host-missing",
      "No Databricks workspace is configured.",
      "Set DATABRICKS_HOST to the workspace's address, e.g. https://mycompany.cloud.databricks.com.",
    );
  const read = host === undefined ? undefined : readConfiguredHost(host);
  if (read?.kind === "loopback") return new URL(`${read.base}${path}`);
  const configured = read?.host ?? (named === undefined ? "" : hostOf(named));
  if (isAccountsHost(configured))
    throw inputError(
      "databricks-host-mismatch",
      `${quoted(configured)} is the host of accounts, and this API is a workspace's.`,
      "Set DATABRICKS_HOST to the workspace's address.",
    );
  if (named !== undefined && hostOf(named) !== configured)
    throw inputError(
      "databricks-host-mismatch",
      `DATABRICKS_HOST is ${quoted(configured)}, and the issuer ${named.key} is ${named.issuer}.`,
      "Set DATABRICKS_HOST to that issuer's host, or leave --issuer out.",
    );
  return new URL(`https://${configured}${path}`);
}

function hostOf({ tokenEndpoint }: IssuerTarget): string {
  return new URL(tokenEndpoint).hostname;
}

/** Host and account of a login for the only one of `targets`; nothing where there are several or none. */
export function hostOfTarget(targets: readonly IssuerTarget[]): {
  readonly host: string | undefined;
  readonly accountId: string | undefined;
} {
  const [only, ...others] = targets;
  if (only === undefined || others.length > 0) return { host: undefined, accountId: undefined };
  return {
    host: new URL(only.issuer).origin,
    accountId: only.level === "account" ? new URL(only.issuer).pathname.split("/").at(-1) : undefined,
  };
}

function undetermined(targets: readonly IssuerTarget[]): InputError {
  return inputError(
    "issuer-undetermined",
    `Several issuers can be used: ${targets.map((target) => target.key).join(", ")}.`,
    "Name one with --issuer.",
  );
}

/** A local stand-in for Databricks serves the issuer's own paths. */
function loopbackEndpoint(base: string, { targets, accountId }: EndpointOptions): TokenEndpoint {
  const [only, ...others] = targets;
  if (others.length > 0) throw undetermined(targets);
  const hostMetadata = new URL(`${base}/.well-known/databricks-config`);
  if (only !== undefined) {
    const endpoint = new URL(`${base}${new URL(only.tokenEndpoint).pathname}`);
    return { endpoint, hostMetadata, issuer: only.issuer, level: only.level };
  }
  const issuer = `${base}/oidc${accountId === undefined ? "" : `/accounts/${accountId}`}`;
  const level = accountId === undefined ? "workspace" : "account";
  return { endpoint: new URL(`${issuer}/v1/token`), hostMetadata, issuer, level };
}

function endpointOfTarget({ tokenEndpoint, issuer, level }: IssuerTarget): TokenEndpoint {
  const endpoint = new URL(tokenEndpoint);
  return { endpoint, hostMetadata: databricksConfigUrl(endpoint.hostname), issuer, level };
}

function targetOfHost(
  host: { readonly host: string; readonly accountId: string | undefined },
  accountId: string | undefined,
): IssuerTarget {
  if (!isAccountsHost(host.host)) return { key: host.host, level: "workspace", ...urlsOf(`https://${host.host}/oidc`) };
  const id = host.accountId ?? accountId;
  if (id === undefined)
    throw inputError(
      "issuer-account-agnostic",
      `${host.host} serves every Databricks customer; the account is not named.`,
      "Set DATABRICKS_ACCOUNT_ID.",
    );
  const read = readIssuerUrl(`https://${host.host}/oidc/accounts/${id}`);
  return { key: host.host, level: "account", ...urlsOf(`https://${read.host}/oidc/accounts/${id.toLowerCase()}`) };
}

function sameCloud(left: string, right: string): boolean {
  const cloud = cloudOfHost(left);
  return left === right || (cloud !== null && cloud === cloudOfHost(right));
}
