import { UNITY_CATALOG_PRINCIPALS } from "../../issuer/clouds";
import { compare } from "../../trust/exact/compare";
import type { Domain } from "../../trust/exact/domain";
import { domainExamples } from "../../trust/exact/domain";
import { aloneIn } from "../../trust/exact/who";
import type { ParsedRole, ParsedStatement, TrustedProvider } from "../../trust/parsed/parsed-role";
import { MASTER_ROLES } from "../../trust/parsed/unity-catalog-pair";
import { instanceOf, stringLike } from "../../trust/string-like";
import { policyExample, statement } from "../examples";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";

const EXTERNAL_ID = "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b";
const SELF = "arn:aws:iam::111122223333:role/lake-reader";

/** Lets `principals` assume the role with the external ID. */
function assuming(
  principals: readonly string[],
  condition: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { AWS: principals },
    Condition: { StringEquals: { "sts:ExternalId": EXTERNAL_ID }, ...condition },
  };
}

export const sessionRenewsItself: RoleRule = {
  id: "session-renews-itself",
  on: "role",
  severity: "error",
  title: "Session of a web identity that can renew itself",
  why:
    "Where web identities assume a role that may assume itself, as Unity Catalog demands, a session can call " +
    "sts:AssumeRole on its own role before it ends, again and again: it outlives the token, a suspension and a " +
    "revocation. Requests of such a session have aws:FederatedProvider, and role chaining drops the key.",
  fix:
    "Let the role assume itself in a statement of its own: the account's root as principal, the role's ARN in " +
    'ArnEquals aws:PrincipalArn, the external ID, and "Null": { "aws:FederatedProvider": "true" }.',
  good: policyExample(
    statement(),
    assuming([UNITY_CATALOG_PRINCIPALS.aws.arn]),
    assuming(["arn:aws:iam::111122223333:root"], {
      ArnEquals: { "aws:PrincipalArn": SELF },
      Null: { "aws:FederatedProvider": "true" },
    }),
  ),
  bad: policyExample(statement(), assuming([UNITY_CATALOG_PRINCIPALS.aws.arn, SELF])),
  source: SOURCES.unityCatalogPage,
  check: (role) => {
    const [provider] = role.statements.flatMap((own) => (own.letsWebIdentitiesIn ? own.providers : []));
    if (provider === undefined) return [];
    return role.statements.flatMap((own): readonly Violation[] =>
      own.effect === "Allow" &&
      (own.notPrincipal || own.trusted.some(({ kind }) => kind === "AWS")) &&
      renews(role, own, provider)
        ? [
            {
              statement: own.index,
              at: "Condition",
              message: "The role may assume itself with a session that was obtained by web identity.",
            },
          ]
        : [],
    );
  },
};

/** Whether a session of the role that `provider` vouched for may assume the role by `own`. */
function renews(role: ParsedRole, own: ParsedStatement, provider: TrustedProvider): boolean {
  const patterns = ownArns(role, own, provider);
  if (patterns.length === 0) return false;
  const fixed = new Map<string, Domain>([
    ["aws:principalarn", { kind: "patterns", patterns, except: [] }],
    ["aws:federatedprovider", { kind: "values", values: [provider.arn] }],
  ]);
  const comparison = compare(aloneIn(role, own), [], {
    fixed,
    callers: ({ kind, action, type, arns }) =>
      kind === "AWS" && action === "sts:AssumeRole" && type !== "User" && (arns === null || meets(arns, patterns)),
  });
  return comparison.kind !== "none";
}

/** Whether a principal with an ARN of `known` may be one with an ARN like `patterns`. */
function meets(known: Domain, patterns: readonly string[]): boolean {
  if (known.kind === "patterns")
    return known.patterns.some((pattern) => patterns.some((own) => stringLike(pattern, instanceOf(own))));
  return domainExamples(known).some((arn) => patterns.some((own) => stringLike(own, arn)));
}

/** Patterns of the role's own ARN. A policy without its role's name: the ARN it uses as Unity Catalog demands. */
function ownArns(
  { role: { name } }: ParsedRole,
  { unityCatalog, trusted, conditions }: ParsedStatement,
  { arn }: TrustedProvider,
): readonly string[] {
  const roles = `${arn.split(":", 5).join(":")}:role/`;
  if (name !== null) return [`${roles}${name}`, `${roles}*/${name}`];
  if (!unityCatalog) return [];
  return [...trusted.map(({ value }) => value), ...conditions.flatMap(({ values }) => values)].filter(
    (value) => value.startsWith(roles) && !MASTER_ROLES.has(value),
  );
}
