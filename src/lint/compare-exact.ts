/**
 * Whom a policy lets in that names everybody exactly: audiences and subjects by StringEquals and nothing else. Most
 * roles
 * have such a policy, and where one is made or deleted there is nothing to compare it with and nobody to try.
 */
import type { ParsedCondition, ParsedStatement } from "../trust/parsed/parsed-role";
import { audiencesOf } from "./compare-probes";

export interface Named {
  readonly issuerPath: string;
  readonly audience: string;
  readonly subject: string;
}

const ACTIONS: readonly string[] = ["sts:assumerolewithwebidentity", "sts:tagsession"];

/**
 * Everybody whom `statements` let in, in the order in which a comparison tells of them; null where a statement is not
 * of
 * this kind. `clientIds`: what the provider of an issuer registers, null where that is not known.
 */
export function exactIdentities(
  statements: readonly ParsedStatement[],
  clientIds: (issuerPath: string) => readonly string[] | null,
): readonly Named[] | null {
  if (statements.length === 0 || !statements.every(isExact)) return null;
  const paths = new Set(statements.map(({ providers }) => providers[0]?.issuerPath ?? ""));
  return [...paths].flatMap((issuerPath) => {
    const own = statements.filter(({ providers }) => providers[0]?.issuerPath === issuerPath);
    const subjects = [...new Set(own.flatMap(({ sub }) => sub[0]?.values ?? []))];
    return audiencesOf(own, clientIds(issuerPath)).flatMap((audience) => {
      if (audience === null) return [];
      const open = own.filter(({ aud }) => aud[0]?.values.includes(audience));
      return open.length === 0
        ? []
        : subjects
            .filter((subject) => open.some(({ sub }) => sub[0]?.values.includes(subject)))
            .map((subject) => ({ issuerPath, audience, subject }));
    });
  });
}

function isExact({
  effect,
  actions,
  notAction,
  notPrincipal,
  trusted,
  providers,
  conditions,
  aud,
  sub,
}: ParsedStatement): boolean {
  return (
    effect === "Allow" &&
    !notAction &&
    !notPrincipal &&
    trusted.length === 1 &&
    providers.length === 1 &&
    actions.every((action) => ACTIONS.includes(action.toLowerCase())) &&
    actions.some((action) => action.toLowerCase() === ACTIONS[0]) &&
    conditions.length === 2 &&
    aud.length === 1 &&
    sub.length === 1 &&
    [...aud, ...sub].every(namesExactly)
  );
}

function namesExactly({ operator, values }: ParsedCondition): boolean {
  return operator === "StringEquals" && values.length > 0 && values.every((value) => !/[*?$]/.test(value));
}
