/**
 * Answers a web identity call as STS would: allowed, or the same error code and message. The order of judgement
 * (shape, provider, key and signature, claims, audience, trust policy) is expected, not recorded; single faults are
 * recorded in data/sts-observations.json unless `basis` says otherwise.
 */
import type { CompiledPolicy, PolicyRequest, RequestKeys } from "../trust/decide/decide";
import { decide } from "../trust/decide/decide";
import { conditionKeysOf, issuerPathOf } from "../issuer/issuer";
import { readToken } from "./read";
import type { ReadToken } from "./read";
import type { KeySet } from "./verify";
import { verifySignature } from "./verify";

export interface StsError {
  readonly code: "InvalidIdentityToken" | "ExpiredTokenException" | "AccessDenied" | "InternalFailure" | "ValidationError" | "IDPCommunicationError";
  readonly message: string;
}

/** `recorded`: AWS has been seen to answer so; `expected`: inferred from documentation and neighbours. */
export type Basis = "recorded" | "expected";

export interface WebIdentityProvider {
  readonly arn: string;
  /** As tokens name it, with `https://`. */
  readonly issuer: string;
  readonly clientIds: readonly string[];
  /** Null: signatures are not judged (claims only). */
  readonly keys: KeySet | null;
}

export interface WebIdentityRole {
  readonly arn: string;
  readonly trust: CompiledPolicy;
  /** Seconds. */
  readonly maxSessionDuration: number;
}

export interface WebIdentityCall {
  readonly roleSessionName: string;
  /** Seconds; null: 3,600. */
  readonly durationSeconds: number | null;
  /** Further keys of the request (`aws:SourceIp`, …): name -> values. They win over derived ones. */
  readonly context: Readonly<Record<string, readonly string[]>>;
  /** Seconds since the epoch. */
  readonly now: number;
}

export interface Answer {
  readonly allowed: boolean;
  readonly error: StsError | null;
  readonly audience: string | null;
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly basis: Basis;
  /** The keys the trust policy was asked with; null where it was not reached. */
  readonly request: PolicyRequest | null;
}

const GENERIC = "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.";
const NO_KEY = "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";
const NO_JWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
const REFUSED = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

/** Seconds by which STS lets `iat`, `nbf` and `exp` be off. */
export const TOLERANCE_SECONDS = 300;

/** Keys STS puts into every web identity request itself, in lower case: a caller can not leave them out. */
export const DERIVED_KEYS: ReadonlySet<string> = new Set([
  "sts:rolesessionname", "sts:roleauthorizedbyidp", "aws:principalaccount", "aws:principaltype", "aws:userid", "aws:securetransport", "aws:currenttime", "aws:epochtime",
]);

const ROLES_CLAIM = "https://aws.amazon.com/roles";
const TAGS_CLAIM = "https://aws.amazon.com/tags";

interface Facts { readonly audience: string | null; readonly subject: string | null; readonly issuer: string | null }

function refusal(code: StsError["code"], message: string, facts: Facts, basis: Basis = "recorded", request: PolicyRequest | null = null): Answer {
  return { allowed: false, error: { code, message }, ...facts, basis, request };
}

/** STS's answer to a token. `providers` are the account's; `now` in seconds. Never throws. */
export async function judgeToken(text: string, providers: readonly WebIdentityProvider[], role: WebIdentityRole, call: WebIdentityCall): Promise<Answer> {
  const reading = readToken(text);
  const nothing: Facts = { audience: null, subject: null, issuer: null };
  if (!reading.ok) return refusal("InvalidIdentityToken", NO_JWT, nothing, "expected");
  if (reading.token.header["crit"] !== undefined) return refusal("InvalidIdentityToken", NO_JWT, nothing);
  const found = findProvider(reading.token.claims, providers);
  if ("answer" in found) return found.answer;
  const signature = await judgeSignature(reading.token, found.provider);
  if (signature !== null) return signature;
  return judgeClaims(reading.token.claims, providers, role, call);
}

async function judgeSignature(token: ReadToken, provider: WebIdentityProvider): Promise<Answer | null> {
  if (provider.keys === null) return null;
  const facts = factsOf(token.claims);
  const verdict = await verifySignature(token, provider.keys);
  switch (verdict) {
    case "verified": return null;
    case "no-key": return refusal("InvalidIdentityToken", NO_KEY, facts);
    case "bad-signature": return refusal("InvalidIdentityToken", GENERIC, facts);
    case "bad-header": return refusal("InvalidIdentityToken", GENERIC, facts, "expected");
  }
}

