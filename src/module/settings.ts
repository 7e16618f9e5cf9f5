/** Variables that several modules share: where in AWS, defaults of roles, tags. */
import { hclValue } from "../hcl/encode";
import { DEFAULT_SESSION_SECONDS, ROLE_NAME_PREFIX } from "../federation/rules";
import { AWS_ACCOUNT_ID, PARTITIONS } from "../issuer/rules";
import { TRUST_POLICY_DEFAULT_QUOTA, TRUST_POLICY_MAX_QUOTA } from "../trust/rules";
import type { Place } from "./condition";
import { ruleAt, textRuleAt } from "./condition";
import type { VariableDefinition } from "./definition";
import { boundaryRule, pathRule, sessionRule, tagRules } from "./role-rules";

/** A variable's own value. */
export function variablePlace(variable: string, nullable = false): Place {
  return { variable, loops: [], reference: `var.${variable}`, nullable, words: variable, holding: (value) => value };
}

export const awsAccountId: VariableDefinition = {
  name: "aws_account_id",
  type: "string",
  description: "AWS account of the provider and the roles. Default: AWS is asked, once. Must be known at plan time.",
  default: null,
  nullable: true,
  validations: [textRuleAt(variablePlace("aws_account_id", true), AWS_ACCOUNT_ID, ["1111-2222-3333", "12345", ""])],
};

export const awsPartition: VariableDefinition = {
  name: "aws_partition",
  type: "string",
  description: `AWS partition: ${PARTITIONS.join(", ")}. Default: AWS is asked, once. Must be known at plan time.`,
  default: null,
  nullable: true,
  validations: [
    ruleAt(
      variablePlace("aws_partition", true),
      "partition-unknown",
      `contains(${hclValue(PARTITIONS)}, var.aws_partition)`,
      `aws_partition must be one of ${PARTITIONS.join(", ")}`,
      ["aws-gov", ""],
    ),
  ],
};

export const trustPolicyMaxLength: VariableDefinition = {
  name: "trust_policy_max_length",
  type: "number",
  description:
    `IAM's quota for a trust policy in your account, in characters: ${TRUST_POLICY_DEFAULT_QUOTA}, ` +
    `unless AWS raised it (to ${TRUST_POLICY_MAX_QUOTA} at most).`,
  default: TRUST_POLICY_DEFAULT_QUOTA,
  nullable: false,
  validations: [
    ruleAt(
      variablePlace("trust_policy_max_length"),
      "trust-policy-max-length",
      `var.trust_policy_max_length >= ${TRUST_POLICY_DEFAULT_QUOTA} && var.trust_policy_max_length ` +
        `<= ${TRUST_POLICY_MAX_QUOTA} && floor(var.trust_policy_max_length) == var.trust_policy_max_length`,
      `trust_policy_max_length must be a whole number from ${TRUST_POLICY_DEFAULT_QUOTA} to ${TRUST_POLICY_MAX_QUOTA}`,
      [TRUST_POLICY_DEFAULT_QUOTA - 1, TRUST_POLICY_MAX_QUOTA + 1, 2048.5],
    ),
  ],
};

export const roleNamePrefix: VariableDefinition = {
  name: "role_name_prefix",
  type: "string",
  description: "Goes before the key of a role without a name of its own.",
  default: "",
  nullable: false,
  validations: [textRuleAt(variablePlace("role_name_prefix"), ROLE_NAME_PREFIX, ["data bricks-", "x".repeat(64)])],
};

export function rolePath(name: string, description: string): VariableDefinition {
  return {
    name,
    type: "string",
    description,
    default: "/",
    nullable: false,
    validations: [pathRule(variablePlace(name))],
  };
}

export function permissionsBoundaryArn(description: string): VariableDefinition {
  const name = "permissions_boundary_arn";
  return {
    name,
    type: "string",
    description,
    default: null,
    nullable: true,
    validations: [boundaryRule(variablePlace(name, true))],
  };
}

export function maxSessionDuration(description: string): VariableDefinition {
  const name = "max_session_duration";
  return {
    name,
    type: "number",
    description,
    default: DEFAULT_SESSION_SECONDS,
    nullable: false,
    validations: [sessionRule(variablePlace(name))],
  };
}

export function tags(description: string): VariableDefinition {
  return {
    name: "tags",
    type: { map: "string" },
    description,
    default: {},
    nullable: false,
    validations: tagRules(variablePlace("tags")),
  };
}
