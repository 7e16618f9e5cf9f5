/**
 * Who gets in now and who did before, role by role. Judged by deciding: every subject either side names, patterns by
 * people they let in, and strangers, each from every network that either side's conditions mention.
 */
import { issuerPathOf } from "../issuer/issuer";
import type { CompiledPolicy, PolicyRequest, Verdict } from "../trust/decide/decide";
import { compilePolicy, verdict } from "../trust/decide/decide";
import type { ParsedCondition, ParsedRole, ParsedStatement } from "../trust/parsed/parsed-role";
import { parseRole } from "../trust/parsed/parse-role";
import type { LintProvider, LintRole, LintTarget } from "../trust/parsed/target";
import { exactIdentities } from "./compare-exact";
import type { Probe, Side, Tried } from "./compare-probes";
import { otherDoors, probesOf } from "./compare-probes";
import type { Surrounding } from "./compare-surroundings";
import { GUARD_KEY, surroundingsOf } from "./compare-surroundings";
import { pairRoles } from "./pair-roles";

/** Somebody who gets into a role, or of whom nothing in the policy says for certain that he does not. */
export interface Identity extends Tried {
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
  const unchanged = sameProviders(before, after);
  return pairRoles(before, after).flatMap(({ before: old, after: now, unread, path }): readonly RoleChange[] => {
    if (unread) return [{ role: path, change: old === null ? "created" : "changed", gained: [UNREAD], lost: [] }];
    if (old !== null && now !== null && unchanged && samePolicy(old, now)) return [];
    const compared = compareRoles(
      old === null ? null : access("before", old, before, after),
      now === null ? null : access("after", now, after, before),
    );
    const change = old === null ? "created" : now === null ? "deleted" : "changed";
    return change === "changed" && compared.gained.length + compared.lost.length === 0
      ? []
      : [{ role: path, change, ...compared }];
  });
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
  const listed = (target: LintTarget): string =>
    JSON.stringify(
      target.providers.map(({ url, clientIds }) => [issuerPathOf(url), [...(clientIds ?? [])].sort()]).sort(),
    );
  return listed(left) === listed(right);
}

/** A role on one side: its policy, and what the provider of an issuer registers there. */
interface Access {
  readonly side: Side;
  readonly parsed: ParsedRole;
  /** Made ready when somebody is tried. */
  readonly policy: () => CompiledPolicy;
  readonly here: ReadonlyMap<string, LintProvider>;
  readonly there: ReadonlyMap<string, LintProvider>;
}

