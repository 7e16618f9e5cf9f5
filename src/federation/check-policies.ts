/** A role's permissions: managed policies of its own account, inline policies that IAM takes. */
import type { Problem } from "../errors";
import { violation, quoted } from "../text/text-rule";
import { canonicalJson } from "../trust/canonical-json";
import type { Json } from "../trust/canonical-json";
import { POLICY_ELEMENTS } from "../trust/decide/document";
import { ACCOUNT_ID_PLACEHOLDER, SELF_ASSUME_POLICY_NAME, selfAssumePolicy } from "../trust/build";
import { AWS_REVOKE_POLICY_NAME, REVOKE_POLICY_NAME, revokePolicy } from "../trust/revocation";
import { checkStatements } from "./check-statements";
import type { AwsAccount, FederationRole, Settings } from "./model";
import { memberPath } from "./path";
import {
  INLINE_POLICY_NAME,
  MAX_INLINE_POLICY_CHARACTERS,
  MAX_MANAGED_POLICIES,
  POLICY_KEY,
  POLICY_TEXT,
} from "./rules";
import { asRecord } from "../text/members";

/** What the rules on policies look at of a role. */
export type PolicyRole = Pick<
  FederationRole,
  | "accounts"
  | "inlinePolicies"
  | "managedPolicyArns"
  | "name"
  | "path"
  | "permissionsBoundaryArn"
  | "sessionsRevokedBefore"
  | "trusts"
>;

/** Problems of all policies of the role at `path`. Codes: those of managed and of inline policies. */
export function checkPolicies(role: PolicyRole, federation: Settings, path: string): readonly Problem[] {
  return [...checkManagedPolicies(role, federation, path), ...checkInlinePolicies(role, path)];
}

/**
 * Managed policies and permissions boundary. Codes: too-many-managed-policies, policy-key-invalid,
 * policy-arn-invalid, boundary-arn-invalid.
 */
function checkManagedPolicies(role: PolicyRole, federation: Settings, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  const entries = Object.entries(role.managedPolicyArns);
  if (entries.length > MAX_MANAGED_POLICIES) {
    problems.push({
      code: "too-many-managed-policies",
      message: `${entries.length} managed policies; the IAM limit is ${MAX_MANAGED_POLICIES} per role.`,
      path: `${path}.managedPolicyArns`,
      fix: "Join some.",
    });
  }
  const seen = new Map<string, string>();
  for (const [key, arn] of entries) {
    const place = memberPath(`${path}.managedPolicyArns`, key);
    const keyProblem = violation(POLICY_KEY, key, place);
    if (keyProblem !== undefined) problems.push(keyProblem);
    const other = seen.get(arn);
    if (other !== undefined)
      problems.push({
        code: "policy-arn-invalid",
        message: `${quoted(arn)} appears twice, as ${other} and as ${key}.`,
        path: place,
        fix: "Keep one.",
      });
    seen.set(arn, key);
    problems.push(...checkPolicyArn(arn, place, "policy-arn-invalid", accountsOfRole(role, federation)));
  }
  if (role.permissionsBoundaryArn !== null) {
    problems.push(
      ...checkPolicyArn(
        role.permissionsBoundaryArn,
        `${path}.permissionsBoundaryArn`,
        "boundary-arn-invalid",
        accountsOfRole(role, federation),
      ),
    );
  }
  return problems;
}

function accountsOfRole(role: PolicyRole, federation: Settings): readonly AwsAccount[] {
  return federation.accounts.filter((account) => role.accounts === null || role.accounts.includes(account.key ?? ""));
}

/**
 * Problems where a role of one of `accounts` could not have the policy `arn`. Codes: policy-arn-invalid,
 * boundary-arn-invalid.
 */
export function checkPolicyArn(
  arn: string,
  path: string,
  code: "policy-arn-invalid" | "boundary-arn-invalid",
  accounts: readonly Pick<AwsAccount, "partition" | "accountId">[],
): readonly Problem[] {
  const [, partition, , , owner] = arn.split(":");
  for (const account of accounts) {
    if (partition !== account.partition) {
      return [
        {
          code,
          message: `${quoted(arn)} is in partition ${partition ?? ""}, the role in ${account.partition}.`,
          path,
          fix: "Use a policy of the role's own partition.",
        },
      ];
    }
    if (owner !== "aws" && account.accountId !== null && owner !== account.accountId) {
      return [
        {
          code,
          message:
            `${quoted(arn)} belongs to account ${owner ?? ""}, the role to ${account.accountId}; IAM ` +
            `attaches only its own account's policies.`,
          path,
          fix: "Use a policy of the role's account, or limit the role with accounts.",
        },
      ];
    }
  }
  return [];
}

