import { App, TerraformStack } from "cdktf";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabricksFederation, FederationStack, loadImports, readFederation } from "../../src/cdktf";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { temporaryFolder } from "../support/temporary-folder";

const ROLE_POLICY = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["s3:*"], Resource: ["*"] }] };
const production = {
  level: "workspace",
  host: "mycompany.cloud.databricks.com",
  workspaceId: "1444828305810485",
} as const;
const trusts = [{ issuer: "production", users: ["alice@example.com"] }] as const;
const POLICY_ARN = "arn:aws:iam::111122223333:policy/read";
const declaration = {
  name: "lakehouse",
  aws: { accountId: "111122223333" },
  issuers: { production },
  roles: {
    reader: { trusts, managedPolicyArns: { read: POLICY_ARN }, inlinePolicies: { list: ROLE_POLICY } },
    writer: { trusts },
  },
};

function importsOf(...resources: readonly object[]): ReturnType<typeof loadImports> {
  const file = join(temporaryFolder("imports"), "imports.json");
  writeFileSync(file, JSON.stringify({ awsAccountId: "111122223333", resources }));
  return loadImports(file);
}

const PROVIDER = {
  provider: "production",
  id: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
};
const ALL = [
  PROVIDER,
  { role: "reader", id: "reader" },
  { role: "reader", managedPolicy: "read", id: `reader/${POLICY_ARN}` },
  { role: "reader", inlinePolicy: "list", id: "reader:list" },
];

/** The blocks of the stack's cdk.tf.json. */
function blocks(make: (app: App) => TerraformStack): { readonly import?: unknown; readonly moved?: unknown } {
  const app = new App({ outdir: temporaryFolder("synth") });
  return make(app).toTerraform() as { readonly import?: unknown; readonly moved?: unknown };
}

test("imports each resource that exists, and no other", () => {
  const { federation } = readFederation(declaration);
  const found = blocks((app) => new FederationStack(app, federation, { imports: importsOf(...ALL) }));
  expect(found.import).toEqual([
    { id: PROVIDER.id, to: "aws_iam_openid_connect_provider.lakehouse_production" },
    { id: "reader", to: "aws_iam_role.lakehouse_reader" },
    { id: `reader/${POLICY_ARN}`, to: "aws_iam_role_policy_attachment.lakehouse_reader_read" },
    { id: "reader:list", to: "aws_iam_role_policy.lakehouse_reader_list" },
  ]);
});

test("moves what the same state has at another address, and imports no such resource", () => {
  const movedFrom = 'module.old["a.b"].aws_iam_role.this[0]';
  const { federation } = readFederation(declaration);
  const imports = importsOf(PROVIDER, { role: "reader", id: "reader", movedFrom });
  const found = blocks((app) => new FederationStack(app, federation, { imports }));
  expect(found.import).toEqual([{ id: PROVIDER.id, to: "aws_iam_openid_connect_provider.lakehouse_production" }]);
  expect(found.moved).toEqual([{ from: movedFrom, to: "aws_iam_role.lakehouse_reader" }]);
});

test("takes imports for a federation in a stack of one's own, and for roles that are added later", () => {
  const found = blocks((app) => {
    const stack = new TerraformStack(app, "own");
    new AwsProvider(stack, "aws", { region: "us-east-1" });
    const { issuers, roles } = declaration;
    const imports = importsOf(...ALL, { role: "later", id: "later" });
    const props = { awsAccountId: "111122223333", awsPartition: "aws", issuers, roles, imports } as const;
    new DatabricksFederation(stack, "lakehouse", props).addRole("later", { trusts });
    return stack;
  });
  expect(JSON.stringify(found.import)).toContain('{"id":"later","to":"aws_iam_role.lakehouse_later"}');
});

test("imports nothing into the stack of another AWS account", () => {
  const { federation } = readFederation({
    ...declaration,
    aws: { accountId: "444455556666" },
    roles: { writer: { trusts } },
  });
  expect(
    blocks((app) => new FederationStack(app, federation, { imports: importsOf(PROVIDER) })).import,
  ).toBeUndefined();
});

test.each<[string, unknown, RegExp]>([
  ["a role that has another name by now", importsOf({ role: "reader", id: "old-name" }), /imports-mismatch/],
  ["what is not an imports.json", { reader: "reader" }, /Must be what loadImports returns.*wrong-type/],
])("reports %s at synthesis", (_, imports, expected) => {
  const { federation } = readFederation(declaration);
  const app = new App({ outdir: temporaryFolder("synth") });
  new FederationStack(app, federation, { imports: imports as ReturnType<typeof loadImports> });
  expect(() => app.synth()).toThrow(expected);
});
