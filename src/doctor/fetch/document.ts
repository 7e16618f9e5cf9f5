/** A public document out of a response, or what was there instead of it. Pure. */
import { type ErrorCode, FederationError } from "../../errors";
import { looksLikeHtml, readJson } from "../../network/read-json";
import type { HttpResponse } from "../../network/request";
import type { Fetched } from "./fetch-url";

/** What was there instead. `unreachable` and `busy` may be the network or the moment, the others are the server. */
export type Obstacle =
  | "unreachable"
  | "busy"
  | "private-link"
  | "ip-access-list"
  | "login"
  | "redirect"
  | "missing"
  | "not-json"
  | "too-large";

export type Reading =
  | { readonly ok: true; readonly document: Readonly<Record<string, unknown>> }
  | {
      readonly ok: false;
      readonly obstacle: Obstacle;
      readonly code: ErrorCode;
      readonly message: string;
      readonly fix: string;
    };

const USE_ACCOUNT_ISSUER =
  "Use the account issuer (level: account), whose documents are on the accounts host; or give STS access.";
const PUBLIC = "AWS does not log in: the document must be public.";

/** The JSON object in the response. Of any other response no text is quoted. */
export function readDocument(fetched: Fetched): Reading {
  if (!fetched.ok) {
    const { code, message, fix } = fetched;
    return { ok: false, obstacle: code === "response-too-large" ? "too-large" : "unreachable", code, message, fix };
  }
  const { answer, url } = fetched;
  try {
    return { ok: true, document: readJson(answer, url) };
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    const { code, message, fix } = error.problem;
    return { ok: false, code, message, fix, ...obstacleOf(answer, url, message.replace(/\.$/, "")) };
  }
}

/** What kept the document from being read, with a better message and fix where they are known. */
function obstacleOf(
  answer: HttpResponse,
  url: URL,
  found: string,
): { readonly obstacle: Obstacle; readonly message?: string; readonly fix?: string } {
  const { status, headers, body } = answer;
  if (status >= 300 && status < 400) {
    const location = headers["location"] ?? "";
    const target = URL.canParse(location, url.href) ? new URL(location, url) : null;
    // PrivateLink-only workspaces answer outsiders with /login.html?error=private-link-validation-error:…
    if (target?.searchParams.get("error")?.startsWith("private-link-validation-error") === true)
      return {
        obstacle: "private-link",
        message:
          `${url.host} redirects to its PrivateLink login page: the workspace accepts connections over PrivateLink ` +
          "only, and AWS STS connects from the internet.",
        fix: USE_ACCOUNT_ISSUER,
      };
    return target !== null && /\/(?:login|signin|sso|oidc\/v1\/authorize)\b/i.test(target.pathname)
      ? { obstacle: "login", message: `${found}: that is a login page.`, fix: `${PUBLIC} Check the proxy or gateway.` }
      : { obstacle: "redirect" };
  }
  // `Source IP address: … is blocked by Databricks IP ACL for workspace: …`, as the APIs of a workspace with a list say
  if (status === 403 && /IP ACL|IP access list|Unauthorized network access/i.test(body.toString("latin1", 0, 4096)))
    return {
      obstacle: "ip-access-list",
      message: `${url.host} refuses this address by its IP access list, and the addresses of STS are on no list.`,
      fix: USE_ACCOUNT_ISSUER,
    };
  if (status === 401 || status === 403)
    return { obstacle: "login", message: `${found}: it requires a login.`, fix: PUBLIC };
  if (status === 429 || status >= 500) return { obstacle: "busy" };
  if (status !== 200) return { obstacle: "missing" };
  return looksLikeHtml(answer)
    ? { obstacle: "login", fix: `${PUBLIC} A login page or proxy is in front of it.` }
    : { obstacle: "not-json" };
}
