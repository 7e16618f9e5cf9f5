/** Whom a federation and its roles suspend: names and subjects, each of which must concern some role. */
import type { Problem } from "../errors";
import { nearest } from "../text/nearest";
import { quoted } from "../text/text-rule";
import { caseless, distinctSubjects, hasPatterns } from "../trust/suspension";
import { exactSubjects, type Identity } from "../trust/trust";
import type { Federation, FederationRole } from "./model";

type Identities = Readonly<Record<string, Identity>>;

/** The subject of an entry of `suspended`: that of the identity so called, else the entry itself. */
export function suspendedSubject(entry: string, identities: Identities): string {
  return (Object.hasOwn(identities, entry) ? identities[entry]?.subject : undefined) ?? entry;
}

/** The subjects of `entries`, without repeats in whatever case. */
export function suspendedSubjects(entries: readonly string[], identities: Identities): readonly string[] {
  return distinctSubjects(entries.map((entry) => suspendedSubject(entry, identities)));
}

/** A function that says whether some of `roles` names a subject in whatever case, or has a pattern. */
export function concerning(roles: readonly Pick<FederationRole, "trusts">[]): (subject: string) => boolean {
  const trusts = roles.flatMap((role) => role.trusts.filter((trust) => trust.kind === "subjects"));
  if (trusts.some(hasPatterns)) return () => true;
  const named = new Set(trusts.flatMap((trust) => exactSubjects(trust).map(caseless)));
  return (subject) => named.has(caseless(subject));
}

/** Problems of `entries`, which are at `path`, where they concern none of `roles`. Code: suspended-not-found. */
export function checkSuspended(
  entries: readonly string[],
  roles: readonly Pick<FederationRole, "trusts">[],
  { identities }: Pick<Federation, "identities">,
  path: string,
): readonly Problem[] {
  if (entries.length === 0) return [];
  const concerns = concerning(roles);
  return entries.flatMap((entry, index): readonly Problem[] => {
    if (concerns(suspendedSubject(entry, identities))) return [];
    const meant = Object.hasOwn(identities, entry) ? undefined : nearest(entry, Object.keys(identities));
    return [
      {
        code: "suspended-not-found",
        message: `No trust here names ${quoted(entry)}, and none has a pattern.`,
        path: `${path}[${index}]`,
        fix: `${meant === undefined ? "" : `Did you mean ${meant}? `}Correct it, or remove it.`,
      },
    ];
  });
}
