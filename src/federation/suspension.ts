/** Whom a federation and its roles suspend: names and subjects, each of which must concern some role. */
import type { Problem } from "../errors";
import { nearest } from "../text/nearest";
import { quoted } from "../text/text-rule";
import { caseless, distinctSubjects, hasPatterns, NOBODY_SUSPENDED, type Suspension } from "../trust/suspension";
import { exactSubjects, type Identity, patternsOf, type SubjectTrust } from "../trust/trust";
import { likeMatcher } from "../trust/string-like";
import type { Federation, FederationRole } from "./model";
import { formatPath } from "./path";

type Identities = Readonly<Record<string, Identity>>;

/** The subject of an entry of `suspended`: that of the identity so called, else the entry itself. */
export function suspendedSubject(entry: string, identities: Identities): string {
  return (Object.hasOwn(identities, entry) ? identities[entry]?.subject : undefined) ?? entry;
}

/** The subjects of `entries`, without repeats in whatever case. */
export function suspendedSubjects(entries: readonly string[], identities: Identities): readonly string[] {
  return distinctSubjects(entries.map((entry) => suspendedSubject(entry, identities)));
}

/**
 * Whom a role suspends in an account: of the federation's entries those that concern a role there (`view.suspended`),
 * because the root of one account knows no others.
 */
export function suspensionIn(
  role: FederationRole,
  view: { readonly federation: Federation; readonly suspended: readonly string[] },
): Suspension {
  const { identities, suspended } = view.federation;
  const subjects =
    view.suspended.length === suspended.length
      ? role.suspendedSubjects
      : suspendedSubjects([...view.suspended, ...role.suspended], identities);
  return { ...NOBODY_SUSPENDED, subjects };
}

/** A function that says whether some of `roles` names a subject in whatever case, or has a pattern. */
export function concerning(roles: readonly Pick<FederationRole, "trusts">[]): (subject: string) => boolean {
  if (subjectTrusts(roles).some(hasPatterns)) return () => true;
  const subjects = named(roles);
  return (subject) => subjects.has(caseless(subject));
}

/**
 * Problems of `entries`, which are at `path`, where they concern none of `roles`, or where it is not certain whom they
 * mean. Code: suspended-not-found.
 */
export function checkSuspended(
  entries: readonly string[],
  roles: readonly Pick<FederationRole, "trusts">[],
  { identities }: Pick<Federation, "identities">,
  path: string,
): readonly Problem[] {
  if (entries.length === 0) return [];
  const concerns = concerning(roles);
  const subjects = named(roles);
  const names = new Map(Object.keys(identities).map((name) => [caseless(name), name]));
  return entries.flatMap((entry, index): readonly Problem[] => {
    const wrong = unclear(entry, identities, names, subjects);
    if (wrong === undefined && concerns(suspendedSubject(entry, identities))) return [];
    const meant = Object.hasOwn(identities, entry) ? undefined : nearest(entry, Object.keys(identities));
    return [
      {
        code: "suspended-not-found",
        message: `No trust here names ${quoted(entry)}, and none has a pattern.`,
        fix: `${meant === undefined ? "" : `Did you mean ${meant}? `}Correct it, or remove it.`,
        ...wrong,
        path: `${path}[${index}]`,
      },
    ];
  });
}

/**
 * The problem of an `entry` that may mean another identity than it seems: a pattern would hide it. `names`: of the
 * identities, by their lower case; `subjects`: what the trusts in scope name, without case.
 */
function unclear(
  entry: string,
  identities: Identities,
  names: ReadonlyMap<string, string>,
  subjects: ReadonlySet<string>,
): Pick<Problem, "message" | "fix"> | undefined {
  const name = names.get(caseless(entry));
  if (name === undefined) return undefined;
  if (!Object.hasOwn(identities, entry))
    return { message: `${quoted(entry)} is not the name of an identity; ${quoted(name)} is.`, fix: `Write ${name}.` };
  const subject = suspendedSubject(entry, identities);
  if (caseless(subject) === caseless(entry) || !subjects.has(caseless(entry))) return undefined;
  return {
    message: `${quoted(entry)} is the name of ${quoted(subject)}, and the subject of another identity.`,
    fix: "Rename the identity, then suspend the one you mean, or both.",
  };
}

function subjectTrusts(roles: readonly Pick<FederationRole, "trusts">[]): readonly SubjectTrust[] {
  return roles.flatMap((role) => role.trusts.filter((trust) => trust.kind === "subjects"));
}

/** Every subject that a trust of `roles` names, without case. */
function named(roles: readonly Pick<FederationRole, "trusts">[]): ReadonlySet<string> {
  return new Set(subjectTrusts(roles).flatMap((trust) => exactSubjects(trust).map(caseless)));
}

/** Every entry of `suspended`, of the federation and its roles, with whether it matches a trust in its scope. */
export function suspendedEntries({
  suspended,
  identities,
  roles,
}: Pick<Federation, "suspended" | "identities" | "roles">): readonly {
  readonly path: string;
  readonly entry: string;
  readonly isMatched: boolean;
}[] {
  const entriesOf = (entries: readonly string[], scope: readonly FederationRole[], path: string) => {
    if (entries.length === 0) return [];
    const subjects = named(scope);
    const patterns = subjectTrusts(scope)
      .flatMap(patternsOf)
      .map((pattern) => likeMatcher(caseless(pattern)));
    return entries.map((entry, index) => {
      const subject = caseless(suspendedSubject(entry, identities));
      const isMatched = subjects.has(subject) || patterns.some((matches) => matches(subject));
      return { path: `${path}[${index}]`, entry, isMatched };
    });
  };
  return [
    ...entriesOf(suspended, roles, "suspended"),
    ...roles.flatMap((role) => entriesOf(role.suspended, [role], formatPath(["roles", role.key, "suspended"]))),
  ];
}
