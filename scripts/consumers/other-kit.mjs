/** `other-kit.mjs OURS THEIRS`: the entry for one kit refuses what is made with the other, and names its entry. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const [ours, theirs] = process.argv.slice(2);
const { InputError } = require("databricks-aws-oidc");
const {
  DatabricksFederatedRole,
  DatabricksFederation,
  DatabricksOidcProvider,
  FederationStack,
  loadFederation,
} = require(`databricks-aws-oidc/${ours}`);
const other = require(`databricks-aws-oidc/${theirs}`);
const { AwsProvider } = require(`@${theirs}/provider-aws/lib/provider`);

const ISSUER = { level: "workspace", host: "a.cloud.databricks.com", workspaceId: "1" };
const appOf = (kit) => new (require(kit).App)({ outdir: "unwritten" });
const stackOf = (kit) => new (require(kit).TerraformStack)(appOf(kit), "stack");
const provider = () => new AwsProvider(stackOf(theirs), "aws");
const issuer = () => new other.DatabricksOidcProvider(stackOf(theirs), "production", ISSUER);

const refused = [
  () => new FederationStack(appOf(theirs), loadFederation("federation.yaml")),
  () => FederationStack.forEachAccount(appOf(theirs), loadFederation("federation.yaml")),
  () => new DatabricksFederation(stackOf(theirs), "f", { issuers: {} }),
  () => new DatabricksOidcProvider(stackOf(theirs), "p", ISSUER),
  () => new DatabricksFederatedRole(stackOf(theirs), "r", { trusts: [] }),
  () => DatabricksFederatedRole.fromRoleArn(stackOf(theirs), "r", "arn"),
  () => DatabricksFederatedRole.fromRoleArn(stackOf(ours), "r", "arn", { provider: provider() }),
  () => new DatabricksFederation(stackOf(ours), "f", { provider: provider(), issuers: {} }),
  () => new DatabricksOidcProvider(stackOf(ours), "p", { ...ISSUER, provider: provider() }),
  () => new DatabricksFederatedRole(stackOf(ours), "r", { providers: { p: issuer() }, trusts: [] }),
  () => new DatabricksFederatedRole(stackOf(ours), "r", { trusts: [{ issuer: issuer(), users: [] }] }),
  () => new DatabricksFederation(stackOf(ours), "f", { issuers: {} }).addRole("r", { trusts: [{ issuer: issuer() }] }),
  () => {
    const stack = stackOf(ours);
    new AwsProvider(stack, "aws");
    return new DatabricksFederation(stack, "f", { issuers: {} });
  },
];
for (const make of refused) {
  assert.throws(make, (error) => {
    assert(error instanceof InputError, `${make}\n${error}`);
    assert.equal(error.code, "kit-mismatch", `${make}\n${error}`);
    assert(error.fix.includes(`"databricks-aws-oidc/${theirs}"`), error.fix);
    return true;
  });
}
