/** The HCL examples on a local AWS: planned with every trust policy known, applied, and stable. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
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

  test("a credential that needs the role's ARN and a role that needs its ID come in one apply", async () => {
    const folder = temporaryFolder("circle");
    for (const part of ["modules", "examples"])
      cpSync(join(REPOSITORY, part), join(folder, part), {
        recursive: true,
        filter: (path) => !path.includes(".terraform"),
      });
    const example = join(folder, "examples", "hcl-unity-catalog");
    // the Databricks provider is not here: a resource that also shows its ID only when it is made takes its place
    const written = readFileSync(join(example, "main.tf"), "utf8");
    const [credential = "", location = ""] = ["storage_credential", "external_location"].map(
      (kind) => new RegExp(`^resource "databricks_${kind}" "lake" \\{\n(?:.*\n)*?\\}\n`, "m").exec(written)?.[0] ?? "",
    );
    writeFileSync(
      join(example, "main.tf"),
      written
        .replace(credential, 'resource "terraform_data" "lake" {\n  input = module.lake_storage.planned_role_arn\n}\n')
        .replace(location, 'resource "terraform_data" "location" {\n  depends_on = [module.lake_storage]\n}\n')
        .replace("databricks_storage_credential.lake.aws_iam_role[0].external_id", "terraform_data.lake.id"),
    );
    const versions = readFileSync(join(example, "versions.tf"), "utf8");
    writeFileSync(
      join(example, "versions.tf"),
      versions
        .replace(/ {4}databricks = \{\n(?:.*\n)*? {4}\}\n/, "")
        .replace(/provider "databricks" \{\n(?:.*\n)*?\}\n/, ""),
    );
    writeFileSync(
      join(example, "outputs.tf"),
      ["role_arn", "planned_role_arn"]
        .map((name) => `output "${name}" { value = module.lake_storage.${name} }\n`)
        .join(""),
    );
    const terraform = terraformIn(example, moto.env);
    await terraform.init();
    await terraform.apply();
    const outputs = await terraform.outputs();
    expect(outputs["planned_role_arn"]).toBe(outputs["role_arn"]);
    const again = await terraform.plan();
    expect(again.counts).toEqual({ add: 0, change: 0, destroy: 0, moved: 0 });
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
