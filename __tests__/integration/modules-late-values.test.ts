/**
 * Values of other resources, which no check sees before they are applied: the modules called from a root, on a local
 * AWS.
 */
import { join, resolve } from "node:path";
import { writeFileSync } from "node:fs";
import { READER } from "../support/full-federation";
import type { Iam } from "../support/iam";
import { iamOf } from "../support/iam";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import { terraformIn } from "../support/terraform";

const MODULES = resolve(__dirname, "..", "..", "modules");
const HOST = "mycompany.cloud.databricks.com";

/** `late("x")` is known when it is applied, and `x` then. */
const late = (text: string): string => `terraform_data.late[${JSON.stringify(text)}].output`;
const LATE = [
  "*@gmail.com",
  "etl-*@data.example.com",
  READER,
  `${HOST.toUpperCase()}/oidc:SUB`,
  "login.example.com",
  "lake-*",
];
const reader = JSON.stringify([READER]);

const ROOT =
  `
resource "terraform_data" "late" {
  for_each = toset(${JSON.stringify(LATE)})
  input    = each.value
}

module "federation" {
  source         = ${JSON.stringify(join(MODULES, "databricks-federation"))}
  aws_account_id = "111122223333"
  aws_partition  = "aws"
  email_domains  = ["data.example.com"]
  issuers        = { production = { level = "workspace", host = "${HOST}", workspace_id = "1" } }
  roles = {
    early       = { trusts = [{ issuer = "production", service_principals = ${reader} }] }
    late        = { trusts = [{ issuer = "production", service_principals = [${late(READER)}] }] }
    pattern     = { trusts = [{ issuer = "production", subject_patterns = [${late("etl-*@data.example.com")}] }] }
    too-wide    = { trusts = [{ issuer = "production", subject_patterns = [${late("*@gmail.com")}] }] }
    touches-sub = { trusts = [{ issuer = "production", service_principals = ${reader}, conditions = [{ test = ` +
  `"StringEquals", variable = ${late(`${HOST.toUpperCase()}/oidc:SUB`)}, values = ["anybody"] }] }] }
  }
}

module "workspace" {
  source                    = ${JSON.stringify(join(MODULES, "databricks-workspace-oidc"))}
  databricks_workspace_host = ${late("login.example.com")}
  databricks_workspace_id   = "1"
  roles                     = { elsewhere = { service_principals = ${reader} } }
}

output "early" {
  value = module.federation.trust_policies["early"]
}
`;

describeWith({ terraform: true, moto: true }, "values known only when they are applied", () => {
  let moto: Moto;
  let iam: Iam;
  beforeAll(async () => {
    moto = await startMoto();
    iam = iamOf(moto);
  });
  afterAll(async () => {
    iam.client.destroy();
    await moto.stop();
  });

  const effects = async (role: string): Promise<readonly string[]> =>
    (
      JSON.parse(await iam.trustPolicy(role)) as { readonly Statement: readonly { readonly Effect: string }[] }
    ).Statement.map(({ Effect }) => Effect);

  test("hide no other role's policy in a plan, and make no role where one would let outsiders in", async () => {
    const folder = temporaryFolder("late");
    writeFileSync(join(folder, "main.tf"), ROOT);
    const terraform = terraformIn(folder, moto.env);
    await terraform.init();
    const plan = await terraform.plan();
    expect(plan.json.output_changes?.["early"]?.after).toContain(READER);

    const { stderr } = await terraform.run(["apply", "-auto-approve", "-no-color"], { accept: [1] });
    for (const words of [
      "Each of subject_patterns must have one @",
      "At fault: *@gmail.com.",
      "A condition must not test the aud or sub",
      "must be in one of Databricks' zones",
    ]) {
      expect(stderr.replace(/\s+/g, " ")).toContain(words);
    }
    expect(await iam.roleNames()).toEqual([]);
  });

  test("that keep every rule make their roles, and the next plan changes nothing", async () => {
    const folder = temporaryFolder("late-right");
    writeFileSync(
      join(folder, "main.tf"),
      ROOT.replace(late("*@gmail.com"), late("etl-*@data.example.com"))
        .replace(late(`${HOST.toUpperCase()}/oidc:SUB`), JSON.stringify("aws:RequestedRegion"))
        .replace(late("login.example.com"), JSON.stringify("other.cloud.databricks.com")),
    );
    const terraform = terraformIn(folder, moto.env);
    await moto.reset();
    await terraform.init();
    await terraform.run(["apply", "-auto-approve", "-no-color"]);
    expect(
      Object.fromEntries(
        await Promise.all((await iam.roleNames()).map(async (role) => [role, await effects(role)] as const)),
      ),
    ).toEqual(
      Object.fromEntries(
        ["early", "late", "pattern", "too-wide", "touches-sub", "elsewhere"].map((role) => [role, ["Allow"]]),
      ),
    );
    await terraform.run(["plan", "-detailed-exitcode", "-no-color"], { accept: [0] });
  });

  test("that break a variable's own rule make no role at all", async () => {
    const folder = temporaryFolder("late-subject");
    writeFileSync(
      join(folder, "main.tf"),
      ROOT.replace(late(READER), late("lake-*"))
        .replaceAll("early", "first")
        .replace(/module "workspace"[^]*?\n}\n/, ""),
    );
    const terraform = terraformIn(folder, moto.env);
    await moto.reset();
    await terraform.init();
    const { stderr } = await terraform.run(["apply", "-auto-approve", "-no-color"], { accept: [1] });
    expect(stderr.replace(/\s+/g, " ")).toContain("Each of service_principals must be");
    expect(await iam.roleNames()).toEqual([]);
  });
});
