import { quoted } from "../../text/text-rule";
import { asRecord } from "../../trust/parsed/parse-role";
import type { ParsedRole } from "../../trust/parsed/parsed-role";
import { roleExample } from "../examples";
import type { RoleRule } from "../rule";
import { SOURCES } from "../sources";

/** Whether a policy document allows everything. */
function allowsEverything(document: unknown): boolean {
  const raw = asRecord(document)?.["Statement"];
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  return list.some((entry) => {
    const members = asRecord(entry);
    const among = (element: string, wanted: readonly string[]): boolean =>
      [members?.[element]].flat().some((value) => typeof value === "string" && wanted.includes(value));
    return members?.["Effect"] === "Allow" && among("Action", ["*", "*:*"]) && among("Resource", ["*"]);
  });
}

/** The first policy of the role with which it may do, or give itself, anything. */
function adminPolicy({ role }: ParsedRole): string | undefined {
  const managed = role.managedPolicyArns.find((arn) =>
    /^arn:[^:]+:iam::aws:policy\/(?:AdministratorAccess|IAMFullAccess)$/.test(arn),
  );
  return managed ?? Object.entries(role.policies).find(([, document]) => allowsEverything(document))?.[0];
}

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
    const admin = role.role.bounded === false ? adminPolicy(role) : undefined;
    return admin === undefined
      ? []
      : [{ message: `${quoted(admin)} allows everything, and no permissions boundary limits it.` }];
  },
};
