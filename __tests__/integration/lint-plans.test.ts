/**
 * Lint over what Terraform really plans: our own stacks and modules are right, and a change tells who gains and who
 * loses.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { readDocument } from "../../src/lint/read-document";
import type { LintReport } from "../../src/lint/lint-documents";
import { lintDocuments } from "../../src/lint/lint-documents";
import { deployableStack } from "../support/cdktf-project";
import { fullFederation, READER, WRITER } from "../support/full-federation";
import { REPOSITORY } from "../support/markdown";
import { moduleNames } from "../support/module-names";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import { OFFLINE_PROVIDER, terraformIn } from "../support/terraform";

async function reportOf(text: string): Promise<LintReport> {
  return lintDocuments([{ file: "plan.json", document: await readDocument(text, "plan.json") }]);
}

const errorsOf = (report: LintReport): readonly string[] =>
  report.findings.filter(({ severity }) => severity === "error").map(({ rule, path }) => `${rule} ${path}`);

describeWith({ terraform: true }, "lint of our own modules' plans", () => {
  const examples = moduleNames(join(REPOSITORY, "modules")).map(
    (module) => [module, join(REPOSITORY, "modules", module)] as const,
  );

  test.each(examples)("the example of %s has no error, and every role of it is checked", async (module, folder) => {
    const example = join(folder, "examples", readdirSync(join(folder, "examples"))[0] ?? "");
    const root = temporaryFolder("lint-module");
    for (const file of readdirSync(example))
      if (/\.tf$/.test(file)) copyFileSync(join(example, file), join(root, file));
    writeFileSync(
      join(root, "main.tf"),
      readFileSync(join(root, "main.tf"), "utf8")
        .replace('"../.."', JSON.stringify(`./${module}`))
        // nothing is called: a module that creates no provider would ask AWS which account this is
        .replace(/(?<=^ {2}name +=.*\n)/m, "  verify_aws_account = false\n  verify_existing_providers = false\n"),
    );
    copyTree(folder, join(root, module));
    writeFileSync(join(root, "offline_override.tf.json"), JSON.stringify(OFFLINE_PROVIDER));
    const terraform = terraformIn(root);
    await terraform.init();
    const { json } = await terraform.plan("-refresh=false");
    const report = await reportOf(JSON.stringify(json));
    expect(errorsOf(report)).toEqual([]);
    const roles = (json.resource_changes ?? []).filter(({ type }) => type === "aws_iam_role").length;
    expect(report.files).toEqual([
      expect.objectContaining({ kind: "Terraform plan", roles, leftAside: 0, unknownPolicies: [] }),
    ]);
  });
});

/** A module without what Terraform leaves behind and without its examples. */
function copyTree(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== "examples" && entry.name !== ".terraform")
      copyTree(join(from, entry.name), join(to, entry.name));
    else if (entry.isFile() && entry.name.endsWith(".tf")) copyFileSync(join(from, entry.name), join(to, entry.name));
  }
}

