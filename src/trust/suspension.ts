/** Who is suspended: left out of every exact list, and denied where a pattern, or nobody, is left. */
import { exactSubjects, namesSomeone, type SubjectTrust, type Trust } from "./trust";

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

/** A role's trusts with nobody in them who is suspended. */
export interface SuspendedTrusts {
  readonly left: readonly Trust[];
  /**
   * Keys of the issuers of which the role needs a Deny, in the order in which its trusts first name them: those with a
   * pattern, or with subjects that are known later; all of them where nobody is left in the role.
   */
  readonly denied: readonly string[];
}

/** Takes who is suspended out of `trusts`, those of one role. */
export function suspend(trusts: readonly Trust[], suspension: Suspension): SuspendedTrusts {
  const { subjects, unknown } = suspension;
  if (subjects.length === 0) return { left: trusts, denied: [] };
  const left = trusts.map((trust) => (trust.kind === "subjects" ? withoutSuspended(trust, suspension) : trust));
  const subjectsLeft = left.filter((trust) => trust.kind === "subjects");
  const isNobodyLeft = subjectsLeft.length === left.length && !subjectsLeft.some(namesSomeone);
  const mayBeAnyone = subjects.some((subject) => unknown.has(subject));
  const isOpen = (trust: SubjectTrust): boolean =>
    hasPatterns(trust) || exactSubjects(trust).some((subject) => mayBeAnyone || unknown.has(subject));
  const open = new Set(subjectsLeft.filter(isOpen).map(({ issuer }) => issuer));
  const named = trusts.filter((trust) => trust.kind === "subjects").filter(namesSomeone);
  const issuers = new Set(named.map(({ issuer }) => issuer));
  return { left, denied: [...issuers].filter((issuer) => isNobodyLeft || open.has(issuer)) };
}