function findProvider(claims: Readonly<Record<string, unknown>>, providers: readonly WebIdentityProvider[]): { readonly provider: WebIdentityProvider } | { readonly answer: Answer } {
  const facts = factsOf(claims);
  const iss = claims["iss"];
  if (iss === undefined || iss === null) return { answer: refusal("InvalidIdentityToken", "Missing a required claim: iss", facts) };
  if (typeof iss !== "string") return { answer: refusal("InvalidIdentityToken", GENERIC, facts, "expected") };
  const provider = providers.find((candidate) => candidate.issuer === iss);
  return provider === undefined ? { answer: refusal("InvalidIdentityToken", `No OpenIDConnect provider found in your account for ${iss}`, facts, "expected") } : { provider };
}

/** STS's answer to claims whose signature is taken as good. */
export function judgeClaims(claims: Readonly<Record<string, unknown>>, providers: readonly WebIdentityProvider[], role: WebIdentityRole, call: WebIdentityCall): Answer {
  const found = findProvider(claims, providers);
  if ("answer" in found) return found.answer;
  const { provider } = found;
  const facts = factsOf(claims);
  for (const name of ["sub", "aud", "iat", "exp"]) {
    if (claims[name] === undefined) return refusal("InvalidIdentityToken", `Missing a required claim: ${name}`, facts);
  }
  if (claims["sub"] === null) return refusal("InternalFailure", "Unknown error validating third-party token", facts);
  const times = judgeTimes(claims, call.now, facts);
  if (times !== null) return times;
  const audience = audienceOf(claims, facts);
  if (typeof audience !== "string") return audience;
  const known: Facts = { ...facts, audience };
  if (!provider.clientIds.includes(audience)) return refusal("InvalidIdentityToken", GENERIC, known);
  const subject = facts.subject;
  if (subject === null) return refusal("InvalidIdentityToken", GENERIC, known, "expected");
  const authorized = authorizedByIdp(claims, role.arn);
  if (authorized === "not-listed") return refusal("InvalidIdentityToken", "The target role ARN is not present in the roles claim of the identity token", known);
  if (call.durationSeconds !== null && (call.durationSeconds < 900 || call.durationSeconds > role.maxSessionDuration)) {
    return refusal("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", known, "expected");
  }
  const request = policyRequest(claims, provider, { audience, subject }, authorized === "listed", call);
  if (!decide(role.trust, request)) return refusal("AccessDenied", REFUSED, known, "recorded", request);
  if (claims[TAGS_CLAIM] !== undefined && !decide(role.trust, { ...request, action: "sts:TagSession" })) return refusal("AccessDenied", REFUSED, known, "expected", request);
  return { allowed: true, error: null, ...known, basis: "recorded", request };
}

/** What the trust policy would be asked for these claims, whatever else is wrong with them; null where no provider is theirs. */
export function wouldBeRequest(claims: Readonly<Record<string, unknown>>, providers: readonly WebIdentityProvider[], role: WebIdentityRole, call: WebIdentityCall): PolicyRequest | null {
  const found = findProvider(claims, providers);
  if ("answer" in found) return null;
  const { audience, subject } = factsOf(claims);
  return policyRequest(claims, found.provider, { audience, subject }, authorizedByIdp(claims, role.arn) === "listed", call);
}

function policyRequest(claims: Readonly<Record<string, unknown>>, provider: WebIdentityProvider, token: Pick<Facts, "audience" | "subject">, authorized: boolean, call: WebIdentityCall): PolicyRequest {
  return { action: "sts:AssumeRoleWithWebIdentity", principal: { kind: "Federated", arn: provider.arn }, keys: requestKeys(claims, provider, token, authorized, call) };
}

function factsOf(claims: Readonly<Record<string, unknown>>): Facts {
  const { iss, sub, aud, azp } = claims;
  const single = Array.isArray(aud) && aud.length === 1 ? (aud[0] as unknown) : aud;
  return {
    issuer: typeof iss === "string" ? iss : null,
    subject: typeof sub === "string" ? sub : typeof sub === "number" ? String(sub) : null,
    audience: typeof azp === "string" && azp !== "" ? azp : typeof single === "string" ? single : null,
  };
}

