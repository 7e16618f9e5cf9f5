/** The files of `generate guardrails`. Pure. */
import { inputError } from "../errors";
import { accountView, rootFolderOf } from "../federation/account-view";
import { findAccountId } from "../federation/find";
import { ROLE_ARN } from "../federation/rules";
import type { AwsAccount, Federation } from "../federation/model";
import { satisfies, quoted } from "../text/text-rule";
import { pipelinePolicies } from "./pipeline-policy";
import { serviceControlPolicies } from "./service-control-policy";

export interface GuardrailOptions {
  /** ARNs of roles that may change the federation; empty: the role with which each account is deployed. */
  readonly pipelineRoles: readonly string[];
  /** Of a federation that does not name its account. */
  readonly awsAccountId: string | undefined;
}

/** Organizations' quota of policies for one target. */
export const MOST_SCPS = 5;

/**
 * Texts by path: for each AWS account `scp.json` and `pipeline-policy.json`, numbered where several are needed.
 * Throws InputError pipeline-role-missing, role-arn-invalid, aws-account-unknown, aws-account-id-invalid.
 */
export function guardrails(federation: Federation, options: GuardrailOptions): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const account of federation.accounts) {
    const allowed = pipelineRoles(account, options.pipelineRoles);
    const accountId = findAccountId(account, options.awsAccountId);
    const view = accountView(federation, { ...account, accountId });
    const folder = rootFolderOf(account);
    const add = (name: string, texts: readonly string[]): void =>
      texts.forEach((text, index) => {
        const file = texts.length === 1 ? `${name}.json` : `${name}-${index + 1}.json`;
        files.set(folder === "" ? file : `${folder}/${file}`, text);
      });
    add("scp", serviceControlPolicies(view, allowed));
    add("pipeline-policy", pipelinePolicies(view));
  }
  return files;
}

function pipelineRoles({ assumeRoleArn }: AwsAccount, given: readonly string[]): readonly string[] {
  const roles = given.length > 0 ? given : assumeRoleArn === null ? [] : [assumeRoleArn];
  if (roles.length === 0)
    throw inputError(
      "pipeline-role-missing",
      "Nobody could change the federation: the role of its pipeline is not known.",
      "Give --pipeline-role ARN, or write assumeRoleArn into the federation's aws section.",
      "pipeline-role",
    );
  for (const role of roles)
    if (!satisfies(ROLE_ARN, role))
      throw inputError(
        "role-arn-invalid",
        `${quoted(role)} is not a valid role ARN.`,
        `Write it like ${JSON.stringify(ROLE_ARN.example)}.`,
        "pipeline-role",
      );
  return roles;
}
