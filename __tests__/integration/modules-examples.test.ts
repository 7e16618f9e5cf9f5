/** The HCL examples on a local AWS: planned with every trust policy known, applied, and stable. */
import { cpSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import { terraformIn } from "../support/terraform";

const REPOSITORY = resolve(__dirname, "..", "..");

describeWith({ terraform: true, moto: true }, "the HCL examples", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  });
  beforeEach(() => moto.reset());
  afterAll(() => moto.stop());

  test.each([
    ["hcl-workspace", 6],
    ["hcl-account", 7],
  ] as const)("%s is laid out well, plans, applies, and then plans nothing", async (name, resources) => {
    const folder = temporaryFolder("example");
    for (const part of ["modules", join("examples", name)])
      cpSync(join(REPOSITORY, part), join(folder, part), {
        recursive: true,
        filter: (path) => !path.includes(".terraform"),
      });
    const terraform = terraformIn(join(folder, "examples", name), moto.env);
    await terraform.run(["fmt", "-check"]);
    await terraform.init();
    const plan = await terraform.plan();
    expect(plan.counts).toEqual({ add: resources, change: 0, destroy: 0, moved: 0 });
    expect(plan.json.output_changes?.["trust_policies"]?.after_unknown).toBe(false);
    await terraform.apply();
    const again = await terraform.plan();
    expect(again.counts).toEqual({ add: 0, change: 0, destroy: 0, moved: 0 });
    expect(again.changedOutputs).toEqual([]);
    await terraform.destroy();
  });

  test(
    "a subject that only an apply makes known is no obstacle: the policy is planned unknown and " + "applied right",
    async () => {
      const folder = temporaryFolder("unknown");
      cpSync(join(REPOSITORY, "modules", "databricks-workspace-oidc"), join(folder, "module"), {
        recursive: true,
        filter: (path) => !path.includes(".terraform"),
      });
      writeFileSync(
        join(folder, "main.tf"),
        [
          'resource "terraform_data" "principal" {',
          '  input = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"',
          "}",
          'module "databricks" {',
          '  source                    = "./module"',
          '  databricks_workspace_host = "mycompany.cloud.databricks.com"',
          '  databricks_workspace_id   = "1444828305810485"',
          "  roles = { lake-reader = { service_principals = [terraform_data.principal.output] } }",
          "}",
          'output "trust_policies" {',
          "  value = module.databricks.trust_policies",
          "}",
        ].join("\n"),
      );
      const terraform = terraformIn(folder, moto.env);
      await terraform.init();
      const plan = await terraform.plan();
      expect(plan.json.output_changes?.["trust_policies"]?.after_unknown).not.toBe(false);
      await terraform.apply();
      const { trust_policies: policies } = await terraform.outputs();
      expect(JSON.stringify(policies)).toContain("6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b");
      expect((await terraform.plan()).counts).toEqual({ add: 0, change: 0, destroy: 0, moved: 0 });
    },
  );
});
