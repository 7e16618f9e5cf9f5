/** Checks a federation: the trust policies it will have, in every account it is deployed to. Pure. */
import type { AccountView } from "../federation/account-view";
import { accountView, inlinePoliciesOf, roleTrustPolicy } from "../federation/account-view";
import { suspensionIn } from "../federation/suspension";
import { accountOfArn } from "../issuer/issuer";
import { identityNames } from "../federation/identities";
import type { Federation, FederationRole } from "../federation/model";
import { suspendedEntries } from "../federation/suspension";
import { formatPath } from "../federation/path";
import type { TrustContext } from "../trust/build";
import { ACCOUNT_ID_PLACEHOLDER, statementTrusts } from "../trust/build";
import type { Finding } from "./run-rules";
import type { TrustPolicy } from "../trust/policy";
import { lintRoleErrors, mergedFindings } from "./run-rules";
import { isLimitingBoundary } from "../trust/parsed/parse-role";
import { EMPTY_TARGET } from "../trust/parsed/target";
import type { LintIgnore, LintProvider, LintRole, LintTarget } from "../trust/parsed/target";
import type { Suspension } from "../trust/suspension";
import { namedFinding } from "./with-names";

/**
 * Findings of the whole federation; those that its `lint` entries suppress carry the reason in `ignored`. Paths are
 * those
 * of the federation file. What several AWS accounts share is said once.
 *
 * @example
 * ```ts
 * import { lintFederation, parseFederation } from "databricks-aws-oidc";
 * const text = "name: lakehouse …"; // a federation file
 * const errors = lintFederation(parseFederation(text).federation).filter(({ severity }) => severity === "error");
 * ```
 */
export function lintFederation(federation: Federation): readonly Finding[] {
  const namesOf = identityNames(federation);
  const targets = federation.accounts.map((account) => targetOfAccount(accountView(federation, account)));
  return mergedFindings(targets).map((finding) => namedFinding(finding, namesOf));
}

/** What the rules check of a federation in one account. */
export function targetOfAccount(view: AccountView): LintTarget {
  const accountId = view.accountId === ACCOUNT_ID_PLACEHOLDER ? null : view.accountId;
  const made = view.providers.filter((provider) => provider.create);
  return {
    ...EMPTY_TARGET,
    complete: true,
    providers: view.providers.map(({ issuer, arn }): LintProvider => ({
      url: issuer.issuer,
      clientIds: issuer.audiences,
      accountId: accountOfArn(arn),
      path: formatPath(["issuers", issuer.key]),
    })),
    givenProviderArns: view.providers.filter((provider) => !made.includes(provider)).map(({ arn }) => arn),
    emailDomains: view.federation.emailDomains,
    suspended: suspendedEntries(view.federation),
    ignores: ignoresAt(view.federation.lint, []),
    roles: view.roles.map((role) => lintRoleOf(role, view, accountId)),
  };
}

function lintRoleOf(role: FederationRole, view: AccountView, accountId: string | null): LintRole {
  return lintedRole(role, {
    policy: roleTrustPolicy(role, view),
    policies: inlinePoliciesOf(role, view),
    statementPaths: statementPaths(role, suspensionIn(role, view)),
    accountId,
    quota: view.federation.trustPolicyMaxLength,
  });
}

function lintedRole(
  role: FederationRole,
  known: Pick<LintRole, "policy" | "policies" | "accountId" | "quota" | "statementPaths">,
): LintRole {
  const at = ["roles", role.key];
  return {
    ...known,
    path: formatPath(at),
    name: role.name,
    maxSessionDuration: role.maxSessionDuration,
    bounded: isLimitingBoundary(role.permissionsBoundaryArn),
    managedPolicyArns: Object.values(role.managedPolicyArns),
    widePatterns: role.trusts.flatMap((trust, index) =>
      trust.kind === "subjects"
        ? trust.wideSubjectPatterns.map((wide, entry) => ({
            ...wide,
            at: formatPath(["trusts", index, "wideSubjectPatterns", entry]),
          }))
        : [],
    ),
    ignores: ignoresAt(role.lint, at),
  };
}

function ignoresAt(ignores: Federation["lint"], at: readonly string[]): readonly LintIgnore[] {
  return ignores.map((ignore, index) => ({ ...ignore, path: formatPath([...at, "lint", index]) }));
}

/**
 * Errors of one role that is not part of a whole federation: what a construct refuses. `policy` is its trust policy,
 * `trust` what that was built with; those that a `lint` entry of the role or of `federation` lets be are left out.
 * `faultless` remembers, for roles of the same `trust` and `federation`, what need not be checked again.
 */
export function lintErrorsOfRole(
  role: FederationRole,
  policy: TrustPolicy,
  trust: TrustContext,
  federation: Pick<Federation, "emailDomains" | "lint" | "trustPolicyMaxLength">,
  suspension: Suspension,
  faultless = new Set<string>(),
): readonly Finding[] {
  const issuers = Object.entries(trust.issuers);
  const target: LintTarget = {
    ...EMPTY_TARGET,
    providers: issuers.map(([key, issuer]) => ({
      url: `https://${issuer.conditionKeys.sub.replace(/:sub$/, "")}`,
      clientIds: issuer.audiences,
      accountId: accountOfArn(issuer.providerArn),
      path: formatPath(["issuers", key]),
    })),
    // of a federation the declaration is the finding; here the pattern is, unless the declaration is suppressed
    emailDomains: federation.lint.some(({ ignore }) => ignore === "email-domain-public") ? federation.emailDomains : [],
    ignores: ignoresAt(federation.lint, []),
    roles: [
      lintedRole(role, {
        policy,
        policies: inlinePoliciesOf(role, trust),
        statementPaths: statementPaths(role, suspension),
        accountId: trust.accountId === ACCOUNT_ID_PLACEHOLDER ? null : trust.accountId,
        quota: federation.trustPolicyMaxLength,
      }),
    ],
  };
  return lintRoleErrors(target, faultless).filter(
    (finding) =>
      finding.severity === "error" &&
      finding.ignored === null &&
      (finding.role !== null ||
        role.lint.some((_, index) => finding.path === formatPath(["roles", role.key, "lint", index]))),
  );
}

/** The trust each statement was built from, in the order of the policy (`buildTrustPolicy`). */
export function statementPaths(role: FederationRole, suspension: Suspension): readonly string[] {
  return statementTrusts(role.trusts, suspension).map((index) => formatPath(["roles", role.key, "trusts", index]));
}
