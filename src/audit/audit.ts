/**
 * What a trail says of a federation: who assumed which role, who was refused and why, and who is declared but was not
 * seen. Pure.
 */
import { explain } from "../explain/explain";
import { providersOf, webIdentityRole } from "../explain/role-in-question";
import { accountView, type AccountView } from "../federation/account-view";
import { identityNames } from "../federation/identities";
import type { Federation, FederationRole } from "../federation/model";
import { issuerPathOf, parseProviderArn } from "../issuer/issuer";
import { ACCOUNT_ID_PLACEHOLDER, roleArn } from "../trust/build";
import { likeMatcher } from "../trust/string-like";
import { oneOf } from "../trust/suspension";
import { type Coverage, coverageOf } from "./coverage";
import type { AssumptionGroup, TrailSummary } from "./trail-summary";

/** An identity and a role, with when it was: `first` and `last` are ISO 8601 in UTC. */
export interface AuditedCalls {
  readonly roleArn: string;
  /** The key of the role in the federation; null where it has none of this ARN. */
  readonly role: string | null;
  /** The issuer, `https://…`. */
  readonly issuer: string;
  /** The key of the issuer in the federation; null where it has none. */
  readonly issuerKey: string | null;
  readonly audience: string;
  readonly subject: string;
  /** What the federation calls the subject; empty where it gives it no name. */
  readonly names: readonly string[];
  readonly count: number;
  readonly first: string;
  readonly last: string;
  /** Ten at most. */
  readonly sourceIps: readonly string[];
}

export interface AuditedUse extends AuditedCalls {
  /** Why the federation would refuse this identity; null where it is declared. */
  readonly undeclared: string | null;
  /** How often AWS compared the issuer's certificate with a thumbprint instead of its own list of authorities. */
  readonly byThumbprint: number;
}

export interface AuditedRefusal extends AuditedCalls {
  /** AWS's code, e.g. `AccessDenied`. */
  readonly error: string;
  readonly message: string;
  readonly reason: string;
  readonly fix: string;
}

export interface DeclaredIdentity {
  readonly role: string;
  /** The issuer's key. */
  readonly issuer: string;
  /** A subject or a pattern. */
  readonly subject: string;
  /** What the trust says instead: the name of an identity. Null: the subject itself. */
  readonly name: string | null;
  /** Where it stands: index in the role's trusts, and the field there. */
  readonly trust: number;
  readonly field: UnseenField;
}

export interface UnseenIdentity extends DeclaredIdentity {
  /** What the federation calls the subject; empty where it gives it no name. */
  readonly names: readonly string[];
}

export type UnseenField = (typeof SUBJECT_FIELDS)[number] | "identities" | "wideSubjectPatterns";

/** The document of `audit --json`. */
export interface Audit {
  readonly coverage: Coverage;
  /** Sessions of the federation's roles and issuers. */
  readonly uses: readonly AuditedUse[];
  readonly refusals: readonly AuditedRefusal[];
  readonly unseen: {
    /** Roles that no web identity assumed, by key; those of Unity Catalog alone are not among them. */
    readonly roles: readonly string[];
    /** A pattern is one of them where it matches no subject that was seen. */
    readonly identities: readonly UnseenIdentity[];
  };
  /** What the sessions of each role called. */
  readonly services: readonly {
    readonly role: string;
    readonly service: string;
    readonly count: number;
    readonly first: string;
    readonly last: string;
  }[];
}

const SUBJECT_FIELDS = ["servicePrincipals", "users", "subjects", "subjectPatterns"] as const;

interface KnownRole {
  readonly role: FederationRole;
  readonly view: AccountView;
}

/** The federation's roles by ARN, also where the file does not say which account they are in. */
export function roleFinder(federation: Federation): (arn: string) => KnownRole | undefined {
  const known = new Map<string, KnownRole>();
  for (const account of federation.accounts) {
    const view = accountView(federation, account);
    for (const role of view.roles)
      known.set(roleArn({ partition: account.partition, accountId: view.accountId }, role), { role, view });
  }
  return (arn) => known.get(arn) ?? known.get(arn.replace(/^(arn:[^:]*:iam::)\d{12}:/, `$1${ACCOUNT_ID_PLACEHOLDER}:`));
}

/** `days`: how long an identity may go unseen. */
export async function audit(
  federation: Federation,
  trail: TrailSummary,
  { days }: { readonly days: number },
): Promise<Audit> {
  const find = roleFinder(federation);
  const issuers = new Map(Object.values(federation.issuers).map(({ issuerPath, key }) => [issuerPath, key]));
  const namesOf = identityNames(federation);
  const groups = [...trail.assumptions.values()].filter(
    ({ sample }) => find(sample.roleArn) !== undefined || issuers.has(issuerPathOfArn(sample.providerArn)),
  );
  const uses: AuditedUse[] = [];
  const refusals: AuditedRefusal[] = [];
  for (const group of groups) {
    const found = find(group.sample.roleArn);
    const calls = callsOf(group, found?.role.key ?? null, issuers, namesOf);
    const { error, message } = group.sample;
    const answer = found === undefined ? null : await explained(group, found);
    if (error === null) {
      const undeclared = found === undefined ? "the federation has no such role" : (answer?.what ?? null);
      uses.push({ ...calls, undeclared, byThumbprint: group.byThumbprint });
    } else refusals.push({ ...calls, error, message, ...reasonOf(found, answer) });
  }
  const coverage = coverageOf(federation, trail, days);
  return {
    coverage,
    uses: sorted(uses),
    refusals: sorted(refusals),
    unseen: unseenIn(federation, uses, coverage.from),
    services: sorted(
      [...trail.services.values()].flatMap(({ roleArn: arn, ...group }) => {
        const role = find(arn)?.role.key;
        return role === undefined ? [] : [{ role, ...group }];
      }),
    ),
  };
}

