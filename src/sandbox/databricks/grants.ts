/** The grants of a token endpoint: which client asks, and whose token it gets. */
import { createHash } from "node:crypto";
import { type ReadToken, readToken } from "../../sts/read-token";
import { factsOf } from "../../sts/request-keys";
import type { Identity, IdentityBook } from "../directory/identities";
import type { Seal } from "../seal";
import { verifySignature } from "../../sts/verify-signature";
import type { Outbound } from "../sts/call";
import type { SimulatedIssuer } from "../directory/directory";
import type { AuthorizationCodes } from "./authorization-codes";
import { SCOPES } from "./documents";
import { only, OauthError, required } from "./oauth-error";

/** The content of a granted token, and what comes with it. */
export interface Granted {
  readonly subject: string;
  /** The OAuth client, for the claim `client_id`. */
  readonly clientId: string;
  readonly scope: readonly string[];
  /** The audience asked for; null: what Databricks puts there. */
  readonly audience: string | null;
  /** A person's login: gets a refresh token with `offline_access`, an ID token with `openid`. */
  readonly login: { readonly nonce: string | null } | null;
}

export interface GrantContext {
  readonly issuer: SimulatedIssuer;
  readonly book: IdentityBook;
  /** Null: identities of every issuer, for the tenant that represents all others. */
  readonly of: string | null;
  readonly seal: Seal;
  readonly codes: AuthorizationCodes;
  /** Federation policies for AWS; empty: any role is let in. */
  readonly policies: readonly FederationPolicy[];
  /** AWS as issuer. */
  readonly outbound: Pick<Outbound, "issuerOf" | "keys">;
  /** Seconds since the epoch. */
  readonly now: number;
}

interface Client {
  readonly id: string | undefined;
  readonly secret: string | undefined;
}

const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const JWT = "urn:ietf:params:oauth:token-type:jwt";
const PERSONAL_ACCESS_TOKEN = "urn:databricks:params:oauth:token-type:personal-access-token";

/** What is granted: the scopes that discovery lists, and the one of Unity Catalog's API. */
const GRANTED: readonly string[] = [...SCOPES, "unity-catalog"];

/** Seconds another issuer's clock may be off. */
const LEEWAY = 60;

/** Throws OauthError. */
export async function grant(
  form: URLSearchParams,
  authorization: string | undefined,
  context: GrantContext,
): Promise<Granted> {
  const client = clientOf(form, authorization);
  const type = required(form, "grant_type");
  switch (type) {
    case "client_credentials":
      return clientCredentials(form, client, context);
    case "authorization_code":
      return authorizationCode(form, client, context);
    case "refresh_token":
      return refresh(form, client, context);
    case TOKEN_EXCHANGE:
      return exchange(form, client, context);
    default:
      throw new OauthError(
        "unsupported_grant_type",
        `The grant type ${JSON.stringify(type.slice(0, 80))} is not supported.`,
      );
  }
}

/** `client_secret_basic`, form-encoded or not (clients differ), or the same in the body. */
function clientOf(form: URLSearchParams, authorization: string | undefined): Client {
  if (authorization === undefined) return { id: only(form, "client_id"), secret: only(form, "client_secret") };
  const [, encoded] = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization) ?? [];
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? "", "base64").toString("utf8")) ?? [];
  if (id === undefined || secret === undefined)
    throw new OauthError("invalid_client", "The Authorization header must be Basic, with client ID and secret.");
  if (form.has("client_secret"))
    throw new OauthError("invalid_request", "The client secret is given twice: in the header and in the body.");
  return { id: formDecoded(id), secret: formDecoded(secret) };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

