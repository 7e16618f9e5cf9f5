/**
 * Who gets in now and who did before, role by role. Judged by deciding: every subject either side names, patterns by
 * people they let in, and strangers, each from every network that either side's conditions mention.
 */
import { issuerPathOf } from "../issuer/issuer";
import type { CompiledPolicy, PolicyRequest } from "../trust/decide/decide";
import { compilePolicy, decide } from "../trust/decide/decide";
import type { ExaminedCondition, ExaminedRole, ExaminedStatement } from "../trust/lint/examine";
import { examineRole } from "../trust/lint/examine";
import type { LintProvider, LintRole, LintTarget } from "../trust/lint/target";
import { STRANGERS } from "../trust/strangers";
import type { Surrounding } from "./compare-surroundings";
import { surroundingsOf, TOKEN_KEY } from "./compare-surroundings";

/** Somebody who gets into a role. */
export interface Identity {
  /** The issuer with `https://`; null for an AWS principal. */
  readonly issuer: string | null;
  /** The subject, the pattern, or the AWS principal. */
  readonly subject: string;
  readonly kind: "subject" | "pattern" | "stranger" | "AWS principal" | "untried";
  /** What the token's audience must be; null for an AWS principal. */
  readonly audience: string | null;
  /** Whether it is somebody else than before, or somebody from elsewhere than before. */
  readonly how: "new" | "from elsewhere";
  /** Where from, e.g. `aws:SourceIp 203.0.113.0`; null: from anywhere. */
  readonly from: string | null;
}

export interface RoleChange {
  /** Path of the role after, or before where it is gone. */
  readonly role: string;
  readonly change: "created" | "deleted" | "changed";
  readonly gained: readonly Identity[];
  /** The same, of those who no longer get in. */
  readonly lost: readonly Identity[];
}

/** Roles whose identities differ. A role is the same one by its IAM name, else by its path. */
export function compareTargets(before: LintTarget, after: LintTarget): readonly RoleChange[] {
  const old = new Map(before.roles.map((role) => [keyOf(role), role]));
  const changes: RoleChange[] = [];
  for (const role of after.roles) {
    const previous = old.get(keyOf(role));
    old.delete(keyOf(role));
    if (previous !== undefined && samePolicy(previous, role) && sameProviders(before, after)) continue;
    const compared = compareRoles(previous === undefined ? null : access(previous, before, after), access(role, after, before));
    if (previous === undefined || compared.gained.length + compared.lost.length > 0) changes.push({ role: role.path, change: previous === undefined ? "created" : "changed", ...compared });
  }
  for (const role of old.values()) changes.push({ role: role.path, change: "deleted", ...compareRoles(access(role, before, after), null) });
  return changes;
}

function keyOf(role: LintRole): string {
  return role.name === null ? `path ${role.path}` : `name ${role.name.toLowerCase()}`;
}

function samePolicy(left: LintRole, right: LintRole): boolean {
  if (left.policy === right.policy) return true;
  try {
    return JSON.stringify(left.policy) === JSON.stringify(right.policy);
  } catch {
    return false; // nested too deeply to print: nobody gets in by either
  }
}

function sameProviders(left: LintTarget, right: LintTarget): boolean {
  const listed = (target: LintTarget): string => JSON.stringify(target.providers.map(({ url, clientIds }) => [issuerPathOf(url), [...(clientIds ?? [])].sort()]).sort());
  return listed(left) === listed(right);
}

/** A role on one side: its policy, and what the provider of an issuer registers there. */
interface Access {
  readonly examined: ExaminedRole;
  readonly policy: CompiledPolicy;
  readonly here: ReadonlyMap<string, LintProvider>;
  readonly there: ReadonlyMap<string, LintProvider>;
}

function access(role: LintRole, here: LintTarget, there: LintTarget): Access {
  const examined = examineRole(role);
  return { examined, policy: compilePolicy({ version: "2012-10-17", statements: examined.statements }), here: providersOf(here), there: providersOf(there) };
}

const providers = new WeakMap<LintTarget, ReadonlyMap<string, LintProvider>>();

function providersOf(target: LintTarget): ReadonlyMap<string, LintProvider> {
  let found = providers.get(target);
  if (found === undefined) {
    found = new Map(target.providers.map((provider) => [issuerPathOf(provider.url), provider]));
    providers.set(target, found);
  }
  return found;
}

/** Whether the issuer's provider takes tokens for `audience` (null: any) on this side. */
function isRegistered({ here, there }: Access, issuerPath: string, audience: string | null): boolean {
  const provider = here.get(issuerPath);
  // One that only the other side has is made or deleted between them; one that neither has is somebody else's.
  if (provider === undefined) return !there.has(issuerPath);
  return provider.clientIds === null || audience === null || provider.clientIds.includes(audience);
}

/** Somebody to try. A pattern is tried by several people. */
interface Probe extends Pick<Identity, "issuer" | "subject" | "kind" | "audience"> {
  readonly issuerPath: string | null;
  readonly people: readonly string[];
  readonly request: (person: string) => PolicyRequest;
}

