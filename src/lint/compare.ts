/**
 * Who gets in now and who did before, role by role. Judged by deciding: every subject either side names, patterns by
 * people they let in, and strangers, each from every network that either side's conditions mention.
 */
import { issuerPathOf } from "../issuer/issuer";
import type { CompiledPolicy, PolicyRequest } from "../trust/decide/decide";
import { compilePolicy, decide } from "../trust/decide/decide";
import type { ExaminedRole, ExaminedStatement } from "../trust/lint/examine";
import { examineRole } from "../trust/lint/examine";
import type { LintProvider, LintRole, LintTarget } from "../trust/lint/target";
import { STRANGERS } from "../trust/strangers";
import type { Surrounding } from "./compare-surroundings";
import { surroundingsOf } from "./compare-surroundings";

/** Somebody who gets into a role. */
export interface Identity {
  /** The issuer with `https://`; null for an AWS principal. */
  readonly issuer: string | null;
  /** The subject, the pattern, or the AWS principal. */
  readonly subject: string;
  readonly kind: "subject" | "pattern" | "stranger" | "AWS principal";
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
  return left.policy === right.policy || JSON.stringify(left.policy) === JSON.stringify(right.policy);
}

function sameProviders(left: LintTarget, right: LintTarget): boolean {
  const listed = (target: LintTarget): string => JSON.stringify(target.providers.map(({ url, clientIds }) => [issuerPathOf(url), [...(clientIds ?? [])].sort()]).sort());
  return listed(left) === listed(right);
}

/** A role on one side: its policy, and what the provider of an issuer registers there. */
interface Access {
  readonly examined: ExaminedRole;
  readonly policy: CompiledPolicy;
  /** Client IDs of the issuer's provider; null: not known, take any; undefined: there is no such provider on this side. */
  readonly registered: (issuerPath: string) => readonly string[] | null | undefined;
}

function access(role: LintRole, here: LintTarget, there: LintTarget): Access {
  const examined = examineRole(role);
  const find = (target: LintTarget, issuerPath: string): LintProvider | undefined => target.providers.find(({ url }) => issuerPathOf(url) === issuerPath);
  return {
    examined,
    policy: compilePolicy({ version: "2012-10-17", statements: examined.statements }),
    registered: (issuerPath) => {
      const provider = find(here, issuerPath);
      if (provider !== undefined) return provider.clientIds;
      // One that only the other side has is made or deleted between them; one that neither has is somebody else's.
      return find(there, issuerPath) === undefined ? null : undefined;
    },
  };
}

type Probe = Pick<Identity, "issuer" | "subject" | "kind" | "audience"> & {
  /** What is sent: a pattern is tried by several subjects. */
  readonly requests: readonly PolicyRequest[];
  readonly issuerPath: string | null;
};

function compareRoles(before: Access | null, after: Access | null): Pick<RoleChange, "gained" | "lost"> {
  const sides = [before, after].flatMap((side) => (side === null ? [] : [side]));
  const statements = sides.flatMap((side) => side.examined.statements);
  const surroundings = surroundingsOf(statements);
  const gained: Identity[] = [];
  const lost: Identity[] = [];
  for (const probe of probesOf(statements)) {
    for (const request of probe.requests) {
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

function identity(probe: Probe, places: readonly Surrounding[], others: readonly Surrounding[]): Identity {
  const { issuer, subject, kind, audience } = probe;
  return { issuer, subject, kind, audience, how: others.length === 0 ? "new" : "from elsewhere", from: places.some(({ keys }) => keys.size === 0) ? null : (places[0]?.says ?? null) };
}

/** A stranger is worth a line only where the pattern or the open door that let him in is not told already. */
function tellingOnly(identities: readonly Identity[]): readonly Identity[] {
  const [stranger] = identities.filter(({ kind }) => kind === "stranger");
  const named = identities.filter(({ kind }) => kind !== "stranger");
  return stranger === undefined ? named : [...named, stranger];
}

function placesLetIn(side: Access | null, probe: Probe, request: PolicyRequest, surroundings: readonly Surrounding[]): readonly Surrounding[] {
  if (side === null) return [];
  if (probe.issuerPath !== null) {
    const registered = side.registered(probe.issuerPath);
    if (registered === undefined || (registered !== null && probe.audience !== null && !registered.includes(probe.audience))) return [];
  }
  return surroundings.filter(({ keys }) => decide(side.policy, { ...request, keys: new Map([...keys, ...request.keys]) }));
}

function probesOf(statements: readonly ExaminedStatement[]): readonly Probe[] {
  const probes = new Map<string, Probe>();
  for (const { issuerPath, arn } of statements.flatMap((statement) => statement.providers)) {
    const own = statements.filter((statement) => statement.providers.some((provider) => provider.issuerPath === issuerPath));
    const audiences = new Set(own.flatMap(({ aud }) => aud.flatMap(({ values }) => values)));
    for (const audience of audiences.size === 0 ? [""] : audiences) {
      for (const { subject, kind, people } of subjectsOf(own)) {
        const key = JSON.stringify([issuerPath, audience, subject]);
        if (probes.has(key)) continue;
        probes.set(key, {
          issuer: `https://${issuerPath}`, issuerPath, subject, kind, audience: audience === "" ? null : audience,
          requests: people.map((person) => ({
            action: "sts:AssumeRoleWithWebIdentity",
            principal: { kind: "Federated", arn },
            keys: new Map([[`${issuerPath}:aud`.toLowerCase(), [audience]], [`${issuerPath}:sub`.toLowerCase(), [person]]]),
          })),
        });
      }
    }
  }
  for (const { value } of statements.flatMap(({ trusted }) => trusted.filter(({ kind }) => kind === "AWS"))) {
    probes.set(JSON.stringify([value]), {
      issuer: null, issuerPath: null, subject: value, kind: "AWS principal", audience: null,
      requests: [{ action: "sts:AssumeRole", principal: { kind: "AWS", arn: value }, keys: new Map() }],
    });
  }
  return [...probes.values()];
}

interface Named {
  readonly subject: string;
  readonly kind: "subject" | "pattern" | "stranger";
  /** Who is sent. */
  readonly people: readonly string[];
}

function subjectsOf(statements: readonly ExaminedStatement[]): readonly Named[] {
  const values = new Set(statements.flatMap(({ sub }) => sub.flatMap((condition) => (condition.test === "Null" ? [] : condition.values))));
  const named = [...values].map((subject): Named => (/[*?]/.test(subject)
    ? { subject, kind: "pattern", people: ["", "q7", "someone.else"].map((filling) => subject.replace(/\*/g, filling).replace(/\?/g, "x")) }
    : { subject, kind: "subject", people: [subject] }));
  const strangers = [STRANGERS[0] ?? "", STRANGERS[STRANGERS.length - 1] ?? ""].map((subject): Named => ({ subject, kind: "stranger", people: [subject] }));
  return [...named, ...strangers];
}
