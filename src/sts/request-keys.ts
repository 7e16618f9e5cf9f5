/** What STS asks a trust policy about a web identity call: the condition keys of the request. Pure. */
import { conditionKeysOf, issuerPathOf } from "../issuer/issuer";
import type { PolicyRequest, RequestKeys } from "../trust/decide/decide";
import { textsOf } from "../trust/parsed/parse-role";
import type { Claims, TokenFacts, WebIdentityCall, WebIdentityProvider } from "./web-identity";

/** Session tags: `{principal_tags: {NAME: [VALUE]}, transitive_tag_keys: [NAME]}`. */
export const TAGS_CLAIM = "https://aws.amazon.com/tags";

/** Keys STS puts into every web identity request itself, in lower case: a caller can not leave them out. */
export const DERIVED_KEYS: ReadonlySet<string> = new Set([
  "sts:rolesessionname",
  "sts:roleauthorizedbyidp",
  "aws:principalaccount",
  "aws:principaltype",
  "aws:userid",
  "aws:securetransport",
  "aws:currenttime",
  "aws:epochtime",
]);

/** Issuer, subject and audience of `claims`. A number as `sub` is its digits; one a double can not hold is not read. */
export function factsOf(claims: Claims): TokenFacts {
  const { iss, sub, aud, azp } = claims;
  const only: unknown = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  const audience = azp === undefined ? only : azp === "" ? null : azp;
  return {
    issuer: typeof iss === "string" ? iss : null,
    subject: typeof sub === "string" ? sub : Number.isSafeInteger(sub) ? String(sub) : null,
    audience: typeof audience === "string" ? audience : null,
  };
}

/**
 * The request for `claims`. What the token and the provider say can not be overruled by the call's context; what a
 * caller chooses (session name, time, network) can.
 */
export function policyRequest(
  claims: Claims,
  provider: WebIdentityProvider,
  authorizedByIdp: boolean,
  call: WebIdentityCall,
): PolicyRequest {
  return {
    action: "sts:AssumeRoleWithWebIdentity",
    principal: { kind: "Federated", arn: provider.arn },
    keys: requestKeys(claims, provider, authorizedByIdp, call),
  };
}

/** Key names of a provider in lower case, and what is the same for all its callers. */
interface ProviderKeys {
  readonly aud: string;
  readonly sub: string;
  readonly oaud: string;
  readonly amr: string;
  readonly email: string;
  readonly fixed: readonly (readonly [string, readonly string[]])[];
}

const prepared = new WeakMap<WebIdentityProvider, ProviderKeys>();

function keysOf(provider: WebIdentityProvider): ProviderKeys {
  let found = prepared.get(provider);
  if (found === undefined) {
    const path = issuerPathOf(provider.issuer).toLowerCase();
    const own = conditionKeysOf(path);
    const account = provider.arn.split(":")[4] ?? "";
    found = {
      aud: own.aud,
      sub: own.sub,
      oaud: `${path}:oaud`,
      amr: `${path}:amr`,
      email: `${path}:email`,
      // recorded: no protection, since every OIDC caller has them. An account that is not known yet stays open.
      fixed: [
        ["aws:principaltype", ["User"]],
        ...(/^[0-9]{12}$/.test(account)
          ? [["aws:principalaccount", [account]] as const, ["aws:userid", [provider.arn]] as const]
          : []),
      ],
    };
    prepared.set(provider, found);
  }
  return found;
}

function requestKeys(
  claims: Claims,
  provider: WebIdentityProvider,
  authorizedByIdp: boolean,
  call: WebIdentityCall,
): RequestKeys {
  const own = keysOf(provider);
  const keys = new Map<string, readonly string[]>();
  keys.set("sts:rolesessionname", [call.roleSessionName]);
  keys.set("aws:securetransport", SECURE);
  const time = timeOf(call.now);
  keys.set("aws:currenttime", time.iso);
  keys.set("aws:epochtime", time.epoch);
  for (const name of Object.keys(call.context)) keys.set(name.toLowerCase(), call.context[name] ?? NONE);
  // what the token does not say, the context can not say for it: no values, no key
  const { audience, subject } = factsOf(claims);
  keys.set(own.aud, audience === null ? NONE : [audience]);
  keys.set(own.sub, subject === null ? NONE : [subject]);
  keys.set(own.oaud, claims["azp"] === undefined ? NONE : textsOf(claims["aud"]));
  keys.set(own.amr, claims["amr"] === undefined ? NONE : textsOf(claims["amr"]));
  keys.set(own.email, typeof claims["email"] === "string" ? [claims["email"]] : NONE);
  keys.set("sts:roleauthorizedbyidp", authorizedByIdp ? YES : NO);
  for (const [name, values] of own.fixed) keys.set(name, values);
  const tags = claims[TAGS_CLAIM];
  const principalTags: unknown =
    typeof tags === "object" && tags !== null
      ? (tags as { readonly principal_tags?: unknown }).principal_tags
      : undefined;
  if (typeof principalTags === "object" && principalTags !== null) {
    keys.set("aws:tagkeys", Object.keys(principalTags));
    for (const [name, value] of Object.entries(principalTags))
      keys.set(`aws:RequestTag/${name}`.toLowerCase(), textsOf(value));
  }
  return keys;
}

const NONE: readonly string[] = [];
const SECURE: readonly string[] = ["true"];
const YES: readonly string[] = ["true"];
const NO: readonly string[] = ["false"];

/** A second as IAM's two keys say it. Many calls fall into one second: the last one is kept. */
let lastTime: { readonly now: number; readonly iso: readonly string[]; readonly epoch: readonly string[] } = {
  now: NaN,
  iso: NONE,
  epoch: NONE,
};

function timeOf(now: number): typeof lastTime {
  if (lastTime.now !== now) lastTime = { now, iso: [new Date(now * 1000).toISOString()], epoch: [String(now)] };
  return lastTime;
}
