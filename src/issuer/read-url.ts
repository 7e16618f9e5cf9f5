/** Reads an issuer out of whatever a person pasted, and says what was cut off; or refuses, with the reason. */
import { type ErrorCode, InputError, inputError, type Warning } from "../errors";
import { satisfies, quoted } from "../text/text-rule";
import { cloudOfHost, isAccountsHost, workspaceIdOfHost } from "./clouds";
import { withoutTrailingSlashes } from "../text/words";
import { checkHost } from "./issuer";
import { DATABRICKS_ACCOUNT_ID, WORKSPACE_ID } from "./rules";
import { splitUrl } from "./split-url";

/** What a pasted URL says about an issuer. `null`: the URL does not say. */
export type PastedIssuer =
  | {
      readonly level: "workspace";
      readonly host: string;
      readonly workspaceId: string | null;
      readonly notes: readonly Warning[];
    }
  | {
      readonly level: "account";
      readonly host: string;
      readonly accountId: string;
      readonly notes: readonly Warning[];
    };

export interface ReadUrlOptions {
  readonly allowCustomHost?: boolean;
  /** What the caller calls the URL, for messages; default `url`. */
  readonly path?: string;
  /** The account, in lower case, where it is known otherwise: for an accounts host whose URL names none. */
  readonly accountId?: string | undefined;
}

/** Ends of a path that belong to an issuer and are cut back to it; some paste them twice. */
const DISCOVERY_DOCUMENT = /\/(?:openid-configuration|oauth-authorization-server|databricks-config)$/i;
const WELL_KNOWN = /\/\.well-known$/i;
const ENDPOINT = /\/v1\/(?:token|authorize|logout)$/;

/**
 * Reads a pasted issuer, discovery URL, token endpoint or workspace address. Missing scheme, capital host, trailing
 * slash, discovery suffix, query (`?o=`, `?w=`, `?a=`), fragment and console paths are cut, each with a note.
 * Throws InputError: issuer-unreadable, issuer-not-https, issuer-has-port, issuer-has-user-info, host-is-ip-address,
 * host-invalid, host-empty, host-not-databricks, issuer-account-agnostic, issuer-conflict,
 * databricks-account-id-invalid, issuer-path-unknown, issuer-too-long.
 *
 * @example
 * ```ts
 * import { readIssuerUrl } from "databricks-aws-oidc";
 * const pasted = readIssuerUrl("https://mycompany.cloud.databricks.com/oidc/.well-known/openid-configuration");
 * pasted.level; // "workspace"
 * ```
 */
export function readIssuerUrl(pasted: string, options: ReadUrlOptions = {}): PastedIssuer {
  const place = options.path ?? "url";
  const notes: Warning[] = [];
  const note = (code: string, message: string): void => {
    notes.push({ code, message });
  };
  const refusal = (code: ErrorCode, message: string, fix: string): InputError => inputError(code, message, fix, place);

  const url = splitUrl(pasted, refusal);
  if (url.schemeAdded) note("scheme-added", "Added the missing https://.");
  // ASCII only: toLowerCase would make a k of the Kelvin sign
  const host = url.authority.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
  const [hostProblem] = checkHost(host, place, options.allowCustomHost ?? false);
  if (hostProblem !== undefined) throw new InputError(hostProblem);
  if (host !== url.authority)
    note("host-lowered", "Changed the host to lower case: IAM compares issuers case-sensitively.");
  if (url.query !== undefined) note("query-cut", "Ignored the URL's query string: an issuer has none.");
  if (url.fragment) note("fragment-cut", "Ignored the URL's fragment (#…): an issuer has none.");
  const path = issuerPathOfPage(url.path, note);

  const one = (names: readonly string[]): string | null => {
    const values = new Set(
      names.flatMap((name) => new URLSearchParams(url.query ?? "").getAll(name)).filter((value) => value !== ""),
    );
    if (values.size > 1)
      throw refusal(
        "issuer-conflict",
        `The URL names two IDs: ${[...values].slice(0, 2).map(quoted).join(" and ")}.`,
        "Paste the address of one workspace or account.",
      );
    return [...values][0] ?? null;
  };

  const account = /^\/oidc\/accounts\/([^/]+)$/.exec(path)?.[1];
  if (account !== undefined) return accountIssuer(host, account, notes, refusal);
  if (path.startsWith("/oidc/") && path !== "/oidc/accounts") throw unknownPath(path, refusal);
  if (isAccountsHost(host)) {
    const fromQuery = path.startsWith("/oidc") ? null : one(["account_id", "a"]);
    if (fromQuery !== null) {
      note("account-id-from-url", "The account ID is taken from the pasted URL.");
      return accountIssuer(host, fromQuery, notes, refusal);
    }
    if (options.accountId !== undefined) return accountIssuer(host, options.accountId, notes, refusal);
    throw refusal(
      "issuer-account-agnostic",
      `https://${host}/oidc is shared by every Databricks customer: trusting it would let all of them try your roles.`,
      `Add your account: https://${host}/oidc/accounts/<account ID>.`,
    );
  }
  if (path !== "/oidc" && path !== "") {
    if (cloudOfHost(host) === null || path.startsWith("/oidc/")) throw unknownPath(path, refusal);
    note("path-cut", `Ignored the page ${quoted(path)}: a workspace issuer ends in /oidc.`);
  }
  return { level: "workspace", host, workspaceId: workspaceIdIn(host, one(["o", "w"]), note, refusal), notes };
}

