/** The CDKTF app: federation.yaml and federations/*.yaml, one stack a federation and AWS account. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { FederationStack, loadFederation } from "./src/cdktf";
import type { Problem } from "./src/errors";
import { FederationError, OutsideError, refuse } from "./src/errors";

const FOLDER = "federations";

function federationFiles(): readonly string[] {
  const more = existsSync(FOLDER)
    ? readdirSync(FOLDER)
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
    : [];
  const single = existsSync("federation.yaml") || more.length === 0 ? ["federation.yaml"] : [];
  return [...single, ...more.map((name) => join(FOLDER, name))];
}

function synthesise(): void {
  const app = new App();
  const files = federationFiles();
  const federations = files.map(loadFederation);
  /** Stacks and the file each is from; in lower case, because folders of some systems do not mind case. */
  const taken = new Map<string, string>();
  const problems = federations.flatMap((federation, index) =>
    federation.accounts.flatMap(({ stackName }): readonly Problem[] => {
      const file = files[index] ?? "";
      const other = taken.get(stackName.toLowerCase());
      taken.set(stackName.toLowerCase(), file);
      if (other === undefined) return [];
      return [
        {
          code: "name-collision",
          message: `${other} makes a stack called ${stackName} as well.`,
          file,
          path: "name",
          fix: "Give one of the federations another name.",
        },
      ];
    }),
  );
  refuse(problems);
  for (const federation of federations) FederationStack.forEachAccount(app, federation);
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
