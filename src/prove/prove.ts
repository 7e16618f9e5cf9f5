/**
 * Every declared identity gets in and nobody else does, role by role: decided for every kind of caller, and tried a
 * second time with forged tokens. The same seed makes the same tokens.
 */
import { accountView, type AccountView } from "../federation/account-view";
import { identityNames } from "../federation/identities";
import type { Federation, FederationRole } from "../federation/model";
import { providersOf, readTrustPolicy, webIdentityRole } from "../explain/role-in-question";
import type { WebIdentityProvider, WebIdentityRole } from "../sts/web-identity";
import { decideClaims } from "../sts/decide-token";
import { decide, verdict, type Verdict } from "../trust/decide/decide";
import type { Claims } from "../sts/web-identity";
import { type Context, type Declared, declaredIdentities, suspendedIdentities } from "./identities";
import { forgedTokens } from "./forged-tokens";
import { declaredClaims } from "./declared-claims";
import { declaredPolicies, undeclaredCallers } from "./declared-policies";
import { seededRandom } from "./random";
import { forgedSignatures } from "./forged-signatures";
import { declaredAssumptions } from "./unity-catalog";

/** A request that was decided wrongly, in full. */
export interface CounterExample {
  readonly what: string;
  /** What the federation calls the subject of the claims; empty where it gives it no name. */
  readonly names: readonly string[];
  readonly claims: Claims;
  readonly context: Context;
}

export interface RoleProof {
  readonly role: string;
  /** Account key; null for a single account. */
  readonly account: string | null;
  /** Declared identities tried, how many of them get in, and the first few that do not. */
  readonly declared: number;
  readonly declaredIn: number;
  readonly shutOut: readonly CounterExample[];
  /** Requests by undeclared callers that get in: one for each statement, the first few. */
  readonly undeclared: readonly CounterExample[];
  /** Why it cannot be ruled out that an undeclared caller gets in; null where it can. */
  readonly unsure: string | null;
  /** Forged tokens tried, how many of them get in, and the first few. */
  readonly forged: number;
  readonly forgedIn: number;
  readonly letIn: readonly CounterExample[];
}

export interface IssuerProof {
  readonly issuer: string;
  readonly forgeries: number;
  /** Forged signatures that were accepted. */
  readonly letIn: readonly string[];
}

export interface Proof {
  readonly seed: number;
  readonly roles: readonly RoleProof[];
  readonly issuers: readonly IssuerProof[];
  /** Every declared identity gets in, and nobody else. */
  readonly holds: boolean;
}

export interface ProveOptions {
  readonly seed: number;
  /** Forged tokens for each role, at least 1,000. */
  readonly count: number;
  /** Seconds since the epoch at which tokens are tried. */
  readonly now: number;
  /** Key or name of one role; undefined: all. */
  readonly role?: string | undefined;
  /** Called with the number of forged tokens tried so far: a million takes a while. */
  readonly onProgress?: ((tried: number) => void) | undefined;
}

/** Each list of counter-examples is cut here: the first few are enough. */
const MAX_COUNTER_EXAMPLES = 5;

/** Attempts for each forged token, at most: a wide pattern with a written reason declares most of the changes. */
const MOST_ATTEMPTS = 4;

/** Tries the whole federation. Claims are tried unsigned, role by role; signatures once an issuer. */
export async function prove(federation: Federation, options: ProveOptions): Promise<Proof> {
  const roles: RoleProof[] = [];
  const issuers = new Map<string, IssuerProof>();
  const namesOf = identityNames(federation);
  for (const account of federation.accounts) {
    const view = accountView(federation, account);
    const providers = providersOf(view, null);
    for (const role of view.roles) {
      if (options.role !== undefined && role.key !== options.role && role.name !== options.role) continue;
      const tried = webIdentityRole(role, view);
      const trial = trialOf(providers, tried, options.now);
      const declared = declaredIdentities(role, federation.issuers, options.now);
      roles.push(proveRole(role, tried, trial, view, providers, declared, { ...options, namesOf }));
      for (const honest of declared) {
        if (issuers.has(honest.issuer.key)) continue;
        const provider = providers.find((candidate) => candidate.issuer === honest.issuer.issuer);
        if (provider === undefined || trial(honest.claims, honest.context) !== "yes") continue;
        const forgeries = await forgedSignatures(honest, provider, tried, options.now);
        issuers.set(honest.issuer.key, {
          issuer: honest.issuer.key,
          forgeries: forgeries.length,
          letIn: forgeries.filter(({ letIn }) => letIn).map(({ forgery }) => forgery),
        });
      }
    }
  }
  const proven = [...issuers.values()];
  const holds = roles.every(isProven) && proven.every(({ letIn }) => letIn.length === 0);
  return { seed: options.seed, roles, issuers: proven, holds };
}