function issuerPathOfArn(providerArn: string): string {
  return parseProviderArn(providerArn)?.issuerPath ?? issuerPathOf(providerArn);
}

function callsOf(
  { sample, count, first, last, sourceIps }: AssumptionGroup,
  role: string | null,
  issuers: ReadonlyMap<string, string>,
  namesOf: (subject: string) => readonly string[],
): AuditedCalls {
  const { roleArn: arn, providerArn, audience, subject } = sample;
  const issuerPath = issuerPathOfArn(providerArn);
  return {
    roleArn: arn,
    role,
    issuer: issuerPath === "" ? "" : `https://${issuerPath}`,
    issuerKey: issuers.get(issuerPath) ?? null,
    audience,
    subject,
    names: namesOf(subject),
    count,
    first,
    last,
    sourceIps: [...sourceIps].sort(),
  };
}

/** What the federation says of the same request; null where it allows it. */
async function explained(
  { sample }: AssumptionGroup,
  { role, view }: KnownRole,
): Promise<{ readonly what: string; readonly fix: string } | null> {
  const now = Math.floor(Date.parse(sample.time) / 1000);
  const isAddress = /^[0-9a-f.:]+$/i.test(sample.sourceIp);
  const context: Readonly<Record<string, readonly string[]>> = isAddress ? { "aws:SourceIp": [sample.sourceIp] } : {};
  const claims = {
    iss: `https://${issuerPathOfArn(sample.providerArn)}`,
    aud: sample.audience,
    sub: sample.subject,
    iat: now,
    exp: now + 3600,
  };
  const { allowed, reasons, error } = await explain(
    { kind: "claims", claims },
    providersOf(view, null),
    webIdentityRole(role, view),
    { roleSessionName: "audit", durationSeconds: null, context, now },
  );
  if (allowed) return null;
  const [nearest] = reasons;
  return nearest ?? { what: error?.message ?? "the trust policy does not allow it", fix: "Run explain on its token." };
}

function reasonOf(
  found: KnownRole | undefined,
  answer: { readonly what: string; readonly fix: string } | null,
): { readonly reason: string; readonly fix: string } {
  if (found === undefined)
    return {
      reason: "the federation has no such role",
      fix: "Use a role of the federation, or add this one to it.",
    };
  if (answer !== null) return { reason: answer.what, fix: answer.fix };
  return {
    reason: "the federation allows this request: the role in AWS differs from it, or the token was not valid",
    fix: "Compare them with databricks-aws-oidc doctor.",
  };
}

/** Every subject and pattern that `role` declares, without the suspended subjects: no session of theirs is expected. */
export function declaredIdentities(role: FederationRole): readonly DeclaredIdentity[] {
  const isOut = oneOf(role.suspendedSubjects);
  return role.trusts.flatMap((trust, index) => {
    if (trust.kind !== "subjects") return [];
    const one = (field: UnseenField, subject: string, name: string | null = null): DeclaredIdentity => {
      return { role: role.key, issuer: trust.issuer, subject, name, trust: index, field };
    };
    return [
      ...SUBJECT_FIELDS.flatMap((field) => trust[field].map((subject) => one(field, subject))),
      ...trust.identities.map(({ name, subject }) => one("identities", subject, name)),
      ...trust.wideSubjectPatterns.map(({ pattern }) => one("wideSubjectPatterns", pattern)),
    ].filter(({ subject }) => !isOut(subject));
  });
}

/** Whether the subject of `identity` is a pattern. */
export function isPattern({ field }: DeclaredIdentity): boolean {
  return field === "subjectPatterns" || field === "wideSubjectPatterns";
}

/** `from`: the day after which an identity must have been seen. */
function unseenIn(federation: Federation, uses: readonly AuditedUse[], from: string): Audit["unseen"] {
  const seen = new Map<string | null, AuditedUse[]>(federation.roles.map(({ key }) => [key, []]));
  for (const use of uses) if (use.last >= from) seen.get(use.role)?.push(use);
  const namesOf = identityNames(federation);
  const identities: UnseenIdentity[] = [];
  const roles: string[] = [];
  for (const role of federation.roles) {
    const ofRole = seen.get(role.key) ?? [];
    if (ofRole.length === 0 && role.trusts.some(({ kind }) => kind === "subjects")) roles.push(role.key);
    const subjects = new Map<string | null, Set<string>>(
      Object.keys(federation.issuers).map((key) => [key, new Set()]),
    );
    for (const { issuerKey, subject } of ofRole) subjects.get(issuerKey)?.add(subject);
    identities.push(
      ...declaredIdentities(role)
        .filter((declared) => {
          const own = subjects.get(declared.issuer) ?? new Set();
          return isPattern(declared) ? ![...own].some(likeMatcher(declared.subject)) : !own.has(declared.subject);
        })
        .map((declared) => ({ ...declared, names: namesOf(declared.subject) })),
    );
  }
  return { roles, identities };
}

/** Most calls first. */
function sorted<T extends { readonly count: number }>(rows: readonly T[]): readonly T[] {
  return [...rows].sort((a, b) => b.count - a.count || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
