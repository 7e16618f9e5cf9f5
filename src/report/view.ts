/**
 * What a report shows, as plain data: issuers, roles, identities, who reaches what through which line, and findings.
 */
import type { AuditedUse } from "../audit/audit";
import type { AuditedTrail } from "../audit/read-audit";
import { type AccountView, accountView, roleTrustPolicy } from "../federation/account-view";
import { durationText } from "../federation/time";
import type { Federation, FederationRole } from "../federation/model";
import { identityNames } from "../federation/identities";
import { formatPath } from "../federation/path";
import { type Reach, reachOf } from "../federation/reach";
import { lintFederation } from "../lint/lint-federation";
import type { TrustPolicy } from "../trust/policy";
import { readTrustPolicy } from "../explain/role-in-question";
import { callerWords, whoGetsIn } from "../explain/who-gets-in";
import { ACCOUNT_ID_PLACEHOLDER, roleArn, trustPolicyJson } from "../trust/build";
import { likeMatcher } from "../trust/string-like";
import type { Finding } from "../lint/run-rules";
import { NOBODY_SUSPENDED, withoutSuspended } from "../trust/suspension";
import { type SubjectGroup, subjectGroups, type SubjectTrust, type WideSubjectPattern } from "../trust/trust";
import { permissionsOf, type ReportPermissions } from "./permissions";
import { SECRET_NOTES, type SecretNote } from "./secrets";

/** Where the AWS account is only known at plan time. */
export const UNKNOWN_ACCOUNT = "<AWS account>";

export interface ReportFinding extends Pick<Finding, "rule" | "severity" | "message" | "fix" | "path" | "ignored"> {
  /** Index of the statement within the role's trust policy; null for the whole role. */
  readonly statement: number | null;
}

export interface ReportIssuer {
  readonly key: string;
  readonly issuer: string;
  readonly level: "workspace" | "account";
  /** Null for a custom host. */
  readonly cloud: string | null;
  readonly audiences: readonly string[];
  readonly discoveryUrl: string;
  readonly adopted: boolean;
  readonly findings: readonly ReportFinding[];
}

export interface ReportRole {
  readonly key: string;
  readonly name: string;
  readonly arn: string;
  readonly description: string | null;
  /** Keys of the AWS accounts it is made in; empty where the federation has one account without a key. */
  readonly accounts: readonly string[];
  /** E.g. `1h`. */
  readonly session: string;
  readonly permissions: ReportPermissions;
  /** In the first of its accounts. */
  readonly trustPolicy: TrustPolicy;
  /** Every kind of caller that it lets in, in words, and the statement that does; no one else gets in. */
  readonly callers: readonly ReportCallers[];
  /** Why one of them may not get in after all; null where everything was decided. */
  readonly unsure: string | null;
  /** Patterns that no declared email domain bounds, each with its reason. */
  readonly widePatterns: readonly WideSubjectPattern[];
  readonly findings: readonly ReportFinding[];
}

export interface ReportCallers {
  readonly says: string;
  readonly statement: number;
  /** `says` in pieces; one that is a declared identity names it. */
  readonly words: readonly (string | { readonly text: string; readonly identity: number })[];
}

export interface ReportIdentity {
  /** Index in `identities`. */
  readonly id: number;
  readonly kind: Reach["kind"];
  readonly who: string;
  /** What the federation calls it; empty where it gives it no name. */
  readonly names: readonly string[];
  /** Key of the issuer; null for Unity Catalog. */
  readonly issuer: string | null;
  /** Whether the same subject stands under another issuer too, so that alone it does not say who is meant. */
  readonly ofSeveralIssuers: boolean;
  readonly secret: SecretNote["stored"];
}

/** One statement by which one identity can assume one role. */
export interface ReportReach {
  readonly identity: number;
  /** Key of the role. */
  readonly role: string;
  /** Place in the federation file, e.g. `trusts[0]`. */
  readonly trust: string;
  /** Index of the statement within the trust policy. */
  readonly statement: number;
  readonly audiences: readonly string[];
  /** Further conditions, e.g. `IpAddress aws:SourceIp 203.0.113.0/24`. */
  readonly conditions: readonly string[];
  /** How often CloudTrail shows it, and when last; null where it does not, or no trail was given. */
  readonly seen: { readonly count: number; readonly last: string } | null;
}

