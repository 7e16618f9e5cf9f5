/** What STS asks a trust policy about a web identity call: the condition keys of the request. Pure. */
import { conditionKeysOf, issuerPathOf } from "../issuer/issuer";
import type { PolicyRequest, RequestKeys } from "../trust/decide/decide";
import type { WebIdentityCall, WebIdentityProvider } from "./judge";

export type Claims = Readonly<Record<string, unknown>>;

/** Who a token says it is of, as STS reads it; null where it can not be read. */
export interface TokenFacts {
  /** `azp` where there is one, else the only `aud`. */
  readonly audience: string | null;
  readonly subject: string | null;
  readonly issuer: string | null;
}

/** Session tags: `{principal_tags: {NAME: [VALUE]}, transitive_tag_keys: [NAME]}`. */
export const TAGS_CLAIM = "https://aws.amazon.com/tags";

/** Keys STS puts into every web identity request itself, in lower case: a caller can not leave them out. */
export const DERIVED_KEYS: ReadonlySet<string> = new Set([
  "sts:rolesessionname", "sts:roleauthorizedbyidp", "aws:principalaccount", "aws:principaltype", "aws:userid", "aws:securetransport", "aws:currenttime", "aws:epochtime",
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
export function policyRequest(claims: Claims, provider: WebIdentityProvider, authorizedByIdp: boolean, call: WebIdentityCall): PolicyRequest {
  return {
    action: "sts:AssumeRoleWithWebIdentity",
    principal: { kind: "Federated", arn: provider.arn },
    keys: requestKeys(claims, provider, authorizedByIdp, call),
  };
}

function requestKeys(claims: Claims, provider: WebIdentityProvider, authorizedByIdp: boolean, call: WebIdentityCall): RequestKeys {
  const keys = new Map<string, readonly string[]>();
  const put = (name: string, values: readonly string[]): void => { keys.set(name.toLowerCase(), values); };
  put("sts:RoleSessionName", [call.roleSessionName]);
  put("aws:SecureTransport", ["true"]);
  put("aws:CurrentTime", [new Date(call.now * 1000).toISOString()]);
  put("aws:EpochTime", [String(call.now)]);
  for (const [name, values] of Object.entries(call.context)) put(name, values);
  const path = issuerPathOf(provider.issuer);
  const own = conditionKeysOf(path);
  const { audience, subject } = factsOf(claims);
  put(own.aud, audience === null ? [] : [audience]);
  put(own.sub, subject === null ? [] : [subject]);
  put(`${path}:oaud`, claims["azp"] === undefined ? [] : texts(claims["aud"]));
  put(`${path}:amr`, texts(claims["amr"]));
  put(`${path}:email`, typeof claims["email"] === "string" ? [claims["email"]] : []);
  put("sts:RoleAuthorizedByIdp", [String(authorizedByIdp)]);
  // the same for every OIDC caller (recorded): no protection. An account that is not known yet stays open.
  const account = provider.arn.split(":")[4] ?? "";
  if (/^[0-9]{12}$/.test(account)) {
    put("aws:PrincipalAccount", [account]);
    put("aws:userid", [provider.arn]);
  }
  put("aws:PrincipalType", ["User"]);
  const tags = claims[TAGS_CLAIM];
  const principalTags: unknown = typeof tags === "object" && tags !== null ? (tags as { readonly principal_tags?: unknown }).principal_tags : undefined;
  if (typeof principalTags === "object" && principalTags !== null) {
    put("aws:TagKeys", Object.keys(principalTags));
    for (const [name, value] of Object.entries(principalTags)) put(`aws:RequestTag/${name}`, texts(value));
  }
  return keys;
}

function texts(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === "string");
}
