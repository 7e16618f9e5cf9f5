import { TRUST_POLICY_MAX_QUOTA } from "../../trust/rules";
import { longPolicy, RIGHT_STATEMENT, roleExample } from "../examples";
import type { RoleRule } from "../rule";
import { SOURCES } from "../sources";

export const policyTooLong: RoleRule = {
  id: "policy-too-long",
  on: "role",
  severity: "error",
  title: "Longer than any IAM quota",
  why: `No quota exceeds ${TRUST_POLICY_MAX_QUOTA} characters.`,
  fix: "Split the role.",
  good: RIGHT_STATEMENT,
  bad: roleExample({ assume_role_policy: "8,500 characters" }, { policy: longPolicy(TRUST_POLICY_MAX_QUOTA) }),
  source: SOURCES.quotas,
  check: ({ characters: length }) => {
    return length > TRUST_POLICY_MAX_QUOTA
      ? [{ message: `The trust policy has ${length} characters; the IAM limit is ${TRUST_POLICY_MAX_QUOTA}.` }]
      : [];
  },
};
