/** The CDKTF app: federation.yaml and federations/*.yaml, one stack a federation and AWS account. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { FederationStack, loadFederation } from "./src/cdktf";
import type { Federation } from "./src/cdktf";
import { FederationError, OutsideError, refuse } from "./src/errors";
import { findCollisions } from "./src/federation/collisions";

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

/** `work` on each item; the errors of all of them are reported, not only the first. */
function forEach<T>(items: readonly T[], work: (item: T) => void): void {
  const errors: FederationError[] = [];
  for (const item of items) {
    try {
      work(item);
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      errors.push(error);
    }
  }
  const problems = errors.flatMap((error) => error.problems);
  // wrong input is reported as such, also beside a file that cannot be read
  if (errors.some((error) => !(error instanceof OutsideError))) refuse(problems);
  const [first, ...others] = problems;
  if (first !== undefined) throw new OutsideError([first, ...others]);
}

function synthesize(): void {
  const app = new App();
  const loaded: { readonly file: string; readonly federation: Federation }[] = [];
  forEach(federationFiles(), (file) => loaded.push({ file, federation: loadFederation(file) }));
  refuse(findCollisions(loaded));
  forEach(loaded, ({ federation }) => FederationStack.forEachAccount(app, federation));
  app.synth();
}

try {
  synthesize();
} catch (error) {
  // A mistake in a federation is the user's to correct: what and where, and no stack trace.
  const validation = error instanceof Error && error.message.startsWith("Validation failed");
  if (!(error instanceof FederationError) && !validation) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof OutsideError ? 3 : 2;
}
