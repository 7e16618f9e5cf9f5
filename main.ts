/** The CDKTF app: federation.yaml and federations/*.yaml, one stack a federation and AWS account. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { FederationStack, loadFederation } from "./src/cdktf";
import { FederationError, OutsideError } from "./src/errors";

const FOLDER = "federations";

function federationFiles(): readonly string[] {
  const more = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => /\.ya?ml$/.test(name)).sort() : [];
  const single = existsSync("federation.yaml") || more.length === 0 ? ["federation.yaml"] : [];
  return [...single, ...more.map((name) => join(FOLDER, name))];
}

function synthesise(): void {
  const app = new App();
  for (const federation of federationFiles().map(loadFederation)) FederationStack.forEachAccount(app, federation);
  app.synth();
}

try {
  synthesise();
} catch (error) {
  // A mistake in a federation is the caller's to mend: what and where, and no stack trace.
  const validation = error instanceof Error && error.message.startsWith("Validation failed");
  if (!(error instanceof FederationError) && !validation) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof OutsideError ? 3 : 2;
}
