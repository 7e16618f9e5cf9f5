/** Which AWS account and partition a construct's provider is in: as given, or asked of AWS at plan time. */
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import type { TerraformProvider } from "cdktf";
import { TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import type { Partition } from "../issuer/rules";
import type { TrustContext } from "../trust/build";
import { ACCOUNT_ID_PLACEHOLDER, PARTITION_PLACEHOLDER } from "../trust/build";
import { ownLifecycle } from "./own-settings";
import { holdsExpression, literalText, terraformText } from "./terraform-text";

/** The AWS provider of a construct, and what is known of its account; null where only AWS knows. */
export interface KnownAccount {
  readonly accountId: string | null;
  readonly partition: Partition | null;
  /** Undefined: the stack's own. */
  readonly provider: TerraformProvider | undefined;
  /** True: the provider refuses any other account by itself (`allowedAccountIds`). */
  readonly configured: boolean;
}

/** What text needs of an account, once data sources have been made for what is not known. */
export interface AwsAccount {
  /** `text` as a Terraform JSON string: see `terraformText`. */
  readonly text: (text: string) => string;
  /** What Terraform makes of such a string, with placeholders for what it asks of AWS. */
  readonly read: (template: string) => string;
  /** Whether such a string holds more than Terraform asks of AWS here, so that `read` cannot tell its value. */
  readonly isUnknown: (template: string) => boolean;
  /** CDKTF tokens in place of placeholders: for text handed to the user, who may take it to another stack. */
  readonly tokenized: (text: string) => string;
}

/** What is known, placeholders for the rest: for text that goes through `AwsAccount.text`. */
export function withPlaceholders({
  accountId,
  partition,
}: Pick<KnownAccount, "accountId" | "partition">): Pick<TrustContext, "accountId" | "partition"> {
  return { accountId: accountId ?? ACCOUNT_ID_PLACEHOLDER, partition: partition ?? PARTITION_PLACEHOLDER };
}

/** Tells accounts of one stack apart: the alias of the provider; empty for the stack's own. */
export function aliasOf(provider: TerraformProvider | undefined): string {
  return provider?.alias ?? "";
}

/**
 * Asks the construct's provider, once a stack, for what is not known, and compares what is given with the answer:
 * at plan time, before a role is made.
 */
export function awsAccount(scope: Construct, known: KnownAccount): AwsAccount {
  const stack = TerraformStack.of(scope);
  const { accountId, partition, provider } = known;
  const compared = !known.configured;
  const caller = sourceOf(DataAwsCallerIdentity, "caller-identity", stack, provider, accountId !== null, compared);
  if (caller !== undefined && accountId !== null)
    expectValue(caller, "account_id", accountId, "account", "awsAccountId");
  const partitionSource = sourceOf(DataAwsPartition, "partition", stack, provider, partition !== null, compared);
  if (partitionSource !== undefined && partition !== null)
    expectValue(partitionSource, "partition", partition, "partition", "awsPartition");
  const asked = {
    accountId: caller === undefined ? (accountId ?? "") : `\${${addressOf(caller)}.account_id}`,
    partition: partitionSource === undefined ? (partition ?? "") : `\${${addressOf(partitionSource)}.partition}`,
  };
  return {
    text: (text) => terraformText(text, asked),
    read: (template) => literalText(template, asked),
    isUnknown: (template) => holdsExpression(template, asked),
    tokenized: (text) =>
      text
        .replaceAll(ACCOUNT_ID_PLACEHOLDER, () => caller?.accountId ?? "")
        .replaceAll(PARTITION_PLACEHOLDER, () => partitionSource?.partition ?? ""),
  };
}

type Source = DataAwsCallerIdentity | DataAwsPartition;

/** How the IDs of our data sources begin. */
const SOURCE_ID = "databricks-aws-oidc-";

/** The data source of `provider` in `stack`; made when it is not there. */
function sourceOf<S extends Source>(
  type: new (scope: Construct, id: string, config: { provider?: TerraformProvider }) => S,
  name: string,
  stack: TerraformStack,
  provider: TerraformProvider | undefined,
  isGiven: boolean,
  isCompared: boolean,
): S | undefined {
  if (isGiven && !isCompared) return undefined;
  const alias = aliasOf(provider);
  const suffix = alias === "" ? "" : `_${alias}`;
  // what is only compared leaves the name `current` to data sources of the user's own
  const [id, logicalId] = isGiven
    ? [`${SOURCE_ID}given-${name}${suffix}`, `databricks-aws-oidc${suffix}`]
    : [`${SOURCE_ID}${name}${suffix}`, `current${suffix}`];
  const made = stack.node.tryFindChild(id);
  if (made instanceof type) return made;
  const source = new type(stack, id, provider === undefined ? {} : { provider });
  source.overrideLogicalId(logicalId);
  return source;
}

/** Lets the plan fail where the data source gives another value than `value`, the construct's property `prop`. */
function expectValue(source: Source, attribute: string, value: string, what: string, prop: string): void {
  const condition = `\${self.${attribute} == "${value}"}`;
  const known = source.lifecycle?.postcondition ?? [];
  if (known.some((other) => other.condition === condition)) return;
  ownLifecycle(source, {
    postcondition: [
      ...known,
      {
        condition,
        errorMessage:
          `The AWS provider's ${what} is not ${value} (${prop}). ` +
          `Use credentials of that ${what}, or correct ${prop}.`,
      },
    ],
  });
}

/** Whether `construct` is one of the data sources that are made here. */
export function isAccountSource({ node }: IConstruct): boolean {
  return node.id.startsWith(SOURCE_ID) && TerraformStack.isStack(node.scope);
}

function addressOf(source: Source): string {
  return `data.${source.terraformResourceType}.${source.friendlyUniqueId}`;
}
