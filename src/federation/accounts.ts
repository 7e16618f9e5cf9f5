/** The AWS accounts of a federation: one stack and one HCL root each. */
import type { Problem } from "../errors";
import type { Partition } from "../issuer/rules";
import { PARTITIONS } from "../issuer/rules";
import { violation } from "../text/text-rule";
import type { AwsAccount, Backend } from "./model";
import { formatPath } from "./path";
import { ACCOUNT_KEY } from "./rules";
import type { ParsedBackend } from "./schema";
import { awsAccountSchema, awsSchema } from "./schema";
import type { TypedAt } from "./shape";
import { readable, shape } from "./shape";
import { asRecord } from "../text/members";

export interface ReadAccounts {
  readonly partition: Partition;
  readonly list: readonly AwsAccount[];
  readonly problems: readonly Problem[];
}

/**
 * Reads the `aws` part of a federation. Codes: accounts-and-account-id, account-key-invalid, region-partition-mismatch,
 * role-arn-invalid, and those of the shape. Accounts with problems are in the list with what could be read of them.
 */
export function accountsOf(aws: unknown, federationName: string, typedAt: TypedAt): ReadAccounts {
  // What is wrong with `aws` itself is already reported.
  const outline = shape(awsSchema, aws ?? {}, ["aws"], typedAt);
  const value = outline.value ?? readable(awsSchema, aws, {}, outline.problems, ["aws"]) ?? {};
  const partition = partitionOf(aws);
  const shared = { partition, region: value.region ?? null, assumeRoleArn: value.assumeRoleArn ?? null };
  if (value.accounts === undefined) {
    const account: AwsAccount = {
      ...shared,
      key: null,
      stackName: federationName,
      accountId: value.accountId ?? null,
      backend: backendOf(value.backend, null),
    };
    return { partition, list: [account], problems: checkAccount(account, ["aws"]) };
  }
  const problems: Problem[] = [];
  if (value.accountId !== undefined) {
    problems.push({
      code: "accounts-and-account-id",
      message: "Both accountId and accounts are given.",
      path: "aws.accountId",
      fix: "Put the ID under accounts.",
    });
  }
  const list: AwsAccount[] = [];
  for (const [key, raw] of Object.entries(value.accounts)) {
    const at = ["aws", "accounts", key];
    const keyProblem = violation(ACCOUNT_KEY, key, formatPath(at));
    if (keyProblem !== undefined) problems.push(keyProblem);
    const shaped = shape(awsAccountSchema, raw, at, typedAt);
    const own = shaped.value ?? readable(awsAccountSchema, raw, {}, shaped.problems, at) ?? {};
    const account: AwsAccount = {
      key,
      stackName: `${federationName}-${key}`,
      accountId: own.accountId ?? null,
      partition,
      region: own.region ?? shared.region,
      assumeRoleArn: own.assumeRoleArn ?? shared.assumeRoleArn,
      backend: own.backend === undefined ? backendOf(value.backend, key) : backendOf(own.backend, null),
    };
    problems.push(...shaped.problems, ...checkAccount(account, at));
    list.push(account);
  }
  if (Object.keys(value.accounts).length === 0) {
    problems.push({
      code: "required",
      message: "accounts is empty.",
      path: "aws.accounts",
      fix: "Name at least one AWS account, or leave accounts out.",
    });
  }
  const seen = new Map<string, string>();
  for (const { key, accountId } of list) {
    if (accountId === null) continue;
    const other = seen.get(accountId);
    if (other !== undefined)
      problems.push({
        code: "accounts-and-account-id",
        message: `The accounts ${other} and ${key ?? ""} are the same AWS account.`,
        path: formatPath(["aws", "accounts", key ?? "", "accountId"]),
        fix: "Keep one: an account holds one provider per issuer.",
      });
    seen.set(accountId, key ?? "");
  }
  return { partition, list, problems };
}

/** What of an account contradicts the rest of it. */
function checkAccount(
  { partition, region, assumeRoleArn, accountId }: AwsAccount,
  at: readonly string[],
): readonly Problem[] {
  const problems: Problem[] = [];
  if (region !== null && partitionOfRegion(region) !== partition) {
    problems.push({
      code: "region-partition-mismatch",
      message: `Region ${region} lies in partition ${partitionOfRegion(region)}, not in ${partition}.`,
      path: formatPath([...at, "region"]),
      fix: "Change aws.partition or the region.",
    });
  }
  if (assumeRoleArn !== null) {
    const [, owner, , , account] = assumeRoleArn.split(":");
    if (owner !== partition || (accountId !== null && account !== accountId)) {
      problems.push({
        code: "role-arn-invalid",
        message:
          `The role to deploy with is in account ${account ?? ""} (${owner ?? ""}), so everything would ` +
          `be made there and not in ${accountId ?? "an account"} (${partition}).`,
        path: formatPath([...at, "assumeRoleArn"]),
        fix: "Use a role of the account that is deployed to.",
      });
    }
  }
  return problems;
}

/** The partition `region` lies in. */
export function partitionOfRegion(region: string): Partition {
  return region.startsWith("us-gov-") ? "aws-us-gov" : region.startsWith("cn-") ? "aws-cn" : "aws";
}

function partitionOf(aws: unknown): Partition {
  const partition = asRecord(aws)?.["partition"];
  return PARTITIONS.find((known) => known === partition) ?? "aws";
}

const S3_SETTINGS = {
  dynamodbTable: "dynamodb_table",
  useLockfile: "use_lockfile",
  encrypt: "encrypt",
  kmsKeyId: "kms_key_id",
  profile: "profile",
} as const;

/** A backend that several accounts share has a state for each: `<account>/<key>`. */
function backendOf(backend: ParsedBackend | undefined, accountKey: string | null): Backend {
  if (backend === undefined) return { type: "local", path: null };
  if (backend.type === "none") return backend;
  const inAccount = (key: string): string => (accountKey === null ? key : `${accountKey}/${key}`);
  if (backend.type === "local")
    return { type: "local", path: backend.path === undefined ? null : inAccount(backend.path) };
  const settings: Record<string, string | boolean> = {};
  for (const [name, terraformName] of Object.entries(S3_SETTINGS)) {
    const setting = backend[name as keyof typeof S3_SETTINGS];
    if (setting !== undefined) settings[terraformName] = setting;
  }
  return { type: "s3", bucket: backend.bucket, key: inAccount(backend.key), region: backend.region, settings };
}