function compareRoles(before: Access | null, after: Access | null): Pick<RoleChange, "gained" | "lost"> {
  const statements = [...(before?.examined.statements ?? []), ...(after?.examined.statements ?? [])];
  if (tooManyToTry(statements)) return { gained: after === null ? [] : [UNTRIED], lost: before === null ? [] : [UNTRIED] };
  const surroundings = surroundingsOf(statements);
  const gained: Identity[] = [];
  const lost: Identity[] = [];
  for (const probe of probesOf(statements)) {
    for (const person of probe.people) {
      const request = probe.request(person);
      const earlier = placesLetIn(before, probe, request, surroundings);
      const now = placesLetIn(after, probe, request, surroundings);
      const more = now.filter((place) => !earlier.includes(place));
      const less = earlier.filter((place) => !now.includes(place));
      if (more.length > 0) gained.push(identity(probe, more, earlier));
      if (less.length > 0) lost.push(identity(probe, less, now));
      // One person shows what a pattern is worth.
      if (more.length + less.length > 0) break;
    }
  }
  return { gained: tellingOnly(gained), lost: tellingOnly(lost) };
}

const MOST_DECISIONS = 500_000;

/** Whether trying everybody a policy names, from everywhere it mentions, would take longer than anybody waits. */
export function tooManyToTry(statements: readonly ExaminedStatement[]): boolean {
  const distinct = (of: (statement: ExaminedStatement) => readonly ExaminedCondition[]): number => new Set(statements.flatMap((statement) => of(statement).flatMap(({ values }) => values))).size;
  const places = distinct(({ conditions }) => conditions.filter(({ key }) => !TOKEN_KEY.test(key)));
  return (1 + distinct(({ aud }) => aud)) * (3 + distinct(({ sub }) => sub)) * (1 + 2 * places * statements.length) > MOST_DECISIONS;
}

/** Where nobody was tried, somebody may have been let in: it counts as wider. */
const UNTRIED: Identity = { issuer: null, subject: "somebody: the trust policies name too much to try everybody", kind: "untried", audience: null, how: "new", from: null };

function identity(probe: Probe, places: readonly Surrounding[], others: readonly Surrounding[]): Identity {
  const { issuer, subject, kind, audience } = probe;
  return { issuer, subject, kind, audience, how: others.length === 0 ? "new" : "from elsewhere", from: places.some(({ keys }) => keys.size === 0) ? null : (places[0]?.says ?? null) };
}

/** One stranger tells that the door is open; more of them tell no more. */
function tellingOnly(identities: readonly Identity[]): readonly Identity[] {
  const first = identities.findIndex(({ kind }) => kind === "stranger");
  return first < 0 ? identities : identities.filter(({ kind }, index) => kind !== "stranger" || index === first);
}

const NO_PLACE: readonly Surrounding[] = [];

function placesLetIn(side: Access | null, probe: Probe, request: PolicyRequest, surroundings: readonly Surrounding[]): readonly Surrounding[] {
  if (side === null || (probe.issuerPath !== null && !isRegistered(side, probe.issuerPath, probe.audience))) return NO_PLACE;
  return surroundings.filter(({ keys }) => decide(side.policy, keys.size === 0 ? request : { ...request, keys: new Map([...keys, ...request.keys]) }));
}

function probesOf(statements: readonly ExaminedStatement[]): readonly Probe[] {
  const probes: Probe[] = [];
  const issuers = new Map<string, string>();
  const principals = new Set<string>();
  for (const { providers: trusted, trusted: all } of statements) {
    for (const { issuerPath, arn } of trusted) issuers.set(issuerPath, arn);
    for (const { kind, value } of all) if (kind === "AWS") principals.add(value);
  }
  for (const [issuerPath, arn] of issuers) {
    const own = issuers.size === 1 ? statements : statements.filter((statement) => statement.providers.some((provider) => provider.issuerPath === issuerPath));
    const aud = `${issuerPath}:aud`.toLowerCase();
    const sub = `${issuerPath}:sub`.toLowerCase();
    const audiences = new Set<string>();
    for (const statement of own) for (const { values } of statement.aud) for (const value of values) audiences.add(value);
    const subjects = [...subjectsOf(own), ...STRANGERS_TRIED];
    for (const audience of audiences.size === 0 ? [null] : audiences) {
      const asked = [audience ?? ""];
      for (const { subject, kind, people } of subjects) {
        probes.push({
          issuer: `https://${issuerPath}`, issuerPath, subject, kind, audience, people,
          request: (person) => ({ action: "sts:AssumeRoleWithWebIdentity", principal: { kind: "Federated", arn }, keys: new Map([[aud, asked], [sub, [person]]]) }),
        });
      }
    }
  }
  for (const arn of principals) {
    probes.push({ issuer: null, issuerPath: null, subject: arn, kind: "AWS principal", audience: null, people: [arn], request: () => ({ action: "sts:AssumeRole", principal: { kind: "AWS", arn }, keys: new Map() }) });
  }
  return probes;
}

interface Named {
  readonly subject: string;
  readonly kind: "subject" | "pattern" | "stranger";
  readonly people: readonly string[];
}

const STRANGERS_TRIED: readonly Named[] = [STRANGERS[0] ?? "", STRANGERS[STRANGERS.length - 1] ?? ""].map((subject) => ({ subject, kind: "stranger", people: [subject] }));

function subjectsOf(statements: readonly ExaminedStatement[]): readonly Named[] {
  const values = new Set<string>();
  for (const { sub } of statements) for (const condition of sub) if (condition.test !== "Null") for (const value of condition.values) values.add(value);
  return [...values].map((subject) => (/[*?]/.test(subject)
    ? { subject, kind: "pattern", people: ["", "q7", "someone.else"].map((filling) => subject.replace(/\*/g, filling).replace(/\?/g, "x")) }
    : { subject, kind: "subject", people: [subject] }));
}
