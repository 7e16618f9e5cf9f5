/** Which issuer is to mint the token, and at which endpoint: the endpoint that mints a token decides its `iss`. */
import { InputError } from "../errors";
import type { IssuerUrls } from "../issuer/issuer";
import { urlsOf } from "../issuer/issuer";
import { cloudOfHost, isAccountsHost } from "../issuer/clouds";
import { readIssuerUrl } from "../issuer/read-url";
import { isLoopback } from "../network/proxy";
import { quoted } from "../text/text-rule";

/** An issuer that would do. A federation's issuers are ones. */
export interface IssuerTarget extends Pick<IssuerUrls, "issuer" | "tokenEndpoint"> {
  readonly key: string;
  readonly level: "workspace" | "account";
}

export interface TokenEndpoint {
  readonly endpoint: URL;
  /** What the token's `iss` will be, or null where a local stand-in decides. */
  readonly issuer: string;
  readonly level: "workspace" | "account";
}

/** DATABRICKS_HOST as its parts. */
export type ConfiguredHost =
  /** `base` is origin and path: a local stand-in may serve several hosts, each below a path of its own. */
  | { readonly kind: "loopback"; readonly base: string }
  | { readonly kind: "host"; readonly host: string; readonly accountId: string | undefined };

/** Reads DATABRICKS_HOST or a profile's `host`. Throws InputError: the codes of `readIssuerUrl`. */
export function readConfiguredHost(text: string): ConfiguredHost {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && isLoopback(url.hostname))
    return { kind: "loopback", base: `${url.origin}${url.pathname.replace(/\/+$/, "")}` };
  const bare = text
    .trim()
    .replace(/^https:\/\//i, "")
    .replace(/[/?#].*$/s, "")
    .toLowerCase();
  if (isAccountsHost(bare))
    return { kind: "host", host: bare, accountId: /\/oidc\/accounts\/([^/?#]+)/.exec(text)?.[1] };
  const read = readIssuerUrl(text, { allowCustomHost: true });
  return { kind: "host", host: read.host, accountId: read.level === "account" ? read.accountId : undefined };
}

export interface MintingQuestion {
  /** DATABRICKS_HOST or the profile's host, as written. */
  readonly host: string | undefined;
  readonly accountId: string | undefined;
  /** The issuers the caller can use; empty: whatever the host is. */
  readonly targets: readonly IssuerTarget[];
}

/**
 * The endpoint to mint at. With targets, the one that belongs to the configured host (a workspace's own, else an
 * account
 * issuer of the same cloud); a secret never goes to a host that is neither configured nor of the configured one's
 * cloud.
 * Throws InputError databricks-host-missing, databricks-host-mismatch, issuer-undetermined, and those of the host.
 */
export function tokenEndpointFor(question: MintingQuestion): TokenEndpoint {
  const { targets } = question;
  if (question.host === undefined) {
    const [only, ...others] = targets;
    if (only === undefined)
      throw new InputError([
        {
          code: "databricks-host-missing",
          message: "No Databricks host is configured.",
          fix: "Set DATABRICKS_HOST to the workspace's address, e.g. https://mycompany.cloud.databricks.com.",
        },
      ]);
    if (others.length > 0) throw undetermined(targets);
    return placeOf(only);
  }
  const host = readConfiguredHost(question.host);
  if (host.kind === "loopback") return loopbackPlace(host.base, question);
  if (targets.length === 0) return placeOf(targetOfHost(host, question.accountId));
  const own = targets.filter((target) => new URL(target.tokenEndpoint).hostname === host.host);
  const accounts = targets.filter(
    (target) => target.level === "account" && sameCloud(host.host, new URL(target.tokenEndpoint).hostname),
  );
  const fitting = own.length > 0 ? own : accounts;
  const [first, ...more] = fitting;
  if (first === undefined) {
    throw new InputError([
      {
        code: "databricks-host-mismatch",
        message:
          `DATABRICKS_HOST is ${quoted(host.host)}, and the federation's issuer ` +
          `is ${targets.map((target) => target.issuer).join(" or ")}.`,
        fix: "Set DATABRICKS_HOST to the issuer's host, or name another issuer with --issuer.",
      },
    ]);
  }
  if (more.length > 0) throw undetermined(fitting);
  return placeOf(first);
}

/** Host and account that a log-in for the only one of `targets` is at; nothing where there are several or none. */
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
  return new InputError([
    {
      code: "issuer-undetermined",
      message: `Several issuers would do: ${targets.map((target) => target.key).join(", ")}.`,
      fix: "Name one with --issuer.",
    },
  ]);
}

/** A local stand-in for Databricks serves the issuer's own paths. */
function loopbackPlace(base: string, question: MintingQuestion): TokenEndpoint {
  const [only, ...others] = question.targets;
  if (others.length > 0) throw undetermined(question.targets);
  if (only !== undefined)
    return {
      endpoint: new URL(`${base}${new URL(only.tokenEndpoint).pathname}`),
      issuer: only.issuer,
      level: only.level,
    };
  const path = question.accountId === undefined ? "/oidc" : `/oidc/accounts/${question.accountId}`;
  return {
    endpoint: new URL(`${base}${path}/v1/token`),
    issuer: `${base}${path}`,
    level: question.accountId === undefined ? "workspace" : "account",
  };
}

function placeOf(target: IssuerTarget): TokenEndpoint {
  return { endpoint: new URL(target.tokenEndpoint), issuer: target.issuer, level: target.level };
}

function targetOfHost(
  host: { readonly host: string; readonly accountId: string | undefined },
  accountId: string | undefined,
): IssuerTarget {
  if (!isAccountsHost(host.host)) return { key: host.host, level: "workspace", ...urlsOf(`https://${host.host}/oidc`) };
  const id = host.accountId ?? accountId;
  if (id === undefined) {
    throw new InputError([
      {
        code: "issuer-account-agnostic",
        message: `${host.host} serves every Databricks customer; the account is not named.`,
        fix: "Set DATABRICKS_ACCOUNT_ID.",
      },
    ]);
  }
  const read = readIssuerUrl(`https://${host.host}/oidc/accounts/${id}`);
  return { key: host.host, level: "account", ...urlsOf(`https://${read.host}/oidc/accounts/${id.toLowerCase()}`) };
}

function sameCloud(left: string, right: string): boolean {
  const cloud = cloudOfHost(left);
  return left === right || (cloud !== null && cloud === cloudOfHost(right));
}
