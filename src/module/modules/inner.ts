/** The two modules inside every other: one role, and the trust policies of all roles. */
import { TRUST_FIELDS } from "../../federation/fields/trust";
import { AWS_PROVIDER_RANGE, AWS_PROVIDER_SOURCE, TERRAFORM_RANGE } from "../../federation/aws-provider";
import type { ObjectAttribute, VariableType } from "../contract";
import type { ModuleDefinition, OutputDefinition, VariableDefinition } from "../definition";
import { attributesOf, requiredAttributes } from "../fields";
import { PLAIN_ROLE_FIELDS } from "./roles";

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
  summary: "One IAM role with its policies. Its caller checks the values.",
  requiredVersion: TERRAFORM_RANGE,
  requiredProviders: AWS_PROVIDER,
  variables: [
    variable(
      "role",
      {
        object: { ...requiredAttributes(PLAIN_ROLE_FIELDS), trust_policy: required("string") },
      },
      "The role, whole: one object, because a plan of many roles takes the longer the more variables each has.",
    ),
  ],
  outputs: [output("arn", "ARN of the role", "aws_iam_role.this.arn")],
  resources: [
    "aws_iam_role.this",
    "aws_iam_role_policy.this[for_each]",
    "aws_iam_role_policy_attachment.this[for_each]",
  ],
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
      "roles",
      {
        map: {
          object: {
            name: required("string"),
            path: required("string"),
            trusts: required({ list: { object: attributesOf(TRUST_FIELDS) } }),
          },
        },
      },
      "Roles by key, each with what it trusts.",
    ),
    variable("trust_policy_max_length", "number", "IAM's quota for a trust policy, in characters."),
  ],
  outputs: [
    output("policies", "Trust policies by role: JSON in the canonical form", "local.policies"),
    output("problems", "What no single value shows, by code: roles and values at fault", "local.problems"),
    output(
      "self_assume_policies",
      "By role with a Unity Catalog trust: the inline policy by which it may " + "assume itself",
      "local.self_assume_policies",
    ),
  ],
  resources: [],
  nested: [],
  sample: {},
  example: {},
};
