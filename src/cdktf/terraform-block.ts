/** What stands in the `terraform` block of a stack: versions, and where its state is. */
import { join, relative, resolve, sep } from "node:path";
import type { S3BackendConfig } from "cdktf";
import { App, LocalBackend, S3Backend, TerraformStack } from "cdktf";
import { inputError } from "../errors";
import { AWS_PROVIDER_RANGE, AWS_PROVIDER_SOURCE, TERRAFORM_RANGE } from "../federation/aws-provider";
import type { Backend } from "../federation/model";

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
  if (!TerraformStack.isStack(stack))
    throw inputError("wrong-type", "stack must be a TerraformStack.", "Pass the stack.", "stack");
  stack.addOverride("terraform.required_providers.aws", { source: AWS_PROVIDER_SOURCE, version: AWS_PROVIDER_RANGE });
}

/**
 * @internal Gives `stack` the versions it runs with and the backend of its federation file; `none` leaves that to the
 * app.
 */
export function addTerraformBlock(stack: TerraformStack, backend: Backend): void {
  allowAwsProviderRange(stack);
  stack.addOverride("terraform.required_version", TERRAFORM_RANGE);
  if (backend.type === "none") return;
  if (backend.type === "local") {
    new LocalBackend(stack, { path: localStatePath(stack, backend.path) });
    return;
  }
  const { type: _, settings, ...place } = backend;
  // S3BackendConfig has the settings in camelCase; CDKTF turns either spelling into Terraform's.
  // Terraform reads a JSON backend literally, without templates: nothing is escaped, or it would be part of the name.
  const config: S3BackendConfig = { ...settings, ...place };
  new S3Backend(stack, config);
}

/**
 * The state file as Terraform finds it from the stack's own folder. CDKTF by itself writes the absolute path, which
 * differs from machine to machine. `path` is relative to the folder of cdktf.json.
 */
function localStatePath(stack: TerraformStack, path: string | null): string {
  const stackFolder = join(resolve(App.of(stack).outdir), "stacks", stack.node.id);
  const file = resolve(path ?? `terraform.${stack.node.id}.tfstate`);
  return relative(stackFolder, file).replaceAll(sep, "/");
}
