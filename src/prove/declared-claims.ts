/** Which tokens are declared, read from the federation and never from the policy under test. Pure. */
import type { AccountView } from "../federation/account-view";
import { suspensionIn } from "../federation/suspension";
import type { FederationRole } from "../federation/model";
import type { WebIdentityProvider, WebIdentityRole } from "../sts/web-identity";
import { TOLERANCE_SECONDS, wouldBeRequest } from "../sts/decide-token";
import { TAGS_CLAIM } from "../sts/request-keys";
import { compileCondition } from "../trust/decide/conditions";
import { likeMatcher } from "../trust/string-like";
import { oneOf } from "../trust/suspension";
import { exactSubjects, type SubjectTrust } from "../trust/trust";
import type { Claims } from "../sts/web-identity";
import type { Context } from "./identities";

/** Whether claims that come with `context` are declared. */
export type IsDeclared = (claims: Claims, context: Context) => boolean;

interface DeclaredTrust {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly subject: (text: string) => boolean;
  readonly takesTags: boolean;
  readonly conditions: readonly ReturnType<typeof compileCondition>[];
}

/**
 * A token is declared if it is valid now, its subject is not suspended, its roles claim does not exclude this
 * role, one trust names its issuer,
 * audience and subject (exactly, by a pattern and an address of a declared email domain, or by a wide pattern) and
 * allows its session tags, and the request meets that trust's conditions.
 */
export function declaredClaims(
  role: FederationRole,
  tried: WebIdentityRole,
  view: AccountView,
  providers: readonly WebIdentityProvider[],
  now: number,
): IsDeclared {
  const trusts = role.trusts.flatMap((trust) => (trust.kind === "subjects" ? declaredTrust(trust, view) : []));
  const isOut = oneOf(suspensionIn(role, view).subjects);
  return (claims, context) => {
    const subject = typeof claims["sub"] === "number" ? String(claims["sub"]) : claims["sub"];
    const audience = audienceOf(claims);
    if (typeof subject !== "string" || audience === null || !inTime(claims, now)) return false;
    if (isOut(subject)) return false;
    const roles = claims["https://aws.amazon.com/roles"];
    if (roles !== undefined && !(Array.isArray(roles) && roles.includes(tried.arn))) return false;
    const named = trusts.filter(
      (trust) =>
        trust.issuer === claims["iss"] &&
        trust.audiences.includes(audience) &&
        trust.subject(subject) &&
        (trust.takesTags || claims[TAGS_CLAIM] === undefined),
    );
    if (named.length === 0) return false;
    const request = wouldBeRequest(claims, providers, tried, {
      roleSessionName: "prove",
      durationSeconds: null,
      context,
      now,
    });
    return (
      request !== null &&
      named.some(({ conditions }) => conditions.every((condition) => condition.evaluate(request.keys) === "yes"))
    );
  };
}

function declaredTrust(trust: SubjectTrust, view: AccountView): readonly DeclaredTrust[] {
  const issuer = view.federation.issuers[trust.issuer];
  if (issuer === undefined) return [];
  const exact = new Set(exactSubjects(trust));
  const patterns = trust.subjectPatterns.map(likeMatcher);
  const wide = trust.wideSubjectPatterns.map(({ pattern }) => likeMatcher(pattern));
  const { emailDomains } = view.federation;
  const isOfDomain = (text: string): boolean =>
    emailDomains.some((domain) => /@/.test(text) && (text.endsWith(`@${domain}`) || text.endsWith(`.${domain}`)));
  return [
    {
      issuer: issuer.issuer,
      audiences: trust.audiences ?? issuer.audiences.slice(0, 1),
      subject: (text) =>
        exact.has(text) ||
        (isOfDomain(text) && patterns.some((matches) => matches(text))) ||
        wide.some((matches) => matches(text)),
      takesTags: trust.allowTagSession,
      conditions: trust.conditions.map(({ test, variable, values }) =>
        compileCondition({ operator: test, key: variable, values }, true),
      ),
    },
  ];
}

/** `azp` where there is one, else the only audience; null where neither says which. */
function audienceOf({ aud, azp }: Claims): string | null {
  const list: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (list.length === 0 || !list.every((value) => typeof value === "string")) return null;
  const audience: unknown = azp === undefined ? (list.length === 1 ? list[0] : null) : azp;
  return typeof audience === "string" && audience !== "" ? audience : null;
}

function inTime({ iat, exp, nbf }: Claims, now: number): boolean {
  const whole = (value: unknown): value is number => Number.isInteger(value);
  return (
    whole(iat) &&
    whole(exp) &&
    exp > now - TOLERANCE_SECONDS &&
    iat <= now + TOLERANCE_SECONDS &&
    (nbf === undefined || (whole(nbf) && nbf <= now + TOLERANCE_SECONDS))
  );
}
