/**
 * What the trusts of a role declare, as trust policies (written apart from `trust/build`, so that a mistake there
 * shows), and who gets in beyond that. A pattern declares addresses of the declared email domains alone, a wide pattern
 * everyone whom it matches. Pure.
 */
import type { AccountView } from "../federation/account-view";
import { suspensionIn } from "../federation/suspension";
import type { FederationRole } from "../federation/model";
import type { PolicyCondition, PolicyDocument, PolicyStatement } from "../trust/decide/document";
import { compare } from "../trust/exact/compare";
import type { Witness } from "../trust/exact/request";
import { kindsBeside } from "../trust/exact/who";
import { UNITY_CATALOG_PRINCIPALS } from "../issuer/clouds";
import type { Trust } from "../trust/trust";

/** One policy for each way into the role. `roleArn`: the role's own. */
export function declaredPolicies(role: FederationRole, view: AccountView, roleArn: string): readonly PolicyDocument[] {
  const renewable = role.trusts.some(({ kind }) => kind === "subjects");
  const denials = deniedTo(role, view);
  return role.trusts
    .flatMap((trust) => policiesOf(trust, view, roleArn, renewable))
    .map((policy) => ({ ...policy, statements: [...policy.statements, ...denials] }));
}

/** Who is suspended is out whatever a trust says: for each issuer, in whatever case. */
function deniedTo(role: FederationRole, view: AccountView): readonly PolicyStatement[] {
  const { subjects } = suspensionIn(role, view);
  if (subjects.length === 0) return [];
  return view.providers.map(({ issuer, arn }, at) => ({
    index: at + 1,
    effect: "Deny",
    principals: { Federated: [arn] },
    actions: ["sts:AssumeRoleWithWebIdentity"],
    conditions: [{ operator: "StringEqualsIgnoreCase", key: issuer.conditionKeys.sub, values: subjects }],
    ...PLAIN,
  }));
}

const PLAIN = { sid: null, notPrincipal: false, notAction: false, hasResource: false };

/** `renewable`: sessions of web identities could renew themselves through the role's own statement. */
function policiesOf(trust: Trust, view: AccountView, roleArn: string, renewable: boolean): readonly PolicyDocument[] {
  const further = trust.conditions.map(({ test, variable, values }) => ({ operator: test, key: variable, values }));
  const equals = (key: string, values: readonly string[]): PolicyCondition => ({
    operator: "StringEquals",
    key,
    values,
  });
  if (trust.kind === "unityCatalog") {
    const externalId = equals("sts:ExternalId", trust.externalIds);
    const root = roleArn.replace(/:role\/.*$/, ":root");
    const chained: PolicyCondition = { operator: "Null", key: "aws:FederatedProvider", values: ["true"] };
    const self: PolicyCondition = { operator: "ArnEquals", key: "aws:PrincipalArn", values: [roleArn] };
    return [
      allow({ AWS: [UNITY_CATALOG_PRINCIPALS[trust.cloud].arn] }, ["sts:AssumeRole"], [externalId, ...further]),
      allow({ AWS: [root] }, ["sts:AssumeRole"], [self, externalId, ...(renewable ? [chained] : []), ...further]),
    ];
  }
  const provider = view.providers.find(({ issuer }) => issuer.key === trust.issuer);
  if (provider === undefined) return [];
  const { issuer, arn } = provider;
  const { aud, sub } = issuer.conditionKeys;
  const actions = ["sts:AssumeRoleWithWebIdentity", ...(trust.allowTagSession ? ["sts:TagSession"] : [])];
  const audience = equals(aud, trust.audiences ?? issuer.audiences.slice(0, 1));
  const named = trust.identities.map(({ subject }) => subject);
  const listed = [...trust.servicePrincipals, ...trust.users, ...trust.subjects, ...named];
  const like = (values: readonly string[]): PolicyCondition => ({ operator: "StringLike", key: sub, values });
  // a policy for each domain that a pattern is of: one for all could be longer than IAM takes
  const bounded = view.federation.emailDomains.map((domain) => [
    like(trust.subjectPatterns.filter((pattern) => pattern.endsWith(`@${domain}`) || pattern.endsWith(`.${domain}`))),
    like([`*@${domain}`, `*@*.${domain}`]),
  ]);
  const groups: readonly (readonly PolicyCondition[])[] = [
    [equals(sub, listed)],
    ...bounded,
    [like(trust.wideSubjectPatterns.map(({ pattern }) => pattern))],
  ];
  return groups
    .filter((subjects) => subjects.every(({ values }) => values.length > 0))
    .map((subjects) => allow({ Federated: [arn] }, actions, [audience, ...subjects, ...further]));
}

function allow(
  principals: Readonly<Record<string, readonly string[]>>,
  actions: readonly string[],
  conditions: readonly PolicyCondition[],
): PolicyDocument {
  return {
    version: "2012-10-17",
    statements: [{ index: 0, effect: "Allow", principals, actions, conditions, ...PLAIN }],
  };
}

export interface Undeclared {
  /** A request for each statement by which an undeclared caller gets in. */
  readonly witnesses: readonly Witness[];
  /** Why it cannot be ruled out that one does; null where it can. */
  readonly unsure: string | null;
}

/** Nobody undeclared gets in by `policy` where there is no witness and nothing unsure. */
export function undeclaredCallers(policy: PolicyDocument, declared: readonly PolicyDocument[]): Undeclared {
  const comparison = compare(policy, declared);
  if (comparison.kind === "none") return { witnesses: [], unsure: null };
  if (comparison.kind === "cannot tell") return { witnesses: [], unsure: comparison.why };
  const kinds = kindsBeside(policy, declared).undeclared.flatMap(({ witness }) => witness ?? []);
  return { witnesses: kinds.length === 0 ? [comparison.witness] : kinds, unsure: null };
}