const REVOKE_NAMES = [REVOKE_POLICY_NAME, AWS_REVOKE_POLICY_NAME];

/** Codes: inline-policy-name-invalid, inline-policies-too-long, and those of `checkPolicyDocument`. */
function checkInlinePolicies(role: PolicyRole, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  let characters = 0;
  const seen = new Map<string, string>();
  if (role.trusts.some((trust) => trust.kind === "unityCatalog")) {
    characters += canonicalJson(selfAssumePolicy(role, { partition: "aws", accountId: ACCOUNT_ID_PLACEHOLDER })).length;
  }
  if (role.sessionsRevokedBefore !== null) characters += canonicalJson(revokePolicy(role.sessionsRevokedBefore)).length;
  for (const [name, document] of Object.entries(role.inlinePolicies)) {
    const place = memberPath(`${path}.inlinePolicies`, name);
    const nameProblem = violation(INLINE_POLICY_NAME, name, place);
    if (nameProblem !== undefined) problems.push(nameProblem);
    if (seen.has(name.toLowerCase()))
      problems.push({
        code: "inline-policy-name-invalid",
        message: `${quoted(name)} and ${quoted(seen.get(name.toLowerCase()) ?? "")} differ only in case.`,
        path: place,
        fix: "Rename one.",
      });
    seen.set(name.toLowerCase(), name);
    if (name.toLowerCase() === SELF_ASSUME_POLICY_NAME && role.trusts.some((trust) => trust.kind === "unityCatalog")) {
      problems.push({
        code: "inline-policy-name-invalid",
        message: `The name ${SELF_ASSUME_POLICY_NAME} is taken by the policy that Unity Catalog needs.`,
        path: place,
        fix: "Rename yours.",
      });
    }
    if (REVOKE_NAMES.some((reserved) => reserved.toLowerCase() === name.toLowerCase())) {
      problems.push({
        code: "inline-policy-name-invalid",
        message: `The name ${quoted(name)} is reserved for the policy that refuses older sessions.`,
        path: place,
        fix: "Rename yours; to refuse older sessions write revokeSessionsBefore.",
      });
    }
    const found = checkPolicyDocument(document, place);
    problems.push(...found);
    if (found.length === 0) characters += canonicalJson(document).length;
  }
  if (characters > MAX_INLINE_POLICY_CHARACTERS) {
    problems.push({
      code: "inline-policies-too-long",
      message:
        `The inline policies have ${characters} characters; ` +
        `the IAM limit is ${MAX_INLINE_POLICY_CHARACTERS} per role.`,
      path: `${path}.inlinePolicies`,
      fix: "Move some into managed policies.",
    });
  }
  return problems;
}

/** Problems in the form of a policy of a role's own. Codes: inline-policy-invalid, policy-character. */
function checkPolicyDocument(document: Json, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  const members = (asRecord(document) ?? {}) as Readonly<Record<string, Json>>;
  if (members["Version"] !== "2012-10-17") {
    problems.push({
      code: "inline-policy-invalid",
      message: "The policy's Version is not 2012-10-17; older versions take ${…} literally.",
      path,
      fix: 'Write Version: "2012-10-17".',
    });
  }
  const statement = members["Statement"];
  if (statement === undefined || (Array.isArray(statement) && statement.length === 0)) {
    problems.push({
      code: "inline-policy-invalid",
      message: "The policy has no Statement.",
      path,
      fix: "Add one, or remove the policy.",
    });
  } else {
    problems.push(...checkStatements(statement, `${path}.Statement`));
  }
  for (const key of Object.keys(members)) {
    if (!POLICY_ELEMENTS.has(key))
      problems.push({
        code: "inline-policy-invalid",
        message: `A policy has no ${quoted(key)}.`,
        path: memberPath(path, key),
        fix: "It takes Version and Statement.",
      });
  }
  const visit = (value: Json, place: string): void => {
    if (typeof value === "string") {
      const problem = violation(POLICY_TEXT, value, place);
      if (problem !== undefined) problems.push(problem);
    } else if (typeof value === "number" && !Number.isSafeInteger(value)) {
      problems.push({
        code: "inline-policy-invalid",
        message: `${value} is not a whole number; the two back ends would write it differently.`,
        path: place,
        fix: "Put it in quotes.",
      });
    } else if (value === null) {
      problems.push({
        code: "inline-policy-invalid",
        message: "A value is empty.",
        path: place,
        fix: "Give it, or remove the key.",
      });
    } else if (typeof value === "object") {
      if (Array.isArray(value)) value.forEach((item: Json, index) => visit(item, `${place}[${index}]`));
      else
        for (const [key, member] of Object.entries(value)) {
          visit(key, memberPath(place, key));
          visit(member as Json, memberPath(place, key));
        }
    }
  };
  visit(document, path);
  return problems;
}