export interface ReportView {
  readonly name: string;
  /** When the report was made: ISO 8601 in UTC, whole seconds. */
  readonly made: string;
  readonly accounts: readonly { readonly key: string | null; readonly accountId: string | null }[];
  readonly issuers: readonly ReportIssuer[];
  readonly roles: readonly ReportRole[];
  readonly identities: readonly ReportIdentity[];
  readonly reaches: readonly ReportReach[];
  /** Findings of the whole, e.g. of suppressions. */
  readonly findings: readonly ReportFinding[];
  /** What CloudTrail shows; null where no trail was given. */
  readonly trail: AuditedTrail | null;
}

/**
 * The view of `federation`, with lint's findings where they belong. `now`: seconds since 1970; `trail`: what CloudTrail
 * shows of the federation.
 */
export function reportView(federation: Federation, now: number, trail: AuditedTrail | null = null): ReportView {
  const findings = lintFederation(federation).map(
    ({ rule, severity, message, fix, path, ignored, role, statement }) => ({
      role,
      finding: { rule, severity, message, fix, path, ignored, statement },
    }),
  );
  const byRole = byKey(
    findings.filter(({ role }) => role !== null),
    ({ role }) => role ?? "",
  );
  const views = federation.accounts.map((account) => accountView(federation, account));
  const issuers = Object.values(federation.issuers).map((issuer): ReportIssuer => ({
    key: issuer.key,
    issuer: issuer.issuer,
    level: issuer.level,
    cloud: issuer.cloud,
    audiences: issuer.audiences,
    discoveryUrl: issuer.discoveryUrl,
    adopted: issuer.existingProviderArn !== null,
    findings: findings
      .filter(({ role, finding }) => role === null && isAt(finding.path, formatPath(["issuers", issuer.key])))
      .map(({ finding }) => finding),
  }));
  const namesOf = identityNames(federation);
  const { identities, reaches } = identitiesOf(federation, namesOf, trail);
  const identityAt = new Map(identities.map(({ id, issuer, who }) => [JSON.stringify([issuer, who]), id]));
  const roles = federation.roles.map((role) =>
    reportRole(
      role,
      views,
      identityAt,
      namesOf,
      (byRole.get(formatPath(["roles", role.key])) ?? []).map(({ finding }) => finding),
    ),
  );
  const placed = new Set([...issuers.flatMap((issuer) => issuer.findings), ...roles.flatMap((role) => role.findings)]);
  return {
    name: federation.name,
    made: `${new Date(now * 1000).toISOString().slice(0, 19)}Z`,
    accounts: federation.accounts.map(({ key, accountId }) => ({ key, accountId })),
    issuers,
    roles,
    identities,
    reaches,
    findings: findings.map(({ finding }) => finding).filter((finding) => !placed.has(finding)),
    trail,
  };
}

