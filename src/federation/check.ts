/** What spans several values of a federation: names that clash, quotas, lengths, ARNs of the wrong account. */
import type { Problem } from "../errors";
import { quoted, satisfies } from "../text/text-rule";
import { counted, listed } from "../text/words";
import { patternsOf, subjectGroups } from "../trust/trust";
import type { TrustPolicySize } from "../trust/build";
import { measureTrustPolicy, trustPolicyJson } from "../trust/build";
import type { TrustPolicy } from "../trust/policy";
import { providerArn } from "../issuer/issuer";
import type { Partition } from "../issuer/rules";
import { accountView, roleTrustPolicy } from "./account-view";
import { checkPolicies } from "./check-policies";
import { checkTags } from "./check-tags";
import { logicalIdProblems } from "./logical-id";
import type { AwsAccount, Federation, FederationIssuer, FederationRole, Settings } from "./model";
import { formatPath } from "./path";
import { MAX_PROVIDERS, ROLE_NAME } from "./rules";
import { checkSuspended } from "./suspension";

/**
 * Problems that no single value shows. Run on whatever parts were readable; `unsound` are the keys of roles with
 * problems of their own, whose trust policy cannot be built.
 */
export function checkFederation(federation: Federation, unsound: ReadonlySet<string>): readonly Problem[] {
  return [
    ...checkIssuers(federation),
    ...checkTags(federation.tags, {}, "tags"),
    ...checkRoleNames(federation),
    ...checkRoles(federation, unsound),
    // an unsound role may be the one that an entry is about
    ...(unsound.size > 0 ? [] : checkSuspended(federation.suspended, federation.roles, federation, "suspended")),
    ...logicalIdProblems(federation),
  ];
}

function checkIssuers(federation: Federation): readonly Problem[] {
  const problems: Problem[] = [];
  const count = Object.keys(federation.issuers).length;
  if (count > MAX_PROVIDERS) {
    problems.push({
      code: "too-many-issuers",
      message: `The federation has ${count} issuers; the IAM limit is ${MAX_PROVIDERS} providers per AWS account.`,
      path: "issuers",
      fix: "Use account issuers, or split the federation over several AWS accounts.",
    });
  }
  const seen = new Map<string, string>();
  for (const issuer of Object.values(federation.issuers)) {
    const path = formatPath(["issuers", issuer.key]);
    const other = seen.get(issuer.issuer);
    if (other !== undefined) {
      problems.push({
        code: "issuer-collision",
        message: `The issuers ${other} and ${issuer.key} are the same: ${issuer.issuer}.`,
        path,
        fix: "Keep one: an AWS account holds one provider per issuer.",
      });
    }
    seen.set(issuer.issuer, issuer.key);
    problems.push(...checkExistingProvider(issuer, federation));
  }
  return problems;
}

/** The problem where the provider that `issuer` adopts is another issuer's, or another account's. */
export function checkExistingProvider(
  { key, issuer, issuerPath, existingProviderArn }: FederationIssuer,
  {
    partition,
    accounts,
  }: { readonly partition: Partition; readonly accounts: readonly Pick<AwsAccount, "accountId">[] },
): readonly Problem[] {
  if (existingProviderArn === null) return [];
  const path = `${formatPath(["issuers", key])}.existingProviderArn`;
  const accountId = existingProviderArn.split(":")[4] ?? "";
  const expected = providerArn(partition, accountId, issuerPath);
  if (existingProviderArn !== expected)
    return [
      {
        code: "provider-arn-mismatch",
        message: `${quoted(existingProviderArn)} is not the provider of ${issuer}.`,
        path,
        fix: `It should be ${expected}.`,
      },
    ];
  const known = accounts.map((account) => account.accountId);
  if (known.length === 0 || known.includes(accountId) || known.includes(null)) return [];
  return [
    {
      code: "provider-arn-mismatch",
      message:
        `The provider is in account ${accountId}, which is not one of this federation's; provider and role must be ` +
        `in the same account.`,
      path,
      fix: `Use the provider of account ${known.join(" or ")}.`,
    },
  ];
}

function checkRoleNames(federation: Federation): readonly Problem[] {
  const problems: Problem[] = [];
  /** Roles of several accounts clash in each, and are reported once. */
  const reported = new Set<string>();
  for (const account of federation.accounts) {
    const seen = new Map<string, string>();
    for (const role of federation.roles) {
      if (role.accounts !== null && !role.accounts.includes(account.key ?? "")) continue;
      // a name that did not read
      if (role.name === "") continue;
      const other = seen.get(role.name.toLowerCase());
      if (other !== undefined && !reported.has(role.key)) {
        reported.add(role.key);
        problems.push({
          code: "role-name-collision",
          message:
            `The roles ${other} and ${role.key} have the same name ${quoted(role.name)}; IAM role names ` +
            `are case-insensitive.`,
          path: formatPath(["roles", role.key]),
          fix: "Rename one.",
        });
      }
      seen.set(role.name.toLowerCase(), role.key);
    }
  }
  return problems;
}

