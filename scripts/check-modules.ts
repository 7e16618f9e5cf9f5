/**
 * `terraform validate` on every module and example, `terraform test` on every module: one `ok` or `FAILED` line for
 * each, and for each test run. Works on a copy, so that no lock file or plugin link is left behind.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findOnPath, findProviderMirror } from "../__tests__/support/found-programs";

const root = join(__dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "databricks-aws-oidc-modules-"));
let failed = 0;

function report(ok: boolean, name: string, detail = ""): void {
  if (!ok) failed += 1;
  process.stdout.write(`${ok ? "ok    " : "FAILED"} ${name}\n${ok || detail === "" ? "" : `${detail}\n`}`);
}

function terraform(folder: string, args: readonly string[]): { readonly ok: boolean; readonly output: string } {
  const result = spawnSync(findOnPath("terraform") ?? "terraform", args, {
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
  });
  return { ok: result.status === 0, output: `${result.stdout}${result.stderr}` };
}

function validate(folder: string, name: string): boolean {
  const init = terraform(folder, ["init", "-backend=false", "-input=false", "-no-color"]);
  const valid = init.ok ? terraform(folder, ["validate", "-no-color"]) : init;
  report(valid.ok, `${name}: terraform validate`, valid.output);
  return valid.ok;
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}

try {
  const mirror = findProviderMirror();
  if (mirror === undefined || findOnPath("terraform") === undefined) throw new Error("Terraform and the AWS provider are needed; see CONTRIBUTING.md.");
  writeFileSync(join(scratch, "terraformrc"), `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`);
  for (const part of ["modules", "examples"]) cpSync(join(root, part), join(scratch, part), { recursive: true, filter: (path) => !/\/(?:\.terraform|node_modules|cdktf\.out|\.gen)(?:\/|$)/.test(path) });
  for (const module of foldersIn(join(scratch, "modules"))) {
    const folder = join(scratch, "modules", module);
    if (!validate(folder, `modules/${module}`)) continue;
    if (existsSync(join(folder, "tests"))) {
      const { ok, output } = terraform(folder, ["test", "-no-color"]);
      for (const [, run, verdict] of output.matchAll(/^ {2}run "([^"]+)"\.\.\. (\w+)/gm)) report(verdict === "pass", `modules/${module}: terraform test, ${run ?? ""}`);
      if (!ok) report(false, `modules/${module}: terraform test`, output);
    }
    for (const example of foldersIn(join(folder, "examples"))) validate(join(folder, "examples", example), `modules/${module}/examples/${example}`);
  }
  for (const example of foldersIn(join(scratch, "examples"))) {
    const folder = join(scratch, "examples", example);
    if (readdirSync(folder).some((file) => file.endsWith(".tf"))) validate(folder, `examples/${example}`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
