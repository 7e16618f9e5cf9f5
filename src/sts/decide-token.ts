/**
 * Decides a web identity call as STS would: allowed, or the same error code and message. The order of checks
 * (shape, provider, key and signature, claims, audience, trust policy) is expected, not recorded; every answer says
 * whether it was seen, and if not, why it is inferred.
 */
import { issuerPathOf, providerArn } from "../issuer/issuer";
import { decide, type PolicyRequest } from "../trust/decide/decide";
import {
  authorizedByIdp,
  type CheckedClaims,
  durationOutOfRange,
  type Fault,
  fault,
  faultsOf,
  GENERIC,
  ORDER_UNRECORDED,
} from "./claim-faults";
import { readToken, type ReadToken } from "./read-token";
import { factsOf, policyRequest, TAGS_CLAIM } from "./request-keys";
import { type SignatureVerdict, verifySignature } from "./verify-signature";
import type {
  Basis,
  Claims,
  StsError,
  TokenFacts,
  WebIdentityCall,
  WebIdentityProvider,
  WebIdentityRole,
} from "./web-identity";

export { TOLERANCE_SECONDS } from "./claim-faults";

export interface StsDecision extends TokenFacts {
  readonly allowed: boolean;
  readonly error: StsError | null;
  readonly basis: Basis;
  /** Why the answer is expected, each in a clause; empty where it is recorded. */
  readonly unrecorded: readonly string[];
  /** The verdict on the signature; null where it was not checked. */
  readonly signature: SignatureVerdict | null;
  /** The keys the trust policy was asked with; null where it was not reached. */
  readonly request: PolicyRequest | null;
}

const NO_KEY =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity " +
  "documentation for requirements";
const NO_JWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
const REFUSED = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

const NOTHING: TokenFacts = { audience: null, subject: null, issuer: null };
const PATH_UNRECORDED = "no issuer with a path was among the recorded calls";

function answered(
  wrong: Fault | null,
  facts: TokenFacts,
  unrecorded: readonly (string | null)[],
  request: PolicyRequest | null = null,
): StsDecision {
  const reasons: string[] = [];
  if (wrong !== null && wrong.unrecorded !== null) reasons.push(wrong.unrecorded);
  for (const reason of unrecorded) if (reason !== null && !reasons.includes(reason)) reasons.push(reason);
  return {
    allowed: wrong === null,
    error: wrong?.error ?? null,
    audience: facts.audience,
    subject: facts.subject,
    issuer: facts.issuer,
    basis: reasons.length === 0 ? "recorded" : "expected",
    unrecorded: reasons,
    signature: null,
    request,
  };
}

/** STS's answer to a token. `providers` are the account's; `now` in seconds. Never throws. */
export async function decideToken(
  text: string,
  providers: readonly WebIdentityProvider[],
  role: WebIdentityRole,
  call: WebIdentityCall,
): Promise<StsDecision> {
  const duration = durationOutOfRange(call.durationSeconds);
  if (duration !== null) return answered(duration, NOTHING, []);
  const reading = readToken(text);
  if (!reading.ok)
    return answered(
      fault("InvalidIdentityToken", NO_JWT, "the words for what is no JWT are from public reports"),
      NOTHING,
      [],
    );
  const { header, claims } = reading.token;
  const verifying = signatureVerdict(reading.token, providers);
  const byClaims = decideClaims(claims, providers, role, call);
  const signature = verifying === null ? null : await verifying;
  const wrong = wrongBeforeClaims(header, signature);
  const answer = { ...byClaims, signature };
  const type =
    typeof header["typ"] === "string" && header["typ"].toLowerCase() === "at+jwt"
      ? "no token of type at+jwt was among the recorded calls"
      : null;
  if (wrong === null)
    return {
      ...answer,
      basis: type === null ? answer.basis : "expected",
      unrecorded: type === null ? answer.unrecorded : [...answer.unrecorded, type],
    };
  return {
    ...answered(wrong, factsOf(claims), [answer.allowed ? null : ORDER_UNRECORDED, pathReason(claims), type]),
    signature,
  };
}

/** A token without provider is left to its claims. */
function signatureVerdict(
  token: ReadToken,
  providers: readonly WebIdentityProvider[],
): Promise<SignatureVerdict> | null {
  const keys = providerOf(token.claims, providers)?.keys ?? null;
  return keys === null ? null : verifySignature(token, keys);
}

