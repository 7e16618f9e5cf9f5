/** databricks-workspace-oidc and databricks-account-oidc: one issuer, and roles that trust it. */
import { TERRAFORM_RANGE } from "../../federation/aws-provider";
import { CLOUDS } from "../../issuer/clouds";
import { MAX_ISSUER_LENGTH } from "../../issuer/rules";
import type { Inputs, ModuleDefinition, OutputDefinition, RuleDefinition, VariableDefinition } from "../definition";
import { simpleExample } from "../examples";
import {
  accountIdRule,
  audienceRules,
  hostRule,
  inDatabricksZone,
  workspaceHostRule,
  workspaceIdRule,
  ZONE_MESSAGE,
} from "../issuer-rules";
import { ROLE_ATTRIBUTES } from "../role-rules";
import type { Sample } from "../sample";
import { commonInputs, isUuid } from "../sample";
import {
  awsAccountId,
  awsPartition,
  maxSessionDuration,
  permissionsBoundaryArn,
  roleNamePrefix,
  rolePath,
  tags,
  trustPolicyMaxLength,
  variablePlace,
} from "../settings";
import { rolePreconditions, trustPreconditions } from "../trust-problems";
import { TRUST_ATTRIBUTES, trustRules } from "../trust-rules";
import { AWS_PROVIDER, roleModule, trustPoliciesModule } from "./inner";
import { fullInlinePolicies, roleOutputs, rolesRules, unityCatalogTrust } from "./roles";

export function workspaceModule(sample: Sample): ModuleDefinition {
  const host: VariableDefinition = {
    name: "databricks_workspace_host",
    type: "string",
    description: "The workspace's host, without https://, e.g. mycompany.cloud.databricks.com.",
    nullable: false,
    validations: [
      hostRule(variablePlace("databricks_workspace_host")),
      workspaceHostRule(variablePlace("databricks_workspace_host")),
    ],
  };
  const id: VariableDefinition = {
    name: "databricks_workspace_id",
    type: "string",
    description: "The workspace's number, in quotes: the audience of its tokens.",
    nullable: false,
    validations: [workspaceIdRule(variablePlace("databricks_workspace_id"))],
  };
  return simpleModule(sample, {
    name: "databricks-workspace-oidc",
    summary: "The IAM OIDC provider for one Databricks workspace, and the roles its identities may assume.",
    issuer: "workspace",
    defaultAudience: "the workspace ID",
    host: { ...host },
    id,
    sample: { [host.name]: sample.host, [id.name]: sample.workspaceId },
    issuerPath: `${sample.host}/oidc`,
    issuerRules: [],
  });
}

export function accountModule(sample: Sample): ModuleDefinition {
  const name = "databricks_account_host";
  const host: VariableDefinition = {
    name,
    type: "string",
    description:
      "The account console's host, without https://. On Azure accounts.azuredatabricks.net, on GCP " +
      "accounts.gcp.databricks.com, in GovCloud accounts.cloud.databricks.us.",
    default: CLOUDS.aws.accountsHost,
    nullable: false,
    validations: [hostRule(variablePlace(name))],
  };
  const id: VariableDefinition = {
    name: "databricks_account_id",
    type: "string",
    description: "Databricks' account ID, a UUID (not the AWS account ID): the audience expected of its tokens.",
    nullable: false,
    validations: [accountIdRule(variablePlace("databricks_account_id"))],
  };
  const labels = `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(56)}`;
  return simpleModule(sample, {
    name: "databricks-account-oidc",
    summary: "The IAM OIDC provider for one Databricks account, and the roles its identities may assume.",
    issuer: "account",
    defaultAudience: "the account ID",
    host,
    id,
    sample: {
      ...(sample.databricksAccountHost === CLOUDS.aws.accountsHost ? {} : { [name]: sample.databricksAccountHost }),
      [id.name]: sample.databricksAccountId,
    },
    issuerPath: `${sample.databricksAccountHost}/oidc/accounts/${sample.databricksAccountId}`,
    issuerRules: [
      {
        code: "issuer-too-long",
        condition: `length(local.issuer_url) <= ${MAX_ISSUER_LENGTH}`,
        message: `An issuer's URL must have at most ${MAX_ISSUER_LENGTH} characters: IAM takes no more`,
        breaks: isUuid(sample.databricksAccountId) ? [{ [name]: `${labels}.cloud.databricks.com` }] : [],
      },
    ],
  });
}

interface SimpleModule {
  readonly name: "databricks-workspace-oidc" | "databricks-account-oidc";
  readonly summary: string;
  readonly issuer: "workspace" | "account";
  readonly defaultAudience: string;
  readonly host: VariableDefinition;
  readonly id: VariableDefinition;
  readonly sample: Inputs;
  readonly issuerPath: string;
  readonly issuerRules: readonly RuleDefinition[];
}

