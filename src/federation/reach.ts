/** Who a federation says may assume which role, one line each: for tables, reports and matrices. */
import { oneOf } from "../trust/suspension";
import { subjectsOfKind } from "../trust/trust";
import type { Federation } from "./model";

export interface Reach {
  readonly role: string;
  /** Index of the trust within the role. */
  readonly trust: number;
  /** The issuer's key; null for Unity Catalog, which does not use web identity. */
  readonly issuer: string | null;
  readonly kind: "service principal" | "user" | "subject" | "subject pattern" | "wide pattern" | "Unity Catalog";
  /** The subject, the pattern, or the external ID. */
  readonly who: string;
  /** How many extra conditions narrow it. */
  readonly conditions: number;
}

/** Every declared way into every role, in file order; who is suspended has none. */
export function reachOf(federation: Pick<Federation, "roles">): readonly Reach[] {
  return federation.roles.flatMap((role) =>
    role.trusts.flatMap((trust, index): readonly Reach[] => {
      const shared = { role: role.key, trust: index, conditions: trust.conditions.length };
      if (trust.kind === "unityCatalog") {
        return trust.externalIds.map((who) => ({ ...shared, issuer: null, kind: "Unity Catalog", who }));
      }
      const isOut = oneOf(role.suspendedSubjects);
      const of = (kind: Reach["kind"], whos: readonly string[]): readonly Reach[] =>
        whos.filter((who) => !isOut(who)).map((who) => ({ ...shared, issuer: trust.issuer, kind, who }));
      return [
        ...of("service principal", subjectsOfKind(trust, "servicePrincipals")),
        ...of("user", subjectsOfKind(trust, "users")),
        ...of("subject", subjectsOfKind(trust, "subjects")),
        ...of("subject pattern", trust.subjectPatterns),
        ...of(
          "wide pattern",
          trust.wideSubjectPatterns.map(({ pattern }) => pattern),
        ),
      ];
    }),
  );
}
