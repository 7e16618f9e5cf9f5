/** The federation that a Terraform plan or state deploys, for verbs that read a federation file. Pure. */
import { InputError } from "../errors";
import type { Federation } from "../federation/model";
import { accountView, roleTrustPolicy } from "../federation/account-view";
import { readFederation } from "../federation/read";
import { FEDERATION_NAME, ROLE_KEY } from "../federation/rules";
import { UNITY_CATALOG_CLOUDS, UNITY_CATALOG_PRINCIPALS } from "../issuer/clouds";
import { issuerPathOf } from "../issuer/issuer";
import type { SimulatedIssuer, SimulatedRole } from "../sandbox/directory/directory";
import { directoryOfPlan } from "../sandbox/directory/of-plan";
import { quoted, satisfies } from "../text/text-rule";
import { SELF_ASSUME_POLICY_NAME, trustPolicyJson } from "../trust/build";
import { isWithinDomains } from "../trust/check";
import { AWS_REVOKE_POLICY_NAME, REVOKE_POLICY_NAME } from "../trust/revocation";
import { readPolicy } from "../trust/decide/document";
import type { ParsedCondition, ParsedStatement } from "../trust/parsed/parsed-role";
import { parseRole, subjectPatterns } from "../trust/parsed/parse-role";
import { asRecord, type Members } from "../text/members";
import { TRUST_POLICY_DEFAULT_QUOTA, TRUST_POLICY_MAX_QUOTA } from "../trust/rules";
import { subjectsInOrder } from "./declared-subjects";
import { pathOfArn } from "./read-iam";
import { isEmptied, isSuspension, momentIn, NOBODY, suspendedIn } from "./suspension";
import { allowsTheSame } from "../trust/exact/compare";

export interface PlannedFederation {
  readonly federation: Federation;
  /** What was assumed, each in a sentence. */
  readonly notes: readonly string[];
}

/**
 * The federation of `text`, `terraform show -json` of a plan or a state; `file` names it in messages. Each trust policy
 * that is built from it again allows exactly the requests that the plan's own allows; a policy for which that is not
 * so is refused. Throws InputError trust-policy-unreadable, the codes of `directoryOfPlan` and those of a federation.
 */
export function federationOfPlan(text: string, file: string): PlannedFederation {
  const { accounts, issuers, notes } = directoryOfPlan(text, file);
  const [only, ...others] = accounts;
  if (only === undefined) throw new RangeError("a plan without a role is refused");
  const accountKey = (accountId: string): string => `account-${accountId}`;
  const placed = accounts.flatMap(({ accountId, roles }) => roles.map((role) => ({ accountId, role })));
  const keyed = placed.map(({ accountId, role }, index) => {
    const name = role.arn.slice(role.arn.lastIndexOf("/") + 1);
    const taken = placed.slice(0, index).some((other) => other.role.arn.endsWith(`/${name}`));
    return { accountId, role, name, key: satisfies(ROLE_KEY, name) && !taken ? name : `role-${index + 1}` };
  });
  const { federation } = readFederation({
    name: nameOf(file),
    aws: {
      partition: only.partition,
      ...(others.length === 0
        ? { accountId: only.accountId }
        : { accounts: Object.fromEntries(accounts.map(({ accountId }) => [accountKey(accountId), { accountId }])) }),
    },
    ...(placed.some(({ role }) => parseRole(role.source).characters > TRUST_POLICY_DEFAULT_QUOTA)
      ? { trustPolicyMaxLength: TRUST_POLICY_MAX_QUOTA }
      : {}),
    emailDomains: domainsOf(placed.map(({ role }) => role)),
    issuers: Object.fromEntries(
      issuers.map((issuer) => [
        issuer.key,
        declaredIssuer(
          issuer,
          accounts.flatMap(({ providers }) => providers.filter((provider) => provider.issuer === issuer.issuer)),
        ),
      ]),
    ),
    roles: Object.fromEntries(
      keyed.map(({ accountId, role, name, key }) => [
        key,
        {
          ...(name === key ? {} : { name }),
          ...(others.length === 0 ? {} : { accounts: [accountKey(accountId)] }),
          ...declaredRole(role, issuers, file),
        },
      ]),
    ),
  });
  for (const { accountId, role, key } of keyed) {
    const account = federation.accounts.find((candidate) => candidate.accountId === accountId);
    const declared = federation.roles.find((candidate) => candidate.key === key);
    if (account === undefined || declared === undefined) throw new RangeError("what is declared is in the federation");
    const [ours, theirs] = [
      readPolicy(trustPolicyJson(roleTrustPolicy(declared, accountView(federation, account)))),
      readPolicy(role.source.policy),
    ];
    if (!ours.ok || !theirs.ok || !allowsTheSame(ours.policy, theirs.policy))
      throw notExpressible(role, file, "it allows other requests than a federation with these trusts");
  }
  return { federation, notes };
}

