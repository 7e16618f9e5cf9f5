import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Moto, startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import { OFFLINE_PROVIDER, terraformIn } from "../support/terraform";

const configuration = {
  terraform: { required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.81.0, < 7.0.0" } } },
  resource: {
    aws_iam_openid_connect_provider: {
      this: { url: "https://mycompany.cloud.databricks.com/oidc", client_id_list: ["1444828305810485"] },
    },
  },
  output: { arn: { value: "${aws_iam_openid_connect_provider.this.arn}" } },
};

describeWith({ terraform: true, moto: true }, "the local AWS of the tests", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto({ accountId: "999988887777" });
  });
  afterAll(() => moto.stop());

  test("creates an OIDC provider in the given account, and its plan is then empty", async () => {
    const dir = temporaryFolder("support");
    writeFileSync(join(dir, "main.tf.json"), JSON.stringify(configuration));
    const terraform = terraformIn(dir, moto.env);
    await terraform.init();
    expect((await terraform.plan()).counts).toEqual({ add: 1, change: 0, destroy: 0, moved: 0 });
    await terraform.apply();
    expect(await terraform.outputs()).toEqual({
      arn: "arn:aws:iam::999988887777:oidc-provider/mycompany.cloud.databricks.com/oidc",
    });
    const second = await terraform.plan();
    expect([second.counts, second.changedOutputs]).toEqual([{ add: 0, change: 0, destroy: 0, moved: 0 }, []]);
  });

  test("a plan with the offline provider calls nothing", async () => {
    const dir = temporaryFolder("support");
    writeFileSync(join(dir, "main.tf.json"), JSON.stringify({ ...configuration, ...OFFLINE_PROVIDER }));
    const terraform = terraformIn(dir, { AWS_ENDPOINT_URL: "http://127.0.0.1:9" });
    await terraform.init();
    const plan = await terraform.plan();
    expect(plan.counts.add).toBe(1);
    expect(plan.changedOutputs).toEqual(["arn"]);
  });
});
