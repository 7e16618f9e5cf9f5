import type { TerraformStack } from "cdktf";
import { AWS_PROVIDER_RANGE, AWS_PROVIDER_SOURCE } from "../federation/aws-provider";

/**
 * Lets `stack` run with any AWS provider that fits (`>= 5.81.0, < 7.0.0`). CDKTF's prebuilt provider pins the one
 * version it was generated from; `FederationStack` calls this by itself, a stack of your own may.
 *
 * @example
 * ```ts
 * import { App, TerraformStack } from "cdktf";
 * import { allowAwsProviderRange } from "databricks-aws-oidc/cdktf";
 * const stack = new TerraformStack(new App(), "lakehouse");
 * allowAwsProviderRange(stack);
 * ```
 */
export function allowAwsProviderRange(stack: TerraformStack): void {
  stack.addOverride("terraform.required_providers.aws", { source: AWS_PROVIDER_SOURCE, version: AWS_PROVIDER_RANGE });
}