/** The shape and the signature. */
function wrongBeforeClaims(header: ReadToken["header"], signature: SignatureVerdict | null): Fault | null {
  if (header["crit"] !== undefined) return fault("InvalidIdentityToken", NO_JWT);
  switch (signature) {
    case null:
    case "verified":
      return null;
    case "no-key":
      return fault("InvalidIdentityToken", NO_KEY);
    case "bad-key":
      return fault("InvalidIdentityToken", GENERIC);
    case "bad-signature":
      return fault("InvalidIdentityToken", GENERIC, "no altered signature was sent, only one of another key");
    case "bad-header":
      return fault("InvalidIdentityToken", GENERIC, "no token with this algorithm was sent");
  }
}

function providerOf(claims: Claims, providers: readonly WebIdentityProvider[]): WebIdentityProvider | undefined {
  return providers.find((candidate) => candidate.issuer === claims["iss"]);
}

/** The last issuer looked at: most tokens in a row are of one. */
let lastIssuer: { readonly iss: string; readonly reason: string | null } = { iss: "", reason: null };

function pathReason(claims: Claims): string | null {
  const { iss } = claims;
  if (typeof iss !== "string") return null;
  if (iss !== lastIssuer.iss) lastIssuer = { iss, reason: issuerPathOf(iss).includes("/") ? PATH_UNRECORDED : null };
  return lastIssuer.reason;
}

function noProvider(claims: Claims): Fault {
  const { iss } = claims;
  if (iss === undefined) return fault("InvalidIdentityToken", "Missing a required claim: iss");
  if (typeof iss !== "string") return fault("InvalidIdentityToken", GENERIC, "no iss of this kind was sent");
  return fault(
    "InvalidIdentityToken",
    `No OpenIDConnect provider found in your account for ${iss}`,
    "the words are from public reports",
  );
}

/** STS's answer to claims whose signature is taken as good. Never throws. */
export function decideClaims(
  claims: Claims,
  providers: readonly WebIdentityProvider[],
  role: WebIdentityRole,
  call: WebIdentityCall,
): StsDecision {
  const duration = durationOutOfRange(call.durationSeconds);
  if (duration !== null) return answered(duration, NOTHING, []);
  const provider = providerOf(claims, providers);
  const facts = factsOf(claims);
  if (provider === undefined) return answered(noProvider(claims), facts, []);
  const checked: CheckedClaims = { claims, facts, provider, role, call };
  const faults = faultsOf(checked);
  const [first, second] = faults;
  const path = pathReason(claims);
  // a token whose sub or aud does not read never comes to the policy
  const request =
    facts.subject === null || facts.audience === null
      ? null
      : policyRequest(claims, provider, authorizedByIdp(claims, role.arn) === "listed", call);
  const refused =
    request === null
      ? fault("InvalidIdentityToken", GENERIC, "no such claims were sent")
      : refusedByTrust(claims, role, request);
  if (first !== undefined)
    return answered(first, facts, [
      second === undefined && (request === null || refused === null) ? null : ORDER_UNRECORDED,
      path,
    ]);
  return answered(refused, facts, [path], request);
}

function refusedByTrust(claims: Claims, role: WebIdentityRole, request: PolicyRequest): Fault | null {
  if (!decide(role.trust, request)) return fault("AccessDenied", REFUSED);
  if (claims[TAGS_CLAIM] === undefined || decide(role.trust, { ...request, action: "sts:TagSession" })) return null;
  return fault("AccessDenied", REFUSED, "no token with tags was refused in the record");
}

/**
 * What the trust policy would be asked for these claims, whatever else is wrong with them. Without a provider of
 * theirs,
 * as if one stood in the role's account; null where the claims name no issuer.
 */
export function wouldBeRequest(
  claims: Claims,
  providers: readonly WebIdentityProvider[],
  role: WebIdentityRole,
  call: WebIdentityCall,
): PolicyRequest | null {
  const { iss } = claims;
  if (typeof iss !== "string") return null;
  const [, partition = "aws", , , account = ""] = role.arn.split(":");
  const provider = providerOf(claims, providers) ?? {
    arn: providerArn(partition, account, issuerPathOf(iss)),
    issuer: iss,
    clientIds: [],
    keys: null,
  };
  return policyRequest(claims, provider, authorizedByIdp(claims, role.arn) === "listed", call);
}