/** Whether everyone declared gets into the role, and nobody else. */
export function isProven({ shutOut, undeclared, unsure, letIn }: RoleProof): boolean {
  return shutOut.length + undeclared.length + letIn.length === 0 && unsure === null;
}

/** Decides on claims that come with a context. */
type Trial = (claims: Claims, context: Context) => Verdict;

/** `unknown`: what cannot be decided does not refuse for certain. */
function trialOf(providers: readonly WebIdentityProvider[], role: WebIdentityRole, now: number): Trial {
  return (claims, context) => {
    const call = { roleSessionName: "prove", durationSeconds: null, context, now };
    const { allowed, error, request } = decideClaims(claims, providers, role, call);
    if (allowed) return "yes";
    const reached = error?.code === "AccessDenied" && request !== null;
    return reached && verdict(role.trust, request) === "unknown" ? "unknown" : "no";
  };
}

function proveRole(
  role: FederationRole,
  tried: WebIdentityRole,
  trial: Trial,
  view: AccountView,
  providers: readonly WebIdentityProvider[],
  declared: readonly Declared[],
  { namesOf, ...options }: ProveOptions & { readonly namesOf: ReturnType<typeof identityNames> },
): RoleProof {
  const random = seededRandom(options.seed ^ hashOf(role.key));
  const shown = (examples: readonly Omit<CounterExample, "names">[]): readonly CounterExample[] =>
    examples.slice(0, MAX_COUNTER_EXAMPLES).map((example) => {
      const sub: unknown = example.claims["sub"];
      return { ...example, names: [sub].flat().flatMap((one) => (typeof one === "string" ? namesOf(one) : [])) };
    });
  const shutOut: Omit<CounterExample, "names">[] = [];
  for (const { claims, context } of declared)
    if (trial(claims, context) !== "yes") shutOut.push({ what: "declared", claims, context });
  const assumptions = declaredAssumptions(role, tried.arn);
  for (const { caller, request } of assumptions)
    if (!decide(tried.trust, request))
      shutOut.push({
        what: caller,
        claims: { principal: request.principal.arn },
        context: Object.fromEntries(request.keys),
      });
  const { witnesses, unsure } = undeclaredCallers(readTrustPolicy(role, view), declaredPolicies(role, view, tried.arn));
  const undeclared = witnesses.map((witness) => ({
    what: "undeclared",
    claims: { principal: witness.principal.arn, ...witness.claims },
    context: witness.context,
  }));
  const isDeclared = declaredClaims(role, tried, view, providers, options.now);
  const letIn: Omit<CounterExample, "names">[] = [];
  const out = suspendedIdentities(role, view.federation.issuers, options.now);
  for (const { claims, context } of out)
    if (trial(claims, context) !== "no") letIn.push({ what: "suspended", claims, context });
  let forged = out.length;
  const [first, ...others] = declared;
  if (first !== undefined) {
    let attempts = 0;
    for (const { forgery: what, claims, context } of forgedTokens([first, ...others], random, options.now)) {
      if (forged >= options.count + out.length || attempts >= options.count * MOST_ATTEMPTS) break;
      attempts += 1;
      // a change that happens to make a declared token is not a forgery, and does not count
      if (isDeclared(claims, context)) continue;
      forged += 1;
      options.onProgress?.(forged);
      if (trial(claims, context) !== "no") letIn.push({ what, claims, context });
    }
  }
  const all = declared.length + assumptions.length;
  return {
    role: role.key,
    account: view.account.key,
    declared: all,
    declaredIn: all - shutOut.length,
    shutOut: shown(shutOut),
    undeclared: shown(undeclared),
    unsure,
    forged,
    forgedIn: letIn.length,
    letIn: shown(letIn),
  };
}

/** FNV-1a: each role has its own forged tokens. */
function hashOf(text: string): number {
  let hash = 2166136261;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619);
  return hash >>> 0;
}