type Refusal = (code: ErrorCode, message: string, fix: string) => InputError;
type Note = (code: string, message: string) => void;

/** `path` without discovery suffixes at its end, and without the slashes before them; as it is where it has none. */
function withoutDiscovery(path: string): string {
  const plain = withoutTrailingSlashes(path);
  const suffix = plain.replace(DISCOVERY_DOCUMENT, "");
  const known = WELL_KNOWN.test(suffix) ? suffix : plain;
  return WELL_KNOWN.test(known) ? withoutDiscovery(withoutTrailingSlashes(known.replace(WELL_KNOWN, ""))) : path;
}

/** The path without discovery suffix, endpoint and trailing slashes. */
function issuerPathOfPage(page: string, note: Note): string {
  let path = withoutDiscovery(page);
  if (path !== page)
    note("discovery-cut", "Removed the discovery suffix: AWS needs the issuer, and derives the discovery URL itself.");
  const plain = withoutTrailingSlashes(path);
  if (ENDPOINT.test(plain)) {
    note("token-endpoint-cut", "Removed the path of the endpoint: only the issuer is needed.");
    path = plain.replace(ENDPOINT, "");
  }
  if (path.endsWith("/")) {
    if (withoutTrailingSlashes(path) !== "")
      note("slash-cut", "Removed the trailing slash: IAM compares every character of the issuer.");
    path = withoutTrailingSlashes(path);
  }
  return path;
}

function unknownPath(path: string, refusal: Refusal): InputError {
  return refusal(
    "issuer-path-unknown",
    `${quoted(path)} is not the path of a Databricks issuer.`,
    "A workspace issuer ends in /oidc, an account issuer in /oidc/accounts/<account ID>.",
  );
}

function accountIssuer(host: string, account: string, notes: Warning[], refusal: Refusal): PastedIssuer {
  const accountId = account.toLowerCase();
  if (!satisfies(DATABRICKS_ACCOUNT_ID, accountId)) {
    throw refusal(
      "databricks-account-id-invalid",
      `${quoted(account)} is not a Databricks account ID.`,
      `It is a UUID, like ${JSON.stringify(DATABRICKS_ACCOUNT_ID.example)}.`,
    );
  }
  if (accountId !== account)
    notes.push({
      code: "account-id-lowered",
      message: "Changed the account ID to lower case, as in Databricks' tokens.",
    });
  return { level: "account", host, accountId, notes };
}

/** The workspace ID that the query or the host's own name tells; null where neither does. */
function workspaceIdIn(host: string, queried: string | null, note: Note, refusal: Refusal): string | null {
  const fromQuery = queried !== null && satisfies(WORKSPACE_ID, queried) ? queried : null;
  const fromHost = workspaceIdOfHost(host);
  if (fromQuery !== null && fromHost !== null && fromQuery !== fromHost) {
    throw refusal(
      "issuer-conflict",
      `The host is that of workspace ${fromHost}, the query names ${fromQuery}.`,
      "Paste the address as the workspace itself shows it.",
    );
  }
  const known = fromQuery ?? fromHost;
  if (known !== null) note("workspace-id-from-url", `The workspace ID ${known} is taken from the pasted URL.`);
  return known;
}
