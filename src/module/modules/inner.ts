/** The modules inside every other: one role, its policies, and the trust policies of all roles. */
import { IDENTITY_FIELDS } from "../../federation/fields/settings";
import { TRUST_FIELDS } from "../../federation/fields/trust";
import { AWS_PROVIDER_RANGE, AWS_PROVIDER_SOURCE, TERRAFORM_RANGE } from "../../federation/aws-provider";
import type { ObjectAttribute, VariableType } from "../contract";
import type { ModuleDefinition, OutputDefinition, VariableDefinition } from "../definition";
import { attributesOf, requiredAttributes } from "../fields";
import { LATE_PRECONDITIONS } from "../trust-problems";
import { ROLE_POLICY_FIELDS, ROLE_RESOURCE_FIELDS } from "./roles";

const required = (type: VariableType): ObjectAttribute => ({ type, optional: false });

function variable(name: string, type: VariableType, description: string): VariableDefinition {
  return { name, type, description, nullable: false, validations: [] };
}

function output(name: string, description: string, value: string): OutputDefinition {
  return { name, description, value, preconditions: [] };
}

export const AWS_PROVIDER = { aws: { source: AWS_PROVIDER_SOURCE, version: AWS_PROVIDER_RANGE } } as const;

export const roleModule: ModuleDefinition = {
  name: "role",
  template: "role",
  summary: "One IAM role. Its caller checks the values.",
  requiredVersion: TERRAFORM_RANGE,
  requiredProviders: AWS_PROVIDER,
  variables: [
    variable(
      "role",
      {
        object: { ...requiredAttributes(ROLE_RESOURCE_FIELDS), trust_policy: required("string") },
      },
      "The role, whole: one object of required attributes, because more variables, or defaults to fill in, make " +
        "a plan " +
        "of many roles slower. What has no value is null.",
    ),
  ],
  outputs: [
    output("role", "ARN and name of the role", "{ arn = aws_iam_role.this.arn, name = aws_iam_role.this.name }"),
  ],
  resources: ["aws_iam_role.this"],
  nested: [],
  sample: {},
  example: {},
};

/**
 * Apart from the role: inside one module a policy would refer to `aws_iam_role.this`, which in Terraform's check of the
 * apply graph means that role in every instance of the module, so that a plan grows with the square of the roles.
 */
export const rolePoliciesModule: ModuleDefinition = {
  name: "role-policies",
  template: "role-policies",
  summary: "The policies of one IAM role. Its caller checks the values.",
  requiredVersion: TERRAFORM_RANGE,
  requiredProviders: AWS_PROVIDER,
  variables: [
    variable(
      "role",
      {
        object: { ...requiredAttributes(ROLE_POLICY_FIELDS), name: required("string") },
      },
      "The role's name, its inline policies by name, and the ARNs of its managed policies by key.",
    ),
  ],
  outputs: [],
  resources: ["aws_iam_role_policy.this[for_each]", "aws_iam_role_policy_attachment.this[for_each]"],
  nested: [],
  sample: {},
  example: {},
};

export const trustPoliciesModule: ModuleDefinition = {
  name: "trust-policies",
  template: "trust-policies",
  summary:
    "Roles in, trust policies out. No provider, no resource; its caller checks the values and acts on `problems`.",
  requiredVersion: TERRAFORM_RANGE,
  requiredProviders: {},
  variables: [
    variable("account_id", "string", "AWS account of the roles."),
    variable("email_domains", { list: "string" }, "Email domains that subject patterns may match."),
    variable(
      "identities",
      { map: { object: attributesOf(IDENTITY_FIELDS) } },
      "Service principals, users and subjects by the names that trusts use.",
    ),
    variable(
      "issuers",
      {
        map: {
          object: {
            audiences: required({ list: "string" }),
            path: required("string"),
            provider_arn: required("string"),
            trustworthy: { type: "bool", optional: true, default: true },
          },
        },
      },
      "Issuers that trusts name: registered audiences, the issuer without https://, the ARN of its " +
        "provider, and whether any role may trust it.",
    ),
    variable("partition", "string", "AWS partition of the roles."),
    variable(
      "provider_arns",
      { list: "string" },
      "ARNs that AWS gave the providers, known once they exist. Roles wait for them: each must be that of an issuer.",
    ),
    {
      ...variable("revoke_sessions_before", "string", "Before when the sessions of every role are refused, or null."),
      nullable: true,
    },
    variable(
      "roles",
      {
        map: {
          object: {
            name: required("string"),
            path: required("string"),
            revoke_sessions_before: required("string"),
            suspended: required({ list: "string" }),
            trusts: required({ list: { object: attributesOf(TRUST_FIELDS) } }),
          },
        },
      },
      "Roles by key, each with what it trusts, whom it suspends, and before when its sessions are refused (or null).",
    ),
    variable("suspended", { list: "string" }, "Names and subjects whom every role suspends."),
    variable("trust_policy_max_length", "number", "IAM's quota for a trust policy, in characters."),
  ],
  outputs: [
    output(
      "added_policies",
      "By role: inline policies beside its own, by which a role of Unity Catalog may assume itself and by which " +
        "sessions are revoked",
      "local.added_policies",
    ),
    {
      ...output("policies", "Trust policies by role: JSON in the canonical form", "local.policies"),
      preconditions: LATE_PRECONDITIONS,
    },
    output("problems", "What no single value shows, by code: roles and values at fault", "local.problems"),
  ],
  resources: [],
  nested: [],
  sample: {},
  example: {},
};