/** Problems of each role that no single value of it shows, the length of its trust policy included. */
function checkRoles(federation: Federation, unsound: ReadonlySet<string>): readonly Problem[] {
  const [account] = federation.accounts;
  // Every account ID has 12 digits, so one account speaks for all.
  const view = account === undefined ? undefined : accountView(federation, account);
  /** Problems of what roles inherit are reported where it is written, once. */
  const inherited = new Map<string, Problem>();
  const own = federation.roles.flatMap((role) => {
    const boundary =
      role.permissionsBoundaryArn === federation.permissionsBoundaryArn
        ? `${formatPath(["roles", role.key])}.permissionsBoundaryArn`
        : undefined;
    const problems = checkRoleValues(role, federation).filter((problem) => {
      if (problem.path !== boundary) return true;
      inherited.set(problem.message, { ...problem, path: "permissionsBoundaryArn" });
      return false;
    });
    if (problems.length > 0 || unsound.has(role.key) || view === undefined) return problems;
    return [
      ...checkSuspended(role.suspended, [role], federation, `${formatPath(["roles", role.key])}.suspended`),
      ...checkTrustPolicyLength(role, roleTrustPolicy(role, view), federation.trustPolicyMaxLength),
    ];
  });
  return [...inherited.values(), ...own];
}

/** The same without the length of the trust policy, for callers that have built it. */
export function checkRoleValues(role: FederationRole, federation: Settings): readonly Problem[] {
  const path = formatPath(["roles", role.key]);
  const problems: Problem[] = [];
  if (role.explicitName === null && federation.roleNamePrefix !== "" && !satisfies(ROLE_NAME, role.name)) {
    problems.push({
      code: "role-name-invalid",
      message: `With its prefix the name ${quoted(role.name)} has ${role.name.length} characters; the IAM limit is 64.`,
      path,
      fix: "Shorten the key or roleNamePrefix.",
    });
  }
  const arnLength = role.path.length + role.name.length;
  if (arnLength > 512) {
    problems.push({
      code: "role-path-invalid",
      message: `Path and name have ${arnLength} characters together; the IAM limit is 512.`,
      path: `${path}.path`,
      fix: "Shorten the path.",
    });
  }
  problems.push(...checkAccounts(role, federation, path), ...checkTags(role.tags, federation.tags, `${path}.tags`));
  problems.push(...checkPolicies(role, federation, path));
  return problems;
}

function checkAccounts(role: FederationRole, federation: Settings, path: string): readonly Problem[] {
  if (role.accounts === null) return [];
  const known = federation.accounts.flatMap((account) => account.key ?? []);
  if (role.accounts.length === 0)
    return [
      {
        code: "account-not-found",
        message: "The list of accounts is empty: the role would be made nowhere.",
        path: `${path}.accounts`,
        fix: "Name an account, or leave accounts out.",
      },
    ];
  return role.accounts.flatMap((key, index) =>
    known.includes(key)
      ? []
      : [
          {
            code: "account-not-found" as const,
            message: `There is no AWS account ${quoted(key)}.`,
            path: `${path}.accounts[${index}]`,
            fix: known.length === 0 ? "Add it under aws.accounts." : `Use one of: ${known.join(", ")}.`,
          },
        ],
  );
}

/**
 * The problem where `policy`, the role's trust policy, is longer than `quota` characters. Codes:
 * suspension-too-long where
 * it would fit without the suspension's Deny, else trust-policy-too-long.
 */
export function checkTrustPolicyLength(role: FederationRole, policy: TrustPolicy, quota: number): readonly Problem[] {
  const size = measureTrustPolicy(trustPolicyJson(policy), quota);
  if (size.length <= size.quota) return [];
  const allows = { ...policy, Statement: policy.Statement.filter(({ Effect }) => Effect === "Allow") };
  if (allows.Statement.length < policy.Statement.length && measureTrustPolicy(trustPolicyJson(allows)).length <= quota)
    return [suspensionTooLong(role, size)];
  const subjects = role.trusts.flatMap((trust) =>
    trust.kind === "subjects" ? subjectGroups(trust).flatMap((group) => group.subjects) : [],
  );
  const mean = subjects.length === 0 ? Infinity : JSON.stringify(subjects).length / subjects.length;
  const fitting = Math.max(0, Math.floor(subjects.length - (size.length - size.quota) / mean));
  return [
    {
      code: "trust-policy-too-long",
      message:
        `The trust policy of ${role.key} has ${size.length} characters; the quota is ${size.quota}.` +
        (subjects.length === 0 ? "" : ` About ${fitting} of its ${subjects.length} subjects fit.`),
      path: `${formatPath(["roles", role.key])}.trusts`,
      fix: "Split the role, or have IAM's quota raised (to 8,192 at most) and set trustPolicyMaxLength.",
    },
  ];
}

/** What to leave out instead of a Deny that does not fit: without a pattern no Deny is needed. */
function suspensionTooLong(role: FederationRole, size: TrustPolicySize): Problem {
  const patterns = role.trusts.flatMap((trust) =>
    trust.kind === "subjects" ? patternsOf(trust).map((pattern) => `${quoted(pattern)} of ${trust.issuer}`) : [],
  );
  return {
    code: "suspension-too-long",
    message:
      `With the Deny for ${counted(role.suspendedSubjects.length, "suspended subject")} the trust policy of ` +
      `${role.key} has ${size.length} characters; the quota is ${size.quota}.`,
    path: `${formatPath(["roles", role.key])}.trusts`,
    fix:
      patterns.length === 0
        ? "Move entries of the federation's suspended that this role does not name to the roles that name them."
        : `To suspend them now, leave out the pattern instead: ${listed([...new Set(patterns)], 10)}.`,
  };
}
