import type { TerraformStack } from "cdktf";
import { AWS_PROVIDER_RANGE, AWS_PROVIDER_SOURCE } from "../federation/aws-provider";

/**
 * Lets `stack` run with any AWS provider that fits (`>= 5.81.0, < 7.0.0`). CDKTF's prebuilt provider pins the one
 * version it was generated from; `FederationStack` calls this by itself, a stack of your own may.
 */
export function allowAwsProviderRange(stack: TerraformStack): void {
  stack.addOverride("terraform.required_providers.aws", { source: AWS_PROVIDER_SOURCE, version: AWS_PROVIDER_RANGE });
}
