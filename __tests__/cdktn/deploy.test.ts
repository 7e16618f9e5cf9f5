/** CDK Terrain takes over what CDKTF deployed, on a local AWS: the same app, the same state, nothing to change. */
import { CreatePolicyCommand } from "@aws-sdk/client-iam";
import { version } from "cdktf/package.json";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cdktf, cdktfProject } from "../support/cdktf-project";
import { EXISTING_POLICIES, fullFederation } from "../support/full-federation";
import { iamOf } from "../support/iam";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";

const { name } = fullFederation;
const OFFLINE = "--skip-provider-lock";

describeWith({ terraform: true, moto: true }, "cdktn on the state of cdktf", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto({ accountId: "111122223333" });
  });
  afterAll(() => moto.stop());

  test("plans no change and deploys none", async () => {
    const iam = iamOf(moto);
    for (const policy of EXISTING_POLICIES) {
      await iam.client.send(
        new CreatePolicyCommand({
          PolicyName: policy,
          PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
        }),
      );
    }
    const folder = cdktfProject({ "federation.yaml": JSON.stringify(fullFederation) });
    const madeWith = (): string => {
      const stack = readFileSync(join(folder, "cdktf.out", "stacks", name, "cdk.tf.json"), "utf8");
      return (JSON.parse(stack) as { "//": { metadata: { version: string } } })["//"].metadata.version;
    };
    await cdktf(folder, ["deploy", "--auto-approve", OFFLINE], moto.env, [0], "cdktf");
    const madeFirst = madeWith();
    const roles = await iam.roleNames();
    expect(roles).toHaveLength(3);

    const diff = await cdktf(folder, ["diff", OFFLINE], moto.env, [0], "cdktn");
    expect([madeFirst, madeWith()]).toEqual([expect.stringMatching(/^0\.21\./), version]);
    expect(diff.stdout).toContain("No changes.");
    const deployed = await cdktf(folder, ["deploy", "--auto-approve", OFFLINE], moto.env, [0], "cdktn");
    expect(deployed.stdout).toContain("0 added, 0 changed, 0 destroyed");
    expect(await iam.roleNames()).toEqual(roles);
    iam.client.destroy();
  });
});
