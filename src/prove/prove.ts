/** Every declared identity gets in, no generated impostor does: role by role. The same seed, the same trial. */
import { accountView } from "../federation/account-view";
import type { AccountView } from "../federation/account-view";
import type { Federation, FederationRole } from "../federation/model";
import { providersOf, webIdentityRole } from "../explain/subject-of";
import type { WebIdentityProvider, WebIdentityRole } from "../token/judge";
import { judgeClaims } from "../token/judge";
import { decide } from "../trust/decide/decide";
import { stringLike } from "../trust/string-like";
import type { Claims, Context, Declared } from "./identities";
import { declaredIdentities } from "./identities";
import { impostorsOf } from "./impostors";
import { seededRandom } from "./random";
import { signatureTricks } from "./signature-tricks";
import { assumptionImpostors, declaredAssumptions } from "./unity-catalog";

/** Somebody the trial went wrong with, in full. */
export interface CounterExample {
  readonly trick: string;
  readonly claims: Claims;
  readonly context: Context;
}

export interface RoleProof {
  readonly role: string;
  /** Account key; null for a single account. */
  readonly account: string | null;
  /** Declared identities tried, and those of them that do not get in. */
  readonly declared: number;
  readonly shutOut: readonly CounterExample[];
  /** Impostors tried, and those of them that get in. */
  readonly impostors: number;
  readonly letIn: readonly CounterExample[];
}

export interface IssuerProof {
  readonly issuer: string;
  readonly tricks: number;
  /** Forged signatures that were taken. */
  readonly letIn: readonly string[];
}

export interface Proof {
  readonly seed: number;
  readonly roles: readonly RoleProof[];
  readonly issuers: readonly IssuerProof[];
  /** Nobody got in who should not, and everybody who should. */
  readonly holds: boolean;
}

export interface ProveOptions {
  readonly seed: number;
  /** Impostors a role, at least 1,000. */
  readonly count: number;
  /** Seconds since the epoch at which tokens are judged. */
  readonly now: number;
  /** Key of one role; undefined: all. */
  readonly role?: string | undefined;
}

/** Each counter-example list is cut here: the first says it all. */
const MAX_COUNTER_EXAMPLES = 5;

/** Tries the whole federation. Claims are judged unsigned, role by role; signatures once an issuer. */
export async function prove(federation: Federation, options: ProveOptions): Promise<Proof> {
  const roles: RoleProof[] = [];
  const issuers = new Map<string, IssuerProof>();
  for (const account of federation.accounts) {
    const view = accountView(federation, account);
    const providers = providersOf(view, null);
    for (const role of view.roles) {
      if (options.role !== undefined && role.key !== options.role) continue;
      const judged = webIdentityRole(role, view);
      const declared = declaredIdentities(role, federation.issuers, options.now);
      roles.push(proveRole(role, judged, view, providers, declared, options));
      for (const honest of declared) {
        if (issuers.has(honest.issuer.key)) continue;
        const provider = providers.find((candidate) => candidate.issuer === honest.issuer.issuer);
        if (provider === undefined || !getsIn(honest.claims, honest.context, providers, judged, options.now)) continue;
        const tricks = await signatureTricks(honest, provider, judged, options.now);
        issuers.set(honest.issuer.key, { issuer: honest.issuer.key, tricks: tricks.length, letIn: tricks.filter(({ letIn }) => letIn).map(({ trick }) => trick) });
      }
    }
  }
  const proven = [...issuers.values()];
  const holds = roles.every(({ shutOut, letIn }) => shutOut.length + letIn.length === 0) && proven.every(({ letIn }) => letIn.length === 0);
  return { seed: options.seed, roles, issuers: proven, holds };
}

function getsIn(claims: Claims, context: Context, providers: readonly WebIdentityProvider[], role: WebIdentityRole, now: number): boolean {
  return judgeClaims(claims, providers, role, { roleSessionName: "prove", durationSeconds: null, context, now }).allowed;
}

function proveRole(role: FederationRole, judged: WebIdentityRole, view: AccountView, providers: readonly WebIdentityProvider[], declared: readonly Declared[], options: ProveOptions): RoleProof {
  const random = seededRandom(options.seed ^ hashOf(role.key));
  const shutOut: CounterExample[] = [];
  const letIn: CounterExample[] = [];
  for (const { claims, context } of declared) {
    if (!getsIn(claims, context, providers, judged, options.now)) shutOut.push({ trick: "declared identity", claims, context });
  }
  let tried = 0;
  const [first, ...others] = declared;
  if (first !== undefined) {
    // a mutation that happens to make an honest token is no impostor, and is made up for
    const attempts = impostorsOf([first, ...others], options.count * 2, random, options.now);
    for (const { trick, claims, context } of attempts) {
      if (tried >= options.count) break;
      const isIn = getsIn(claims, context, providers, judged, options.now);
      if (isMeant(claims, context, role, view)) continue;
      tried += 1;
      if (isIn && letIn.length < MAX_COUNTER_EXAMPLES) letIn.push({ trick, claims, context });
    }
  }
  const assumptions = declaredAssumptions(role, judged.arn);
  for (const { trick, request } of assumptions) {
    if (!decide(judged.trust, request)) shutOut.push({ trick, claims: { principal: request.principal.arn }, context: Object.fromEntries(request.keys) });
  }
  const rest = assumptions.length === 0 ? 0 : Math.max(100, options.count - tried);
  for (const { trick, request } of assumptionImpostors(role, judged.arn, rest, random)) {
    tried += 1;
    if (decide(judged.trust, request) && letIn.length < MAX_COUNTER_EXAMPLES) letIn.push({ trick, claims: { principal: request.principal.arn }, context: Object.fromEntries(request.keys) });
  }
  return { role: role.key, account: view.account.key, declared: declared.length + assumptions.length, shutOut: shutOut.slice(0, MAX_COUNTER_EXAMPLES), impostors: tried, letIn };
}

/**
 * Whether the federation means these claims to get in: a trust names this very issuer, audience and subject (exactly, or
 * by a pattern with a written reason) and the request carries what its conditions look at. Read off the federation,
 * never off the policy that is on trial.
 */
function isMeant(claims: Claims, context: Context, role: FederationRole, view: AccountView): boolean {
  const { iss, sub, aud, azp } = claims;
  if (typeof iss !== "string") return false;
  const subject = typeof sub === "number" ? String(sub) : sub;
  const single: unknown = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  const audience = azp === undefined ? single : azp;
  if (typeof subject !== "string" || typeof audience !== "string") return false;
  return role.trusts.some((trust) => {
    if (trust.kind !== "subjects") return false;
    const issuer = view.federation.issuers[trust.issuer];
    if (issuer?.issuer !== iss || !(trust.audiences ?? issuer.audiences.slice(0, 1)).includes(audience)) return false;
    const named = trust.servicePrincipals.includes(subject) || trust.users.includes(subject) || trust.subjects.includes(subject)
      || trust.subjectPatterns.some(({ pattern, reason }) => reason !== null && stringLike(pattern, subject));
    return named && trust.conditions.every(({ test, variable }) => Object.hasOwn(context, variable) || /IfExists$|^ForAllValues:|Not|^Null$/.test(test));
  });
}

/** A role's trial does not depend on which other roles there are. */
function hashOf(text: string): number {
  let hash = 2166136261;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619);
  return hash >>> 0;
}
