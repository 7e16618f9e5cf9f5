import { TRUST_POLICY_DEFAULT_QUOTA, TRUST_POLICY_MAX_QUOTA } from "../../trust/rules";
import { longPolicy, RIGHT_STATEMENT, roleExample } from "../examples";
import type { RoleRule } from "../rule";
import { SOURCES } from "../sources";

export const policyOverDefaultQuota: RoleRule = {
  id: "policy-over-default-quota",
  on: "role",
  severity: "warning",
  title: "Longer than IAM's default quota",
  why:
    `IAM accepts ${TRUST_POLICY_DEFAULT_QUOTA} characters of trust policy unless the account's quota was ` +
    `raised; otherwise deployment fails.`,
  fix: "Split the role, or raise the quota and set trustPolicyMaxLength.",
  good: RIGHT_STATEMENT,
  bad: roleExample({ assume_role_policy: "2,300 characters" }, { policy: longPolicy(TRUST_POLICY_DEFAULT_QUOTA) }),
  source: SOURCES.quotas,
  check: ({ role, characters: length }) => {
    return length > role.quota && length <= TRUST_POLICY_MAX_QUOTA
      ? [{ message: `The trust policy has ${length} characters; the quota is ${role.quota}.` }]
      : [];
  },
};
