/** A trust: one entry of a role saying whom it trusts. Normalized, plain data. */
import type { UnityCatalogCloud } from "../issuer/clouds";

/** An extra condition: narrows the statements of the trust it is written on. */
export interface Condition {
  /** An IAM operator, e.g. `IpAddress`. */
  readonly test: string;
  /** An IAM condition key, e.g. `aws:SourceIp`. */
  readonly variable: string;
  readonly values: readonly string[];
}

/** A pattern of subjects that no declared email domain bounds. */
export interface WideSubjectPattern {
  readonly pattern: string;
  /** Why everyone whom it matches is meant to get in. */
  readonly reason: string;
}

/**
 * A service principal, user or subject that a federation declares under a name.
 *
 * @example
 * ```ts
 * import type { Identity } from "databricks-aws-oidc";
 * const alice: Identity = { name: "alice", kind: "user", subject: "alice@example.com" };
 * ```
 */
export interface Identity {
  readonly name: string;
  readonly kind: "servicePrincipal" | "user" | "subject";
  readonly subject: string;
}

/** Trusts Databricks identities of one issuer. */
export interface SubjectTrust {
  readonly kind: "subjects";
  /** The issuer's key in the federation. */
  readonly issuer: string;
  readonly servicePrincipals: readonly string[];
  readonly users: readonly string[];
  readonly subjects: readonly string[];
  /** Named by the trust, and declared by the federation. */
  readonly identities: readonly Identity[];
  /** Each within the federation's email domains. */
  readonly subjectPatterns: readonly string[];
  readonly wideSubjectPatterns: readonly WideSubjectPattern[];
  /** Audiences asked of the token; null: the issuer's first. */
  readonly audiences: readonly string[] | null;
  readonly conditions: readonly Condition[];
  /** Adds `sts:TagSession`. */
  readonly allowTagSession: boolean;
}

/** Trusts Databricks' own role for Unity Catalog, and the role itself. Not web identity. */
export interface UnityCatalogTrust {
  readonly kind: "unityCatalog";
  readonly externalIds: readonly string[];
  readonly cloud: UnityCatalogCloud;
  readonly conditions: readonly Condition[];
}

/**
 * One entry of a role: whom it trusts.
 *
 * @example
 * ```ts
 * import type { Trust } from "databricks-aws-oidc";
 * const trust: Trust = {
 *   kind: "unityCatalog",
 *   externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"],
 *   cloud: "aws",
 *   conditions: [],
 * };
 * ```
 */
export type Trust = SubjectTrust | UnityCatalogTrust;

/**
 * The exact subjects of a trust in the order of the policy: service principals, users, subjects, identities; without
 * repeats.
 */
export function exactSubjects(trust: SubjectTrust): readonly string[] {
  const { servicePrincipals, users, subjects, identities } = trust;
  return [...new Set([...servicePrincipals, ...users, ...subjects, ...identities.map(({ subject }) => subject)])];
}

/** The patterns of a trust and then the wide ones, as written, with repeats. */
export function patternsOf(trust: Pick<SubjectTrust, "subjectPatterns" | "wideSubjectPatterns">): readonly string[] {
  return [...trust.subjectPatterns, ...trust.wideSubjectPatterns.map(({ pattern }) => pattern)];
}

/** The subjects that a trust names by `field`, or by an identity of that kind; as written, with repeats. */
export function subjectsOfKind(
  trust: SubjectTrust,
  field: "servicePrincipals" | "users" | "subjects",
): readonly string[] {
  const named = trust.identities.flatMap(({ kind, subject }) => (`${kind}s` === field ? [subject] : []));
  return [...trust[field], ...named];
}

/** Subjects of one statement of a trust policy. */
export interface SubjectGroup {
  readonly of: "exact" | "patterns" | "wide patterns";
  readonly test: "StringEquals" | "StringLike";
  /** At least one, without repeats. */
  readonly subjects: readonly string[];
}

/**
 * The statements that a trust becomes, in order: exact subjects, patterns, wide patterns; those that name at least one
 * identity.
 */
export function subjectGroups(trust: SubjectTrust): readonly SubjectGroup[] {
  const wide = trust.wideSubjectPatterns.map(({ pattern }) => pattern);
  const groups: readonly SubjectGroup[] = [
    { of: "exact", test: "StringEquals", subjects: exactSubjects(trust) },
    { of: "patterns", test: "StringLike", subjects: [...new Set(trust.subjectPatterns)] },
    { of: "wide patterns", test: "StringLike", subjects: [...new Set(wide)] },
  ];
  return groups.filter(({ subjects }) => subjects.length > 0);
}

/** Whether a trust has a subject or a pattern. */
export function namesSomeone(trust: SubjectTrust): boolean {
  return subjectGroups(trust).length > 0;
}