function access(side: Side, role: LintRole, here: LintTarget, there: LintTarget): Access {
  const parsed = parseRole(role);
  let compiled: CompiledPolicy | undefined;
  return {
    side,
    parsed,
    policy: () => (compiled ??= compilePolicy(parsed)),
    here: providersOf(here),
    there: providersOf(there),
  };
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

/** Whether the issuer's provider takes tokens for `audience` (null: one that nobody names) on this side. */
function isRegistered({ here, there }: Access, issuerPath: string, audience: string | null): boolean {
  const provider = here.get(issuerPath);
  // One that only the other side has is made or deleted between them; one that neither has is somebody else's.
  if (provider === undefined) return !there.has(issuerPath);
  return provider.clientIds === null || (audience !== null && provider.clientIds.includes(audience));
}

/** Every client ID that the issuer's provider registers on either side; null where one side does not say. */
function clientIdsOf({ here, there }: Access, issuerPath: string): readonly string[] | null {
  const listed = [here.get(issuerPath), there.get(issuerPath)].filter((provider) => provider !== undefined);
  const ids = listed.flatMap(({ clientIds }) => clientIds ?? []);
  return listed.length === 0 || listed.some(({ clientIds }) => clientIds === null) ? null : ids;
}

function compareRoles(before: Access | null, after: Access | null): Pick<RoleChange, "gained" | "lost"> {
  const [old, now] = [before?.parsed.statements ?? [], after?.parsed.statements ?? []];
  if (after !== null && after.parsed.malformed.length > 0)
    return { gained: [{ ...UNTRIED, subject: "somebody: the trust policy does not read" }], lost: [] };
  if (before === null || after === null) {
    const exact = everybodyOf(after ?? before);
    if (exact !== null) return before === null ? { gained: exact, lost: [] } : { gained: [], lost: exact };
  }
  const untried = { gained: after === null ? [] : [UNTRIED], lost: before === null ? [] : [UNTRIED] };
  if (tooManyToTry([...old, ...now])) return untried;
  const surroundings = surroundingsOf([...old, ...now]);
  const either = after ?? before;
  const probes = probesOf({
    before: old,
    after: now,
    clientIds: (issuerPath) => (either === null ? null : clientIdsOf(either, issuerPath)),
  });
  if (probes.length * surroundings.length > MOST_DECISIONS) return untried;
  const gained: Identity[] = otherPrincipals(now, old);
  const lost: Identity[] = otherPrincipals(old, now);
  for (const probe of probes) {
    let [more, less]: readonly [Identity | null, Identity | null] = [null, null];
    // One person shows what a pattern is worth.
    for (const person of probe.people) {
      const earlier = ranks(before, probe, person, surroundings);
      const later = ranks(after, probe, person, surroundings);
      const tried = probe.kind === "subject" ? { ...probe, subject: person } : probe;
      more ??= difference(tried, surroundings, later, earlier);
      less ??= difference(tried, surroundings, earlier, later);
    }
    if (more !== null && !isToldBy(gained, probe)) gained.push(more);
    if (less !== null && !isToldBy(lost, probe)) lost.push(less);
  }
  return { gained: tellingOnly(gained), lost: tellingOnly(lost) };
}

/** Everybody a role lets in that there is on one side alone; null where they have to be tried. */
function everybodyOf(side: Access | null): readonly Identity[] | null {
  if (side === null) return [];
  return (
    exactIdentities(side.parsed.statements, (issuerPath) => clientIdsOf(side, issuerPath))
      ?.filter(({ issuerPath, audience }) => isRegistered(side, issuerPath, audience))
      .map(({ issuerPath, audience, subject }) => ({
        issuer: `https://${issuerPath}`,
        subject,
        kind: "subject",
        audience,
        how: "new",
        from: null,
      })) ?? null
  );
}

function isToldBy(told: readonly Identity[], { within, issuer, audience }: Probe): boolean {
  return (
    within.length > 0 &&
    told.some(
      (identity) => identity.issuer === issuer && identity.audience === audience && within.includes(identity.subject),
    )
  );
}

const MOST_DECISIONS = 500_000;

/** Whether trying everybody a policy names, from everywhere it mentions, would take longer than anybody waits. */
export function tooManyToTry(statements: readonly ParsedStatement[]): boolean {
  const distinct = (of: (statement: ParsedStatement) => readonly ParsedCondition[]): number =>
    new Set(statements.flatMap((statement) => of(statement).flatMap(({ values }) => values))).size;
  const places = distinct(({ conditions }) => conditions.filter(({ key }) => !GUARD_KEY.test(key)));
  return (
    (1 + distinct(({ aud }) => aud)) * (3 + distinct(({ sub }) => sub)) * (1 + 2 * places * statements.length) >
    MOST_DECISIONS
  );
}

/** Where nobody was tried, somebody may have been let in: it counts as wider. */
const UNTRIED: Identity = {
  issuer: null,
  subject: "somebody: the trust policies name too much to try everybody",
  kind: "untried",
  audience: null,
  how: "new",
  from: null,
};
const UNREAD: Identity = { ...UNTRIED, subject: "somebody: the trust policy is only known after apply" };

function otherPrincipals(here: readonly ParsedStatement[], there: readonly ParsedStatement[]): Identity[] {
  const known = otherDoors(there);
  const who = new Set([...otherDoors(here)].flatMap(([door, name]) => (known.has(door) ? [] : [name])));
  const names = new Set(known.values());
  return [...who].map((subject) => ({
    issuer: null,
    subject,
    kind: "other principal",
    audience: null,
    how: names.has(subject) ? "from elsewhere" : "new",
    from: null,
  }));
}

/** What a policy says where it is asked from each place: 0 no, 1 not to be told, 2 yes. */
function ranks(
  side: Access | null,
  probe: Probe,
  person: string,
  surroundings: readonly Surrounding[],
): readonly number[] {
  if (side === null || (probe.issuerPath !== null && !isRegistered(side, probe.issuerPath, probe.audience)))
    return surroundings.map(() => RANK.no);
  const request: PolicyRequest = probe.request(person, side.side);
  return surroundings.map(
    ({ keys }) =>
      RANK[
        verdict(side.policy(), keys.size === 0 ? request : { ...request, keys: new Map([...keys, ...request.keys]) })
      ],
  );
}

const RANK: Readonly<Record<Verdict, number>> = { no: 0, unknown: 1, yes: 2 };

/** The identity as it gets in from more places by `here` than by `there`; null where it does not. */
function difference(
  { issuer, subject, kind, audience }: Probe,
  surroundings: readonly Surrounding[],
  here: readonly number[],
  there: readonly number[],
): Identity | null {
  const places = surroundings.filter((_, at) => (here[at] ?? 0) > (there[at] ?? 0));
  const [first] = places;
  if (first === undefined) return null;
  return {
    issuer,
    subject,
    kind,
    audience,
    how: there.every((rank) => rank === RANK.no) ? "new" : "from elsewhere",
    from: places.some(({ keys }) => keys.size === 0) ? null : first.says,
  };
}

/** One stranger tells that the door is open; more of them tell no more. */
function tellingOnly(identities: readonly Identity[]): readonly Identity[] {
  const first = identities.findIndex(({ kind }) => kind === "stranger");
  return first < 0 ? identities : identities.filter(({ kind }, index) => kind !== "stranger" || index === first);
}
