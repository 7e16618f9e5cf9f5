import { join, relative, resolve, sep } from "node:path";
import type { S3BackendConfig, TerraformStack } from "cdktf";
import { App, LocalBackend, S3Backend } from "cdktf";
import type { Backend } from "../federation/model";

/** Gives `stack` the backend of its federation file: where Terraform keeps the state. */
export function addBackend(stack: TerraformStack, backend: Backend): void {
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
