/** Variables that several modules share: where in AWS, and the settings of a federation. */
import { hclFields } from "../federation/fields/field";
import { SETTING_FIELDS } from "../federation/fields/settings";
import { hclValue } from "../hcl/encode";
import { AWS_ACCOUNT_ID, PARTITIONS } from "../issuer/rules";
import { ruleAt, textRuleAt, variablePlace } from "./condition";
import type { VariableDefinition } from "./definition";
import { fieldVariable } from "./fields";

export const awsAccountId: VariableDefinition = {
  name: "aws_account_id",
  type: "string",
  description: "AWS account of the provider and the roles. Default: AWS is asked, once. Must be known at plan time.",
  default: null,
  nullable: true,
  validations: [textRuleAt(variablePlace("aws_account_id", true), AWS_ACCOUNT_ID)],
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

/** A switch that is on unless a caller turns it off. */
export function switchedOn(name: string, description: string): VariableDefinition {
  return { name, type: "bool", description, default: true, nullable: false, validations: [] };
}

/** What a module looks up in AWS before a role trusts a provider that it does not create. */
export const verifications: readonly VariableDefinition[] = [
  switchedOn(
    "verify_aws_account",
    "Where a provider is not created here: compare the caller's AWS account and partition with aws_account_id and " +
      "aws_partition before any role is made. False plans without asking AWS.",
  ),
  switchedOn(
    "verify_existing_providers",
    "Look up each provider that is not created here: it must exist and have the audiences. False where it is created " +
      "in the same apply, or the caller lacks iam:GetOpenIDConnectProvider.",
  ),
];

/** The settings of a federation that modules take, a variable each. */
export const settings: readonly VariableDefinition[] = Object.entries(hclFields(SETTING_FIELDS)).map(([name, field]) =>
  fieldVariable(name, field),
);

/** Sorted as a module lists them: required ones first, as they are given, then the others by name. */
export function inOrder(variables: readonly VariableDefinition[]): readonly VariableDefinition[] {
  const optional = variables.filter((variable) => variable.default !== undefined);
  return [
    ...variables.filter((variable) => variable.default === undefined),
    ...optional.sort((left, right) => (left.name < right.name ? -1 : 1)),
  ];
}
