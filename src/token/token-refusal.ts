/** What a refusal of Databricks' token endpoint means, and what to do. */
import { type OutsideError, outsideError } from "../errors";
import { looksLikeHtml, redirectTarget } from "../network/read-json";
import type { HttpResponse } from "../network/request";
import { readToken } from "../sts/read-token";
import { plainGithubSubject } from "../issuer/github-subject";
import { redact } from "../text/secret";
import { quoted } from "../text/text-rule";
import type { OAuthGrant } from "./token-endpoint";

/** What the endpoint's response means; only its OAuth error fields are quoted, and redacted. */
export function tokenRefusal(response: HttpResponse, endpoint: URL, grant: OAuthGrant, scope: string): OutsideError {
  const where = `${endpoint.host}${endpoint.pathname}`;
  const { status } = response;
  if (status >= 300 && status < 400) {
    const login = /login|private-link/i.test(response.headers["location"] ?? "");
    return outsideError(
      "response-redirect",
      `${where} answered ${status} with a redirect to ${redirectTarget(response, endpoint)}. The secret is not sent ` +
        `there.`,
      login
        ? "The workspace does not accept requests from this network (PrivateLink or an IP access list): run this " +
            "inside its network, or use the account issuer."
        : "Check DATABRICKS_HOST.",
    );
  }
  const { error, description } = oauthError(response);
  if (error === "invalid_scope")
    return outsideError(
      "token-scope-refused",
      `${where} does not grant the scope ${quoted(scope)} to this identity.`,
      "Try --scope sql; --scope all-apis last, as such a token can do everything its owner can.",
    );
  if (error !== undefined) {
    const secrets = [grant.kind === "client-credentials" ? grant.clientSecret : grant.subject];
    const words = [redact(error, secrets, 60), ...(description === undefined ? [] : [redact(description, secrets)])];
    const fix = refusalFix(error, grant);
    const { sent, hint } = whatWasSent(grant);
    return outsideError(
      "token-refused",
      `${where} refused: ${words.join(": ").replace(/\.$/, "")}.${sent}`,
      fix + hint,
    );
  }
  if (status !== 200)
    return outsideError(
      "response-status",
      `${where} answered ${status}.`,
      status === 429 || status === 503 ? "It is busy: try again in a minute." : "Check DATABRICKS_HOST.",
    );
  return outsideError(
    "response-not-json",
    `${where} answered with ${looksLikeHtml(response) ? "an HTML page" : "something"} instead of a token.`,
    "Check for a login page or a proxy, and check DATABRICKS_HOST.",
  );
}

/** Of another issuer's token, what a federation policy is compared with, and what is easily missed in it. */
function whatWasSent(grant: OAuthGrant): { readonly sent: string; readonly hint: string } {
  const reading = grant.kind === "federated" ? readToken(grant.subject.reveal()) : null;
  if (reading?.ok !== true) return { sent: "", hint: "" };
  const { claims } = reading.token;
  const parts = ["iss", "sub", "aud"].map((name) => `${name} ${quoted(String(claims[name] ?? "none"))}`);
  const sub = String(claims["sub"] ?? "");
  const plain = plainGithubSubject(sub);
  const hint =
    plain === null
      ? ""
      : plain === sub
        ? " The policy must have this form, without GitHub's numeric IDs."
        : ` The policy must have the form with numeric IDs: ${quoted(plain)} does not match.`;
  return { sent: ` Sent: ${parts.join(", ")}.`, hint };
}

function oauthError(response: HttpResponse): { readonly error?: string; readonly description?: string } {
  try {
    const body = JSON.parse(response.body.toString("utf8")) as Readonly<Record<string, unknown>>;
    const text = (...names: readonly string[]): string | undefined =>
      names.map((name) => body[name]).find((value): value is string => typeof value === "string");
    const error = text("error", "errorCode", "error_code");
    const description = text("error_description", "errorSummary", "message");
    return { ...(error === undefined ? {} : { error }), ...(description === undefined ? {} : { description }) };
  } catch {
    return {};
  }
}

function refusalFix(error: string, grant: OAuthGrant): string {
  if (error === "invalid_client") return "Check DATABRICKS_CLIENT_ID and its secret (not expired, of this account).";
  if (grant.kind === "federated")
    return (
      "Compare these with the service principal's federation policy. DATABRICKS_TOKEN_AUDIENCE (or token_audience of " +
      "the profile) changes the audience, DATABRICKS_CLIENT_ID the service principal."
    );
  if (error === "unauthorized_client")
    return "The service principal is not in this workspace, or may not use this grant.";
  return "Check the host, the identity and its assignment to the workspace.";
}
