/** Constructs behind an aliased provider, and values that only Terraform knows, applied to a local AWS. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack, TerraformVariable } from "cdktf";
import type { DatabricksFederationProps } from "../../src/cdktf";
import { allowAwsProviderRange, DatabricksFederation } from "../../src/cdktf";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import type { Terraform } from "../support/terraform";
import { terraformIn } from "../support/terraform";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const HOSTILE = 'x","*';
const issuers = {
  production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
} as const;
const storage = { trusts: [{ unityCatalog: { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"] } }] } as const;

describeWith({ terraform: true, moto: true }, "constructs on a local AWS", () => {
  let moto: Moto;
  let other: Moto;
  beforeAll(async () => {
    [moto, other] = await Promise.all([startMoto(), startMoto({ accountId: "444455556666" })]);
  });
  afterAll(() => Promise.all([moto.stop(), other.stop()]));
  beforeEach(() => Promise.all([moto.reset(), other.reset()]));

  async function applied(
    props: (stack: TerraformStack, dev: AwsProvider) => DatabricksFederationProps,
  ): Promise<Terraform> {
    const folder = temporaryFolder("constructs");
    const app = new App({ outdir: folder });
    const stack = new TerraformStack(app, "lake");
    new LocalBackend(stack, { path: join(folder, "terraform.tfstate") });
    new AwsProvider(stack, "aws", { region: "us-east-1" });
    const endpoints = [{ iam: other.endpoint, sts: other.endpoint }];
    const dev = new AwsProvider(stack, "dev", { alias: "dev", region: "us-east-1", endpoints });
    allowAwsProviderRange(stack);
    new DatabricksFederation(stack, "f", props(stack, dev));
    app.synth();
    const terraform = terraformIn(join(folder, "stacks", "lake"), moto.env);
    await terraform.init();
    return terraform;
  }

  /** The trust policies in the state, by role. */
  async function policiesIn(terraform: Terraform): Promise<Readonly<Record<string, string>>> {
    const { stdout } = await terraform.run(["show", "-json"]);
    const { values } = JSON.parse(stdout) as {
      values?: { root_module: { resources?: readonly { type: string; values: Record<string, string> }[] } };
    };
    const roles = (values?.root_module.resources ?? []).filter(({ type }) => type === "aws_iam_role");
    return Object.fromEntries(roles.map(({ values: role }) => [role["name"], role["assume_role_policy"] ?? ""]));
  }

  test("the account behind an aliased provider is that of its roles", async () => {
    const terraform = await applied((_, dev) => ({ provider: dev, issuers, roles: { storage } }));
    await terraform.apply();
    expect((await policiesIn(terraform))["storage"]).toContain("arn:aws:iam::444455556666:root");
    expect((await terraform.plan()).counts).toEqual({ add: 0, change: 0, destroy: 0, moved: 0 });
  });

  test("an account that is not the provider's is refused before a role is made", async () => {
    const terraform = await applied((_, dev) => ({
      provider: dev,
      awsAccountId: "111122223333",
      issuers: {},
      roles: { storage },
    }));
    await expect(terraform.apply()).rejects.toThrow(/account is not 111122223333 \(awsAccountId\)/);
    expect(await policiesIn(terraform)).toEqual({});
  });

  const reader = (stack: TerraformStack): DatabricksFederationProps => ({
    verifyExistingProviders: false,
    issuers: {
      production: {
        ...issuers.production,
        existingProviderArn: new TerraformVariable(stack, "arn", { type: "string" }).stringValue,
      },
    },
    roles: {
      reader: {
        trusts: [
          {
            issuer: "production",
            servicePrincipals: [new TerraformVariable(stack, "sp", { type: "string" }).stringValue],
          },
        ],
      },
    },
  });
  const arn = "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc";
  const values = (sp: string, provider = arn): readonly string[] => ["-var", `sp=${sp}`, "-var", `arn=${provider}`];

  test("values that only Terraform knows are checked before the role is made", async () => {
    const terraform = await applied(reader);
    await expect(terraform.apply(...values(HOSTILE))).rejects.toThrow(/servicePrincipals\[0\] must be a service/);
    await expect(terraform.apply(...values(READER, `${arn}/other`))).rejects.toThrow(/existingProviderArn must be/);
    expect(await policiesIn(terraform)).toEqual({});
    await terraform.apply(...values(READER));
    expect((await policiesIn(terraform))["reader"]).toContain(`oidc:sub":["${READER}"]`);
  });

  test("a value with quotes stays one subject even where nothing checks it", async () => {
    const terraform = await applied(reader);
    const file = join(terraform.dir, "cdk.tf.json");
    const json = JSON.parse(readFileSync(file, "utf8")) as { resource: { aws_iam_role: { f_reader: object } } };
    Reflect.deleteProperty(json.resource.aws_iam_role.f_reader, "lifecycle");
    writeFileSync(file, JSON.stringify(json));
    await terraform.apply(...values(HOSTILE));
    const policy = JSON.parse((await policiesIn(terraform))["reader"] ?? "") as {
      Statement: [{ Condition: { StringEquals: Record<string, unknown> } }];
    };
    expect(policy.Statement[0].Condition.StringEquals["mycompany.cloud.databricks.com/oidc:sub"]).toEqual([HOSTILE]);
  });
});
