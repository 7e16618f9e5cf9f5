/** databricks-federated-role: one role that trusts providers that exist already. */
import { TERRAFORM_RANGE } from "../../federation/aws-provider";
import { hclFields } from "../../federation/fields/field";
import { ISSUER_FIELDS } from "../../federation/fields/issuer";
import { TRUST_FIELDS } from "../../federation/fields/trust";
import { MAX_INLINE_POLICY_CHARACTERS } from "../../federation/rules";
import { SELF_ASSUME_POLICY_NAME } from "../../trust/build";
import { elements } from "../loops";
import type { Inputs, ModuleDefinition, OutputDefinition, VariableDefinition } from "../definition";
import { federatedRoleExample } from "../examples";
import { inlineCharacters, SAMPLE_POLICY } from "../field-rules";
import { attributesOf, fieldVariable, hclType } from "../fields";
import { issuerOutputs, issuersRules } from "../issuer-rules";
import type { Sample } from "../sample";
import { commonInputs } from "../sample";
import { awsAccountId, awsPartition, inOrder, settings, verifications } from "../settings";
import { nothingNamed, SELF_ASSUMING_TOO_LONG, trustPreconditions } from "../trust-problems";
import { TRUST_OBJECTS, trustRules } from "../trust-rules";
import { AWS_PROVIDER, rolePoliciesModule, roleModule, trustPoliciesModule } from "./inner";
import {
  fullInlinePolicies,
  PLAIN_ROLE_FIELDS,
  selfAssumeName,
  TRUSTS_FIELD,
  unityCatalogTrust,
  withAddedPolicies,
} from "./roles";

/** It makes no provider, so there is none to adopt. */
const { existingProviderArn: _, ...ISSUERS } = ISSUER_FIELDS;
/** Its name is no key's. */
const ROLE = { ...PLAIN_ROLE_FIELDS, name: { ...PLAIN_ROLE_FIELDS.name, required: true, default: undefined } };

export function federatedRoleModule(sample: Sample): ModuleDefinition {
  const trust: Inputs = { issuer: "production", service_principals: [sample.servicePrincipal] };
  const issuers: VariableDefinition = {
    name: "issuers",
    type: { map: { object: attributesOf(ISSUERS) } },
    fields: ISSUERS,
    description:
      "Databricks issuers by a key of your own, whose providers this AWS account has already. A workspace issuer has " +
      '`level = "workspace"`, `host` and `workspace_id`; an account issuer `level = "account"`, `account_id` and ' +
      "`cloud` or `accounts_host`. `audiences` is what the provider registers.",
    nullable: false,
    validations: issuersRules(sample, ISSUERS),
  };
  const trusts: VariableDefinition = {
    name: "trusts",
    type: hclType(TRUSTS_FIELD.kind),
    fields: TRUST_FIELDS,
    description:
      "Whom the role trusts: each names an `issuer` and `service_principals` (application IDs), `users` (email " +
      "addresses), `subjects`, `subject_patterns` or `wide_subject_patterns` of it, or has `unity_catalog`.",
    nullable: false,
    validations: [
      {
        code: "no-trust",
        condition: "length(var.trusts) > 0",
        message: "trusts must have at least one entry, e.g. with an issuer and its service_principals",
        breaks: [{ trusts: [] }],
      },
      ...trustRules(
        {
          variable: "trusts",
          loops: [elements("trust", "var.trusts", "trusts", TRUST_OBJECTS)],
          holding: (attributes) => [attributes],
          namesIssuer: true,
        },
        sample,
      ),
    ],
  };
  const { name, ...rest } = hclFields(ROLE);
  const variables = inOrder([
    issuers,
    ...(name === undefined ? [] : [fieldVariable("name", name, "IAM name of the role.")]),
    trusts,
    awsAccountId,
    awsPartition,
    ...Object.entries(rest).map(([attribute, field]) => fieldVariable(attribute, field)),
    ...settings.filter(({ name: setting }) =>
      ["email_domains", "identities", "trust_policy_max_length"].includes(setting),
    ),
    ...verifications,
  ]);
  return {
    name: "databricks-federated-role",
    template: "databricks-federated-role",
    summary: "One IAM role for Databricks identities, where the account has the issuers' IAM OIDC providers already.",
    requiredVersion: TERRAFORM_RANGE,
    requiredProviders: AWS_PROVIDER,
    variables,
    outputs: outputs(sample, trust),
    resources: [
      ...roleModule.resources.map((resource) => `module.role.${resource}`),
      ...rolePoliciesModule.resources.map((resource) => `module.role_policies.${resource}`),
    ],
    nested: [roleModule, rolePoliciesModule, trustPoliciesModule],
    sample: {
      ...commonInputs(sample),
      verify_aws_account: false,
      verify_existing_providers: false,
      issuers: { production: { level: "workspace", host: sample.host, workspace_id: sample.workspaceId } },
      name: "lake-reader",
      trusts: [trust],
    },
    example: federatedRoleExample(sample),
  };
}

function outputs(sample: Sample, trust: Inputs): readonly OutputDefinition[] {
  return [
    ...issuerOutputs(sample),
    {
      name: "oidc_provider_arns",
      description: "ARNs of the IAM OIDC providers the role may trust, by issuer",
      value: "{ for key, issuer in local.issuers : key => issuer.provider_arn }",
      preconditions: [],
    },
    {
      name: "planned_role_arn",
      description:
        "ARN that the role will have. It waits for no resource and reads no trust, so what a trust needs (the " +
        "external ID of a Unity Catalog credential) can be made from it in the same apply",
      value: '"arn:${local.partition}:iam::${local.account_id}:role${var.path}${var.name}"',
      preconditions: [],
    },
    { name: "role_arn", description: "ARN of the role", value: "module.role.role.arn", preconditions: [] },
    {
      name: "role_name",
      description: "Name of the role",
      value: "var.name",
      dependsOn: ["module.role", "module.role_policies"],
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
          ...selfAssumeName(
            "var.inline_policies",
            "anytrue([for trust in var.trusts : can(trust.unity_catalog.cloud)])",
          ),
          breaks: [
            {
              inline_policies: { [SELF_ASSUME_POLICY_NAME]: SAMPLE_POLICY },
              trusts: [trust, { unity_catalog: { external_ids: [sample.externalId] } }],
            },
          ],
        },
        {
          code: "inline-policies-too-long",
          condition: [
            inlineCharacters(withAddedPolicies("var.inline_policies", "var.name")),
            MAX_INLINE_POLICY_CHARACTERS,
          ].join(" <= "),
          message: SELF_ASSUMING_TOO_LONG,
          breaks: [{ trusts: [unityCatalogTrust(sample)], inline_policies: fullInlinePolicies }],
        },
        nothingNamed(
          "policy-arn-invalid",
          "local.foreign_policy_arns",
          "Managed policies and the permissions boundary must be in the role's partition, and in its account or " +
            "AWS managed",
          [{ managed_policy_arns: { read: "arn:aws:iam::999999999999:policy/read-lake" } }],
        ),
        ...trustPreconditions((attributes) => ({ trusts: [attributes] }), sample, `${sample.host}/oidc`, true),
      ],
    },
  ];
}
