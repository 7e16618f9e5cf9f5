/** Reads an issuer out of whatever a person pasted, and says what was cut off; or refuses, with the reason. */
import type { ErrorCode, Problem, Warning } from "../errors";
import { InputError } from "../errors";
import { quoted } from "../text-rule";
import { cloudOfHost, isAccountsHost } from "./clouds";
import { checkHost } from "./issuer";
import { DATABRICKS_ACCOUNT_ID, MAX_ISSUER_LENGTH } from "./rules";
import { keeps } from "../text-rule";

/** What a pasted URL says about an issuer. `null`: the URL does not say. */
export type PastedIssuer =
  | { readonly level: "workspace"; readonly host: string; readonly workspaceId: string | null; readonly notes: readonly Warning[] }
  | { readonly level: "account"; readonly host: string; readonly accountId: string; readonly notes: readonly Warning[] };

function refusal(code: ErrorCode, message: string, fix: string): InputError {
  const problem: Problem = { code, message, fix, path: "url" };
  return new InputError([problem]);
}

/** Paths that belong to an issuer and are cut back to it. */
const DISCOVERY = /\/\.well-known\/(?:openid-configuration|oauth-authorization-server|databricks-config)$/;
const TOKEN_ENDPOINT = /\/v1\/(?:token|authorize)$/;

/**
 * Reads a pasted issuer, discovery URL, token endpoint or workspace address. Missing scheme, capital host, trailing
 * slash, discovery suffix, query (`?o=`, `?w=`, `?a=`) and console paths are cut, each with a note.
 * Throws InputError: issuer-unreadable, issuer-not-https, issuer-has-port, issuer-has-user-info, issuer-has-fragment,
 * host-is-ip-address, host-invalid, host-empty, host-not-databricks, issuer-account-agnostic,
 * databricks-account-id-invalid, issuer-path-unknown, issuer-too-long.
 */
