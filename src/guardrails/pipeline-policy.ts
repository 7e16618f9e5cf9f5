/** The least policy with which a pipeline deploys a federation, by CDKTF or as HCL. Pure. */
import type { AccountView } from "../federation/account-view";
import type { FederationRole } from "../federation/model";
import { roleArn } from "../trust/build";
import { type IamStatement, policyTexts } from "./iam-policy";

/** A managed policy's quota; IAM does not count white space. */
const MANAGED_POLICY_LIMIT = 6144;

const OWN_PROVIDER: readonly string[] = [
  "iam:AddClientIDToOpenIDConnectProvider",
  "iam:CreateOpenIDConnectProvider",
  "iam:DeleteOpenIDConnectProvider",
  "iam:GetOpenIDConnectProvider",
  "iam:RemoveClientIDFromOpenIDConnectProvider",
  "iam:TagOpenIDConnectProvider",
  "iam:UntagOpenIDConnectProvider",
  "iam:UpdateOpenIDConnectProviderThumbprint",
];

/** What the AWS provider of Terraform calls to make, read, change and destroy a role. */
const ROLE: readonly string[] = [
  "iam:DeleteRole",
  "iam:GetRole",
  "iam:ListAttachedRolePolicies",
  "iam:ListInstanceProfilesForRole",
  "iam:ListRolePolicies",
  "iam:TagRole",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
  "iam:UpdateRoleDescription",
];

export function roleArnIn({ account, accountId }: AccountView, role: FederationRole): string {
  return roleArn({ partition: account.partition, accountId }, role);
}

/**
 * Texts of managed policies that allow deploying `view` and nothing else: a role is made with its permissions boundary
 * alone, and given no managed policy but its own. Reading the caller's identity needs no permission.
 */
export function pipelinePolicies(view: AccountView): readonly string[] {
  const statement = (
    sid: string,
    actions: readonly string[],
    roles: readonly FederationRole[],
    condition?: IamStatement["condition"],
  ): IamStatement => ({
    sid,
    effect: "Allow",
    actions,
    resources: roles.map((role) => roleArnIn(view, role)),
    ...(condition === undefined ? {} : { condition }),
  });
  const boundaries = grouped(view.roles, ({ permissionsBoundaryArn }) => permissionsBoundaryArn ?? "");
  const attachments = grouped(view.roles, ({ managedPolicyArns }) =>
    [...new Set(Object.values(managedPolicyArns))].sort().join("\n"),
  );
  const providers = (create: boolean): readonly string[] =>
    view.providers.filter((provider) => provider.create === create).map(({ arn }) => arn);
  return policyTexts(
    [
      { sid: "Providers", effect: "Allow", actions: OWN_PROVIDER, resources: providers(true) },
      {
        sid: "AdoptedProviders",
        effect: "Allow",
        actions: ["iam:GetOpenIDConnectProvider"],
        resources: providers(false),
      },
      statement("Roles", ROLE, view.roles),
      ...[...boundaries].map(([boundary, roles], index) =>
        boundary === ""
          ? statement("Create", ["iam:CreateRole"], roles)
          : statement(`Bounded${index + 1}`, ["iam:CreateRole", "iam:PutRolePermissionsBoundary"], roles, {
              StringEquals: { "iam:PermissionsBoundary": [boundary] },
            }),
      ),
      statement(
        "InlinePolicies",
        ["iam:DeleteRolePolicy", "iam:GetRolePolicy", "iam:PutRolePolicy"],
        // any role may get one: that which revokes its sessions
        view.roles,
      ),
      ...[...attachments].flatMap(([arns, roles], index) =>
        arns === ""
          ? []
          : [
              statement(`Attachments${index + 1}`, ["iam:AttachRolePolicy", "iam:DetachRolePolicy"], roles, {
                ArnEquals: { "iam:PolicyARN": arns.split("\n") },
              }),
            ],
      ),
    ],
    MANAGED_POLICY_LIMIT,
  );
}

function grouped(
  roles: readonly FederationRole[],
  keyOf: (role: FederationRole) => string,
): ReadonlyMap<string, readonly FederationRole[]> {
  const groups = new Map<string, FederationRole[]>();
  for (const role of roles) {
    const group = groups.get(keyOf(role));
    if (group === undefined) groups.set(keyOf(role), [role]);
    else group.push(role);
  }
  return groups;
}