function clientCredentials(form: URLSearchParams, { id, secret }: Client, { book, of }: GrantContext): Granted {
  if (id === undefined || secret === undefined)
    throw new OauthError("invalid_client", "Client ID or secret is missing.");
  const known = book.byClient(of, id);
  if (known.length === 0)
    throw new OauthError(
      "invalid_client",
      `No identity of this issuer has the client ID ${JSON.stringify(id.slice(0, 80))}.`,
    );
  const found = known.find(({ clientSecret }) => clientSecret === secret);
  if (found === undefined)
    throw new OauthError(
      "invalid_client",
      `The client secret of ${JSON.stringify(id.slice(0, 80))} is wrong: the sandbox generates new ones for ` +
        "each run.",
    );
  return {
    subject: found.subject,
    clientId: found.clientId,
    scope: scopeOf(form, ["all-apis"]),
    audience: only(form, "audience") ?? null,
    login: null,
  };
}

/** The scopes asked for, or `usual`. Throws OauthError `invalid_scope`. */
export function scopeOf(
  form: URLSearchParams,
  usual: readonly string[],
  allowed: readonly string[] = GRANTED,
): readonly string[] {
  const asked =
    only(form, "scope")
      ?.split(" ")
      .filter((scope) => scope !== "") ?? usual;
  const unavailable = asked.find((scope) => !allowed.includes(scope));
  if (unavailable !== undefined)
    throw new OauthError(
      "invalid_scope",
      `The scope ${JSON.stringify(unavailable.slice(0, 60))} is not available here; use one of: ${allowed.join(" ")}.`,
    );
  return [...new Set(asked)];
}

function authorizationCode(form: URLSearchParams, { id }: Client, { issuer, codes, now }: GrantContext): Granted {
  const code = codes.take(required(form, "code"), now);
  if (code === undefined || code.issuer !== issuer.key)
    throw new OauthError("invalid_grant", "The code is unknown, used, expired, or from another issuer.");
  if (id !== code.clientId) throw new OauthError("invalid_grant", "The code was given to another client_id.");
  const redirect = required(form, "redirect_uri");
  if (!URL.canParse(redirect) || new URL(redirect).href !== code.redirectUri)
    throw new OauthError("invalid_grant", "redirect_uri differs from that of the authorization request.");
  const verifier = required(form, "code_verifier");
  if (
    !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier) ||
    createHash("sha256").update(verifier).digest("base64url") !== code.challenge
  ) {
    throw new OauthError("invalid_grant", "code_verifier does not match the code_challenge.");
  }
  return {
    subject: code.subject,
    clientId: code.clientId,
    scope: code.scope,
    audience: null,
    login: { nonce: code.nonce },
  };
}

/** What a refresh token carries. */
interface RefreshFacts {
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string;
  readonly scope: readonly string[];
}

export function refreshToken(seal: Seal, facts: RefreshFacts): string {
  return seal.close("refresh", facts);
}

function refresh(form: URLSearchParams, { id }: Client, { issuer, seal }: GrantContext): Granted {
  const facts = seal.open("refresh", required(form, "refresh_token")) as RefreshFacts | undefined;
  if (facts === undefined || facts.issuer !== issuer.key)
    throw new OauthError("invalid_grant", "The refresh token is not from this run and issuer.");
  if (id !== facts.clientId) throw new OauthError("invalid_grant", "The refresh token was given to another client_id.");
  return {
    subject: facts.subject,
    clientId: facts.clientId,
    scope: scopeOf(form, facts.scope, facts.scope),
    audience: null,
    login: { nonce: null },
  };
}