export function readIssuerUrl(pasted: string, options: { readonly allowCustomHost?: boolean } = {}): PastedIssuer {
  const notes: Warning[] = [];
  const note = (code: string, message: string): void => { notes.push({ code, message }); };

  let text = pasted.trim();
  if (text === "") throw refusal("host-empty", "The URL is empty.", "Paste the address of your workspace or account console.");
  if (text.length > 2048) throw refusal("issuer-too-long", `The URL has ${text.length} characters.`, `An issuer has at most ${MAX_ISSUER_LENGTH}.`);
  if (text.startsWith("//")) text = text.slice(2);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  if (scheme === undefined) {
    if (!/^[^/?#]+/.test(text)) throw refusal("issuer-unreadable", `${quoted(pasted)} is no URL.`, "Paste it like \"https://mycompany.cloud.databricks.com/oidc\".");
    note("scheme-added", "https:// was missing and is added.");
    text = `https://${text}`;
  } else if (scheme.toLowerCase() !== "https") {
    throw refusal("issuer-not-https", `The URL starts with ${scheme}://; AWS takes https only.`, "Use https://.");
  }
  const [, authority = "", rest = ""] = /^[^:]+:\/\/([^/?#\\]*)(.*)$/s.exec(text) ?? [];
  if (authority.includes("@")) throw refusal("issuer-has-user-info", "The URL carries user information before the host.", "Remove everything up to the @.");
  if (rest.includes("#")) throw refusal("issuer-has-fragment", "The URL has a fragment (#…).", "Remove the # and what follows.");
  if (authority.startsWith("[")) throw refusal("host-is-ip-address", `${quoted(authority)} is an IP address; AWS wants the issuer's name.`, "Use the host's name.");
  if (authority.includes(":")) throw refusal("issuer-has-port", `The URL names a port (${quoted(authority)}); IAM takes none.`, "Remove the port.");

  const host = authority.toLowerCase();
  if (host !== authority) note("host-lowered", "The host is written in lower case: IAM compares the issuer with case.");
  const [hostProblem] = checkHost(host, "url", options.allowCustomHost ?? false);
  if (hostProblem !== undefined) throw new InputError([hostProblem]);

  const [path = "", query] = splitOnce(rest, "?");
  if (query !== undefined) note("query-cut", "The query is cut: an issuer has none.");
  let issuerPath = path;
  if (DISCOVERY.test(issuerPath.replace(/\/+$/, ""))) {
    note("discovery-cut", "That is the discovery URL; AWS wants the issuer and derives the discovery URL by itself.");
    issuerPath = issuerPath.replace(/\/+$/, "").replace(DISCOVERY, "");
  }
  if (TOKEN_ENDPOINT.test(issuerPath)) {
    note("token-endpoint-cut", "That is an endpoint of the issuer; it is cut back to the issuer.");
    issuerPath = issuerPath.replace(TOKEN_ENDPOINT, "");
  }
  if (/\/+$/.test(issuerPath)) {
    if (issuerPath !== "/") note("slash-cut", "The trailing slash is cut: IAM compares the issuer to the last character.");
    issuerPath = issuerPath.replace(/\/+$/, "");
  }
  const ids = new URLSearchParams(query ?? "");

  const account = /^\/oidc\/accounts\/([^/]+)$/.exec(issuerPath)?.[1];
  if (account !== undefined) return accountIssuer(host, account, notes);

  if (isAccountsHost(host)) {
    const fromQuery = ids.get("account_id") ?? ids.get("a");
    if (fromQuery !== null && fromQuery !== "" && !issuerPath.startsWith("/oidc")) {
      note("account-id-from-url", "The account ID is taken from the pasted URL.");
      return accountIssuer(host, fromQuery, notes);
    }
    throw refusal(
      "issuer-account-agnostic",
      `https://${host}/oidc is shared by every Databricks customer: trusting it would let all of them try your roles.`,
      "Add your account: https://" + host + "/oidc/accounts/<account-id>.",
    );
  }
  if (issuerPath.startsWith("/oidc/") ) {
    throw refusal("issuer-path-unknown", `${quoted(issuerPath)} is no path of a Databricks issuer.`, "A workspace issuer ends in /oidc, an account issuer in /oidc/accounts/<account-id>.");
  }
  if (issuerPath !== "/oidc" && issuerPath !== "") {
    if (cloudOfHost(host) === null) {
      throw refusal("issuer-path-unknown", `${quoted(issuerPath)} is no path of a Databricks issuer.`, "A workspace issuer ends in /oidc.");
    }
    note("path-cut", `The page ${quoted(issuerPath)} is cut: the workspace's issuer is /oidc.`);
  }
  const workspaceId = ids.get("o") ?? ids.get("w") ?? workspaceIdOfHost(host);
  const known = workspaceId !== null && /^[1-9][0-9]{0,19}$/.test(workspaceId) ? workspaceId : null;
  if (known !== null) note("workspace-id-from-url", `The workspace ID ${known} is taken from the pasted URL.`);
  return { level: "workspace", host, workspaceId: known, notes };
}

function accountIssuer(host: string, account: string, notes: Warning[]): PastedIssuer {
  const accountId = account.toLowerCase();
  if (!keeps(DATABRICKS_ACCOUNT_ID, accountId)) {
    throw refusal("databricks-account-id-invalid", `${quoted(account)} is no Databricks account ID.`, `It is a UUID, like ${JSON.stringify(DATABRICKS_ACCOUNT_ID.example)}.`);
  }
  if (accountId !== account) notes.push({ code: "account-id-lowered", message: "The account ID is written in lower case, as Databricks signs it." });
  return { level: "account", host, accountId, notes };
}

/** Azure and GCP hosts carry the workspace ID: `adb-<id>.<n>.azuredatabricks.net`, `<id>.<n>.gcp.databricks.com`. */
export function workspaceIdOfHost(host: string): string | null {
  return /^(?:adb-)?([1-9][0-9]{8,19})\.[0-9]{1,2}\.(?:azuredatabricks\.net|databricks\.azure\.(?:us|cn)|gcp\.databricks\.com)$/.exec(host)?.[1] ?? null;
}

function splitOnce(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
