/** A service control policy: who in an AWS account may change how Databricks gets in. Pure. */
import type { AccountView } from "../federation/account-view";
import { policyTexts } from "./iam-policy";
import { roleArnIn } from "./pipeline-policy";

/** IAM's service authorization reference; many samples lack UpdateOpenIDConnectProvider, which is newer. */
const PROVIDER_CHANGES: readonly string[] = [
  "iam:AddClientIDToOpenIDConnectProvider",
  "iam:CreateOpenIDConnectProvider",
  "iam:DeleteOpenIDConnectProvider",
  "iam:RemoveClientIDFromOpenIDConnectProvider",
  "iam:TagOpenIDConnectProvider",
  "iam:UntagOpenIDConnectProvider",
  "iam:UpdateOpenIDConnectProvider",
  "iam:UpdateOpenIDConnectProviderThumbprint",
];

/** PutRolePolicy and DeleteRolePolicy too: sessions are revoked by an inline policy. */
const ROLE_CHANGES: readonly string[] = [
  "iam:AttachRolePolicy",
  "iam:CreateRole",
  "iam:DeleteRole",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:TagRole",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
  "iam:UpdateRoleDescription",
];

/** Organizations takes no longer policy, white space included. */
const SCP_LIMIT = 5120;

/**
 * Texts of policies that deny every change of the providers and roles of `view` to all but `allowed`, ARNs of roles.
 * Adopted providers are protected too: whoever changes one changes who gets in.
 */
export function serviceControlPolicies(view: AccountView, allowed: readonly string[]): readonly string[] {
  // a session has the ARN of its role here; a request without the key is denied as well
  const condition = { ArnNotEquals: { "aws:PrincipalArn": allowed } };
  return policyTexts(
    [
      {
        sid: "Providers",
        effect: "Deny",
        actions: PROVIDER_CHANGES,
        resources: view.providers.map(({ arn }) => arn),
        condition,
      },
      {
        sid: "Roles",
        effect: "Deny",
        actions: ROLE_CHANGES,
        resources: view.roles.map((role) => roleArnIn(view, role)),
        condition,
      },
    ],
    SCP_LIMIT,
  );
}
