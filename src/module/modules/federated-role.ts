/** databricks-federated-role: one role that trusts providers that exist already. */
import { MAX_INLINE_POLICY_CHARACTERS, ROLE_NAME } from "../../federation/rules";
import { TERRAFORM_RANGE } from "../../federation/aws-provider";
import { SELF_ASSUME_POLICY_NAME } from "../../trust/build";
import type { Inputs, ModuleDefinition, OutputDefinition, VariableDefinition } from "../definition";
import { textRuleAt } from "../condition";
import { federatedRoleExample } from "../examples";
import { ISSUER_ATTRIBUTES, issuersRules } from "../issuer-rules";
import { descriptionRule, inlineCharacters, inlinePolicyRules, managedPolicyRules } from "../role-rules";
import type { Sample } from "../sample";
import { commonInputs } from "../sample";
import {
  awsAccountId,
  awsPartition,
  maxSessionDuration,
  permissionsBoundaryArn,
  rolePath,
  tags,
  trustPolicyMaxLength,
  variablePlace,
} from "../settings";
import { nothingIn, SELF_ASSUMING_TOO_LONG, trustPreconditions } from "../trust-problems";
import { trustRules } from "../trust-rules";
import { TRUST_TYPE } from "./federation";
import { AWS_PROVIDER, roleModule, trustPoliciesModule } from "./inner";
import { fullInlinePolicies, unityCatalogTrust } from "./roles";

export function federatedRoleModule(sample: Sample): ModuleDefinition {
  const trust: Inputs = { issuer: "production", service_principals: [sample.servicePrincipal] };
  const { existing_provider_arn: _, ...issuerAttributes } = ISSUER_ATTRIBUTES;
  const variables: readonly VariableDefinition[] = [
    {
      name: "issuers",
      type: { map: { object: issuerAttributes } },
      description:
        "Databricks issuers by a key of your own, whose providers this AWS account has already. A " +
        'workspace issuer has `level = "workspace"`, `host` and `workspace_id`; an account issuer `level = "account"`, `account_id` and `cloud` or `accounts_host`. `audiences` is what the provider registers (default: the workspace ID, or the account ID).',
      nullable: false,
      validations: issuersRules(sample, false),
    },
    {
      name: "name",
      type: "string",
      description: "Name of the role.",
      nullable: false,
      validations: [textRuleAt(variablePlace("name"), ROLE_NAME, ["lake reader", "x".repeat(65), ""])],
    },
    {
      name: "trusts",
      type: { list: TRUST_TYPE },
      description:
        "Whom the role trusts: each names an `issuer` and `service_principals` (application IDs), " +
        "`users` (e-mail addresses), `subjects` or `subject_patterns` of it, or has `unity_catalog`.",
      nullable: false,
      validations: [
        {
          code: "no-trust",
          condition: "length(var.trusts) > 0",
          message: "There must be at least one of " + "trusts, with an issuer and its service_principals",
          breaks: [{ trusts: [] }],
        },
        ...trustRules(
          {
            variable: "trusts",
            loops: ["trust in var.trusts"],
            holding: (attributes) => [attributes],
            namesIssuer: true,
          },
          sample,
        ),
      ],
    },
    awsAccountId,
    awsPartition,
    {
      name: "description",
      type: "string",
      description: "What the role is for.",
      default: null,
      nullable: true,
      validations: [descriptionRule(variablePlace("description", true))],
    },
    {
      name: "inline_policies",
      type: { map: "string" },
      description: "Inline policies: JSON by policy name.",
      default: {},
      nullable: false,
      validations: inlinePolicyRules(variablePlace("inline_policies"), null),
    },
    {
      name: "managed_policy_arns",
      type: { map: "string" },
      description: "Managed policies: ARNs by a key of " + "your own.",
      default: {},
      nullable: false,
      validations: managedPolicyRules(variablePlace("managed_policy_arns")),
    },
    maxSessionDuration("Longest session of the role, in seconds."),
    rolePath("path", "IAM path of the role."),
    permissionsBoundaryArn("Permissions boundary of the role."),
    tags("Tags of the role."),
    trustPolicyMaxLength,
  ];
  return {
    name: "databricks-federated-role",
    template: "databricks-federated-role",
    summary: "One IAM role for Databricks identities, where the account has the issuers' IAM OIDC providers already.",
    requiredVersion: TERRAFORM_RANGE,
    requiredProviders: AWS_PROVIDER,
    variables,
    outputs: outputs(sample, trust),
    resources: roleModule.resources.map((resource) => `module.role.${resource}`),
    nested: [roleModule, trustPoliciesModule],
    sample: {
      ...commonInputs(sample),
      issuers: { production: { level: "workspace", host: sample.host, workspace_id: sample.workspaceId } },
      name: "lake-reader",
      trusts: [trust],
    },
    example: federatedRoleExample(sample),
  };
}

