/** databricks-workspace-oidc and databricks-account-oidc: one issuer, and roles that trust it. */
import { TERRAFORM_RANGE } from "../../federation/aws-provider";
import { ACCOUNT_ISSUER_FIELDS, ISSUER_FIELDS, WORKSPACE_ISSUER_FIELDS } from "../../federation/fields/issuer";
import { TRUST_FIELDS } from "../../federation/fields/trust";
import { CLOUDS } from "../../issuer/clouds";
import { MAX_ISSUER_LENGTH } from "../../issuer/rules";
import { variablePlace } from "../condition";
import { members } from "../loops";
import type { Inputs, ModuleDefinition, OutputDefinition, RuleDefinition, VariableDefinition } from "../definition";
import { simpleExample } from "../examples";
import { attributesOf, fieldVariable } from "../fields";
import { inDatabricksZone, LONG_HOST, TOO_LONG, workspaceHostRule, ZONE_MESSAGE } from "../issuer-rules";
import type { Sample } from "../sample";
import { commonInputs, isUuid } from "../sample";
import { awsAccountId, awsPartition, inOrder, settings, switchedOn, verifications } from "../settings";
import { rolePreconditions, trustPreconditions } from "../trust-problems";
import { TRUST_OBJECTS, trustRules } from "../trust-rules";
import { AWS_PROVIDER, rolePoliciesModule, roleModule, trustPoliciesModule } from "./inner";
import { fullInlinePolicies, PLAIN_ROLE_FIELDS, roleOutputs, rolesRules, unityCatalogTrust } from "./roles";

/** A role trusts one issuer only: its trust's fields are its own, and name none. */
const { issuer: _, ...TRUST_WITHOUT_ISSUER } = TRUST_FIELDS;

export function workspaceModule(sample: Sample): ModuleDefinition {
  const name = "databricks_workspace_host";
  const plain = fieldVariable(
    name,
    WORKSPACE_ISSUER_FIELDS.host,
    "The workspace's host, without https://, e.g. mycompany.cloud.databricks.com.",
  );
  const host = { ...plain, validations: [...plain.validations, workspaceHostRule(variablePlace(name))] };
  const id = fieldVariable(
    "databricks_workspace_id",
    WORKSPACE_ISSUER_FIELDS.workspaceId,
    "The workspace's number, in quotes: the audience of its tokens.",
  );
  return simpleModule(sample, {
    name: "databricks-workspace-oidc",
    summary: "The IAM OIDC provider for one Databricks workspace, and the roles its identities may assume.",
    issuer: "workspace",
    defaultAudience: "the workspace ID",
    host,
    id,
    sample: { [host.name]: sample.host, [id.name]: sample.workspaceId },
    issuerPath: `${sample.host}/oidc`,
    issuerRules: [],
  });
}

export function accountModule(sample: Sample): ModuleDefinition {
  const name = "databricks_account_host";
  const hosts = Object.entries(CLOUDS).flatMap(([cloud, { accountsHost }]) =>
    accountsHost === null || cloud === "aws" ? [] : [`${accountsHost} (${cloud})`],
  );
  const host: VariableDefinition = {
    ...fieldVariable(
      name,
      { ...ACCOUNT_ISSUER_FIELDS.accountsHost, default: CLOUDS.aws.accountsHost },
      `The account console's host, without https://. On other clouds than aws: ${hosts.join(", ")}.`,
    ),
  };
  const id = fieldVariable(
    "databricks_account_id",
    ACCOUNT_ISSUER_FIELDS.accountId,
    "Databricks' account ID, a UUID (not the AWS account ID): the audience expected of its tokens.",
  );
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
        message: `The issuer's URL ${TOO_LONG}`,
        breaks: isUuid(sample.databricksAccountId) ? [{ [name]: LONG_HOST }] : [],
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
  const allowCustomHost = fieldVariable(
    "allow_custom_host",
    ISSUER_FIELDS.allowCustomHost,
    "Accept a host outside Databricks' zones. Its discovery document must name this very issuer.",
  );
  const audiences = fieldVariable(
    "audiences",
    ISSUER_FIELDS.audiences,
    "What IAM registers as client IDs; trusts ask for the first unless they name others. " +
      `Default: ${simple.defaultAudience}.`,
  );
  const createOidcProvider = switchedOn(
    "create_oidc_provider",
    "False where the account has the provider already (it holds one per issuer): the roles then trust that one.",
  );
  const roles: VariableDefinition = {
    name: "roles",
    fields: { ...PLAIN_ROLE_FIELDS, ...TRUST_WITHOUT_ISSUER },
    type: { map: { object: { ...attributesOf(PLAIN_ROLE_FIELDS), ...attributesOf(TRUST_WITHOUT_ISSUER) } } },
    description:
      "Roles by key, which is the name unless `name` is given; each names whom it trusts: `service_principals` " +
      "(application IDs), `users` (email addresses), `subjects`, `subject_patterns`, `wide_subject_patterns`, or " +
      "`unity_catalog`. For several trusts per role use databricks-federation.",
    default: {},
    nullable: false,
    validations: [
      ...rolesRules(role, {
        test: "can(role.unity_catalog.cloud)",
        attributes: { unity_catalog: { external_ids: [sample.externalId] } },
      }),
      ...trustRules(
        {
          variable: "roles",
          loops: [members("trust", "var.roles", "roles", TRUST_OBJECTS)],
          holding: holdingTrust,
          namesIssuer: false,
        },
        sample,
      ),
    ],
  };
  return {
    name: simple.name,
    template: simple.name,
    summary: simple.summary,
    requiredVersion: TERRAFORM_RANGE,
    requiredProviders: AWS_PROVIDER,
    variables: inOrder([
      simple.host,
      simple.id,
      allowCustomHost,
      audiences,
      awsAccountId,
      awsPartition,
      createOidcProvider,
      ...settings,
      ...verifications,
      roles,
    ]),
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
      ...rolePoliciesModule.resources.map((resource) => `module.role_policies[for_each].${resource}`),
    ],
    nested: [roleModule, rolePoliciesModule, trustPoliciesModule],
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
