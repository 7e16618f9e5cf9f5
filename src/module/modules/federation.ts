/** databricks-federation: the whole, issuers and roles as in the federation file. */
import { TERRAFORM_RANGE } from "../../federation/aws-provider";
import { ISSUER_FIELDS } from "../../federation/fields/issuer";
import { ROLE_FIELDS } from "../../federation/fields/role";
import { ruleOver } from "../condition";
import { elements } from "../loops";
import type { Inputs, ModuleDefinition, OutputDefinition, VariableDefinition } from "../definition";
import { federationExample } from "../examples";
import { attributesOf, hclType } from "../fields";
import { issuerOutputs, issuersRules } from "../issuer-rules";
import type { Sample } from "../sample";
import { commonInputs } from "../sample";
import { awsAccountId, awsPartition, inOrder, settings, verifications } from "../settings";
import { nothingIn, rolePreconditions, trustPreconditions } from "../trust-problems";
import { TRUST_OBJECTS, trustRules } from "../trust-rules";
import { AWS_PROVIDER, rolePoliciesModule, roleModule, trustPoliciesModule } from "./inner";
import { fullInlinePolicies, ROLE_LOOP, roleOutputs, rolesRules, TRUSTS_FIELD, unityCatalogTrust } from "./roles";

export function federationModule(sample: Sample): ModuleDefinition {
  const trust: Inputs = { issuer: "production", service_principals: [sample.servicePrincipal] };
  const role: Inputs = { trusts: [trust] };
  const workspace: Inputs = { level: "workspace", host: sample.host, workspace_id: sample.workspaceId };
  const holdingTrust = (attributes: Inputs | null): Inputs => ({ "lake-reader": { trusts: [attributes] } });
  const issuers: VariableDefinition = {
    name: "issuers",
    type: { map: { object: attributesOf(ISSUER_FIELDS) } },
    fields: ISSUER_FIELDS,
    description:
      'Databricks issuers by a key of your own. A workspace issuer has `level = "workspace"`, `host` and ' +
      '`workspace_id`; an account issuer `level = "account"`, `account_id` and `cloud` or `accounts_host`. ' +
      "`existing_provider_arn` must be known at plan time.",
    nullable: false,
    validations: issuersRules(sample, ISSUER_FIELDS),
  };
  const roles: VariableDefinition = {
    name: "roles",
    fields: ROLE_FIELDS,
    type: {
      // a role without trusts has a rule of its own, which says more than a missing attribute does
      map: {
        object: {
          ...attributesOf(ROLE_FIELDS),
          trusts: { type: hclType(TRUSTS_FIELD.kind), optional: true, default: [] },
        },
      },
    },
    description:
      "Roles by key, which is the name unless `name` is given. Each of `trusts` names an `issuer` and whom of it the " +
      "role trusts, or has `unity_catalog`.",
    default: {},
    nullable: false,
    validations: [
      ...rolesRules(role, {
        test: "anytrue([for trust in role.trusts : can(trust.unity_catalog.cloud)])",
        attributes: { trusts: [{ unity_catalog: { external_ids: [sample.externalId] } }] },
      }),
      ruleOver(
        "no-trust",
        [ROLE_LOOP],
        "length(role.trusts) > 0",
        "A role must have at least one of trusts, e.g. with an issuer and its service_principals",
        [{ roles: { "lake-reader": { trusts: [] } } }, { roles: { "lake-reader": {} } }],
      ),
      ...trustRules(
        {
          variable: "roles",
          loops: [ROLE_LOOP, elements("trust", "role.trusts", ".trusts", TRUST_OBJECTS)],
          holding: holdingTrust,
          namesIssuer: true,
        },
        sample,
      ),
    ],
  };
  return {
    name: "databricks-federation",
    template: "databricks-federation",
    summary: "IAM OIDC providers for Databricks issuers, and the roles that Databricks identities may assume.",
    requiredVersion: TERRAFORM_RANGE,
    requiredProviders: AWS_PROVIDER,
    variables: inOrder([issuers, awsAccountId, awsPartition, ...settings, ...verifications, roles]),
    outputs: federationOutputs(sample, role, holdingTrust),
    resources: [
      "aws_iam_openid_connect_provider.this[for_each]",
      ...roleModule.resources.map((resource) => `module.role[for_each].${resource}`),
      ...rolePoliciesModule.resources.map((resource) => `module.role_policies[for_each].${resource}`),
    ],
    nested: [roleModule, rolePoliciesModule, trustPoliciesModule],
    sample: { ...commonInputs(sample), issuers: { production: workspace }, roles: { "lake-reader": role } },
    example: federationExample(sample),
  };
}

function federationOutputs(
  sample: Sample,
  role: Inputs,
  holdingTrust: (attributes: Inputs) => Inputs,
): readonly OutputDefinition[] {
  const workspace: Inputs = { level: "workspace", host: sample.host, workspace_id: sample.workspaceId };
  const arn = (account: string, path: string): Inputs => ({
    verify_aws_account: false,
    verify_existing_providers: false,
    issuers: {
      production: {
        ...workspace,
        existing_provider_arn: `arn:${sample.awsPartition}:iam::${account}:oidc-provider/${path}`,
      },
    },
  });
  return [
    ...issuerOutputs(sample),
    {
      name: "oidc_provider_arns",
      description: "ARNs of the IAM OIDC providers, created or adopted, by issuer",
      value: "{ for key, issuer in local.issuers : key => issuer.provider_arn }",
      dependsOn: ["aws_iam_openid_connect_provider.this"],
      preconditions: [
        nothingIn(
          "provider-arn-mismatch",
          "[for key, issuer in var.issuers : key if " +
            "coalesce(issuer.existing_provider_arn, " +
            "local.issuers[key].computed_arn) != local.issuers[key].computed_arn]",
          "An existing_provider_arn must be that of its issuer, in the role's own account and partition",
          [arn("999999999999", `${sample.host}/oidc`), arn(sample.awsAccountId, "other.cloud.databricks.com/oidc")],
        ),
      ],
    },
    ...roleOutputs([
      ...rolePreconditions(role, sample, {
        roles: { "lake-reader": { trusts: [unityCatalogTrust(sample)], inline_policies: fullInlinePolicies } },
      }),
      ...trustPreconditions((attributes) => ({ roles: holdingTrust(attributes) }), sample, `${sample.host}/oidc`, true),
    ]),
  ];
}
