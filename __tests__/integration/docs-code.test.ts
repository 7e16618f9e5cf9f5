import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { typescriptOf } from "../../playground/model/typescript";
import { compileSnippets, typeProblems } from "../support/compile";
import { fullFederation } from "../support/full-federation";
import { codeBlocks, REPOSITORY } from "../support/markdown";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";
import { OFFLINE_PROVIDER, terraformIn } from "../support/terraform";

describe("code in the pages", () => {
  jest.setTimeout(900_000);

  test("the TypeScript in the pages, and the playground's, compiles against the package's own types", () => {
    const files = new Map(
      codeBlocks("ts").map((block, index) => [join(REPOSITORY, "__tests__", `docs-block-${index}.ts`), block] as const),
    );
    expect(files.size).toBeGreaterThan(1);
    const written = join(REPOSITORY, "__tests__", "playground.ts");
    const program = compileSnippets(
      new Map([
        ...[...files].map(([name, { code }]) => [name, code] as const),
        [written, typescriptOf(fullFederation)],
      ]),
    );
    const problems = typeProblems(program).map(({ file, message }) => `${files.get(file)?.page ?? file}: ${message}`);
    expect(problems).toEqual([]);
  });

  test("every command line in the pages names a verb and flags that exist", async () => {
    const calls = codeBlocks("sh").flatMap((block) =>
      block.code
        .replace(/\\\n\s*/g, " ")
        .split("\n")
        .filter((line) => /^databricks-aws-oidc /.test(line))
        .map((line) => ({ place: `${block.page}:${block.line}`, line })),
    );
    expect(calls.length).toBeGreaterThan(5);
    const help = new Map<string, string>();
    const unknown: string[] = [];
    for (const { place, line } of calls) {
      const ours = line.split(/ -- | \| | > /)[0] ?? "";
      const words = ours
        .replace(/"[^"]*"|'[^']*'/g, "TEXT")
        .split(/\s+/)
        .slice(1);
      const verb = words[0] ?? "";
      const sub = verb === "generate" || verb === "release" ? [verb, words[1] ?? ""] : [verb];
      const key = sub.join(" ");
      if (!help.has(key)) {
        const { stdout } = await runProgram(
          process.execPath,
          [join(REPOSITORY, "node_modules", "tsx", "dist", "cli.mjs"), "src/cli/cli.ts", ...sub, "--help"],
          { cwd: REPOSITORY },
        );
        help.set(key, stdout);
      }
      for (const flag of words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.split("=")[0] ?? "")) {
        const plain = flag.replace(/^--no-/, "--");
        if (!(help.get(key) ?? "").includes(`${plain} `) && !(help.get(key) ?? "").includes(`${plain},`))
          unknown.push(`${place}: ${key} ${flag}`);
      }
    }
    expect(unknown).toEqual([]);
  });
});

describeWith({ terraform: true }, "HCL in the pages", () => {
  // a page with resources of the Databricks provider is tried as an example, with others in their place
  const blocks = codeBlocks("hcl").filter(
    ({ code }) => /^module "/m.test(code) && !/^resource "databricks_/m.test(code),
  );

  test.each(blocks.map((block) => [`${block.page}:${block.line}`, block.code]))(
    "the module call in %s plans",
    async (_place, code) => {
      const folder = temporaryFolder("docs-hcl");
      cpSync(join(REPOSITORY, "modules"), join(folder, "modules"), { recursive: true });
      // Pages show a registry's address or a path; here both mean the committed module. Account and partition are
      // given, so that the plan asks no AWS.
      const local = code
        .replace(/source(\s*)= "(?:[^"]*\/)?(databricks-[a-z-]+)(?:\/aws|\?ref=[^"]*)?"/g, 'source$1= "./modules/$2"')
        .replace(/^ *version *= "[^"]*"\n/gm, "")
        .replace(
          /^(module "[^"]+" \{\n)/gm,
          '$1  aws_account_id = "111122223333"\n  aws_partition = "aws"\n  verify_aws_account = false\n' +
            "  verify_existing_providers = false\n",
        );
      writeFileSync(join(folder, "main.tf"), local);
      writeFileSync(join(folder, "provider.tf.json"), JSON.stringify(OFFLINE_PROVIDER));
      const terraform = terraformIn(folder);
      await terraform.init();
      const plan = await terraform.plan();
      expect(plan.counts.add).toBeGreaterThan(0);
    },
  );
});
