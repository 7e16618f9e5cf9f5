/** What spans several values of a federation: names that clash, quotas, lengths, ARNs of the wrong account. */
import type { Problem } from "../errors";
import { quoted, breach, keeps } from "../text-rule";
import { canonicalJson } from "../trust/canonical-json";
import type { Json } from "../trust/canonical-json";
import { measureTrustPolicy, SELF_ASSUME_POLICY_NAME, trustPolicyJson } from "../trust/build";
import { providerArn } from "../issuer/issuer";
import { accountView, roleTrustPolicy } from "./account-view";
import { logicalIdProblems } from "./logical-id";
import type { AwsAccount, Federation, FederationRole } from "./model";
import { formatPath } from "./path";
import { INLINE_POLICY_NAME, KEY, MAX_INLINE_POLICY_CHARACTERS, MAX_MANAGED_POLICIES, MAX_TAGS, POLICY_TEXT, ROLE_NAME, TAG_KEY } from "./rules";

/**
 * Complaints that no single value shows. Run on whatever parts were readable; `unsound` are the keys of roles with
 * complaints of their own, whose trust policy can not be built.
 */
export function checkFederation(federation: Federation, unsound: ReadonlySet<string>): readonly Problem[] {
  return [
    ...checkIssuers(federation),
    ...checkTags(federation.tags, {}, "tags"),
    ...checkRoleNames(federation),
    ...checkRoles(federation, unsound),
    ...logicalIdProblems(federation),
  ];
}

function checkIssuers(federation: Federation): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const issuer of Object.values(federation.issuers)) {
    const path = formatPath(["issuers", issuer.key]);
    const other = seen.get(issuer.issuer);
    if (other !== undefined) {
      problems.push({ code: "issuer-collision", message: `The issuers ${other} and ${issuer.key} are the same: ${issuer.issuer}.`, path, fix: "Keep one: an AWS account holds one provider per issuer." });
    }
    seen.set(issuer.issuer, issuer.key);
    if (issuer.existingProviderArn === null) continue;
    const accountId = issuer.existingProviderArn.split(":")[4] ?? "";
    const expected = providerArn(federation.partition, accountId, issuer.issuerPath);
    const accounts = federation.accounts.map((account) => account.accountId);
    if (issuer.existingProviderArn !== expected) {
      problems.push({ code: "provider-arn-mismatch", message: `${quoted(issuer.existingProviderArn)} is not the provider of ${issuer.issuer}.`, path: `${path}.existingProviderArn`, fix: `It should be ${expected}.` });
    } else if (accounts.length > 0 && !accounts.includes(accountId) && !accounts.includes(null)) {
      problems.push({ code: "provider-arn-mismatch", message: `The provider lives in account ${accountId}, which is not one of this federation's; provider and role live in the same account.`, path: `${path}.existingProviderArn`, fix: `Use the provider of account ${accounts.join(" or ")}.` });
    }
  }
  return problems;
}

function checkTags(own: Readonly<Record<string, string>>, inherited: Readonly<Record<string, string>>, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  const merged = { ...inherited, ...own };
  if (Object.keys(merged).length > MAX_TAGS) {
    problems.push({ code: "too-many-tags", message: `${Object.keys(merged).length} tags in all; IAM takes ${MAX_TAGS}.`, path, fix: "Remove some." });
  }
  const seen = new Map<string, string>();
  for (const key of Object.keys(merged)) {
    const other = seen.get(key.toLowerCase());
    if (other !== undefined && Object.hasOwn(own, key)) {
      problems.push({ code: "tag-collision", message: `The tags ${quoted(other)} and ${quoted(key)} differ only in case; IAM takes one.`, path: joined(path, key), fix: "Keep one." });
    }
    seen.set(key.toLowerCase(), key);
  }
  for (const key of Object.keys(own)) {
    const rule = breach(TAG_KEY, key, joined(path, key));
    if (rule !== undefined) problems.push(rule);
    if (/^aws:/i.test(key)) {
      problems.push({ code: "tag-invalid", message: `${quoted(key)} begins with aws:, which AWS keeps for itself.`, path: joined(path, key), fix: "Use another prefix." });
    }
  }
  return problems;
}

function joined(path: string, key: string): string {
  const tail = formatPath([key]);
  return tail.startsWith("[") ? `${path}${tail}` : `${path}.${tail}`;
}

function checkRoleNames(federation: Federation): readonly Problem[] {
  const problems: Problem[] = [];
  for (const account of federation.accounts) {
    const seen = new Map<string, string>();
    for (const role of federation.roles) {
      if (role.accounts !== null && !role.accounts.includes(account.key ?? "")) continue;
      const other = seen.get(role.name.toLowerCase());
      if (other !== undefined && !problems.some((problem) => problem.path === formatPath(["roles", role.key]))) {
        problems.push({ code: "role-name-collision", message: `The roles ${other} and ${role.key} have the same name ${quoted(role.name)}; IAM's names do not mind case.`, path: formatPath(["roles", role.key]), fix: "Rename one." });
      }
      seen.set(role.name.toLowerCase(), role.key);
    }
  }
  return problems;
}

