/** The AWS accounts of a federation: one stack and one HCL root each. */
import type { Problem } from "../errors";
import type { Partition } from "../issuer/rules";
import { PARTITIONS } from "../issuer/rules";
import { breach } from "../text-rule";
import type { AwsAccount, Backend } from "./model";
import { formatPath } from "./path";
import { KEY } from "./rules";
import type { ParsedBackend } from "./schema";
import { awsAccountSchema, awsSchema } from "./schema";
import type { TypedAt } from "./shape";
import { shape } from "./shape";

export interface ReadAccounts {
  readonly partition: Partition;
  readonly list: readonly AwsAccount[];
  readonly problems: readonly Problem[];
}

/** Reads the `aws` part of a federation. Codes: accounts-and-account-id, issuer-key-invalid, and those of the shape. */
export function accountsOf(aws: unknown, federationName: string, typedAt: TypedAt): ReadAccounts {
  const { value, problems: shapeProblems } = shape(awsSchema, aws ?? {}, ["aws"], typedAt);
  const partition = partitionOf(aws);
  // The outline has reported what is wrong with `aws` itself.
  if (value === undefined) return { partition, list: [], problems: aws === undefined ? shapeProblems : [] };
  const shared = { partition, region: value.region ?? null, assumeRoleArn: value.assumeRoleArn ?? null };
  if (value.accounts === undefined) {
    return {
      partition,
      problems: [],
      list: [{ ...shared, key: null, stackName: federationName, accountId: value.accountId ?? null, backend: backendOf(value.backend, null) }],
    };
  }
  const problems: Problem[] = [];
  if (value.accountId !== undefined) {
    problems.push({ code: "accounts-and-account-id", message: "Both accountId and accounts are given.", path: "aws.accountId", fix: "Put the ID under accounts." });
  }
  const list: AwsAccount[] = [];
  for (const [key, raw] of Object.entries(value.accounts)) {
    const at = ["aws", "accounts", key];
    const keyProblem = breach(KEY, key, formatPath(at));
    if (keyProblem !== undefined) problems.push(keyProblem);
    const account = shape(awsAccountSchema, raw, at, typedAt);
    problems.push(...account.problems);
    if (account.value === undefined) continue;
    const own = account.value;
    list.push({
      key,
      stackName: `${federationName}-${key}`,
      accountId: own.accountId ?? null,
      partition,
      region: own.region ?? shared.region,
      assumeRoleArn: own.assumeRoleArn ?? shared.assumeRoleArn,
      backend: own.backend === undefined ? backendOf(value.backend, key) : backendOf(own.backend, null),
    });
  }
  if (Object.keys(value.accounts).length === 0) {
    problems.push({ code: "required", message: "accounts is empty.", path: "aws.accounts", fix: "Name at least one AWS account, or leave accounts out." });
  }
  const seen = new Map<string, string>();
  for (const { key, accountId } of list) {
    if (accountId === null) continue;
    const other = seen.get(accountId);
    if (other !== undefined) problems.push({ code: "accounts-and-account-id", message: `The accounts ${other} and ${key ?? ""} are the same AWS account.`, path: formatPath(["aws", "accounts", key ?? "", "accountId"]), fix: "Keep one: an account holds one provider per issuer." });
    seen.set(accountId, key ?? "");
  }
  return { partition, list, problems };
}

function partitionOf(aws: unknown): Partition {
  const partition = typeof aws === "object" && aws !== null ? (aws as Record<string, unknown>)["partition"] : undefined;
  return PARTITIONS.find((known) => known === partition) ?? "aws";
}

const S3_SETTINGS = { dynamodbTable: "dynamodb_table", useLockfile: "use_lockfile", encrypt: "encrypt", kmsKeyId: "kms_key_id", profile: "profile" } as const;

/** A backend that several accounts share keeps a state for each: `<account>/<key>`. */
function backendOf(backend: ParsedBackend | undefined, accountKey: string | null): Backend {
  if (backend === undefined) return { type: "local", path: null };
  const inAccount = (key: string): string => (accountKey === null ? key : `${accountKey}/${key}`);
  if (backend.type === "local") return { type: "local", path: backend.path === undefined ? null : inAccount(backend.path) };
  const settings: Record<string, string | boolean> = {};
  for (const [name, terraformName] of Object.entries(S3_SETTINGS)) {
    const setting = backend[name as keyof typeof S3_SETTINGS];
    if (setting !== undefined) settings[terraformName] = setting;
  }
  return { type: "s3", bucket: backend.bucket, key: inAccount(backend.key), region: backend.region, settings };
}