function judgeTimes(claims: Readonly<Record<string, unknown>>, now: number, facts: Facts): Answer | null {
  const times: Record<string, number> = {};
  for (const name of ["iat", "exp", "nbf"]) {
    const value = claims[name];
    if (value === undefined) continue;
    const seconds = typeof value === "number" ? value : typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (!Number.isSafeInteger(seconds)) return refusal("InvalidIdentityToken", "Invalid timestamp in token claims.", facts);
    times[name] = seconds;
  }
  const { iat = 0, exp = 0, nbf } = times;
  const earliest = now - TOLERANCE_SECONDS;
  if (earliest >= exp) {
    return refusal("ExpiredTokenException", `Token expired: current date/time ${earliest} must be before the expiration date/time ${exp}`, facts);
  }
  if (iat > now + TOLERANCE_SECONDS) return refusal("InvalidIdentityToken", `Token issued in the future: ${iat}`, facts, "expected");
  if (nbf !== undefined && nbf > now + TOLERANCE_SECONDS) return refusal("InvalidIdentityToken", GENERIC, facts, "expected");
  return null;
}

function audienceOf(claims: Readonly<Record<string, unknown>>, facts: Facts): string | Answer {
  const { aud, azp } = claims;
  const list: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (list.length === 0) return refusal("InvalidIdentityToken", "Claim is not allowed to be empty: aud", facts);
  if (!list.every((value) => typeof value === "string")) return refusal("InvalidIdentityToken", GENERIC, facts, "expected");
  if (azp !== undefined) return typeof azp === "string" && azp !== "" ? azp : refusal("InvalidIdentityToken", GENERIC, { ...facts, audience: null });
  if (list.length > 1) return refusal("InvalidIdentityToken", "Token audience contains more than one audience while authorized party is not present", facts);
  return String(list[0]);
}

function authorizedByIdp(claims: Readonly<Record<string, unknown>>, roleArn: string): "absent" | "listed" | "not-listed" {
  const raw = claims[ROLES_CLAIM];
  if (raw === undefined) return "absent";
  const roles = Array.isArray(raw) ? raw : typeof raw === "string" ? raw.split(";") : [];
  return roles.includes(roleArn) ? "listed" : "not-listed";
}

function requestKeys(claims: Readonly<Record<string, unknown>>, provider: WebIdentityProvider, token: Pick<Facts, "audience" | "subject">, authorized: boolean, call: WebIdentityCall): RequestKeys {
  const path = issuerPathOf(provider.issuer);
  const keys = new Map<string, readonly string[]>();
  const put = (name: string, values: readonly string[]): void => { keys.set(name.toLowerCase(), values); };
  const { aud, sub } = conditionKeysOf(path);
  if (token.audience !== null) put(aud, [token.audience]);
  if (token.subject !== null) put(sub, [token.subject]);
  const listed = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string");
  if (claims["azp"] !== undefined) put(`${path}:oaud`, listed(claims["aud"]));
  if (claims["amr"] !== undefined) put(`${path}:amr`, listed(claims["amr"]));
  if (typeof claims["email"] === "string") put(`${path}:email`, [claims["email"]]);
  put("sts:RoleSessionName", [call.roleSessionName]);
  put("sts:RoleAuthorizedByIdp", [String(authorized)]);
  // the same for every OIDC caller (recorded): no protection
  put("aws:PrincipalAccount", [provider.arn.split(":")[4] ?? ""]);
  put("aws:PrincipalType", ["User"]);
  put("aws:userid", [provider.arn]);
  put("aws:SecureTransport", ["true"]);
  put("aws:CurrentTime", [new Date(call.now * 1000).toISOString()]);
  put("aws:EpochTime", [String(call.now)]);
  const tags = claims[TAGS_CLAIM];
  const principalTags = typeof tags === "object" && tags !== null ? (tags as { principal_tags?: unknown }).principal_tags : undefined;
  if (typeof principalTags === "object" && principalTags !== null) {
    put("aws:TagKeys", Object.keys(principalTags));
    for (const [name, value] of Object.entries(principalTags)) put(`aws:RequestTag/${name}`, listed(value));
  }
  for (const [name, values] of Object.entries(call.context)) put(name, values);
  return keys;
}
