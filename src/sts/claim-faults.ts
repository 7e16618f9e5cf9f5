/** What STS finds wrong with claims, one check a fault, with its own words. Pure. */
import type {
  Claims,
  StsError,
  TokenFacts,
  WebIdentityCall,
  WebIdentityProvider,
  WebIdentityRole,
} from "./web-identity";

export interface Fault {
  readonly error: StsError;
  /** Why the answer is inferred; null where AWS was seen to give it. */
  readonly unrecorded: string | null;
}

export interface CheckedClaims {
  readonly claims: Claims;
  readonly facts: TokenFacts;
  readonly provider: WebIdentityProvider;
  readonly role: WebIdentityRole;
  readonly call: WebIdentityCall;
}

export const GENERIC =
  "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for " +
  "requirements.";
export const ORDER_UNRECORDED = "two things are wrong at once, and the order of checks was not recorded";

/** Seconds by which STS lets `iat`, `nbf` and `exp` be off. */
export const TOLERANCE_SECONDS = 300;

const ROLES_CLAIM = "https://aws.amazon.com/roles";

/** The bounds of DurationSeconds in STS's own service model. */
const DURATION = { least: 900, most: 43_200 } as const;

export function fault(code: StsError["code"], message: string, unrecorded: string | null = null): Fault {
  return { error: { code, message }, unrecorded };
}

/**
 * A session length that STS does not accept. Checked before the token, as every bound of its service model.
 */
export function durationOutOfRange(seconds: number | null): Fault | null {
  if (seconds === null || (seconds >= DURATION.least && seconds <= DURATION.most)) return null;
  const bound =
    seconds < DURATION.least ? `greater than or equal to ${DURATION.least}` : `less than or equal to ${DURATION.most}`;
  return fault(
    "ValidationError",
    `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member ` +
      `must have value ${bound}`,
    "no session length out of range was sent",
  );
}

const REQUIRED = ["sub", "aud", "iat", "exp"] as const;

function missingClaim({ claims }: CheckedClaims): Fault | null {
  const missing = REQUIRED.filter((name) => claims[name] === undefined);
  const [first] = missing;
  return first === undefined
    ? null
    : fault("InvalidIdentityToken", `Missing a required claim: ${first}`, missing.length > 1 ? ORDER_UNRECORDED : null);
}

function subjectOfNoKind({ claims, facts }: CheckedClaims): Fault | null {
  if (claims["sub"] === undefined || facts.subject !== null) return null;
  if (claims["sub"] === null) return fault("InternalFailure", "Unknown error validating third-party token");
  return fault("InvalidIdentityToken", GENERIC, "no sub of this kind was sent");
}

/** What is wrong with `iat`, `exp` and `nbf` at the time of the call. */
export function timesFault({ claims, call }: CheckedClaims): Fault | null {
  const read: Record<string, number> = {};
  for (const name of ["iat", "exp", "nbf"]) {
    const value = claims[name];
    if (value === undefined) continue;
    const seconds =
      typeof value === "number" ? value : typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (!Number.isSafeInteger(seconds))
      return fault(
        "InvalidIdentityToken",
        "Invalid timestamp in token claims.",
        typeof value === "number" ? null : "no time of this kind was sent",
      );
    read[name] = seconds;
  }
  const { iat, exp, nbf } = read;
  const earliest = call.now - TOLERANCE_SECONDS;
  if (exp !== undefined && earliest >= exp) {
    return fault(
      "ExpiredTokenException",
      `Token expired: current date/time ${earliest} must be before the expiration date/time ${exp}`,
    );
  }
  const latest = call.now + TOLERANCE_SECONDS;
  if (iat !== undefined && iat > latest)
    return fault("InvalidIdentityToken", `Token issued in the future: ${iat}`, "the edge of iat was not sent");
  if (nbf !== undefined && nbf > latest)
    return fault("InvalidIdentityToken", GENERIC, "no nbf beyond the tolerance was sent");
  return null;
}

/** What is wrong with `aud` and `azp`, for the provider's client IDs. */
export function audienceFault({ claims, facts, provider }: CheckedClaims): Fault | null {
  const { aud, azp } = claims;
  if (aud === undefined) return null;
  const list: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (list.length === 0) return fault("InvalidIdentityToken", "Claim is not allowed to be empty: aud");
  if (!list.every((value) => typeof value === "string"))
    return fault("InvalidIdentityToken", GENERIC, "no aud of this kind was sent");
  if (azp !== undefined && typeof azp !== "string")
    return fault("InvalidIdentityToken", GENERIC, "no azp of this kind was sent");
  if (azp === undefined && list.length > 1)
    return fault(
      "InvalidIdentityToken",
      "Token audience contains more than one audience while authorized party is not present",
    );
  return facts.audience !== null && provider.clientIds.includes(facts.audience)
    ? null
    : fault("InvalidIdentityToken", GENERIC);
}

/** Whether the token's roles claim, an array or a text split by `;`, names the role. */
export function authorizedByIdp(claims: Claims, roleArn: string): "absent" | "listed" | "not-listed" {
  const raw = claims[ROLES_CLAIM];
  if (raw === undefined) return "absent";
  const roles: readonly unknown[] = Array.isArray(raw) ? raw : typeof raw === "string" ? raw.split(";") : [];
  return roles.includes(roleArn) ? "listed" : "not-listed";
}

function rolesClaim({ claims, role }: CheckedClaims): Fault | null {
  if (authorizedByIdp(claims, role.arn) !== "not-listed") return null;
  return fault("InvalidIdentityToken", "The target role ARN is not present in the roles claim of the identity token");
}

function sessionTooLong({ role, call }: CheckedClaims): Fault | null {
  if (call.durationSeconds === null || call.durationSeconds <= role.maxSessionDuration) return null;
  return fault(
    "ValidationError",
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    "no session longer than the role's was asked for",
  );
}

/** In the order of checks, which is expected and not recorded. */
const CHECKS = [missingClaim, subjectOfNoKind, timesFault, audienceFault, rolesClaim, sessionTooLong] as const;

/** Everything wrong with the claims, in the order of checks. */
export function faultsOf(checked: CheckedClaims): readonly Fault[] {
  const found: Fault[] = [];
  for (const check of CHECKS) {
    const wrong = check(checked);
    if (wrong !== null) found.push(wrong);
  }
  return found;
}