function outputs(sample: Sample, trust: Inputs): readonly OutputDefinition[] {
  const workspace: Inputs = { level: "workspace", host: sample.host, workspace_id: sample.workspaceId };
  const policy =
    '{"Statement":[{"Action":["s3:ListBucket"],"Effect":"Allow","Resource":["arn:aws:s3:::lake"]}],"Version":"2012-10-17"}';
  return [
    {
      name: "discovery_urls",
      description: "Where AWS finds the keys of each issuer, by issuer",
      value: '{ for key, issuer in local.issuers : key => "https://${issuer.path}/.well-known/openid-configuration" }',
      preconditions: [],
    },
    {
      name: "issuer_urls",
      description: "Issuers as their tokens name them, by issuer",
      value: '{ for key, issuer in local.issuers : key => "https://${issuer.path}" }',
      preconditions: [
        {
          code: "issuer-collision",
          condition: "length(toset([for issuer in local.issuers : issuer.path])) == length(local.issuers)",
          message: "No two of issuers may be the same: an AWS account holds one provider per issuer",
          breaks: [{ issuers: { production: workspace, other: { ...workspace, workspace_id: "2" } } }],
        },
      ],
    },
    {
      name: "oidc_provider_arns",
      description: "ARNs of the IAM OIDC providers the role may trust, by issuer",
      value: "{ for key, issuer in local.issuers : key => issuer.provider_arn }",
      preconditions: [],
    },
    { name: "role_arn", description: "ARN of the role", value: "module.role.arn", preconditions: [] },
    {
      name: "role_name",
      description: "Name of the role",
      value: "var.name",
      dependsOn: ["module.role"],
      preconditions: [],
    },
    {
      name: "trust_policy",
      description: "Trust policy as sent to IAM",
      value: "module.trust_policies.policies[var.name]",
      preconditions: [
        {
          code: "role-path-invalid",
          condition: "length(var.path) + length(var.name) <= 512",
          message: "path and name must have at most 512 characters together",
          breaks: [{ path: `/${"x".repeat(505)}/` }],
        },
        {
          code: "inline-policy-name-invalid",
          condition:
            `!contains([for name in keys(var.inline_policies) : ` +
            `lower(name)], ` +
            `"${SELF_ASSUME_POLICY_NAME}") || !anytrue([for trust in var.trusts : trust.unity_catalog != null])`,
          message:
            `An inline policy of a role with unity_catalog must not be ` +
            `called ${SELF_ASSUME_POLICY_NAME}: the module adds one of that name`,
          breaks: [
            {
              inline_policies: { [SELF_ASSUME_POLICY_NAME]: policy },
              trusts: [trust, { unity_catalog: { external_ids: [sample.externalId] } }],
            },
          ],
        },
        {
          code: "inline-policies-too-long",
          condition: `${inlineCharacters("merge(var.inline_policies, " + "lookup(module.trust_policies.self_assume_policies, var.name, {}))")} <= ${MAX_INLINE_POLICY_CHARACTERS}`,
          message: SELF_ASSUMING_TOO_LONG,
          breaks: [{ trusts: [unityCatalogTrust(sample)], inline_policies: fullInlinePolicies }],
        },
        nothingIn(
          "policy-arn-invalid",
          "local.foreign_policy_arns",
          "Policies and the permissions boundary must be of the role's own partition, and of its account or AWS's own",
          [{ managed_policy_arns: { read: "arn:aws:iam::999999999999:policy/read-lake" } }],
        ),
        ...trustPreconditions((attributes) => ({ trusts: [attributes] }), sample, `${sample.host}/oidc`, true),
      ],
    },
  ];
}
