/** Roles and their policies stand in modules of their own: what that makes of a life on a local AWS. */
import { CreatePolicyCommand } from "@aws-sdk/client-iam";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { rootTree } from "../../src/module/root-tree";
import { EXISTING_POLICIES, READER } from "../support/full-federation";
import type { Iam } from "../support/iam";
import { iamOf } from "../support/iam";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import { terraformIn } from "../support/terraform";

const trusts = [{ issuer: "production", servicePrincipals: [READER] }];
const list = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["*"] }] };
const roles: Readonly<Record<string, FederationInput["roles"][string]>> = {
  ...Object.fromEntries(
    Array.from({ length: 5 }, (_, index) => [
      `reader-${index}`,
      { trusts, managedPolicyArns: { read: "arn:aws:iam::111122223333:policy/read-lake" }, inlinePolicies: { list } },
    ]),
  ),
  bare: { trusts },
  storage: { trusts: [{ unityCatalog: { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"] } }] },
};
const federationOf = (chosen: FederationInput["roles"]): FederationInput => ({
  name: "lakehouse",
  aws: { accountId: "111122223333", region: "us-east-1" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
  },
  roles: chosen,
});

function writeRoot(folder: string, input: FederationInput): void {
  for (const [path, text] of rootTree(readFederation(input).federation, { version: "1.0.0", style: "modules" }).tree
    .files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

describeWith({ terraform: true, moto: true }, "a root of style modules on a local AWS", () => {
  let moto: Moto;
  let iam: Iam;
  beforeAll(async () => {
    moto = await startMoto({ accountId: "111122223333" });
    iam = iamOf(moto);
    for (const PolicyName of EXISTING_POLICIES)
      await iam.client.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: JSON.stringify(list) }));
  });
  afterAll(async () => {
    iam.client.destroy();
    await moto.stop();
  });

  test("makes roles before policies, plans no change after, drops a role with its policies, destroys all", async () => {
    const folder = temporaryFolder("role-policies");
    writeRoot(folder, federationOf(roles));
    const terraform = terraformIn(folder, moto.env);
    await terraform.init();
    await terraform.apply();
    expect(await terraform.addresses()).toEqual(
      expect.arrayContaining([
        'module.databricks.module.role["reader-0"].aws_iam_role.this',
        'module.databricks.module.role_policies["reader-0"].aws_iam_role_policy.this["list"]',
        'module.databricks.module.role_policies["reader-0"].aws_iam_role_policy_attachment.this["read"]',
        'module.databricks.module.role_policies["storage"].aws_iam_role_policy.this["unity-catalog-self-assume"]',
      ]),
    );
    expect(await iam.attachedPolicyArns("reader-4")).toEqual(["arn:aws:iam::111122223333:policy/read-lake"]);
    expect(Object.keys(await iam.inlinePolicies("reader-4"))).toEqual(["list"]);
    expect(await iam.inlinePolicies("bare")).toEqual({});

    const second = await terraform.plan();
    expect([second.counts, second.changedOutputs]).toEqual([{ add: 0, change: 0, destroy: 0, moved: 0 }, []]);

    const fewer = Object.fromEntries(Object.entries(roles).filter(([key]) => key !== "reader-4"));
    writeRoot(folder, federationOf(fewer));
    expect((await terraform.plan()).counts).toEqual({ add: 0, change: 0, destroy: 3, moved: 0 });
    await terraform.apply();
    expect(await iam.roleNames()).toEqual(["bare", "reader-0", "reader-1", "reader-2", "reader-3", "storage"]);

    await terraform.destroy();
    expect([await iam.providerArns(), await iam.roleNames()]).toEqual([[], []]);
  });
});
