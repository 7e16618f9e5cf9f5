/**
 * `terraform validate` on every module and example, `terraform test` on every module: one `ok` or `FAILED` line for
 * each, and for each test run. Works on a copy, so that no lock file or plugin link is left behind.
 */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { findOnPath, findProviderMirror } from "../__tests__/support/found-programs";

const root = join(__dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "databricks-aws-oidc-modules-"));

interface Result {
  readonly ok: boolean;
  readonly name: string;
  /** What Terraform said; shown where it failed. */
  readonly output: string;
}

function terraform(
  folder: string,
  args: readonly string[],
): Promise<{ readonly ok: boolean; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(
      findOnPath("terraform") ?? "terraform",
      args,
      {
        cwd: folder,
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
        env: {
          ...process.env,
          TF_CLI_CONFIG_FILE: join(scratch, "terraformrc"),
          TF_IN_AUTOMATION: "1",
          CHECKPOINT_DISABLE: "1",
          AWS_ACCESS_KEY_ID: "testing",
          AWS_SECRET_ACCESS_KEY: "testing",
          AWS_REGION: "us-east-1",
          AWS_EC2_METADATA_DISABLED: "true",
        },
      },
      (error, stdout, stderr) => resolve({ ok: error === null, output: `${stdout}${stderr}` }),
    );
  });
}

async function validated(folder: string, name: string): Promise<Result> {
  const init = await terraform(folder, ["init", "-backend=false", "-input=false", "-no-color"]);
  const valid = init.ok ? await terraform(folder, ["validate", "-no-color"]) : init;
  return { ...valid, name: `${name}: terraform validate` };
}

async function checkedModule(folder: string, name: string): Promise<readonly Result[]> {
  const valid = await validated(folder, name);
  if (!valid.ok || !existsSync(join(folder, "tests"))) return [valid];
  const { ok, output } = await terraform(folder, ["test", "-no-color"]);
  const runs = [...output.matchAll(/^ {2}run "([^"]+)"\.\.\. (\w+)/gm)].map(([, run, verdict]): Result => ({
    ok: verdict === "pass",
    name: `${name}: terraform test, ${run ?? ""}`,
    output: "",
  }));
  return [valid, ...runs, ...(ok ? [] : [{ ok, name: `${name}: terraform test`, output }])];
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function print({ ok, name, output }: Result): void {
  process.stdout.write(`${ok ? "ok    " : "FAILED"} ${name}\n${ok || output === "" ? "" : `${output}\n`}`);
}

async function main(): Promise<void> {
  const mirror = findProviderMirror();
  if (mirror === undefined || findOnPath("terraform") === undefined)
    throw new Error("Terraform and the AWS provider are needed; see CONTRIBUTING.md.");
  writeFileSync(
    join(scratch, "terraformrc"),
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  for (const part of ["modules", "examples"])
    cpSync(join(root, part), join(scratch, part), {
      recursive: true,
      filter: (path) => !/\/(?:\.terraform|node_modules|cdktf\.out|\.gen)(?:\/|$)/.test(path),
    });
  const tasks: (() => Promise<readonly Result[]>)[] = [];
  // the modules first: their tests take longest
  for (const module of foldersIn(join(scratch, "modules")))
    tasks.push(() => checkedModule(join(scratch, "modules", module), `modules/${module}`));
  for (const module of foldersIn(join(scratch, "modules"))) {
    const examples = join(scratch, "modules", module, "examples");
    for (const example of foldersIn(examples))
      tasks.push(async () => [await validated(join(examples, example), `modules/${module}/examples/${example}`)]);
  }
  for (const example of foldersIn(join(scratch, "examples"))) {
    const folder = join(scratch, "examples", example);
    const configuration = readdirSync(folder).filter((file) => file.endsWith(".tf"));
    // examples with another provider than AWS' are formatted, not validated: their provider is not at hand
    const others = configuration.some((file) =>
      readFileSync(join(folder, file), "utf8").includes('"databricks/databricks"'),
    );
    if (configuration.length > 0 && !others) tasks.push(async () => [await validated(folder, `examples/${example}`)]);
  }
  const worker = async (): Promise<void> => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      for (const result of await task()) {
        if (!result.ok) process.exitCode = 1;
        print(result);
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

main()
  .catch((error: unknown) => {
    process.stdout.write(`FAILED ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  })
  .finally(() => rmSync(scratch, { recursive: true, force: true }));