/** Complaints about each role that no single value of it shows, the length of its trust policy included. */
function checkRoles(federation: Federation, unsound: ReadonlySet<string>): readonly Problem[] {
  const [account] = federation.accounts;
  // Every account ID has 12 digits, so one account speaks for all.
  const view = account === undefined ? undefined : accountView(federation, account);
  return federation.roles.flatMap((role) => {
    const problems = checkRoleValues(role, federation);
    if (problems.length > 0 || unsound.has(role.key) || view === undefined) return problems;
    return checkTrustPolicyLength(role, trustPolicyJson(roleTrustPolicy(role, view)), federation.trustPolicyMaxLength);
  });
}

/** The same without the length of the trust policy, for callers that have built it. */
export function checkRoleValues(role: FederationRole, federation: Federation): readonly Problem[] {
  const path = formatPath(["roles", role.key]);
  const problems: Problem[] = [];
  if (role.explicitName === null && federation.roleNamePrefix !== "" && !keeps(ROLE_NAME, role.name)) {
    problems.push({ code: "role-name-invalid", message: `With its prefix the name ${quoted(role.name)} has ${role.name.length} characters; IAM takes 64.`, path, fix: "Shorten the key or roleNamePrefix." });
  }
  const arnLength = role.path.length + role.name.length;
  if (arnLength > 512) {
    problems.push({ code: "role-path-invalid", message: `Path and name have ${arnLength} characters together; IAM takes 512.`, path: `${path}.path`, fix: "Shorten the path." });
  }
  problems.push(...checkAccounts(role, federation, path), ...checkTags(role.tags, federation.tags, `${path}.tags`));
  problems.push(...checkManagedPolicies(role, federation, path), ...checkInlinePolicies(role, path));
  return problems;
}

function checkAccounts(role: FederationRole, federation: Federation, path: string): readonly Problem[] {
  if (role.accounts === null) return [];
  const known = federation.accounts.flatMap((account) => account.key ?? []);
  if (role.accounts.length === 0) return [{ code: "account-not-found", message: "The list of accounts is empty: the role would be made nowhere.", path: `${path}.accounts`, fix: "Name an account, or leave accounts out." }];
  return role.accounts.flatMap((key, index) => (known.includes(key) ? [] : [{
    code: "account-not-found" as const,
    message: `There is no AWS account ${quoted(key)}.`,
    path: `${path}.accounts[${index}]`,
    fix: known.length === 0 ? "Add it under aws.accounts." : `Use one of: ${known.join(", ")}.`,
  }]));
}

function checkManagedPolicies(role: FederationRole, federation: Federation, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  const entries = Object.entries(role.managedPolicyArns);
  if (entries.length > MAX_MANAGED_POLICIES) {
    problems.push({ code: "too-many-managed-policies", message: `${entries.length} managed policies; IAM takes at most ${MAX_MANAGED_POLICIES}.`, path: `${path}.managedPolicyArns`, fix: "Join some." });
  }
  const seen = new Map<string, string>();
  for (const [key, arn] of entries) {
    const place = joined(`${path}.managedPolicyArns`, key);
    const keyProblem = breach(KEY, key, place);
    if (keyProblem !== undefined) problems.push(keyProblem);
    const other = seen.get(arn);
    if (other !== undefined) problems.push({ code: "policy-arn-invalid", message: `${quoted(arn)} stands twice, as ${other} and as ${key}.`, path: place, fix: "Keep one." });
    seen.set(arn, key);
    problems.push(...checkPolicyArn(arn, place, "policy-arn-invalid", accountsOfRole(role, federation)));
  }
  if (role.permissionsBoundaryArn !== null) {
    problems.push(...checkPolicyArn(role.permissionsBoundaryArn, `${path}.permissionsBoundaryArn`, "boundary-arn-invalid", accountsOfRole(role, federation)));
  }
  return problems;
}

function accountsOfRole(role: FederationRole, federation: Federation): readonly AwsAccount[] {
  return federation.accounts.filter((account) => role.accounts === null || role.accounts.includes(account.key ?? ""));
}

