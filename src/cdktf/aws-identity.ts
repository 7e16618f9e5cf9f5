/** Which AWS account and partition: as given, or asked of AWS once a stack, at plan time. */
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { TrustContext } from "../trust/build";
import { ACCOUNT_ID_PLACEHOLDER, PARTITION_PLACEHOLDER } from "../trust/build";
import type { KnownAccount } from "./settings";

const ids = { caller: "databricks-aws-oidc-caller-identity", partition: "databricks-aws-oidc-partition" } as const;

/** What is known, placeholders for the rest: for text that goes through `terraformText`. */
export function withPlaceholders({
  accountId,
  partition,
}: KnownAccount): Pick<TrustContext, "accountId" | "partition"> {
  return { accountId: accountId ?? ACCOUNT_ID_PLACEHOLDER, partition: partition ?? PARTITION_PLACEHOLDER };
}

/**
 * Makes the data sources that ask AWS for what is not known, one of each a stack. The function it returns puts CDKTF
 * tokens in place of the placeholders: for text handed to the user, who may take it to another stack.
 */
export function askAws(scope: Construct, known: KnownAccount): (text: string) => string {
  const stack = TerraformStack.of(scope);
  const caller = known.accountId === null ? callerIdentityOf(stack) : undefined;
  const partition = known.partition === null ? partitionOf(stack) : undefined;
  return (text) => {
    const withAccount = caller === undefined ? text : text.replaceAll(ACCOUNT_ID_PLACEHOLDER, caller.accountId);
    return partition === undefined ? withAccount : withAccount.replaceAll(PARTITION_PLACEHOLDER, partition.partition);
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
