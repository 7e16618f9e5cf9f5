/**
 * The examples with a Databricks half: their AWS half planned and applied with stand-ins for what Databricks gives. No
 * Databricks provider is at hand, so the other half is read as text (HCL) or synthesized by its own types (TypeScript).
 */
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cdktf } from "../support/cdktf-project";
import type { Iam } from "../support/iam";
import { iamOf } from "../support/iam";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import { type Plan, terraformIn } from "../support/terraform";

const REPOSITORY = resolve(__dirname, "..", "..");
const APPLICATION_ID = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const EXTERNAL_ID = "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b";
const HALF = [
  "databricks_cluster_policy",
  "databricks_credential",
  "databricks_grants",
  "databricks_mws_permission_assignment",
  "databricks_permissions",
  "databricks_service_principal",
  "databricks_service_principal_federation_policy",
];

/** The trust policies in a plan, by role; null where it is known after apply only. */
function trustPolicies({ json }: Plan): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    (json.resource_changes ?? [])
      .filter(({ type }) => type === "aws_iam_role")
      .map(({ change: { after } }) => [
        String(after?.["name"]),
        typeof after?.["assume_role_policy"] === "string" ? after["assume_role_policy"] : null,
      ]),
  );
}

describeWith({ terraform: true, moto: true }, "Databricks and AWS in one configuration", () => {
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

  /** Plans, applies, plans again and destroys. */
  async function walk(folder: string): Promise<void> {
    const terraform = terraformIn(folder, moto.env);
    await terraform.init();
    // the external ID makes one trust policy unknown in the first plan, and that one alone
    const first = trustPolicies(await terraform.plan());
    expect(Object.keys(first).sort()).toEqual(["etl", "lake-reader"]);
    expect(first["etl"]).toBeNull();
    expect(first["lake-reader"]).toContain("oidc-provider/mycompany.cloud.databricks.com/oidc");
    await terraform.apply();
    const trust = JSON.stringify(await iam.trustPolicy("etl"));
    for (const text of [APPLICATION_ID, EXTERNAL_ID, "UCMasterRole", "role/databricks/etl"])
      expect(trust).toContain(text);
    const second = await terraform.plan();
    expect(second.counts).toEqual({ add: 0, change: 0, destroy: 0, moved: 0 });
    await terraform.destroy();
  }

  test("in HCL: its AWS half plans, applies and stays with stand-ins for the Databricks half", async () => {
    const folder = temporaryFolder("examples");
    for (const part of ["modules", "examples/hcl-databricks"])
      cpSync(join(REPOSITORY, part), join(folder, part), { recursive: true });
    const example = join(folder, "examples", "hcl-databricks");
    const half = readFileSync(join(example, "databricks.tf"), "utf8");
    expect([...half.matchAll(/^resource "([a-z_]+)"/gm)].map(([, type]) => type).sort()).toEqual(HALF);
    writeFileSync(
      join(example, "databricks.tf"),
      'resource "terraform_data" "service_principal" {\n  input = "' +
        `${APPLICATION_ID}"\n}\n\nresource "terraform_data" "credential" {\n  input = "${EXTERNAL_ID}"\n}\n\n` +
        "locals {\n  application_id = terraform_data.service_principal.output\n" +
        "  external_id    = terraform_data.credential.output\n}\n",
    );
    await walk(example);
  });

  test("in TypeScript: synthesized by the Databricks provider's types, its AWS half the same", async () => {
    const folder = temporaryFolder("example");
    cpSync(join(REPOSITORY, "examples", "cdktf-databricks"), folder, {
      recursive: true,
      filter: (file) => !/(?:cdktf\.out|tfstate.*)$/.test(file),
    });
    symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: { paths: { "databricks-aws-oidc/cdktf": [join(REPOSITORY, "src", "cdktf", "index.ts")] } },
      }),
    );
    await cdktf(folder, ["synth"]);
    const stack = join(folder, "cdktf.out", "stacks", "databricks");
    const file = join(stack, "cdk.tf.json");
    const document = JSON.parse(readFileSync(file, "utf8")) as {
      resource: Record<string, Record<string, Record<string, unknown>>>;
      provider: Record<string, unknown>;
      terraform: { required_providers: Record<string, unknown> };
    };
    const types = Object.keys(document.resource).filter((type) => type.startsWith("databricks_"));
    expect(types.sort()).toEqual(HALF);
    expect(document.resource["databricks_service_principal_federation_policy"]?.["ci"]).toMatchObject({
      oidc_policy: {
        issuer: "https://token.actions.githubusercontent.com",
        subject: "repo:mycompany/etl:environment:production",
      },
    });
    for (const type of types) delete document.resource[type];
    delete document.provider["databricks"];
    delete document.terraform.required_providers["databricks"];
    document.resource["terraform_data"] = {
      service_principal: { input: APPLICATION_ID },
      credential: { input: EXTERNAL_ID },
    };
    rmSync(file);
    writeFileSync(
      file,
      JSON.stringify(document)
        .replaceAll("databricks_service_principal.etl.application_id", "terraform_data.service_principal.output")
        .replaceAll(/databricks_credential\.lake\.aws_iam_role\[0\]\.external_id/g, "terraform_data.credential.output"),
    );
    expect(readFileSync(file, "utf8")).not.toContain("databricks_");
    await walk(stack);
  });
});
