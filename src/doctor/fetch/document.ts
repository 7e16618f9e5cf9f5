/** A public document out of an answer, or what stands there instead of it. Pure. */
import type { ErrorCode } from "../../errors";
import { FederationError } from "../../errors";
import { looksLikeHtml, readJson } from "../../network/read-json";
import type { Fetched } from "./fetch-url";

/** What stood there instead. `unreachable` and `busy` are about the way and the moment, the others about the server. */
export type Obstacle =
  | "unreachable"
  | "busy"
  | "private-link"
  | "ip-access-list"
  | "log-in"
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
      readonly says: string;
      readonly fix: string;
    };

const USE_ACCOUNT_ISSUER =
  "Use the account issuer (level: account), whose documents are on the accounts host; or let STS in.";

/** The JSON object that was asked for. Of another answer no text is quoted. */
export function readDocument(fetched: Fetched): Reading {
  if (!fetched.ok)
    return {
      ok: false,
      obstacle: fetched.code === "response-too-large" ? "too-large" : "unreachable",
      code: fetched.code,
      says: fetched.message,
      fix: fetched.fix,
    };
  const { answer, url } = fetched;
  try {
    return { ok: true, document: readJson(answer, url) };
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    const { code, fix } = error;
    const says = error.problems[0]?.message ?? "";
    const no = (obstacle: Obstacle, better: { readonly says?: string; readonly fix?: string } = {}): Reading => ({
      ok: false,
      obstacle,
      code,
      says,
      fix,
      ...better,
    });
    const { status } = answer;
    const target = status >= 300 && status < 400 ? targetOf(answer.headers["location"] ?? "", url) : null;
    if (target !== null && isPrivateLinkPage(target)) {
      return no("private-link", {
        says:
          `${url.host} sends outsiders to its PrivateLink log-in page instead: the workspace takes ` +
          `connections over PrivateLink only, and AWS STS asks from the internet.`,
        fix: USE_ACCOUNT_ISSUER,
      });
    }
    if (target !== null && /\/(?:login|signin|sso|oidc\/v1\/authorize)\b/i.test(target.pathname))
      return no("log-in", {
        says: `${says.replace(/\.$/, "")}: that is a log-in page.`,
        fix: "AWS logs in nowhere: the document must be public. A proxy or gateway stands before it.",
      });
    if (target !== null || (status >= 300 && status < 400)) return no("redirect");
    if (status === 403 && isAccessListRefusal(answer.body))
      return no("ip-access-list", {
        says: `${url.host} refuses this address by its IP access list, and STS' addresses are on none.`,
        fix: USE_ACCOUNT_ISSUER,
      });
    if (status === 401 || status === 403)
      return no("log-in", {
        says: `${says.replace(/\.$/, "")}: it wants a log-in.`,
        fix: "AWS logs in nowhere: the document must be public.",
      });
    if (status === 429 || status >= 500) return no("busy");
    if (status !== 200) return no("missing");
    return looksLikeHtml(answer)
      ? no("log-in", {
          fix: "AWS logs in nowhere: the document must be public. A log-in page or proxy stands before it.",
        })
      : no("not-json");
  }
}

function targetOf(location: string, url: URL): URL | null {
  return URL.canParse(location, url.href) ? new URL(location, url) : null;
}

/** `/login.html?error=private-link-validation-error:…`, as PrivateLink-only workspaces answer outsiders. */
function isPrivateLinkPage(target: URL): boolean {
  return (target.searchParams.get("error") ?? "").startsWith("private-link-validation-error");
}

/**
 * `Source IP address: … is blocked by Databricks IP ACL for workspace: …`, as the APIs of a workspace with a list
 * say.
 */
function isAccessListRefusal(body: Buffer): boolean {
  return /IP ACL|IP access list|Unauthorized network access/i.test(body.subarray(0, 4096).toString("latin1"));
}
