/** Suspensions and revocations as a federation writes them, found again in the policies of a role. Pure. */
import { samePermissions } from "../doctor/same-policies";
import { MOMENT } from "../federation/rules";
import { satisfies } from "../text/text-rule";
import type { ParsedStatement } from "../trust/parsed/parsed-role";
import { REVOKE_POLICY_NAME, revokedBefore, revokePolicy } from "../trust/revocation";

/** Whether a statement has the form of a suspension's Deny. */
export function isSuspension({ effect, conditions, sub, providers, trusted, ...rest }: ParsedStatement): boolean {
  const isPlain = !rest.notPrincipal && !rest.notAction && !rest.hasResource;
  const [condition, ...more] = conditions;
  return (
    effect === "Deny" &&
    isPlain &&
    providers.length === 1 &&
    trusted.length === 1 &&
    more.length === 0 &&
    condition?.operator === "StringEqualsIgnoreCase" &&
    sub.includes(condition) &&
    rest.actions.every((action) => action.toLowerCase() === "sts:assumerolewithwebidentity")
  );
}

/**
 * Stands for the subjects of a role whose web identities are all suspended while Unity Catalog still gets in: of them
 * its policy keeps only the guard against sessions of web identities. No subject of Databricks has this form.
 */
export const NOBODY = "nobody";

/** Whether a policy guards against sessions of web identities, and trusts none. */
export function isEmptied(statements: readonly ParsedStatement[]): boolean {
  const guards = ({ conditions }: ParsedStatement): boolean =>
    conditions.some(({ test, key }) => test === "Null" && key.toLowerCase() === "aws:federatedprovider");
  return statements.some(guards) && statements.every(({ providers }) => providers.length === 0);
}

/** Whom the Deny of a suspension names. */
export function suspendedIn({ conditions }: ParsedStatement): readonly string[] {
  return [...new Set(conditions.flatMap(({ values }) => values))];
}

/** The moment that the policy `revoke-sessions-before` among `inline` names, where it says nothing else. */
export function momentIn(inline: Readonly<Record<string, unknown>>): string | undefined {
  const document = Object.hasOwn(inline, REVOKE_POLICY_NAME) ? inline[REVOKE_POLICY_NAME] : undefined;
  const moment = document === undefined ? null : revokedBefore({ document });
  const isOurs = moment !== null && satisfies(MOMENT, moment) && samePermissions(revokePolicy(moment), document);
  return isOurs ? moment : undefined;
}
