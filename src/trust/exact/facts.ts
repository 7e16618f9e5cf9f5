/**
 * What is known of each condition key of a request to STS, by who asks: whether it is always there, sometimes or never,
 * whether it may have several values, and which values it can have. What is not known is left open, which can make a
 * policy come out wider and never the other way round. Sources: AWS' "AWS global condition context keys" and "Available
 * keys for AWS web identity federation / AWS STS"; what was recorded of AWS stands in docs and in `token/request-keys`.
 */
import type { Domain } from "./domain";
import { domainTest } from "./domain";
import type { Caller } from "./callers";

export interface KeyFacts {
  readonly presence: "always" | "sometimes" | "never";
  /** Whether it may hold several values at once. */
  readonly several: boolean;
  readonly domain: Domain;
}

/** The facts of `key` (in lower case) in a request by `caller`. */
export type FactsOf = (key: string, caller: Caller) => KeyFacts;

const ANY: Domain = { kind: "any" };
const sometimes = (domain: Domain = ANY, several = false): KeyFacts => ({ presence: "sometimes", several, domain });
const always = (domain: Domain = ANY): KeyFacts => ({ presence: "always", several: false, domain });
const one = (value: string): Domain => ({ kind: "values", values: [value] });
const NEVER: KeyFacts = { presence: "never", several: false, domain: ANY };
const SOMETIMES = sometimes();
const SEVERAL = sometimes(ANY, true);
const BOOLEAN = sometimes({ kind: "boolean" });

/** Keys that are the same for every caller. All others have one value, sometimes. */
const COMMON: Readonly<Record<string, KeyFacts>> = {
  "aws:calledvia": SEVERAL,
  "aws:currenttime": always({ kind: "instant" }),
  "aws:epochtime": always({ kind: "epoch" }),
  "aws:multifactorauthpresent": BOOLEAN,
  "aws:principalisawsservice": BOOLEAN,
  "aws:principalorgpaths": SEVERAL,
  "aws:principalservicenameslist": SEVERAL,
  "aws:resourceorgpaths": SEVERAL,
  "aws:securetransport": always({ kind: "boolean" }),
  "aws:sourceip": sometimes({ kind: "address", family: null }),
  "aws:sourceorgpaths": SEVERAL,
  "aws:tagkeys": SEVERAL,
  "aws:tokenissuetime": sometimes({ kind: "instant" }),
  "aws:viaawsservice": BOOLEAN,
  "aws:vpcsourceip": sometimes({ kind: "address", family: null }),
  "aws:vpceorgpaths": SEVERAL,
  "sts:rolesessionname": always(),
  "sts:transitivetagkeys": SEVERAL,
};

/** Keys that web identity requests have of their own, and those they never have. */
const WEB_IDENTITY: Readonly<Record<string, KeyFacts>> = {
  "aws:principalarn": NEVER,
  "aws:principaltype": always(one("User")),
  "aws:tokenissuetime": NEVER,
  "aws:username": NEVER,
  "sts:externalid": NEVER,
  "sts:roleauthorizedbyidp": always({ kind: "boolean" }),
};

const SERVICE: Readonly<Record<string, KeyFacts>> = {
  "aws:principalarn": NEVER,
  "aws:principalisawsservice": always(one("true")),
  "aws:tokenissuetime": NEVER,
  "aws:username": NEVER,
};

/** Claims that IAM makes condition keys of, and whether a token may hold several values of one. */
const CLAIMS: Readonly<Record<string, KeyFacts>> = {
  amr: SEVERAL,
  aud: always(),
  oaud: SEVERAL,
  sub: always(),
};

/** The issuer path and the claim in a key such as `host/oidc:sub`, in lower case; null where it is no claim's key. */
export function claimOf(key: string): { readonly issuerPath: string; readonly claim: string } | null {
  const colon = key.lastIndexOf(":");
  const [issuerPath, claim] = [key.slice(0, colon), key.slice(colon + 1)];
  if (colon < 0 || issuerPath === "aws" || issuerPath === "sts" || issuerPath === "saml") return null;
  return /[./]/.test(issuerPath) || Object.hasOwn(CLAIMS, claim) ? { issuerPath, claim } : null;
}

/** The facts this project knows of STS. */
export const stsFacts: FactsOf = (key, caller) => {
  const { kind, account, issuerPath } = caller;
  if (key === "aws:principalaccount")
    return account === null ? (kind === "Service" ? NEVER : SOMETIMES) : always(one(account));
  const claim = claimOf(key);
  if (claim !== null) {
    // a session keeps some claims of the token it was got by
    if (kind !== "Federated")
      return kind === "AWS" ? (CLAIMS[claim.claim]?.several === true ? SEVERAL : SOMETIMES) : NEVER;
    if (issuerPath !== claim.issuerPath) return NEVER;
    return Object.hasOwn(CLAIMS, claim.claim) ? (CLAIMS[claim.claim] ?? SOMETIMES) : SOMETIMES;
  }
  if (kind === "AWS" && key === "aws:principalarn") return caller.arns === null ? SOMETIMES : always(caller.arns);
  // of the session that asks: what a user or an account's root has is no session of a provider
  if (kind === "AWS" && key === "aws:federatedprovider")
    return caller.type === "User" || caller.type === "Account" ? NEVER : SOMETIMES;
  if (kind === "AWS" && key === "aws:principaltype") return caller.type === null ? SOMETIMES : always(one(caller.type));
  if (kind === "Federated" && issuerPath !== null) {
    if (key === "aws:userid" || key === "aws:federatedprovider")
      return { ...(key === "aws:userid" ? always() : SOMETIMES), domain: one(caller.arn) };
    const own = Object.hasOwn(WEB_IDENTITY, key) ? WEB_IDENTITY[key] : undefined;
    if (own !== undefined) return own;
  }
  const own = kind === "Service" && Object.hasOwn(SERVICE, key) ? SERVICE[key] : undefined;
  return own ?? (Object.hasOwn(COMMON, key) ? (COMMON[key] ?? SOMETIMES) : SOMETIMES);
};

/** `factsOf` for those requests alone in which each key of `fixed` has a value of its domain, or is missing. */
export function fixedFacts(factsOf: FactsOf, fixed: ReadonlyMap<string, Domain | "missing">): FactsOf {
  return (key, caller) => {
    const domain = fixed.get(key);
    const facts = factsOf(key, caller);
    if (domain === undefined) return facts;
    if (domain === "missing") return { ...facts, presence: "never" };
    return { presence: "always", several: false, domain: both(facts.domain, domain) };
  };
}

/** The values in `known` and `asked`; of two domains that are not listed, what is asked for is within what is known. */
function both(known: Domain, asked: Domain): Domain {
  if (asked.kind === "any") return known;
  if (known.kind === "values") return { kind: "values", values: known.values.filter(domainTest(asked)) };
  if (asked.kind === "values") return { kind: "values", values: asked.values.filter(domainTest(known)) };
  return asked;
}
