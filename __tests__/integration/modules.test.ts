/**
 * The published modules under the real Terraform: their layout, their examples, every refusal. Their own tests:
 * scripts/check-modules.ts.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { HclValue } from "../../src/hcl/encode";
import { hclAttributes } from "../../src/hcl/encode";
import { publishedModules } from "../../src/module/modules";
import type { Refusal } from "../../src/module/test-runs";
import { refusals } from "../../src/module/test-runs";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import type { ResourceChange } from "../support/terraform";
import { OFFLINE_PROVIDER, terraformIn } from "../support/terraform";

const REPOSITORY = resolve(__dirname, "..", "..");
const NAMES = publishedModules().map(({ name }) => name);

/** A copy of modules/, so that no lock file and no plugin link is left behind. */
function copyOfModules(): string {
  const folder = temporaryFolder("modules");
  cpSync(join(REPOSITORY, "modules"), folder, { recursive: true, filter: (path) => !path.includes(".terraform") });
  return folder;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

interface Diagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail: string;
  readonly range?: { readonly filename: string; readonly start: { readonly line: number } };
}

/** Plans one call of the module's variables alone for each refusal, and gives the complaints by case. */
async function complaintsOf(
  name: string,
  sample: Readonly<Record<string, HclValue>>,
  cases: readonly Refusal[],
): Promise<readonly (readonly string[])[]> {
  const folder = temporaryFolder("rules");
  mkdirSync(join(folder, "inputs"));
  writeFileSync(
    join(folder, "inputs", "variables.tf"),
    readFileSync(join(REPOSITORY, "modules", name, "variables.tf")),
  );
  const firstLines: number[] = [];
  const lines: string[] = [];
  cases.forEach(({ variables }, index) => {
    firstLines.push(lines.length + 1);
    lines.push(
      `module "case_${index}" {`,
      '  source = "./inputs"',
      ...hclAttributes(Object.entries({ ...sample, ...variables }), 2).split("\n"),
      "}",
    );
  });
  writeFileSync(join(folder, "main.tf"), `${lines.join("\n")}\n`);
  const terraform = terraformIn(folder);
  await terraform.init();
  const { stdout } = await terraform.run(["plan", "-json"], { accept: [0, 1] });
  const complaints: string[][] = cases.map(() => []);
  for (const line of stdout.split("\n").filter((text) => text.startsWith("{"))) {
    const { diagnostic } = JSON.parse(line) as { readonly diagnostic?: Diagnostic };
    if (diagnostic?.severity !== "error") continue;
    // an error inside the module is none of its messages
    if (diagnostic.range?.filename !== "main.tf") throw new Error(diagnostic.detail);
    const at = firstLines.findLastIndex((first) => first <= (diagnostic.range?.start.line ?? 0));
    complaints[at]?.push(diagnostic.detail.split("\n")[0] ?? "");
  }
  return complaints;
}

/**
 * The same, with those that need the time of the plan: Terraform knows it only after it has checked what it knows
 * without, and stops where that is refused. So they are planned by themselves.
 */
async function complaintsInPlan(
  name: string,
  sample: Readonly<Record<string, HclValue>>,
  cases: readonly Refusal[],
): Promise<readonly (readonly string[])[]> {
  const first = await complaintsOf(name, sample, cases);
  const later = cases.filter((_, index) => first[index]?.length === 0);
  const second = later.length === 0 ? [] : await complaintsOf(name, sample, later);
  return first.map((complaints, index) => {
    const at = later.indexOf(cases[index] as Refusal);
    return at < 0 ? complaints : (second[at] ?? []);
  });
}

describeWith({ terraform: true }, "the published modules", () => {
  test("modules/ is laid out as terraform fmt wants", async () => {
    const { stdout } = await terraformIn(REPOSITORY).run(["fmt", "-check", "-recursive", "modules"]);
    expect(stdout).toBe("");
  });

  test.each(NAMES)("examples/complete of %s plans: every resource is made, every trust policy known", async (name) => {
    const folder = join(copyOfModules(), name, "examples", "complete");
    const unverified = { verify_aws_account: false, verify_existing_providers: false };
    const override = { ...OFFLINE_PROVIDER, module: { databricks: unverified } };
    writeFileSync(join(folder, "offline_override.tf.json"), JSON.stringify(override));
    const terraform = terraformIn(folder);
    await terraform.init();
    await terraform.run(["validate"]);
    const plan = await terraform.plan();
    const types = (plan.json.resource_changes ?? []).map((change: ResourceChange) => change.type);
    expect(types.filter((type) => type === "aws_iam_role").length).toBe(name === "databricks-federated-role" ? 1 : 3);
    expect(plan.counts.add).toBe(types.length);
    const policies =
      plan.json.output_changes?.[name === "databricks-federated-role" ? "trust_policy" : "trust_policies"];
    expect(policies?.after_unknown).toBe(false);
  });

  test.each(publishedModules().map((definition) => [definition.name, definition] as const))(
    "%s refuses every bad value with the words of the rule it breaks, and only those",
    async (name, definition) => {
      const cases = refusals(definition).filter(({ address }) => address.startsWith("var."));
      const complaints = await complaintsInPlan(name, definition.sample, cases);
      const told = cases.map(({ code, variables }, index) => ({ code, variables, complaints: complaints[index] }));
      expect(told).toEqual(
        cases.map(({ code, variables, message, names }) => ({
          code,
          variables,
          complaints: [
            expect.stringMatching(new RegExp(`^${escaped(message)}\\.${names ? " At fault: \\S.*" : ""}$`, "s")),
          ],
        })),
      );
    },
  );
});
