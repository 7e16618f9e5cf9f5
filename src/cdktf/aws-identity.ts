/** Which AWS account and partition: as given, or asked of AWS once a stack, at plan time. */
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Partition } from "../issuer/rules";
import { ACCOUNT_ID_PLACEHOLDER, PARTITION_PLACEHOLDER } from "../trust/build";

export interface AwsIdentity {
  /** 12 digits, or ACCOUNT_ID_PLACEHOLDER: for text that goes through `terraformText`. */
  readonly accountId: string;
  /** A partition, or PARTITION_PLACEHOLDER: for text that goes through `terraformText`. */
  readonly partition: string;
  /** What was given; null where only AWS knows it. */
  readonly known: { readonly accountId: string | null; readonly partition: Partition | null };
  /** Puts CDKTF tokens in place of the placeholders: for text handed to the user, who may take it to another stack. */
  readonly tokenized: (text: string) => string;
}

const ids = { caller: "databricks-aws-oidc-caller-identity", partition: "databricks-aws-oidc-partition" } as const;

/** The identity of `scope`'s stack; makes the data sources it needs, one of each a stack. */
export function awsIdentity(
  scope: Construct,
  known: { readonly accountId?: string | null | undefined; readonly partition?: Partition | null | undefined },
): AwsIdentity {
  const stack = TerraformStack.of(scope);
  const caller = known.accountId == null ? callerIdentityOf(stack) : undefined;
  const partition = known.partition == null ? partitionOf(stack) : undefined;
  return {
    accountId: known.accountId ?? ACCOUNT_ID_PLACEHOLDER,
    partition: known.partition ?? PARTITION_PLACEHOLDER,
    known: { accountId: known.accountId ?? null, partition: known.partition ?? null },
    tokenized: (text) => {
      const withAccount = caller === undefined ? text : text.replaceAll(ACCOUNT_ID_PLACEHOLDER, caller.accountId);
      return partition === undefined ? withAccount : withAccount.replaceAll(PARTITION_PLACEHOLDER, partition.partition);
    },
  };
}

function callerIdentityOf(stack: TerraformStack): DataAwsCallerIdentity {
  const made = stack.node.tryFindChild(ids.caller);
  if (made instanceof DataAwsCallerIdentity) return made;
  const source = new DataAwsCallerIdentity(stack, ids.caller);
  source.overrideLogicalId("current");
  return source;
}

function partitionOf(stack: TerraformStack): DataAwsPartition {
  const made = stack.node.tryFindChild(ids.partition);
  if (made instanceof DataAwsPartition) return made;
  const source = new DataAwsPartition(stack, ids.partition);
  source.overrideLogicalId("current");
  return source;
}
