/** The files of `generate guardrails`. */
import { inputError } from "../errors";
import { accountView, rootFolderOf } from "../federation/account-view";
import { findAccountId } from "../federation/find";
import { ROLE_ARN } from "../federation/rules";
import type { AwsAccount, Federation } from "../federation/model";
import type { GeneratedTree } from "../files/compare-tree";
import { accountOfArn } from "../issuer/issuer";
import { satisfies, quoted } from "../text/text-rule";
import { pipelinePolicies } from "./pipeline-policy";
import { serviceControlPolicies } from "./service-control-policy";

export interface GuardrailOptions {
  /** ARNs of roles that may change the federation; empty: the role with which each account is deployed. */
  readonly pipelineRoles: readonly string[];
  /** Of a federation that does not name its account. */
  readonly awsAccountId: string | undefined;
}

export interface Guardrails {
  readonly tree: GeneratedTree;
  /** Where AWS attaches fewer policies than are needed, each in a sentence. */
  readonly warnings: readonly string[];
}

/** Quotas, unless they are raised: policies for one target of Organizations, and managed policies for one role. */
const [MOST_SCPS, MOST_MANAGED] = [5, 10];

/**
 * For each AWS account `scp.json` and `pipeline-policy.json`, numbered where several are needed.
 * Throws InputError pipeline-role-missing, role-arn-invalid, aws-account-unknown, aws-account-id-invalid.
 */
export function guardrails(federation: Federation, options: GuardrailOptions): Guardrails {
  const files = new Map<string, string>();
  const warnings: string[] = [];
  for (const account of federation.accounts) {
    const accountId = findAccountId(account, options.awsAccountId);
    const view = accountView(federation, { ...account, accountId });
    const folder = rootFolderOf(account);
    const add = (name: string, texts: readonly string[]): void =>
      texts.forEach((text, index) => {
        const file = texts.length === 1 ? `${name}.json` : `${name}-${index + 1}.json`;
        files.set(folder === "" ? file : `${folder}/${file}`, text);
      });
    const scps = serviceControlPolicies(view, pipelineRoles(account, accountId, options.pipelineRoles));
    const policies = pipelinePolicies(view);
    add("scp", scps);
    add("pipeline-policy", policies);
    if (scps.length > MOST_SCPS)
      warnings.push(
        `AWS account ${accountId} needs ${scps.length} service control policies, and Organizations attaches ` +
          `${MOST_SCPS}. Give the roles a path of their own, and protect that.`,
      );
    if (policies.length > MOST_MANAGED)
      warnings.push(
        `The pipeline of AWS account ${accountId} needs ${policies.length} policies, and IAM attaches ` +
          `${MOST_MANAGED} to a role. Deploy parts of the federation with roles of their own.`,
      );
  }
  const owned = federation.accounts.map((account) => ({ folder: rootFolderOf(account), deep: false }));
  return { tree: { kind: "guardrails", files, owned }, warnings };
}

/** Those of `given` that can act in the account, or else its own. IAM is called by roles of the account alone. */
function pipelineRoles({ assumeRoleArn }: AwsAccount, accountId: string, given: readonly string[]): readonly string[] {
  for (const role of given)
    if (!satisfies(ROLE_ARN, role))
      throw inputError(
        "role-arn-invalid",
        `${quoted(role)} is not a valid role ARN.`,
        `Write it like ${JSON.stringify(ROLE_ARN.example)}.`,
        "pipeline-role",
      );
  const candidates = given.length === 0 && assumeRoleArn !== null ? [assumeRoleArn] : given;
  const roles = candidates.filter((role) => accountOfArn(role) === accountId);
  if (roles.length > 0) return roles;
  throw inputError(
    "pipeline-role-missing",
    `The role that deploys to AWS account ${accountId} is not known: the policy would lock everyone out.`,
    "Give --pipeline-role with a role of this account, or write assumeRoleArn into the federation's aws section.",
    "pipeline-role",
  );
}
