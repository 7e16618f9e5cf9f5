/** The modules and the provider their roles trust, on a local AWS: of which account it is, whether it exists. */
import { CreateOpenIDConnectProviderCommand } from "@aws-sdk/client-iam";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { HclValue } from "../../src/hcl/encode";
import { hclAttributes } from "../../src/hcl/encode";
import { READER } from "../support/full-federation";
import type { Iam } from "../support/iam";
import { iamOf } from "../support/iam";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import type { Terraform } from "../support/terraform";
import { terraformIn } from "../support/terraform";

const MODULES = resolve(__dirname, "..", "..", "modules");
const ACCOUNT = "111122223333";
const OTHER_ACCOUNT = "999999999999";
const HOST = "mycompany.cloud.databricks.com";
const URL = `https://${HOST}/oidc`;
const arnIn = (account: string): string => `arn:aws:iam::${account}:oidc-provider/${HOST}/oidc`;

type Inputs = Readonly<Record<string, HclValue>>;
const trust = { issuer: "production", service_principals: [READER] };
const issuer = { level: "workspace", host: HOST, workspace_id: "1" };

/** A call of each module whose roles trust one provider, which it creates or which exists in `account`. */
const CALLS: Readonly<Record<string, (existing: boolean, account: string) => Inputs>> = {
  "databricks-workspace-oidc": (existing) => ({
    databricks_workspace_host: HOST,
    databricks_workspace_id: "1",
    create_oidc_provider: !existing,
    roles: { reader: { service_principals: [READER] } },
  }),
  "databricks-federation": (existing, account) => ({
    issuers: { production: { ...issuer, ...(existing ? { existing_provider_arn: arnIn(account) } : {}) } },
    roles: { reader: { trusts: [trust] } },
  }),
};
const FEDERATED_ROLE: Inputs = { issuers: { production: issuer }, name: "reader", trusts: [trust] };

describeWith({ terraform: true, moto: true }, "a module's provider", () => {
  let moto: Moto;
  let iam: Iam;
  beforeAll(async () => {
    moto = await startMoto({ accountId: ACCOUNT });
    iam = iamOf(moto);
  });
  beforeEach(() => moto.reset());
  afterAll(async () => {
    iam.client.destroy();
    await moto.stop();
  });

  async function rootCalling(module: string, inputs: Inputs): Promise<Terraform> {
    const folder = temporaryFolder("provider");
    const attributes = hclAttributes(Object.entries({ source: join(MODULES, module), ...inputs }), 2);
    writeFileSync(join(folder, "main.tf"), `module "databricks" {\n${attributes}\n}\n`);
    const terraform = terraformIn(folder, moto.env);
    await terraform.init();
    return terraform;
  }

  /** What Terraform prints when `args` fail, on one line; no role must exist then. */
  async function failureOf(terraform: Terraform, ...args: string[]): Promise<string> {
    const { stderr } = await terraform.run([...args, "-no-color", "-input=false"], { accept: [1] });
    expect(await iam.roleNames()).toEqual([]);
    return stderr.replace(/[\s│]+/g, " ");
  }

  const createProvider = async (...audiences: string[]): Promise<void> => {
    await iam.client.send(new CreateOpenIDConnectProviderCommand({ Url: URL, ClientIDList: audiences }));
  };

  describe.each(Object.entries(CALLS))("%s", (module, call) => {
    test("creates no role where the provider it creates shows another account than aws_account_id", async () => {
      const inputs = { aws_account_id: OTHER_ACCOUNT, aws_partition: "aws", ...call(false, ACCOUNT) };
      const failure = await failureOf(await rootCalling(module, inputs), "apply", "-auto-approve");
      expect(failure).toContain("was created in another AWS account or partition than aws_account_id");
      expect(failure).toContain(arnIn(ACCOUNT));
    });

    test("refuses at plan an existing provider of another account than the caller's, unverified too", async () => {
      const inputs = { aws_account_id: OTHER_ACCOUNT, aws_partition: "aws", ...call(true, OTHER_ACCOUNT) };
      const terraform = await rootCalling(module, { ...inputs, verify_existing_providers: false });
      expect(await failureOf(terraform, "plan")).toContain(
        `The AWS credentials are of account ${ACCOUNT}, aws_account_id is ${OTHER_ACCOUNT}`,
      );
    });

    test("passes on AWS' own error, and no other, where the provider to create exists", async () => {
      await createProvider("1");
      const failure = await failureOf(await rootCalling(module, call(false, ACCOUNT)), "apply", "-auto-approve");
      expect(failure).toContain("EntityAlreadyExists");
      expect(failure.match(/Error: /g)).toHaveLength(1);
    });

    test("adopts a provider that exists and has the audience; a second plan changes nothing", async () => {
      await createProvider("2", "1");
      const terraform = await rootCalling(module, call(true, ACCOUNT));
      await terraform.apply();
      expect(await iam.roleNames()).toEqual(["reader"]);
      await terraform.run(["plan", "-detailed-exitcode"]);
    });
  });

  const EXISTING: readonly (readonly [string, Inputs])[] = [
    ...Object.entries(CALLS).map(([module, call]) => [module, call(true, ACCOUNT)] as const),
    ["databricks-federated-role", FEDERATED_ROLE],
  ];

  test.each(EXISTING)(
    "%s refuses at plan an existing provider that is absent or lacks the audience",
    async (module, inputs) => {
      const terraform = await rootCalling(module, inputs);
      expect(await failureOf(terraform, "plan")).toContain("NoSuchEntity");
      await createProvider("2");
      expect(await failureOf(terraform, "plan")).toContain("does not register the audience 1");
      const unverified = await rootCalling(module, { ...inputs, verify_existing_providers: false });
      expect((await unverified.plan()).counts).toMatchObject({ add: 1, change: 0 });
    },
  );

  test.each([
    ["databricks-account-oidc", { databricks_account_id: "123456789012", audiences: ["sts.amazonaws.com"] }],
    [
      "databricks-federation",
      { issuers: { production: { level: "account", account_id: "123456789012", audiences: ["sts.amazonaws.com"] } } },
    ],
  ])("%s warns of audiences and account IDs that are not Databricks', and plans no change", async (module, inputs) => {
    const terraform = await rootCalling(module, inputs);
    const { stdout } = await terraform.apply();
    const { stdout: again } = await terraform.run(["plan", "-no-color", "-detailed-exitcode"]);
    for (const text of [stdout, again].map((output) => output.replace(/[\s│]+/g, " "))) {
      expect(text).toContain("An audience is sts.amazonaws.com");
      expect(text).toContain("A Databricks account ID has 12 digits");
    }
  });
});