function checkPolicyArn(arn: string, path: string, code: "policy-arn-invalid" | "boundary-arn-invalid", accounts: readonly AwsAccount[]): readonly Problem[] {
  const [, partition, , , owner] = arn.split(":");
  for (const account of accounts) {
    if (partition !== account.partition) {
      return [{ code, message: `${quoted(arn)} is in partition ${partition ?? ""}, the role in ${account.partition}.`, path, fix: "Use a policy of the role's own partition." }];
    }
    if (owner !== "aws" && account.accountId !== null && owner !== account.accountId) {
      return [{ code, message: `${quoted(arn)} belongs to account ${owner ?? ""}, the role to ${account.accountId}; IAM attaches only its own account's policies.`, path, fix: "Use a policy of the role's account, or limit the role with accounts." }];
    }
  }
  return [];
}

function checkInlinePolicies(role: FederationRole, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  let characters = 0;
  const seen = new Map<string, string>();
  for (const [name, document] of Object.entries(role.inlinePolicies)) {
    const place = joined(`${path}.inlinePolicies`, name);
    const nameProblem = breach(INLINE_POLICY_NAME, name, place);
    if (nameProblem !== undefined) problems.push(nameProblem);
    if (seen.has(name.toLowerCase())) problems.push({ code: "inline-policy-name-invalid", message: `${quoted(name)} and ${quoted(seen.get(name.toLowerCase()) ?? "")} differ only in case.`, path: place, fix: "Rename one." });
    seen.set(name.toLowerCase(), name);
    if (name.toLowerCase() === SELF_ASSUME_POLICY_NAME && role.trusts.some((trust) => trust.kind === "unityCatalog")) {
      problems.push({ code: "inline-policy-name-invalid", message: `The name ${SELF_ASSUME_POLICY_NAME} is taken by the policy that Unity Catalog needs.`, path: place, fix: "Rename yours." });
    }
    const found = checkPolicyDocument(document, place);
    problems.push(...found);
    if (found.length === 0) characters += canonicalJson(document).length;
  }
  if (characters > MAX_INLINE_POLICY_CHARACTERS) {
    problems.push({ code: "inline-policies-too-long", message: `The inline policies have ${characters} characters; IAM takes ${MAX_INLINE_POLICY_CHARACTERS} a role.`, path: `${path}.inlinePolicies`, fix: "Move some into managed policies." });
  }
  return problems;
}

/** Complaints about an IAM policy document's form. Codes: inline-policy-invalid, policy-character. */
export function checkPolicyDocument(document: Json, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  const members = typeof document === "object" && document !== null && !Array.isArray(document) ? (document as Readonly<Record<string, Json>>) : {};
  if (members["Version"] !== "2012-10-17") {
    problems.push({ code: "inline-policy-invalid", message: "The policy's Version is not 2012-10-17; older versions take ${…} literally.", path, fix: "Write Version: \"2012-10-17\"." });
  }
  const statement = members["Statement"];
  if (statement === undefined || (Array.isArray(statement) && statement.length === 0)) {
    problems.push({ code: "inline-policy-invalid", message: "The policy has no Statement.", path, fix: "Add one, or remove the policy." });
  }
  const visit = (value: Json, place: string): void => {
    if (typeof value === "string") {
      const problem = breach(POLICY_TEXT, value, place);
      if (problem !== undefined) problems.push(problem);
    } else if (typeof value === "number" && !Number.isSafeInteger(value)) {
      problems.push({ code: "inline-policy-invalid", message: `${value} is no whole number; the two back ends would write it differently.`, path: place, fix: "Put it in quotes." });
    } else if (value === null) {
      problems.push({ code: "inline-policy-invalid", message: "A value is empty.", path: place, fix: "Give it, or remove the key." });
    } else if (typeof value === "object") {
      if (Array.isArray(value)) value.forEach((item: Json, index) => visit(item, `${place}[${index}]`));
      else for (const [key, member] of Object.entries(value)) {
        visit(key, joined(place, key));
        visit(member as Json, joined(place, key));
      }
    }
  };
  visit(document, path);
  return problems;
}

/** Complains where `policy`, the role's trust policy, is longer than `quota` characters. Code: trust-policy-too-long. */
export function checkTrustPolicyLength(role: FederationRole, policy: string, quota: number): readonly Problem[] {
  const size = measureTrustPolicy(policy, quota);
  if (size.length <= size.quota) return [];
  const subjects = role.trusts.reduce((count, trust) => count + (trust.kind === "subjects" ? trust.servicePrincipals.length + trust.users.length + trust.subjects.length + trust.subjectPatterns.length : 0), 0);
  return [{
    code: "trust-policy-too-long",
    message: `The trust policy has ${size.length} characters; the quota is ${size.quota}. About ${Math.max(0, subjects + size.moreSubjects)} of its ${subjects} subjects fit.`,
    path: `${formatPath(["roles", role.key])}.trusts`,
    fix: "Split the role, or have IAM's quota raised (to 8,192 at most) and set trustPolicyMaxLength.",
  }];
}
