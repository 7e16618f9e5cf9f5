/** `error-classes.mjs ENTRY...`: an error that any entry throws is of the classes of each, required and imported. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const names = process.argv.slice(2);
const entries = [...names.map((name) => require(name)), ...(await Promise.all(names.map((name) => import(name))))];
const { FederationError, InputError, OutsideError } = require("databricks-aws-oidc");
const imported = await import("databricks-aws-oidc");
assert.deepEqual([imported.InputError, imported.OutsideError], [InputError, OutsideError]);

for (const { readFederation, loadFederation } of entries) {
  assert.throws(() => readFederation({}), InputError);
  assert.throws(() => readFederation({}), FederationError);
  if (loadFederation !== undefined) assert.throws(() => loadFederation("absent.yaml"), OutsideError);
}
