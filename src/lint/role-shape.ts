/** What rules see of a plain role, the application IDs left out: roles that differ in those alone are checked once. */
import type { ParsedCondition, ParsedRole, ParsedStatement } from "../trust/parsed/parsed-role";
import { SERVICE_PRINCIPAL } from "../trust/rules";
import { satisfies } from "../text/text-rule";

/**
 * Text that is the same for two roles of one target in which every rule finds the same, places and names aside;
 * undefined for a role that is not plain. A plain role has providers alone as principals, lists audiences and subjects
 * exactly, and has no policies that are read: so no rule looks at its name, and none at an application ID but to
 * compare it with others of the role. Each is replaced by where it was first seen.
 */
export function shapeOf({ role, version, characters, statements, malformed }: ParsedRole): string | undefined {
  if (statements.length === 0 || malformed.length > 0 || role.widePatterns.length > 0) return undefined;
  for (const _ in role.policies) return undefined;
  if (!statements.every(isPlain)) return undefined;
  const subjects = new Map<string, number>();
  const placeOf = (subject: string): string | number => {
    if (!satisfies(SERVICE_PRINCIPAL, subject)) return subject;
    const known = subjects.get(subject);
    if (known !== undefined) return known;
    subjects.set(subject, subjects.size);
    return subjects.size - 1;
  };
  return JSON.stringify([
    [version, characters, role.quota, role.accountId, role.maxSessionDuration, role.bounded, role.managedPolicyArns],
    statements.map(({ sid, trusted, actions, conditions, sub }) => [
      [sid, trusted, actions],
      conditions.map((condition) => [
        condition.key,
        sub.includes(condition) ? condition.values.map(placeOf) : condition.values,
      ]),
    ]),
  ]);
}

function isPlain(statement: ParsedStatement): boolean {
  const { effect, notPrincipal, notAction, hasResource, trusted, providers, conditions, aud, sub } = statement;
  const isGuard = (condition: ParsedCondition): boolean =>
    condition.operator === "StringEquals" && (aud.includes(condition) || sub.includes(condition));
  return (
    effect === "Allow" &&
    !notPrincipal &&
    !notAction &&
    !hasResource &&
    trusted.length === providers.length &&
    conditions.every(isGuard)
  );
}
