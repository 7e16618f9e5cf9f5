/** The login: an authorization endpoint with PKCE (RFC 7636) that approves every request at once. */
import { isLoopback } from "../../network/proxy";
import { jsonReply, type Reply } from "../exchange";
import type { IdentityBook } from "../directory/identities";
import type { SimulatedIssuer } from "../directory/directory";
import { type GrantContext, scopeOf } from "./grants";
import { OauthError, oauthErrorReply, only, required } from "./oauth-error";

/** Maximum characters of a parameter that is stored with a code. */
const MOST_STORED = 1_000;

export interface AuthorizeContext extends Pick<GrantContext, "issuer" | "book" | "codes" | "now"> {
  readonly onRefusal: (error: OauthError) => void;
}

/**
 * Sends back to `redirect_uri`, which must be on loopback, with a code for `login_hint`, else for the issuer's first
 * declared user. What is wrong with client or redirect is answered here, anything else by the redirect (RFC 6749,
 * 4.1.2.1).
 */
export function authorize(query: URLSearchParams, context: AuthorizeContext): Reply {
  let redirect: URL | undefined;
  try {
    const clientId = stored("client_id", required(query, "client_id"));
    redirect = loopbackUrl(stored("redirect_uri", required(query, "redirect_uri")));
    const code = approve(query, clientId, redirect, context);
    return redirectTo(redirect, { code, state: query.get("state") });
  } catch (error) {
    if (!(error instanceof OauthError)) throw error;
    context.onRefusal(error);
    return redirect === undefined
      ? oauthErrorReply(error)
      : redirectTo(redirect, { error: error.code, error_description: error.message, state: query.get("state") });
  }
}

function approve(
  query: URLSearchParams,
  clientId: string,
  redirect: URL,
  { issuer, book, codes, now }: AuthorizeContext,
): string {
  if (required(query, "response_type") !== "code")
    throw new OauthError("unsupported_response_type", "response_type must be code.");
  const challenge = required(query, "code_challenge");
  if (only(query, "code_challenge_method") !== "S256")
    throw new OauthError("invalid_request", "code_challenge_method must be S256.");
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge))
    throw new OauthError("invalid_request", "code_challenge must be a SHA-256 in base64url.");
  return codes.give(
    {
      issuer: issuer.key,
      subject: subjectOfLogin(only(query, "login_hint"), issuer, book),
      clientId,
      redirectUri: redirect.href,
      challenge,
      scope: scopeOf(query, ["all-apis", "offline_access"]),
      nonce: stored("nonce", only(query, "nonce") ?? null),
    },
    now,
  );
}

/** `value`, if it is short enough to be stored. Throws OauthError `invalid_request`. */
function stored<T extends string | null>(name: string, value: T): T {
  if (value !== null && value.length > MOST_STORED)
    throw new OauthError("invalid_request", `${name} has more than ${MOST_STORED} characters.`);
  return value;
}

/** Throws OauthError `access_denied` for a hint that names no identity of the issuer, and where there is no user. */
function subjectOfLogin(hint: string | undefined, issuer: SimulatedIssuer, book: IdentityBook): string {
  const users = book.all.filter((one) => one.issuer === issuer.key && one.subject.includes("@"));
  const found = hint === undefined ? (users.find((one) => one.declared) ?? users[0]) : book.bySubject(issuer.key, hint);
  if (found !== undefined) return found.subject;
  throw new OauthError(
    "access_denied",
    hint === undefined
      ? "This issuer has no user here; name an identity with login_hint."
      : "login_hint is not an identity of this issuer.",
  );
}

/** Codes are sent to a program on this machine only. */
function loopbackUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || !isLoopback(url.hostname) || url.hash !== "")
    throw new OauthError("invalid_request", "redirect_uri must be an http URL on loopback, without a fragment.");
  return url;
}

function redirectTo(redirect: URL, parameters: Readonly<Record<string, string | null>>): Reply {
  const target = new URL(redirect);
  for (const [name, value] of Object.entries(parameters)) if (value !== null) target.searchParams.set(name, value);
  return { ...jsonReply(302, {}), headers: { location: target.href, "cache-control": "no-store" }, body: "" };
}