function nameOf(file: string): string {
  const base = (file.split(/[/\\]/).at(-1) ?? "").split(".", 1)[0] ?? "";
  return satisfies(FEDERATION_NAME, base) ? base : "terraform";
}

function declaredIssuer(
  { issuer, level, host, cloud, databricksAccountId, audience }: SimulatedIssuer,
  providers: readonly { readonly clientIds: readonly string[] }[],
): Members {
  const registered = [...new Set(providers.flatMap(({ clientIds }) => clientIds))];
  const shared = {
    ...(registered.length === 0 ? {} : { audiences: registered }),
    ...(cloud === null ? { allowCustomHost: true } : {}),
  };
  return level === "account"
    ? { level, accountId: databricksAccountId, accountsHost: new URL(issuer).hostname, ...shared }
    : { level, host, workspaceId: audience, ...shared };
}

function declaredRole(role: SimulatedRole, issuers: readonly SimulatedIssuer[], file: string): Members {
  const { source, planned, arn, maxSessionDuration } = role;
  const { values, inlinePolicies } = planned ?? { values: {}, inlinePolicies: {} };
  const path = pathOfArn(arn);
  const inline = Object.entries(inlinePolicies).filter(
    ([name, document]) => !ADDED_POLICIES.includes(name) && asRecord(document) !== undefined,
  );
  const moment = momentIn(inlinePolicies);
  const trusts = trustsOf(role, issuers, file);
  const suspensions = suspensionsOf(role, issuers, file);
  const isAnyoneLeft = trusts.some((trust) => trust["issuer"] !== undefined);
  const optional = (name: string, value: unknown): Members =>
    typeof value === "string" && value !== "" ? { [name]: value } : {};
  return {
    ...optional("description", values["description"]),
    ...(path === "/" ? {} : { path }),
    maxSessionDuration,
    ...optional("permissionsBoundaryArn", values["permissions_boundary"]),
    managedPolicyArns: Object.fromEntries(source.managedPolicyArns.map((policy, at) => [`policy-${at + 1}`, policy])),
    ...(inline.length === 0 ? {} : { inlinePolicies: Object.fromEntries(inline) }),
    ...(asRecord(values["tags"]) === undefined ? {} : { tags: values["tags"] }),
    ...(moment === undefined ? {} : { revokeSessionsBefore: moment }),
    ...(suspensions[0] === undefined ? {} : { suspended: suspensions[0].subjects }),
    // where nobody is left, those who are suspended are all that the plan says of the role's trusts
    trusts: isAnyoneLeft ? trusts : [...suspensions, ...trusts],
  };
}

/** Those that the federation adds by itself, and the one that the AWS console writes. */
const ADDED_POLICIES: readonly string[] = [SELF_ASSUME_POLICY_NAME, REVOKE_POLICY_NAME, AWS_REVOKE_POLICY_NAME];

/** What each Deny of suspended subjects says. */
function suspensionsOf(
  role: SimulatedRole,
  issuers: readonly SimulatedIssuer[],
  file: string,
): readonly { readonly issuer: string; readonly subjects: readonly string[] }[] {
  const { statements } = parseRole(role.source);
  const [first] = issuers;
  if (first !== undefined && isEmptied(statements)) return [{ issuer: first.key, subjects: [NOBODY] }];
  return statements.filter(isSuspension).map((statement) => {
    const { index, providers } = statement;
    const issuer = issuers.find((candidate) => issuerPathOf(candidate.issuer) === providers[0]?.issuerPath);
    if (issuer === undefined)
      throw notExpressible(role, file, `Statement[${index}] denies an issuer that is not of Databricks`);
    return { issuer: issuer.key, subjects: suspendedIn(statement) };
  });
}