function simpleModule(sample: Sample, simple: SimpleModule): ModuleDefinition {
  const role: Inputs = { service_principals: [sample.servicePrincipal] };
  const holdingTrust = (attributes: Inputs | null): Inputs => ({ "lake-reader": attributes });
  const allowCustomHost: VariableDefinition = {
    name: "allow_custom_host",
    type: "bool",
    description: "Accept a host outside Databricks' zones. Its discovery document must name this very issuer.",
    default: false,
    nullable: false,
    validations: [],
  };
  const audiences: VariableDefinition = {
    name: "audiences",
    type: { list: "string" },
    description:
      `What IAM registers as client IDs; trusts ask for the first unless they say ` +
      `which. ` +
      `Default: ${simple.defaultAudience}.`,
    default: [],
    nullable: false,
    validations: audienceRules({ ...variablePlace("audiences"), words: "Each of audiences" }),
  };
  const createOidcProvider: VariableDefinition = {
    name: "create_oidc_provider",
    type: "bool",
    description:
      "False where the account has the provider already (it holds one per issuer): the roles then " + "trust that one.",
    default: true,
    nullable: false,
    validations: [],
  };
  const roles: VariableDefinition = {
    name: "roles",
    type: { map: { object: { ...ROLE_ATTRIBUTES, ...TRUST_ATTRIBUTES } } },
    description:
      "Roles by key, which is the name unless `name` is given; each says whom it " +
      "trusts: " +
      "`service_principals` (application IDs), `users` (e-mail addresses), `subjects`, `subject_patterns`, or `unity_catalog`. `inline_policies` are JSON by policy name, `managed_policy_arns` ARNs by a key of your own. More trusts a role: databricks-federation.",
    default: {},
    nullable: false,
    validations: [
      ...rolesRules(role, {
        test: "(role.unity_catalog != null)",
        attributes: { unity_catalog: { external_ids: [sample.externalId] } },
      }),
      ...trustRules(
        { variable: "roles", loops: ["trust in var.roles"], holding: holdingTrust, namesIssuer: false },
        sample,
      ),
    ],
  };
  const optional = [
    allowCustomHost,
    audiences,
    awsAccountId,
    awsPartition,
    createOidcProvider,
    ...(simple.host.default === undefined ? [] : [simple.host]),
    maxSessionDuration("Longest session of roles that do not say their own, in seconds."),
    permissionsBoundaryArn("Permissions boundary of roles that do not say their own."),
    roleNamePrefix,
    rolePath("role_path", "IAM path of roles that do not say their own."),
    roles,
    tags("Tags of every resource; a role's own win."),
    trustPolicyMaxLength,
  ];
  return {
    name: simple.name,
    template: simple.name,
    summary: simple.summary,
    requiredVersion: TERRAFORM_RANGE,
    requiredProviders: AWS_PROVIDER,
    variables: [...(simple.host.default === undefined ? [simple.host] : []), simple.id, ...optional],
    outputs: [
      ...issuerOutputs(simple),
      ...roleOutputs([
        ...rolePreconditions(role, sample, {
          roles: holdingTrust({ ...unityCatalogTrust(sample), inline_policies: fullInlinePolicies }),
        }),
        ...trustPreconditions((attributes) => ({ roles: holdingTrust(attributes) }), sample, simple.issuerPath, false),
      ]),
    ],
    resources: [
      "aws_iam_openid_connect_provider.this[count]",
      ...roleModule.resources.map((resource) => `module.role[for_each].${resource}`),
    ],
    nested: [roleModule, trustPoliciesModule],
    sample: { ...simple.sample, ...commonInputs(sample), roles: { "lake-reader": role } },
    example: simpleExample(simple.sample, sample),
  };
}

function issuerOutputs(simple: SimpleModule): readonly OutputDefinition[] {
  const host = `var.${simple.host.name}`;
  return [
    {
      name: "discovery_url",
      description: "Where AWS finds the issuer's keys",
      value: '"${local.issuer_url}/.well-known/openid-configuration"',
      preconditions: [],
    },
    {
      name: "issuer_url",
      description: "The issuer as its tokens name it",
      value: "local.issuer_url",
      preconditions: [
        {
          code: "host-not-databricks",
          condition: `var.allow_custom_host || ${inDatabricksZone(host)}`,
          message: `${simple.host.name} ${ZONE_MESSAGE}; or set allow_custom_host`,
          breaks: [{ [simple.host.name]: "login.example.com" }],
        },
        ...simple.issuerRules,
      ],
    },
    {
      name: "oidc_provider_arn",
      description: "ARN of the IAM OIDC provider, created or existing",
      value: "local.provider_arn",
      dependsOn: ["aws_iam_openid_connect_provider.this"],
      preconditions: [],
    },
  ];
}
