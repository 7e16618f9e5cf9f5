/** Apart from its caller, which loads the kit late: that takes a second. */
import { App } from "cdktf";
import { FederationStack } from "../cdktf";
import type { Federation } from "../federation";

/** Writes the stacks of `federation`, one for each AWS account, to `outdir`. */
export function synthesizeStacks(federation: Federation, outdir: string): void {
  const app = new App({ outdir });
  FederationStack.forEachAccount(app, federation);
  app.synth();
}
