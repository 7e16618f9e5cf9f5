/** What comes closest to letting a refused token in, and what to do about it. Pure. */
import { CLOUDS } from "../issuer/clouds";
import type { Answer, WebIdentityProvider } from "../token/judge";
import type { NotAToken } from "../token/read";
import type { Decision } from "../trust/decide/decide";
import { policyMisses } from "./policy-misses";

export interface Miss {
  /** What differs, in a few words, e.g. "`sub` differs in case". */
  readonly what: string;
  readonly fix: string;
}

export interface Refusal {
  readonly answer: Answer;
  /** Null where the trust policy was not reached. */
  readonly decision: Decision | null;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly providers: readonly WebIdentityProvider[];
  readonly notAToken: NotAToken | null;
  /** Seconds since the epoch. */
  readonly now: number;
}

/**
 * The misses of a refusal, nearest first; at least one wherever the reason is known. What stopped the token comes first,
 * then what the trust policy would have said had it been asked.
 */
export function nearestMisses(refusal: Refusal): readonly Miss[] {
  const first = firstMisses(refusal);
  const { answer, decision, claims } = refusal;
  if (decision === null || decision.allowed || answer.error?.code === "AccessDenied" || isIssuerMiss(refusal)) return first;
  return [...first, ...policyMisses(decision, claims, { audienceIsTold: answer.audience !== null && !registered(refusal) })];
}

function isIssuerMiss({ answer }: Refusal): boolean {
  const message = answer.error?.message ?? "";
  return message.startsWith("No OpenIDConnect provider") || message.endsWith("required claim: iss");
}

function firstMisses(refusal: Refusal): readonly Miss[] {
  const { answer, notAToken } = refusal;
  if (notAToken !== null) return [{ what: notAToken.why, fix: notAToken.kind === "opaque" ? "Get a JWT with databricks-aws-oidc token --from exchange." : "Pass the access token as Databricks' token endpoint gave it." }];
  const message = answer.error?.message ?? "";
  if (isIssuerMiss(refusal)) return issuerMisses(refusal);
  if (answer.error?.code === "ExpiredTokenException" || /issued in the future|timestamp/.test(message)) return timeMisses(refusal);
  if (/^Missing a required claim/.test(message)) return [{ what: message, fix: "This is no token of Databricks' OIDC issuer; get one with databricks-aws-oidc token." }];
  if (/verification key/.test(message)) {
    return [{ what: "no key of the issuer's key set may verify this token (unknown `kid`, `use: enc`, or too many RSA keys)", fix: "Fetch the key set again (--jwks), or run doctor to see whether AWS can reach it." }];
  }
  if (answer.error?.code === "ValidationError") return [{ what: "the session asked for is longer than the role allows", fix: "Ask for less, or raise maxSessionDuration." }];
  if (answer.audience !== null && !registered(refusal)) return [audienceMiss(refusal)];
  if (answer.error?.code === "AccessDenied") return refusal.decision === null ? [] : policyMisses(refusal.decision, refusal.claims, { audienceIsTold: false });
  return [{ what: message, fix: "Get a fresh token and try again; run doctor on the issuer if it stays." }];
}

function registered({ answer, providers }: Refusal): boolean {
  return providers.some((provider) => provider.issuer === answer.issuer && provider.clientIds.includes(answer.audience ?? ""));
}

function issuerMisses({ answer, providers }: Refusal): readonly Miss[] {
  const issuer = answer.issuer;
  if (issuer === null) return [{ what: "the token names no issuer", fix: "This is no token of Databricks' OIDC issuer; get one with databricks-aws-oidc token." }];
  const known = providers.map((provider) => provider.issuer);
  const near = (same: (candidate: string) => boolean): string | undefined => known.find(same);
  const register = (registered: string): string => `Register ${issuer} as provider URL instead of ${registered}; IAM compares to the last character.`;
  const cases: readonly (readonly [string | undefined, string, (found: string) => string])[] = [
    [near((url) => trimmed(url) === issuer && url !== issuer), "the registered issuer has a trailing slash or the discovery suffix", register],
    [near((url) => url === trimmed(issuer) && url !== issuer), "issuer has a trailing slash", () => `Databricks signs none; get the token from ${trimmed(issuer)}/v1/token.`],
    [near((url) => url.toLowerCase() === issuer.toLowerCase()), "issuer differs in case", register],
    [near((url) => url.replace(/^https?:\/\//, "") === issuer.replace(/^https?:\/\//, "")), "issuer differs in its scheme", register],
  ];
  for (const [found, what, fix] of cases) if (found !== undefined) return [{ what, fix: fix(found) }];
  if (Object.values(CLOUDS).some(({ accountsHost }) => issuer === `https://${accountsHost ?? ""}/oidc`)) {
    return [{ what: "the token is of the account-agnostic issuer, which every Databricks customer shares", fix: "Ask the token endpoint of your own account or workspace." }];
  }
  if (/^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.com)\//.test(issuer)) {
    return [{ what: "that is a Microsoft Entra token, not one of Databricks", fix: "Ask Databricks' own token endpoint: <issuer>/v1/token." }];
  }
  const host = issuer.split("/")[2] ?? "";
  if (known.some((url) => (url.split("/")[2] ?? "") === host)) return [{ what: "the token is of another issuer on the same host", fix: `Ask the token endpoint of ${known.find((url) => url.includes(host)) ?? ""}.` }];
  return [{
    what: `no provider is registered for ${issuer}; registered: ${known.join(", ") || "none"}`,
    fix: issuer.includes("/oidc/accounts/") ? "The account's endpoint minted this token: ask the workspace's, or add an account issuer." : "Ask the token endpoint of a registered issuer, or add this one under issuers.",
  }];
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "").replace(/\/\.well-known\/openid-configuration$/, "");
}

function timeMisses({ answer, claims, now }: Refusal): readonly Miss[] {
  const exp = Number(claims["exp"]);
  if (answer.error?.code === "ExpiredTokenException") {
    return [{ what: `the token ended ${now - exp} s ago; STS forgives 300 s`, fix: "Get a fresh token: Databricks' live an hour." }];
  }
  if (/timestamp/.test(answer.error?.message ?? "")) return [{ what: "a time in the token is no whole number of seconds", fix: "Get the token from Databricks' token endpoint." }];
  return [{ what: "the token begins in the future", fix: "Set this machine's clock; doctor measures how far it is off." }];
}

function audienceMiss({ answer, claims, providers }: Refusal): Miss {
  const audience = answer.audience ?? "";
  const provider = providers.find((candidate) => candidate.issuer === answer.issuer);
  const wanted = provider?.clientIds.join(", ") ?? "";
  if (claims["azp"] !== undefined) return { what: `\`azp\` is ${audience}, and with azp that is the audience`, fix: `Register ${audience}, or get a token without azp.` };
  if (audience === "sts.amazonaws.com") {
    return { what: "audience is `sts.amazonaws.com`; Databricks puts the workspace ID there", fix: `Get the token from Databricks; the provider registers ${wanted}.` };
  }
  if (/^[0-9]+$/.test(audience) && /^[0-9]+$/.test(wanted)) return { what: `audience is ${audience}: another workspace's token; registered is ${wanted}`, fix: "Ask the right workspace's token endpoint, or add its ID to audiences." };
  return { what: `audience is ${audience}; the provider registers ${wanted}`, fix: `Add ${audience} to the issuer's audiences if it is meant.` };
}
