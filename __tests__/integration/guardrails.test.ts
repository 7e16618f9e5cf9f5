/** The pipeline's policy is enough: a deployment with it alone, on a local AWS that checks permissions. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { readFederation } from "../../src/federation";
import { guardrails } from "../../src/guardrails/guardrails";
import { rootTree } from "../../src/module/root-tree";
import { EXISTING_POLICIES, fullFederation } from "../support/full-federation";
import { iamOf } from "../support/iam";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import { terraformIn } from "../support/terraform";

const { federation } = readFederation(fullFederation);

/** moto compares the actions of IAM's own calls, not their resources and conditions: unit tests check those. */
function pipelinePolicies(): readonly string[] {
  const { files } = guardrails(federation, {
    pipelineRoles: ["arn:aws:iam::111122223333:role/ci"],
    awsAccountId: undefined,
  }).tree;
  return [...files].flatMap(([path, text]) => {
    if (!path.startsWith("pipeline-policy")) return [];
    const { Version, Statement } = JSON.parse(text) as { Version: string; Statement: readonly { Action: unknown }[] };
    const anywhere = Statement.map(({ Action }) => ({ Effect: "Allow", Action, Resource: "*" }));
    return [JSON.stringify({ Version, Statement: anywhere })];
  });
}

function writeRoot(folder: string): void {
  for (const [path, text] of rootTree(federation, { version: "1.0.0", style: "modules" }).tree.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

describeWith({ terraform: true, moto: true }, "a pipeline with its policy alone", () => {
  test.each([
    ["deploys, changes nothing the second time, and destroys", (policy: string) => policy, true],
    [
      "cannot deploy without one of its permissions",
      (policy: string) => policy.replace('"iam:GetOpenIDConnectProvider",', ""),
      false,
    ],
  ])("%s", async (_, change, isEnough) => {
    const policies = pipelinePolicies();
    const moto = await startMoto({ callsWithoutPermission: EXISTING_POLICIES.length + 2 + policies.length });
    try {
      const { client } = iamOf(moto);
      for (const PolicyName of EXISTING_POLICIES)
        await client.send(
          new CreatePolicyCommand({
            PolicyName,
            PolicyDocument:
              '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:List*","Resource":"*"}]}',
          }),
        );
      await client.send(new CreateUserCommand({ UserName: "pipeline" }));
      for (const [index, text] of policies.entries())
        await client.send(
          new PutUserPolicyCommand({ UserName: "pipeline", PolicyName: `p${index}`, PolicyDocument: change(text) }),
        );
      const { AccessKey: key } = await client.send(new CreateAccessKeyCommand({ UserName: "pipeline" }));
      client.destroy();
      const folder = temporaryFolder("pipeline");
      writeRoot(folder);
      const terraform = terraformIn(folder, {
        ...moto.env,
        AWS_ACCESS_KEY_ID: key?.AccessKeyId ?? "",
        AWS_SECRET_ACCESS_KEY: key?.SecretAccessKey ?? "",
      });
      await terraform.init();
      if (isEnough) {
        await terraform.apply();
        expect((await terraform.plan("-detailed-exitcode")).counts).toEqual({
          add: 0,
          change: 0,
          destroy: 0,
          moved: 0,
        });
        await terraform.destroy();
      } else await expect(terraform.apply()).rejects.toThrow(/StatusCode: 403/);
    } finally {
      await moto.stop();
    }
  });
});
