/** Adopting a provider that somebody else made, in both ways: by its ARN, and by a token from the same stack. */
import { CreateOpenIDConnectProviderCommand, GetOpenIDConnectProviderCommand } from "@aws-sdk/client-iam";
import { DataAwsIamOpenidConnectProvider } from "@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { join } from "node:path";
import { allowAwsProviderRange, DatabricksFederation } from "../../src/cdktf";
import type { FederationInput } from "../../src/federation";
import { deployableStack } from "../support/cdktf-project";
import { READER } from "../support/full-federation";
import type { Iam } from "../support/iam";
import { iamOf } from "../support/iam";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import { terraformIn } from "../support/terraform";

const PROVIDER_ARN = "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc";
const production = {
  level: "workspace",
  host: "mycompany.cloud.databricks.com",
  workspaceId: "1444828305810485",
} as const;
const trusts = [{ issuer: "production", servicePrincipals: [READER] }] as const;
const adopting: FederationInput = {
  name: "lakehouse",
  aws: { accountId: "111122223333" },
  issuers: { production: { ...production, existingProviderArn: PROVIDER_ARN } },
  roles: { reader: { trusts } },
};

describeWith({ terraform: true, moto: true }, "an existing provider", () => {
  let moto: Moto;
  let iam: Iam;
  beforeAll(async () => {
    moto = await startMoto({ accountId: "111122223333" });
    iam = iamOf(moto);
  });
  beforeEach(async () => {
    await moto.reset();
    await iam.client.send(
      new CreateOpenIDConnectProviderCommand({
        Url: "https://mycompany.cloud.databricks.com/oidc",
        ClientIDList: ["1444828305810485"],
      }),
    );
  });
  afterAll(async () => {
    iam.client.destroy();
    await moto.stop();
  });

  test("is used as it is, and outlives the stack", async () => {
    const { terraform } = await deployableStack(adopting, moto.env);
    await terraform.apply();
    expect(await terraform.addresses()).toEqual([
      "aws_iam_role.lakehouse_reader",
      "data.aws_iam_openid_connect_provider.lakehouse_production",
    ]);
    expect(await iam.trustPolicy("reader")).toContain(PROVIDER_ARN);
    await terraform.destroy();
    expect([await iam.providerArns(), await iam.roleNames()]).toEqual([[PROVIDER_ARN], []]);
    const { ClientIDList } = await iam.client.send(
      new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: PROVIDER_ARN }),
    );
    expect(ClientIDList).toEqual(["1444828305810485"]);
  });

  test("that lacks the audience, or is absent, stops the plan, unless AWS is not to be asked", async () => {
    const audiences = ["1444828305810485", 'x"y'];
    const { terraform, synthesise } = await deployableStack(adopting, moto.env);
    synthesise({ ...adopting, issuers: { production: { ...adopting.issuers["production"], audiences } } } as never);
    const failure = async (): Promise<string> =>
      (await terraform.run(["plan", "-no-color"], { accept: [1] })).stderr.replace(/[\s│]+/g, " ");
    expect(await failure()).toContain(`${PROVIDER_ARN} does not register the audience x"y, so AWS would refuse`);
    await moto.reset();
    expect(await failure()).toContain("NoSuchEntity");
    synthesise(adopting, { verifyExistingProviders: false });
    expect((await terraform.plan()).counts).toMatchObject({ add: 1 });
  });

  test("is refused by AWS where the file creates it a second time; naming its ARN mends that", async () => {
    const { terraform, synthesise } = await deployableStack({ ...adopting, issuers: { production } }, moto.env);
    const refused = await terraform.run(["apply", "-auto-approve", "-no-color"], { accept: [1] });
    expect(refused.stderr).toContain("EntityAlreadyExists");
    expect(await iam.roleNames()).toEqual([]);
    synthesise(adopting);
    await terraform.apply();
    expect(await iam.roleNames()).toEqual(["reader"]);
  });

  test("moves into the stack by an import, without a change to provider or role", async () => {
    const { terraform, synthesise } = await deployableStack(adopting, moto.env);
    await terraform.apply();
    synthesise({ ...adopting, issuers: { production } });
    await terraform.run(["import", "-no-color", "aws_iam_openid_connect_provider.lakehouse_production", PROVIDER_ARN]);
    expect((await terraform.plan()).counts).toEqual({ add: 0, change: 0, destroy: 0, moved: 0 });
  });

  test("can be looked up in the stack: its ARN is then a token", async () => {
    const folder = temporaryFolder("adopt");
    const app = new App({ outdir: folder });
    const stack = new TerraformStack(app, "own");
    new AwsProvider(stack, "aws", { region: "us-east-1" });
    allowAwsProviderRange(stack);
    const provider = new DataAwsIamOpenidConnectProvider(stack, "existing", {
      url: "https://mycompany.cloud.databricks.com/oidc",
    });
    new DatabricksFederation(stack, "lakehouse", {
      issuers: { production: { ...production, existingProviderArn: provider.arn } },
      roles: { reader: { trusts } },
    });
    app.synth();
    const terraform = terraformIn(join(folder, "stacks", "own"), moto.env);
    await terraform.init();
    await terraform.apply(`-state=${join(folder, "tfstate")}`);
    expect(JSON.parse(await iam.trustPolicy("reader"))).toMatchObject({
      Statement: [{ Principal: { Federated: [PROVIDER_ARN] } }],
    });
  });
});
