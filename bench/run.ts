/** `npm run bench [NAME…]`: builds, measures everything beside its peer in this one run, prints one table. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { findOnPath, findProviderMirror } from "../__tests__/support/found-programs";
import type { Row } from "./measure";
import { table } from "./measure";

const ROOT = join(__dirname, "..");

type Bench = (scratch: string, env: NodeJS.ProcessEnv) => Promise<readonly Row[]>;

/** Loaded when run, so that one group does not pay for another's imports. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  "command-line": async () => (await import("./back-ends")).commandLine,
  "back-ends": async () => (await import("./back-ends")).backEnds,
  lint: async () => (await import("./lint")).lint,
  audit: async () => (await import("./audit")).audit,
  decisions: async () => (await import("./decisions")).decisions,
  exact: async () => (await import("./exact")).exact,
  credentials: async () => (await import("./credentials")).credentials,
  registry: async () => (await import("./registry")).registry,
  pack: async () => (await import("./pack")).pack,
  "terraform-plan": async () => (await import("./terraform-plan")).terraformPlan,
};

/** Takes hours, and so is run alone. */
const ONLY_BY_NAME: ReadonlySet<string> = new Set(["exact"]);

/** Terraform with the local mirror, keys that open nothing, and no access to AWS. */
function environment(scratch: string): NodeJS.ProcessEnv {
  const mirror = findProviderMirror();
  if (mirror === undefined || findOnPath("terraform") === undefined)
    throw new Error("The benchmarks need Terraform and the AWS provider; see CONTRIBUTING.md.");
  const config = join(scratch, "terraformrc");
  writeFileSync(
    config,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  return { ...process.env, TF_CLI_CONFIG_FILE: config, CHECKPOINT_DISABLE: "1", AWS_EC2_METADATA_DISABLED: "true" };
}

async function main(asked: readonly string[]): Promise<void> {
  const unknown = asked.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0)
    throw new Error(`There is no benchmark ${unknown.join(", ")}; there are: ${Object.keys(BENCHES).join(", ")}.`);
  const scratch = mkdtempSync(join(tmpdir(), "databricks-aws-oidc-bench-"));
  try {
    execFileSync(process.execPath, [join(ROOT, "scripts", "build.mjs")], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
    });
    const env = environment(scratch);
    const rows: Row[] = [];
    for (const [name, load] of Object.entries(BENCHES)) {
      if (asked.length > 0 ? !asked.includes(name) : ONLY_BY_NAME.has(name)) continue;
      process.stderr.write(`measuring ${name}\n`);
      try {
        rows.push(...(await (await load())(scratch, env)));
      } catch (error) {
        // what the other groups measured is not lost with this one
        process.stderr.write(
          `${name} could not be measured: ${error instanceof Error ? error.message : String(error)}\n`,
        );
        process.exitCode = 3;
      }
    }
    const [cpu] = cpus();
    process.stdout.write(
      `${cpus().length} × ${cpu?.model ?? "unknown"}, ${Math.round(totalmem() / 1e9)} GB, ` +
        `Node ${process.version}\n\n${table(rows)}\n`,
    );
    if (rows.some((row) => !row.reached)) process.exitCode ??= 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 3;
});
