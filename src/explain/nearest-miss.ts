/** What comes closest to letting a refused token in, and what to do about it. Pure. */
import { CLOUDS } from "../issuer/clouds";
import type { Answer, WebIdentityProvider } from "../token/judge";
import type { NotAToken } from "../token/read";
import type { Decision } from "../trust/decide/decide";
import { stringLike } from "../trust/string-like";

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

/** The misses of a refusal, nearest first; at least one wherever the reason is known. */
export function nearestMisses(refusal: Refusal): readonly Miss[] {
  const { answer, notAToken } = refusal;
  if (notAToken !== null) return [{ what: notAToken.why, fix: notAToken.kind === "opaque" ? "Get a JWT with databricks-aws-oidc token --from exchange." : "Pass the access token as Databricks' token endpoint gave it." }];
  const message = answer.error?.message ?? "";
  if (message.startsWith("No OpenIDConnect provider") || message.endsWith("required claim: iss")) return issuerMisses(refusal);
  if (answer.error?.code === "ExpiredTokenException" || /issued in the future|timestamp/.test(message)) return timeMisses(refusal);
  if (/^Missing a required claim/.test(message)) return [{ what: message, fix: "This is no token of Databricks' OIDC issuer; get one with databricks-aws-oidc token." }];
  if (/verification key/.test(message)) {
    return [{ what: "no key of the issuer's key set may verify this token (unknown `kid`, `use: enc`, or too many RSA keys)", fix: "Fetch the key set again (--jwks), or run doctor to see whether AWS can reach it." }];
  }
  if (answer.error?.code === "ValidationError") return [{ what: "the session asked for is longer than the role allows", fix: "Ask for less, or raise maxSessionDuration." }];
  if (answer.audience !== null && !registered(refusal)) return [audienceMiss(refusal)];
  if (answer.error?.code === "AccessDenied") return policyMisses(refusal);
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

/** Judges each Allow statement by how far it is from matching: the fewer conditions fail, the nearer. */
function policyMisses({ decision, claims }: Refusal): readonly Miss[] {
  if (decision === null) return [];
  const deny = decision.statements.find(({ effect, verdict }) => effect === "Deny" && verdict !== "no");
  if (deny !== undefined) return [{ what: `statement ${deny.index} denies explicitly`, fix: "A Deny wins over every Allow; change that statement." }];
  const allows = decision.statements.filter(({ effect, principal, action }) => effect === "Allow" && principal === "yes" && action);
  if (allows.length === 0) return [{ what: "no statement of the trust policy is about this provider and action", fix: "Add a trust for this issuer to the role." }];
  const ranked = [...allows].sort((left, right) => failures(left) - failures(right));
  const misses = ranked.flatMap((statement) => statement.conditions
    .filter(({ verdict }) => verdict !== "yes")
    .map((condition): Miss => {
      if (condition.finding !== null) return { what: condition.finding, fix: "Write the value out." };
      return conditionMiss(condition.operator, condition.key, condition.expected, condition.actual, claims);
    }));
  const seen = new Set<string>();
  return misses.filter(({ what }) => !seen.has(what) && seen.add(what) !== undefined).slice(0, 10);
}

function failures(statement: Decision["statements"][number]): number {
  return statement.conditions.filter(({ verdict }) => verdict !== "yes").length;
}

function conditionMiss(operator: string, key: string, expected: readonly string[], actual: readonly string[] | null, claims: Readonly<Record<string, unknown>>): Miss {
  const name = key.split(":").at(-1) ?? key;
  const label = `\`${/:(?:aud|sub)$/i.test(key) ? name : key}\``;
  const [value] = actual ?? [];
  if (value === undefined) return { what: `${label} is not in the request`, fix: `A caller whose request carries ${key} would match; see the condition.` };
  const near = nearValue(value, expected, operator);
  if (near !== null) return { what: `${label} ${near}`, fix: `Make the two equal: the token has ${JSON.stringify(value)}.` };
  if (/:sub$/i.test(key)) {
    if (typeof claims["client_id"] === "string" && expected.includes(claims["client_id"])) return { what: "`client_id` would match, but IAM sees `sub` only", fix: `Name the subject ${JSON.stringify(value)}.` };
    if (value.includes("@") && expected.every((entry) => !entry.includes("@"))) return { what: `the token is a user's (${value}); the role trusts service principals`, fix: "Use a service principal's token, or add the user under users." };
    if (!value.includes("@") && expected.every((entry) => entry.includes("@"))) return { what: `the token is a service principal's (${value}); the role trusts users`, fix: "Add it under servicePrincipals." };
    return { what: `\`sub\` is ${value}, which the role does not name`, fix: "Add it to the trust, if it is meant to get in." };
  }
  return { what: `${label} is ${value}; wanted: ${expected.slice(0, 5).join(", ")}`, fix: `Call from where ${key} matches, or change the condition.` };
}

/** How `value` differs from the nearest of `expected`, where that is by little; null where nothing is near. */
function nearValue(value: string, expected: readonly string[], operator: string): string | null {
  const like = operator.startsWith("StringLike");
  const matches = (entry: string, text: string): boolean => (like ? stringLike(entry, text) : entry === text);
  for (const entry of expected) {
    if (matches(entry.toLowerCase(), value.toLowerCase())) return "differs in case";
    if (matches(entry.trim(), value.trim())) return "differs in white space";
    if (matches(entry.normalize("NFKC"), value.normalize("NFKC")) || matches(entry, lookAlike(value)) || entry === lookAlike(value)) return "differs in a look-alike character";
    if (matches(entry, value.replace(/\/+$/, "")) || matches(entry.replace(/\/+$/, ""), value)) return "differs in a trailing slash";
    if (!like && /[*?]/.test(entry) && stringLike(entry, value)) return `would match ${entry} as a pattern, but ${operator} takes * literally`;
  }
  return null;
}

/** Cyrillic and Greek letters that look Latin, and invisible characters, undone. */
function lookAlike(text: string): string {
  const latin: Readonly<Record<string, string>> = { а: "a", е: "e", о: "o", р: "p", с: "c", х: "x", у: "y", і: "i", ѕ: "s", ο: "o", α: "a", ı: "i", ӏ: "l" };
  return text.replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, "").replace(/[^\x00-\x7f]/g, (character) => latin[character] ?? character);
}
