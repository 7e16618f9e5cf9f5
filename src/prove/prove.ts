/** Every declared identity gets in, no generated impostor does: role by role. The same seed, the same trial. */
import { accountView } from "../federation/account-view";
import type { AccountView } from "../federation/account-view";
import type { Federation, FederationRole } from "../federation/model";
import { providersOf, webIdentityRole } from "../explain/subject-of";
import type { WebIdentityProvider, WebIdentityRole } from "../sts/web-identity";
import { decideClaims } from "../sts/decide-token";
import { decide, verdict } from "../trust/decide/decide";
import { strangeDoors } from "./doors";
import type { Claims, Context, Declared } from "./identities";
import { declaredIdentities } from "./identities";
import { impostorsOf } from "./impostors";
import { meantBy } from "./meant";
import { neighboursOf } from "./neighbours";
import { seededRandom } from "./random";
import { signatureTricks } from "./signature-tricks";
import type { Assumption } from "./unity-catalog";
import { assumptionImpostors, declaredAssumptions, strangePrincipals } from "./unity-catalog";

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
  /** Declared identities tried, how many of them get in, and the first few that do not. */
  readonly declared: number;
  readonly declaredIn: number;
  readonly shutOut: readonly CounterExample[];
  /** Impostors tried, how many of them get in, and the first few. */
  readonly impostors: number;
  readonly impostorsIn: number;
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
  /** Key or name of one role; undefined: all. */
  readonly role?: string | undefined;
  /** Called with the number of impostors tried so far: a million takes a while. */
  readonly onProgress?: ((tried: number) => void) | undefined;
}

/** Each counter-example list is cut here: the first says it all. */
const MAX_COUNTER_EXAMPLES = 5;

/** Attempts an impostor, at most: a wide pattern with a written reason means most of the changes. */
const MOST_ATTEMPTS = 4;

/** Tries the whole federation. Claims are judged unsigned, role by role; signatures once an issuer. */
export async function prove(federation: Federation, options: ProveOptions): Promise<Proof> {
  const roles: RoleProof[] = [];
  const issuers = new Map<string, IssuerProof>();
  for (const account of federation.accounts) {
    const view = accountView(federation, account);
    const providers = providersOf(view, null);
    for (const role of view.roles) {
      if (options.role !== undefined && role.key !== options.role && role.name !== options.role) continue;
      const judged = webIdentityRole(role, view);
      const declared = declaredIdentities(role, federation.issuers, options.now);
      roles.push(proveRole(role, judged, view, providers, declared, options));
      for (const honest of declared) {
        if (issuers.has(honest.issuer.key)) continue;
        const provider = providers.find((candidate) => candidate.issuer === honest.issuer.issuer);
        if (provider === undefined || !getsIn(honest.claims, honest.context, providers, judged, options.now)) continue;
        const tricks = await signatureTricks(honest, provider, judged, options.now);
        issuers.set(honest.issuer.key, {
          issuer: honest.issuer.key,
          tricks: tricks.length,
          letIn: tricks.filter(({ letIn }) => letIn).map(({ trick }) => trick),
        });
      }
    }
  }
  const proven = [...issuers.values()];
  const holds =
    roles.every(({ shutOut, letIn }) => shutOut.length + letIn.length === 0) &&
    proven.every(({ letIn }) => letIn.length === 0);
  return { seed: options.seed, roles, issuers: proven, holds };
}

function getsIn(
  claims: Claims,
  context: Context,
  providers: readonly WebIdentityProvider[],
  role: WebIdentityRole,
  now: number,
): boolean {
  return decideClaims(claims, providers, role, { roleSessionName: "prove", durationSeconds: null, context, now })
    .allowed;
}

/** Whether claims get in, or may: what can not be decided keeps no impostor out for certain. */
function mayGetIn(
  claims: Claims,
  context: Context,
  providers: readonly WebIdentityProvider[],
  role: WebIdentityRole,
  now: number,
): boolean {
  const { allowed, error, request } = decideClaims(claims, providers, role, {
    roleSessionName: "prove",
    durationSeconds: null,
    context,
    now,
  });
  return allowed || (error?.code === "AccessDenied" && request !== null && verdict(role.trust, request) === "unknown");
}

function proveRole(
  role: FederationRole,
  judged: WebIdentityRole,
  view: AccountView,
  providers: readonly WebIdentityProvider[],
  declared: readonly Declared[],
  options: ProveOptions,
): RoleProof {
  const random = seededRandom(options.seed ^ hashOf(role.key));
  const shutOut: CounterExample[] = [];
  const letIn: CounterExample[] = [];
  for (const { claims, context } of declared) {
    if (!getsIn(claims, context, providers, judged, options.now))
      shutOut.push({ trick: "declared identity", claims, context });
  }
  const assumptions = declaredAssumptions(role, judged.arn);
  const meant = meantBy(role, judged, view, providers, options.now);
  const near = neighboursOf(
    role,
    view.federation,
    seededRandom(options.seed ^ hashOf(`near ${role.key}`)),
    options.now,
  ).filter(({ claims, context }) => !meant(claims, context));
  const principals = assumptions.length === 0 ? strangePrincipals(judged.arn, random) : [];
  let impostors = 0;
  const attempt = ({ trick, claims, context }: CounterExample): void => {
    impostors += 1;
    options.onProgress?.(impostors);
    if (mayGetIn(claims, context, providers, judged, options.now)) letIn.push({ trick, claims, context });
  };
  const [first, ...others] = declared;
  if (first !== undefined) {
    let attempts = 0;
    for (const impostor of impostorsOf([first, ...others], random, options.now)) {
      if (impostors >= options.count - near.length - principals.length || attempts >= options.count * MOST_ATTEMPTS)
        break;
      attempts += 1;
      // a change that happens to make an honest token is no impostor, and is made up for
      if (!meant(impostor.claims, impostor.context)) attempt(impostor);
    }
  }
  near.forEach(attempt);
  const example = ({ trick, request }: Assumption): CounterExample => ({
    trick,
    claims: { principal: request.principal.arn },
    context: Object.fromEntries(request.keys),
  });
  for (const assumption of assumptions)
    if (!decide(judged.trust, assumption.request)) shutOut.push(example(assumption));
  const rest = assumptions.length === 0 ? 0 : Math.max(100, options.count - impostors);
  for (const assumption of [
    ...principals,
    ...assumptionImpostors(role, view.federation.roles, judged.arn, rest, random),
  ]) {
    impostors += 1;
    if (verdict(judged.trust, assumption.request) !== "no") letIn.push(example(assumption));
  }
  for (const door of strangeDoors(judged.trust, providers)) {
    impostors += 1;
    letIn.push({ trick: "a principal nobody declared", claims: { principal: door }, context: {} });
  }
  const tried = declared.length + assumptions.length;
  return {
    role: role.key,
    account: view.account.key,
    declared: tried,
    declaredIn: tried - shutOut.length,
    shutOut: shutOut.slice(0, MAX_COUNTER_EXAMPLES),
    impostors,
    impostorsIn: letIn.length,
    letIn: letIn.slice(0, MAX_COUNTER_EXAMPLES),
  };
}

/** Of other roles a trial takes who they name, and nothing else. */
function hashOf(text: string): number {
  let hash = 2166136261;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619);
  return hash >>> 0;
}
