/** The four published modules. */
import type { ModuleDefinition } from "../definition";
import type { Sample } from "../sample";
import { SAMPLE } from "../sample";
import { federatedRoleModule } from "./federated-role";
import { federationModule } from "./federation";
import { accountModule, workspaceModule } from "./simple";

/** By name. `sample` is what their tests and examples are written with. */
export function publishedModules(sample: Sample = SAMPLE): readonly ModuleDefinition[] {
  return [accountModule(sample), federatedRoleModule(sample), federationModule(sample), workspaceModule(sample)];
}