/** Whether `path` is the place or lies below it. */
function isAt(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}:`);
}

function reportRole(
  role: FederationRole,
  views: readonly AccountView[],
  identityAt: ReadonlyMap<string, number>,
  namesOf: (subject: string) => readonly string[],
  findings: readonly ReportFinding[],
): ReportRole {
  const own = views.filter((view) => role.accounts === null || role.accounts.includes(view.account.key ?? ""));
  const view = own[0] ?? views[0];
  if (view === undefined) throw new RangeError("a federation has an account");
  const policy = trustPolicyJson(roleTrustPolicy(role, view));
  const { kinds, unsure } = whoGetsIn(role.key, readTrustPolicy(role, view), { namesOf });
  const issuerOf = new Map(view.providers.map(({ arn, issuer }) => [arn, issuer.key]));
  const wordOf = (word: ReturnType<typeof callerWords>[number]): ReportCallers["words"][number] => {
    if (typeof word === "string") return withAccount(word);
    const issuer = word.provider === null ? null : issuerOf.get(word.provider);
    const identity = identityAt.get(JSON.stringify([issuer, word.value]));
    return identity === undefined ? withAccount(word.text) : { text: withAccount(word.text), identity };
  };
  return {
    callers: kinds.map((kind) => ({
      says: withAccount(kind.says),
      statement: kind.statement,
      words: callerWords(kind, namesOf).map(wordOf),
    })),
    unsure,
    widePatterns: role.trusts.flatMap((trust) => (trust.kind === "subjects" ? trust.wideSubjectPatterns : [])),
    key: role.key,
    name: role.name,
    arn: withAccount(roleArn({ partition: view.account.partition, accountId: view.accountId }, role)),
    description: role.description,
    accounts: own.flatMap(({ account }) => account.key ?? []),
    session: durationText(role.maxSessionDuration),
    permissions: permissionsOf(role, view, withAccount),
    trustPolicy: JSON.parse(withAccount(policy)) as TrustPolicy,
    findings,
  };
}

function withAccount(text: string): string {
  return text.replaceAll(ACCOUNT_ID_PLACEHOLDER, UNKNOWN_ACCOUNT);
}

const GROUPS: Readonly<Partial<Record<Reach["kind"], SubjectGroup["of"]>>> = {
  "subject pattern": "patterns",
  "wide pattern": "wide patterns",
};

function identitiesOf(
  federation: Federation,
  namesOf: (subject: string) => readonly string[],
  trail: AuditedTrail | null,
): Pick<ReportView, "identities" | "reaches"> {
  const identities = new Map<string, ReportIdentity>();
  const roles = new Map(federation.roles.map((role) => [role.key, { role, statements: statementIndexes(role) }]));
  const declared = reachOf(federation);
  const issuersOf = new Map<string, Set<string | null>>();
  for (const { who, issuer } of declared) issuersOf.set(who, (issuersOf.get(who) ?? new Set()).add(issuer));
  const uses = byKey(trail?.uses ?? [], ({ role }) => role ?? "");
  const reaches = declared.map((reach): ReportReach => {
    const key = JSON.stringify([reach.issuer, reach.kind, reach.who]);
    let identity = identities.get(key);
    if (identity === undefined) {
      identity = {
        id: identities.size,
        kind: reach.kind,
        who: reach.who,
        names: reach.issuer === null ? [] : namesOf(reach.who),
        issuer: reach.issuer,
        ofSeveralIssuers: (issuersOf.get(reach.who)?.size ?? 0) > 1,
        secret: SECRET_NOTES[reach.kind].stored,
      };
      identities.set(key, identity);
    }
    const { role, statements } = roles.get(reach.role) ?? { role: undefined, statements: [] };
    const trust = role?.trusts[reach.trust];
    return {
      identity: identity.id,
      role: reach.role,
      trust: `trusts[${reach.trust}]`,
      statement: statements[reach.trust]?.[GROUPS[reach.kind] ?? "exact"] ?? 0,
      audiences:
        trust?.kind === "subjects"
          ? (trust.audiences ?? federation.issuers[trust.issuer]?.audiences.slice(0, 1) ?? [])
          : [],
      seen: seenOf(reach, uses.get(reach.role) ?? []),
      conditions: (trust?.conditions ?? []).map(
        ({ test, variable, values }) => `${test} ${variable} ${values.join(", ")}`,
      ),
    };
  });
  return { identities: [...identities.values()], reaches };
}

/** Sessions of the identity, or of those that its pattern matches; those that are not declared do not count. */
function seenOf({ issuer, kind, who }: Reach, uses: readonly AuditedUse[]): ReportReach["seen"] {
  const matches = kind.endsWith("pattern") ? likeMatcher(who) : (subject: string) => subject === who;
  const own = uses.filter((use) => use.undeclared === null && use.issuerKey === issuer && matches(use.subject));
  if (issuer === null || own.length === 0) return null;
  const last = own.reduce((latest, use) => (use.last > latest ? use.last : latest), "");
  return { count: own.reduce((sum, { count }) => sum + count, 0), last };
}

/** For each trust the indexes of its statements by whom they let in, in the order of `buildTrustPolicy`. */
function statementIndexes({
  trusts,
  suspendedSubjects: subjects,
}: FederationRole): readonly Readonly<Partial<Record<SubjectGroup["of"], number>>>[] {
  const left = (trust: SubjectTrust): SubjectTrust => withoutSuspended(trust, { ...NOBODY_SUSPENDED, subjects });
  let next = 0;
  const indexes = trusts.map((trust) =>
    trust.kind === "subjects" ? Object.fromEntries(subjectGroups(left(trust)).map(({ of }) => [of, next++])) : {},
  );
  return trusts.map((trust, at) => {
    if (trust.kind === "subjects") return indexes[at] ?? {};
    next += 2;
    return { exact: next - 2 };
  });
}

/** `items` by the key of each, keys and items in their order. */
export function byKey<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
