/**
 * Those who are near: everybody the federation names, where somebody else is meant. What a builder mixes up lets them
 * in. Pure.
 */
import type { Federation, FederationRole } from "../federation/model";
import { databricksClaims } from "../sts/databricks-claims";
import { STRANGERS } from "../trust/strangers";
import { instanceOf } from "../trust/string-like";
import { exactSubjects } from "../trust/trust";
import type { Context } from "./identities";
import { satisfying } from "./identities";
import type { Impostor } from "./impostors";
import type { Random } from "./random";

/** Subjects and networks tried a role, at most; of more, so many are drawn. */
const MOST_SUBJECTS = 24;
const MOST_CONTEXTS = 4;
const MOST = 400;

/**
 * Subjects of the role, of other roles and strangers, each with every issuer and audience of the federation, from each
 * place the role's trusts ask for and from nowhere. Many are meant; the trial leaves those out.
 */
export function neighboursOf(
  role: FederationRole,
  federation: Pick<Federation, "issuers" | "roles">,
  random: Random,
  now: number,
): readonly Impostor[] {
  const drawn = <T>(items: readonly T[], most: number): readonly T[] =>
    items.length <= most ? items : Array.from({ length: most }, () => items[random.below(items.length)] as T);
  const own = subjectsOf([role]);
  const subjects = [
    ...drawn(own, MOST_SUBJECTS).map((subject) => ["the role's own subject", subject] as const),
    ...drawn(everybody(federation.roles), 2 * MOST_SUBJECTS)
      .filter((subject) => !own.includes(subject))
      .slice(0, MOST_SUBJECTS)
      .map((subject) => ["another role's subject", subject] as const),
    ...[STRANGERS[0] ?? "", STRANGERS[STRANGERS.length - 1] ?? ""].map((subject) => ["a stranger", subject] as const),
  ];
  const contexts = contextsOf(role);
  const asked = Object.values(federation.issuers).flatMap((issuer) =>
    issuer.audiences.map((audience) => ({ issuer, audience })),
  );
  const all = subjects.length * asked.length * contexts.length;
  // of many, some are drawn before any is made
  const numbers = Array.from({ length: Math.min(all, MOST) }, (_, number) =>
    all <= MOST ? number : random.below(all),
  );
  return numbers.flatMap((number): readonly Impostor[] => {
    const [who, subject] = subjects[number % subjects.length] ?? ["", ""];
    const rest = Math.floor(number / subjects.length);
    const [pair, context] = [asked[rest % asked.length], contexts[Math.floor(rest / asked.length)]];
    return pair === undefined || context === undefined
      ? []
      : [
          {
            trick: `${who}, with issuer ${pair.issuer.key} and audience ${pair.audience}`,
            claims: databricksClaims({
              issuer: pair.issuer.issuer,
              audience: pair.audience,
              subject,
              clientId: "databricks-cli",
              scope: "all-apis",
              id: "00000000-0000-4000-8000-000000000000",
              now,
            }),
            context,
          },
        ];
  });
}

/** Exact ones, and of each pattern with a written reason one: strangers of the others are tried at their edges. */
function subjectsOf(roles: readonly FederationRole[]): readonly string[] {
  return [
    ...new Set(
      roles.flatMap(({ trusts }) =>
        trusts.flatMap((trust) =>
          trust.kind === "subjects"
            ? [
                ...exactSubjects(trust),
                ...trust.subjectPatterns.flatMap(({ pattern, reason }) => (reason === null ? [] : instanceOf(pattern))),
              ]
            : [],
        ),
      ),
    ),
  ];
}

const known = new WeakMap<readonly FederationRole[], readonly string[]>();

/** Whom all roles of a federation name: gathered once, since every role asks. */
function everybody(roles: readonly FederationRole[]): readonly string[] {
  let subjects = known.get(roles);
  if (subjects === undefined) known.set(roles, (subjects = subjectsOf(roles)));
  return subjects;
}

/** From nowhere, and from where each of the role's trusts asks. */
function contextsOf(role: FederationRole): readonly Context[] {
  const contexts = new Map<string, Context>([["{}", {}]]);
  for (const trust of role.trusts) {
    const context = satisfying(trust.conditions);
    contexts.set(JSON.stringify(context), context);
  }
  return [...contexts.values()].slice(0, MOST_CONTEXTS);
}