const NO_REASON = "Read from a plan, which records no reason.";

/** What stands behind the last `@` of a pattern. */
export function domainOf(pattern: string): string {
  return pattern.slice(pattern.lastIndexOf("@") + 1);
}

/** Whether everyone whom a pattern matches is of one email domain, which a plan does not declare but uses. */
export function fixesDomain(pattern: string): boolean {
  return isWithinDomains(pattern, [domainOf(pattern)]);
}

function domainsOf(roles: readonly SimulatedRole[]): readonly string[] {
  const patterns = roles.flatMap(({ source }) => parseRole(source).statements.flatMap(subjectPatterns));
  return [...new Set(patterns.filter(fixesDomain).map(domainOf))];
}

/** A trust for each statement; the two of Unity Catalog are one. */
function trustsOf(role: SimulatedRole, issuers: readonly SimulatedIssuer[], file: string): readonly Members[] {
  return parseRole(role.source).statements.flatMap((statement): readonly Members[] => {
    const refusal = (why: string): InputError => notExpressible(role, file, `Statement[${statement.index}] ${why}`);
    if (statement.unityCatalog) return unityCatalogTrust(statement);
    if (isSuspension(statement)) return [];
    const [provider, ...more] = statement.providers;
    const plain = !statement.notPrincipal && !statement.notAction && !statement.hasResource;
    if (statement.effect !== "Allow" || !plain) throw refusal("is not a plain Allow");
    if (provider === undefined || more.length > 0 || statement.trusted.length > 1)
      throw refusal("does not trust exactly one OIDC provider");
    const issuer = issuers.find((candidate) => issuerPathOf(candidate.issuer) === provider.issuerPath);
    if (issuer === undefined) throw refusal("trusts an issuer that is not of Databricks");
    const audiences = valuesOf(statement.aud, "StringEquals");
    const exact = valuesOf(statement.sub, "StringEquals");
    const patterns = valuesOf(statement.sub, "StringLike");
    if (exact.length + patterns.length === 0) throw refusal("names no subject by StringEquals or StringLike");
    const guards = new Set<ParsedCondition>([...statement.aud, ...statement.sub]);
    const of = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);
    const trust = {
      issuer: issuer.key,
      ...subjectsInOrder(exact),
      subjectPatterns: of(patterns.filter(fixesDomain)),
      wideSubjectPatterns: of(
        patterns.filter((pattern) => !fixesDomain(pattern)).map((pattern) => ({ pattern, reason: NO_REASON })),
      ),
      audiences: of(audiences),
      conditions: statement.conditions
        .filter((condition) => !guards.has(condition))
        .map(({ operator, key, values }) => ({ test: operator, variable: key, values })),
      ...(statement.actions.some((action) => /^sts:tagsession$/i.test(action)) ? { allowTagSession: true } : {}),
    };
    return [Object.fromEntries(Object.entries(trust).filter(([, value]) => value !== undefined))];
  });
}

/** From the statement for Databricks' own role; that for the role itself follows from it. */
function unityCatalogTrust({ trusted, conditions }: ParsedStatement): readonly Members[] {
  const cloud = UNITY_CATALOG_CLOUDS.find((name) =>
    trusted.some(({ value }) => value === UNITY_CATALOG_PRINCIPALS[name].arn),
  );
  if (cloud === undefined) return [];
  const isExternalId = ({ key }: ParsedCondition): boolean => key.toLowerCase() === "sts:externalid";
  const others = conditions.filter((condition) => !isExternalId(condition));
  return [
    {
      unityCatalog: { externalIds: valuesOf(conditions.filter(isExternalId), "StringEquals"), cloud },
      ...(others.length === 0
        ? {}
        : { conditions: others.map(({ operator, key, values }) => ({ test: operator, variable: key, values })) }),
    },
  ];
}

function valuesOf(conditions: readonly ParsedCondition[], operator: string): readonly string[] {
  return conditions.filter((condition) => condition.operator === operator).flatMap(({ values }) => values);
}

function notExpressible({ name }: SimulatedRole, file: string, why: string): InputError {
  return new InputError({
    code: "trust-policy-unreadable",
    file,
    message: `The trust policy of ${quoted(name)} cannot be expressed as a federation: ${why}.`,
    fix: "Use lint FILE, sandbox --plan FILE or explain --policy, which read any trust policy.",
  });
}
