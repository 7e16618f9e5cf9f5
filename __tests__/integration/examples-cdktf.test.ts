/** The CDKTF example as a reader would run it: copied, synthesised by its own cdktf.json, planned and applied. */
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cdktf } from "../support/cdktf-project";
import type { Iam } from "../support/iam";
import { iamOf } from "../support/iam";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import { terraformIn } from "../support/terraform";

const REPOSITORY = resolve(__dirname, "..", "..");

describeWith({ terraform: true, moto: true }, "examples/cdktf", () => {
  let moto: Moto;
  let iam: Iam;
  beforeAll(async () => {
    moto = await startMoto({ accountId: "111122223333" });
    iam = iamOf(moto);
  });
  afterAll(async () => {
    iam.client.destroy();
    await moto.stop();
  });

  test("synthesises, plans every trust policy in full, applies, and has nothing left to do", async () => {
    const folder = temporaryFolder("example");
    cpSync(join(REPOSITORY, "examples", "cdktf"), folder, {
      recursive: true,
      filter: (file) => !/(?:cdktf\.out|tfstate.*)$/.test(file),
    });
    symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
    // Outside the clone, what the package would be once installed.
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: { paths: { "databricks-aws-oidc/cdktf": [join(REPOSITORY, "src", "cdktf", "index.ts")] } },
      }),
    );
    await cdktf(folder, ["synth"]);

    const terraform = terraformIn(join(folder, "cdktf.out", "stacks", "lake"), moto.env);
    await terraform.init();
    const plan = await terraform.plan();
    expect(plan.counts).toEqual({ add: 11, change: 0, destroy: 0, moved: 0 });
    const roles = (plan.json.resource_changes ?? []).filter((resource) => resource.type === "aws_iam_role");
    expect(roles.map((role) => [role.address, JSON.stringify(role.change.after?.["assume_role_policy"])])).toEqual([
      ["aws_iam_role.lakehouse_catalog-storage", expect.stringContaining("role/databricks/catalog-storage")],
      ["aws_iam_role.lakehouse_dashboards", expect.stringContaining("203.0.113.0/24")],
      [
        "aws_iam_role.lakehouse_lake-reader",
        expect.stringContaining("arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc"),
      ],
    ]);

    await terraform.apply();
    expect(await terraform.outputs()).toEqual({
      lake_reader_arn: "arn:aws:iam::111122223333:role/databricks/lake-reader",
    });
    expect((await iam.inlinePolicies("dashboards"))["read-dashboards"]).toContain('"${aws:PrincipalAccount}"');
    expect(await iam.attachedPolicyArns("lake-reader")).toEqual(["arn:aws:iam::111122223333:policy/read-lake"]);
    const second = await terraform.plan();
    expect([second.counts, second.changedOutputs]).toEqual([{ add: 0, change: 0, destroy: 0, moved: 0 }, []]);
  });

  test("names the versions that the repository is tested with", () => {
    const example = JSON.parse(readFileSync(join(REPOSITORY, "examples", "cdktf", "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const { peerDependencies, version } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
      peerDependencies: Record<string, string>;
      version: string;
    };
    const ofCdktf = Object.entries(peerDependencies).filter(([name]) => !name.includes("cdktn"));
    expect(example.dependencies).toEqual({
      ...Object.fromEntries(ofCdktf),
      // the file of a release: the npm name is not ours yet
      "databricks-aws-oidc": `file:databricks-aws-oidc-${version}.tgz`,
    });
  });
});
