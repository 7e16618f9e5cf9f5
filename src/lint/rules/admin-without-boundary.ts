import { quoted } from "../../text/text-rule";
import { escalationOf } from "../escalation";
import { roleExample } from "../examples";
import type { RoleRule } from "../rule";
import { SOURCES } from "../sources";

export const adminWithoutBoundary: RoleRule = {
  id: "admin-without-boundary",
  on: "role",
  severity: "error",
  title: "Administrator policy without a permissions boundary",
  why: "A mistake about one Databricks identity then gives away the AWS account.",
  fix: "Grant what the jobs need, or set permissionsBoundaryArn.",
  good: roleExample(
    {
      managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
      permissions_boundary: "arn:aws:iam::111122223333:policy/boundary",
    },
    { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"], bounded: true },
  ),
  bad: roleExample(
    { managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
    { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
  ),
  source: SOURCES.boundaries,
  check: (role) => {
    const found = role.role.bounded === false ? escalationOf(role.role) : null;
    return found === null
      ? []
      : [{ message: `${quoted(found.policy)} ${found.how}, and no permissions boundary limits it.` }];
  },
};
