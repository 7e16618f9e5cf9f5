/** Which issuer the federation gets: from what was pasted, and from what the workspace says about itself. */
import { inputError, type Warning } from "../errors";
import type { IssuerDeclaration } from "../federation/declarations";
import { chooseIssuer, type IssuerChoice } from "../issuer/choose";
import { cloudOfHost, CLOUDS, isAccountsHost } from "../issuer/clouds";
import { readIssuerUrl } from "../issuer/read-url";
import { DATABRICKS_ACCOUNT_ID, WORKSPACE_ID } from "../issuer/rules";
import type { DatabricksConfig } from "../network/databricks-config";
import { satisfies } from "../text/text-rule";
import type { IssuerFlags } from "./flags";

export type IssuerFinding =
  | {
      readonly found: true;
      readonly choice: IssuerChoice;
      readonly declaration: IssuerDeclaration;
      readonly notes: readonly Warning[];
    }
  | { readonly found: false; readonly needs: "url" | "account-id" | "workspace-id"; readonly why: string };

/** The host of a pasted address, where it can be read: whatever follows is left to `readIssuerUrl`. */
function pastedHost(url: string): string {
  const [host = ""] = url
    .trim()
    .replace(/^[a-z]+:\/\//i, "")
    .split(/[/?#]/, 1);
  return host.toLowerCase();
}

/** The workspace host that may know the rest; null where there is none, or nothing is left to find out. */
export function hostToAsk(flags: IssuerFlags): string | null {
  if (flags.url === undefined || isAccountsHost(pastedHost(flags.url))) return null;
  const read = readIssuerUrl(flags.url, {
    allowCustomHost: flags.allowCustomHost === true || mayPointElsewhere(pastedHost(flags.url)),
  });
  return read.level === "workspace" ? read.host : null;
}

/**
 * Databricks' own names outside the zones of workspaces: custom and unified hosts. No other host is trusted to name an
 * issuer.
 */
function mayPointElsewhere(host: string): boolean {
  return host.endsWith(".databricks.com") && cloudOfHost(host) === null;
}

/**
 * The issuer, or what is missing to find it. `config` is what the workspace said, null where it was not asked or did
 * not answer. Throws InputError: issuer-conflict and the codes of `chooseIssuer`.
 */
export function findIssuer(flags: IssuerFlags, config: DatabricksConfig | null): IssuerFinding {
  if (flags.url === undefined && flags.accountId === undefined)
    return { found: false, needs: "url", why: "the workspace's address, or --account-id" };
  const reported = config === null ? { accountId: null, workspaceId: null } : believable(config);
  const { url, note } = issuerAddress(flags, config, reported.accountId);
  if (url === undefined && flags.url !== undefined)
    return { found: false, needs: "account-id", why: "that host serves every Databricks account" };
  const withoutUnifiedLogin =
    flags.unifiedLogin === false ? (flags.accountId ?? reported.accountId ?? undefined) : flags.accountId;
  if (
    flags.unifiedLogin === false &&
    withoutUnifiedLogin === undefined &&
    url !== undefined &&
    !isAccountsHost(pastedHost(url))
  ) {
    return { found: false, needs: "account-id", why: "without unified login the account is the issuer" };
  }
  const choice = chooseIssuer({ ...flags, url, accountId: withoutUnifiedLogin });
  if (choice.level === "account")
    return { found: true, choice, declaration: declared(choice, flags), notes: [...note, ...choice.warnings] };
  if (choice.audience !== null && reported.workspaceId !== null && choice.audience !== reported.workspaceId) {
    throw inputError(
      "issuer-conflict",
      `${new URL(choice.issuer).host} reports workspace ID ${reported.workspaceId}, ` + `not ${choice.audience}.`,
      "Leave --workspace-id out, or paste the address of the workspace you mean.",
      "workspace-id",
    );
  }
  const workspaceId = choice.audience ?? reported.workspaceId;
  if (workspaceId === null)
    return { found: false, needs: "workspace-id", why: "the number after ?o= in the workspace's address" };
  const whole = chooseIssuer({ ...flags, url, workspaceId });
  return { found: true, choice: whole, declaration: declared(whole, flags), notes: [...note, ...whole.warnings] };
}

/** The valid parts of a host's response; the rest counts as absent. */
function believable(config: DatabricksConfig): {
  readonly accountId: string | null;
  readonly workspaceId: string | null;
} {
  const accountId = config.accountId?.toLowerCase() ?? null;
  return {
    accountId: accountId !== null && satisfies(DATABRICKS_ACCOUNT_ID, accountId) ? accountId : null,
    workspaceId: config.workspaceId !== null && satisfies(WORKSPACE_ID, config.workspaceId) ? config.workspaceId : null,
  };
}

/**
 * The address to read the issuer from: an accounts host gets its account, a custom host what it names as its issuer.
 */
function issuerAddress(
  flags: IssuerFlags,
  config: DatabricksConfig | null,
  reportedAccountId: string | null,
): { readonly url: string | undefined; readonly note: readonly Warning[] } {
  const { url } = flags;
  if (url === undefined) return { url, note: [] };
  const host = pastedHost(url);
  if (isAccountsHost(host) && !/\/oidc\/accounts\/[^/?#]/.test(url) && !/[?&](?:account_id|a)=/.test(url)) {
    return {
      url: flags.accountId === undefined ? undefined : `https://${host}/oidc/accounts/${flags.accountId}`,
      note: [],
    };
  }
  const named = config?.oidcEndpoint?.replace("{account_id}", reportedAccountId ?? "{account_id}");
  if (named !== undefined && mayPointElsewhere(host) && pastedHost(named) !== host) {
    return {
      url: named,
      note: [{ code: "issuer-elsewhere", message: `${host} names another host as its issuer: ${pastedHost(named)}.` }],
    };
  }
  return { url, note: [] };
}

function declared(choice: IssuerChoice, flags: IssuerFlags): IssuerDeclaration {
  const { host } = new URL(choice.issuer);
  const custom = choice.cloud === null && flags.allowCustomHost === true ? { allowCustomHost: true } : {};
  if (choice.level === "workspace") return { level: "workspace", host, workspaceId: choice.audience ?? "", ...custom };
  // only where the cloud's default is this host
  const where =
    choice.cloud !== null && CLOUDS[choice.cloud].accountsHost === host
      ? { cloud: choice.cloud }
      : { accountsHost: host };
  return { level: "account", accountId: choice.audience ?? "", ...where, ...custom };
}
