import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

/** A new empty folder under the system's temporary one, removed when this test file's process ends. */
export function temporaryFolder(purpose = "test"): string {
  // realpath: on some systems the temporary folder is a link, and paths are compared in tests.
  const folder = mkdtempSync(join(realpathSync(tmpdir()), `databricks-aws-oidc-${purpose}-`));
  made.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});