describeWith({ terraform: true, moto: true }, "lint of our own stacks' plans", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  });
  beforeEach(() => moto.reset());
  afterAll(() => moto.stop());

  const cases: readonly (readonly [string, FederationInput])[] = [
    ["the committed federation", parse(readFileSync(join(REPOSITORY, "federation.yaml"), "utf8")) as FederationInput],
    ["a federation of every feature", fullFederation],
    ["a federation whose account only AWS knows", { ...fullFederation, aws: { region: "eu-west-1" } }],
    [
      "an adopted provider",
      {
        name: "adopted",
        aws: { accountId: "111122223333" },
        issuers: {
          production: {
            level: "workspace",
            host: "mycompany.cloud.databricks.com",
            workspaceId: "1",
            existingProviderArn: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
          },
        },
        roles: { reader: { trusts: [{ issuer: "production", servicePrincipals: [READER] }] } },
      },
    ],
  ];

  test.each(cases)("%s has no error as a stack and as a plan, but for its wide pattern", async (_, federation) => {
    // the reason that its federation gives is not in a policy
    const wide = federation.roles?.["lake-reader"]?.trusts.some((trust) => "wideSubjectPatterns" in trust) ?? false;
    const expected = wide ? ["subject-outsider aws_iam_role.full_lake-reader: Statement[3].Condition"] : [];
    const { terraform, json, synthesise } = await deployableStack(federation, moto.env);
    // an adopted provider is none of this AWS
    synthesise(federation, { verifyExistingProviders: false });
    const { json: plan } = await terraform.plan();
    const roles = readFederation(federation).federation.roles.length;
    for (const report of [await reportOf(json()), await reportOf(JSON.stringify(plan))]) {
      expect(errorsOf(report)).toEqual(expected);
      expect(report.files).toEqual([expect.objectContaining({ roles, leftAside: 0, unknownPolicies: [] })]);
    }
  });

  test(
    "over a deployed stack a plan tells who gains, who loses, and which provider goes while it is " + "trusted",
    async () => {
      const federation = (subject: string, more: Partial<FederationInput> = {}): FederationInput => ({
        name: "lake",
        aws: { accountId: "111122223333" },
        issuers: { production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1" } },
        roles: { reader: { trusts: [{ issuer: "production", servicePrincipals: [subject] }] } },
        ...more,
      });
      const stack = await deployableStack(federation(READER), moto.env);
      await stack.terraform.apply();
      const unchanged = await reportOf(JSON.stringify((await stack.terraform.plan()).json));
      expect([unchanged.changes, unchanged.widened]).toEqual([[], false]);
      const state = await reportOf((await stack.terraform.run(["show", "-json"])).stdout);
      expect([state.findings, state.files[0]?.kind, state.files[0]?.roles]).toEqual([[], "Terraform state", 1]);

      stack.synthesise(federation(WRITER));
      const changed = await reportOf(JSON.stringify((await stack.terraform.plan()).json));
      expect(
        changed.changes.map(({ role, change, gained, lost }) => [
          role,
          change,
          gained.map(({ subject }) => subject),
          lost.map(({ subject }) => subject),
        ]),
      ).toEqual([["aws_iam_role.lake_reader", "changed", [WRITER], [READER]]]);

      const adopted = {
        production: {
          level: "workspace",
          host: "mycompany.cloud.databricks.com",
          workspaceId: "1",
          existingProviderArn: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
        },
      } as const;
      stack.synthesise(federation(READER, { issuers: adopted }));
      const deleted = await reportOf(JSON.stringify((await stack.terraform.plan()).json));
      expect(errorsOf(deleted)).toEqual([
        "provider-deleted aws_iam_role.lake_reader: Statement[0].Principal.Federated",
      ]);
      expect(deleted.changes.map(({ lost }) => lost.map(({ subject }) => subject))).toEqual([[READER]]);
    },
  );
});

describeWith({ terraform: true, moto: true }, "lint of a plan that calls our module", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  test("finds a dropped attribute, trusts unknown by depends_on, and a renamed key, which a move cures", async () => {
    const root = temporaryFolder("lint-call");
    copyTree(join(REPOSITORY, "modules", "databricks-workspace-oidc"), join(root, "module"));
    const terraform = terraformIn(root, moto.env);
    const write = (inputs: string, more = ""): void =>
      writeFileSync(
        join(root, "main.tf"),
        `module "databricks" {
          source                    = "./module"
          databricks_workspace_host = "mycompany.cloud.databricks.com"
          databricks_workspace_id   = "1444828305810485"
          ${inputs}
        }
        ${more}`,
      );
    const rulesOf = async (): Promise<readonly string[]> =>
      (await reportOf(JSON.stringify((await terraform.plan()).json))).findings.map(
        ({ rule, path }) => `${rule} ${path}`,
      );

    const role = `{ service_principals = ["${READER}"] }`;
    write(
      `roles      = { etl = { service_principals = ["${READER}"], condition = [] } }
       depends_on = [terraform_data.first]`,
      'resource "terraform_data" "first" {}',
    );
    await terraform.init();
    expect(await rulesOf()).toEqual([
      'input-attribute-unknown module.databricks: roles["etl"].condition',
      "trust-unknown-by-depends-on module.databricks",
    ]);

    write(`roles = { etl = ${role} }`);
    await terraform.apply();
    write(`roles = { load = ${role} }`);
    expect(await rulesOf()).toEqual(['address-renamed module.databricks.module.role["load"].aws_iam_role.this']);

    // as docs/hcl.md says
    const moved =
      /```hcl\n(moved \{[^`]*)```/.exec(readFileSync(join(REPOSITORY, "docs", "hcl.md"), "utf8"))?.[1] ?? "";
    write(
      `roles = { load = { name = "etl", service_principals = ["${READER}"] } }`,
      moved.replaceAll('"lake-reader"', '"etl"').replaceAll('"reader"', '"load"'),
    );
    expect((await terraform.plan()).counts).toEqual({ add: 0, change: 0, destroy: 0, moved: 1 });
    expect(await rulesOf()).toEqual([]);
  });
});
