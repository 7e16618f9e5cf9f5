/** Who is suspended: left out of every exact list, and denied where a pattern, or nobody, is left. */
import type { TrustStatement } from "./policy";
import { exactSubjects, subjectGroups, type SubjectTrust } from "./trust";

/** `subject` as suspensions compare it: without case. */
export function caseless(subject: string): string {
  return subject.toLowerCase();
}

/** `subjects` without repeats in whatever case: the first spelling of each. */
export function distinctSubjects(subjects: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return subjects.filter((subject) => {
    const key = caseless(subject);
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

/** What a role's suspension is decided from. */
export interface Suspension {
  /** All subjects in scope, the federation's before the role's, without repeats in whatever case. */
  readonly subjects: readonly string[];
  /** Texts that stand for subjects which are known later: they may be those of any other. */
  readonly unknown: ReadonlySet<string>;
}

export const NOBODY_SUSPENDED: Suspension = { subjects: [], unknown: new Set() };

/** Whether a subject is one of `subjects`, in whatever case. Made once for many. */
export function oneOf(subjects: readonly string[]): (subject: string) => boolean {
  const known = new Set(subjects.map(caseless));
  return (subject) => known.has(caseless(subject));
}

/** The trust without the subjects that are suspended; its patterns stay. */
export function withoutSuspended(trust: SubjectTrust, { subjects }: Suspension): SubjectTrust {
  if (subjects.length === 0) return trust;
  const isOut = oneOf(subjects);
  const left = exactSubjects(trust).filter((subject) => !isOut(subject));
  // in the order of the policy, in which the kinds of subjects make no difference
  return { ...trust, servicePrincipals: [], users: [], subjects: left, identities: [] };
}

export function hasPatterns(trust: Pick<SubjectTrust, "subjectPatterns" | "wideSubjectPatterns">): boolean {
  return trust.subjectPatterns.length + trust.wideSubjectPatterns.length > 0;
}

/**
 * Keys of the issuers of which a role needs a Deny, in the order in which its trusts first name them: those with a
 * pattern, or with subjects that are known later; all of them where nobody is left in the role.
 */
export function deniedIssuers(
  trusts: readonly SubjectTrust[],
  suspension: Suspension,
  isNobodyLeft: boolean,
): readonly string[] {
  const { subjects, unknown } = suspension;
  if (subjects.length === 0) return [];
  const mayBeAnyone = subjects.some((subject) => unknown.has(subject));
  const isOpen = (trust: SubjectTrust): boolean => {
    const left = exactSubjects(withoutSuspended(trust, suspension));
    return hasPatterns(trust) || left.some((subject) => mayBeAnyone || unknown.has(subject));
  };
  const open = new Set(trusts.filter(isOpen).map(({ issuer }) => issuer));
  const named = trusts.filter((trust) => subjectGroups(trust).length > 0).map(({ issuer }) => issuer);
  return [...new Set(named)].filter((issuer) => isNobodyLeft || open.has(issuer));
}

/**
 * The Deny of a suspension for one issuer: whatever the audience and the trusts' conditions. Case does not
 * count, because
 * a pattern admits `Alice@…` where `alice@…` is suspended.
 */
export function denyStatement(
  subjects: readonly string[],
  issuer: { readonly conditionKeys: { readonly sub: string }; readonly providerArn: string },
): TrustStatement {
  return {
    Action: ["sts:AssumeRoleWithWebIdentity"],
    Condition: { StringEqualsIgnoreCase: { [issuer.conditionKeys.sub]: subjects } },
    Effect: "Deny",
    Principal: { Federated: [issuer.providerArn] },
  };
}