/** RFC 8693: a notebook's own token, or another issuer's (workload identity federation). */
async function exchange(form: URLSearchParams, { id }: Client, context: GrantContext): Promise<Granted> {
  const subjectToken = required(form, "subject_token");
  const wanted = only(form, "requested_token_type");
  if (wanted !== undefined && wanted !== ACCESS_TOKEN)
    throw new OauthError("invalid_request", "requested_token_type must be an access token.");
  const audience = only(form, "audience") ?? null;
  switch (required(form, "subject_token_type")) {
    case PERSONAL_ACCESS_TOKEN: {
      if (context.issuer.level === "account")
        throw new OauthError(
          "invalid_request",
          "A notebook's own token is exchanged at its workspace, not at the account.",
        );
      const found = context.book.byPersonalAccessToken(subjectToken);
      if (found === undefined || (context.of !== null && found.issuer !== context.of))
        throw new OauthError("invalid_grant", "The subject token is not from this workspace in this run.");
      const scope = scopeOf(
        form,
        ["openid"],
        SCOPES.filter((one) => one !== "all-apis"),
      );
      return { subject: found.subject, clientId: found.clientId, scope, audience, login: null };
    }
    case JWT: {
      const found = await federated(subjectToken, id, context);
      return {
        subject: found.subject,
        clientId: found.clientId,
        scope: scopeOf(form, ["all-apis"]),
        audience,
        login: null,
      };
    }
    default:
      throw new OauthError("invalid_request", "subject_token_type must be that of a JWT or a personal access token.");
  }
}

/**
 * Whose token another issuer's JWT is exchanged for: the service principal `client_id` names, else the identity whose
 * subject it has. Its form and times are checked; of AWS' own token also its signature and the federation policy. Of
 * others neither can be checked here.
 */
async function federated(subjectToken: string, clientId: string | undefined, context: GrantContext): Promise<Identity> {
  const { book, of, issuer, now } = context;
  const reading = readToken(subjectToken);
  if (!reading.ok) throw new OauthError("invalid_grant", `The subject token is not a JWT: ${reading.not.why}`);
  const { exp, iss } = reading.token.claims;
  if (typeof iss !== "string") throw new OauthError("invalid_grant", "The subject token names no issuer.");
  if (typeof exp !== "number" || exp + LEEWAY <= now)
    throw new OauthError("invalid_grant", "The subject token is expired, or has no exp.");
  if (AWS_ISSUER.test(iss)) await checkAwsToken(reading.token, context);
  if (clientId !== undefined) {
    const [known] = book.byClient(of, clientId);
    if (known !== undefined) return known;
    throw new OauthError(
      "invalid_client",
      `No identity of this issuer has the client ID ${JSON.stringify(clientId.slice(0, 80))}.`,
    );
  }
  const subject = factsOf(reading.token.claims).subject ?? "";
  const own = book.bySubject(of ?? issuer.key, subject);
  if (own === undefined)
    throw new OauthError(
      "invalid_grant",
      "Without client_id the subject token's sub must be an identity of this issuer, and it is not.",
    );
  return own;
}

/** AWS accounts as issuers, each below a UUID. */
const AWS_ISSUER = /^https:\/\/[^/]+\.tokens\.sts\.global\.api\.aws$/;

/** What a service principal's federation policy says; its issuer is this run's, whatever stands there. */
export interface FederationPolicy {
  /** Empty: the account ID. */
  readonly audiences: readonly string[];
  readonly subject: string;
}

/**
 * Checks a token of AWS as Databricks does: this run's issuer of the role's account, its signature, and the federation
 * policies, where some are given. Throws OauthError.
 */
async function checkAwsToken(token: ReadToken, { issuer, outbound, policies }: GrantContext): Promise<void> {
  const { issuer: iss, subject, audience } = factsOf(token.claims);
  const account = /^arn:[a-z-]+:iam::([0-9]{12}):role\//.exec(subject ?? "")?.[1];
  const invalid = (why: string): OauthError => new OauthError("invalid_grant", `No federation policy matches: ${why}.`);
  if (token.header["alg"] !== "RS256") throw invalid("the token of AWS is not signed with RS256");
  if (account === undefined || iss !== outbound.issuerOf(account))
    throw invalid("the issuer is not that of the AWS account of the role in this run");
  if ((await verifySignature(token, outbound.keys)) !== "verified") throw invalid("the signature of AWS is wrong");
  const matches = ({ audiences, subject: wanted }: FederationPolicy): boolean =>
    subject === wanted &&
    (audiences.length === 0 ? [issuer.databricksAccountId] : audiences).some((one) => one === audience);
  if (policies.length > 0 && !policies.some(matches)) throw invalid("the subject or the audience differs");
}
