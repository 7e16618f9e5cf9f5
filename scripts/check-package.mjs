/**
 * Checks the published package: packs it, installs the tarball in an empty folder without CDKTF, and uses it from there
 * as a new user would. Prints a line for each check and exits with 1 when one fails.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), "databricks-aws-oidc-package-"));
const consumer = join(scratch, "consumer");
/** Megabytes (10^6 bytes) that the installed command line may take. */
const SIZE_LIMIT = 30;
let failed = 0;

function check(name, body) {
  try {
    const detail = body();
    console.log(`ok      ${name}${detail === undefined ? "" : `: ${detail}`}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: consumer, encoding: "utf8", ...options });
  if (result.status !== (options.status ?? 0)) {
    throw new Error(
      `${command} ${args.join(" ")} ended in ${result.status}: ${(result.stderr || result.stdout || "").slice(-2000)}`,
    );
  }
  return result.stdout;
}

function expect(condition, message) {
  if (!condition) throw new Error(message);
}

function bytesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesOf(path) : entry.isFile() ? statSync(path).size : 0);
  }, 0);
}

try {
  mkdirSync(consumer);
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  const tarball = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", scratch], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  )[0].filename;
  run("npm", ["install", "--no-audit", "--no-fund", join(scratch, tarball)]);
  const bin = join(consumer, "node_modules", ".bin", "databricks-aws-oidc");
  cpSync(join(root, "federation.yaml"), join(consumer, "federation.yaml"));

  check("installs without cdktf, constructs and the provider package", () => {
    for (const peer of ["cdktf", "constructs", "@cdktf/provider-aws"])
      expect(!existsSync(join(consumer, "node_modules", peer)), `${peer} is installed`);
  });
  check(`installed size under ${SIZE_LIMIT} MB`, () => {
    const megabytes = bytesOf(join(consumer, "node_modules")) / 1e6;
    expect(megabytes < SIZE_LIMIT, `${megabytes.toFixed(1)} MB`);
    return `${megabytes.toFixed(1)} MB`;
  });
  check("every verb explains itself", () => {
    const help = run(bin, ["--help"]);
    const verbs = [...help.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map((match) => match[1]);
    expect(verbs.length > 10, `only ${verbs.length} verbs`);
    for (const verb of verbs) expect(run(bin, [verb, "--help"]).includes(verb), `no help for ${verb}`);
    return `${verbs.length} verbs`;
  });
  check("issuer prints the issuer of a URL", () => {
    const answer = JSON.parse(
      run(bin, ["issuer", "--url", "mycompany.cloud.databricks.com/?o=1444828305810485", "--json"]),
    );
    expect(answer.issuer === "https://mycompany.cloud.databricks.com/oidc", answer.issuer);
  });
  check("lint finds nothing in the embedded federation", () => void run(bin, ["lint"]));
  check("generate root writes HCL", () => {
    run(bin, ["generate", "root", "--out", "hcl"]);
    expect(existsSync(join(consumer, "hcl", "main.tf")), "no main.tf");
  });
  check("generate modules writes the modules of the package", () => {
    run(bin, ["generate", "modules", "--out", "modules"]);
    run("diff", ["-r", "modules", join(consumer, "node_modules", "databricks-aws-oidc", "modules")]);
  });
  check("a mistake ends in 2 without a stack trace", () => {
    writeFileSync(join(consumer, "broken.yaml"), "name: 1\n");
    const result = spawnSync(bin, ["lint", "broken.yaml"], { cwd: consumer, encoding: "utf8" });
    expect(result.status === 2, `status ${result.status}`);
    expect(!/^[ \t]+at /m.test(result.stderr), result.stderr);
  });
  check("CommonJS requires it", () => {
    run(process.execPath, [
      "-e",
      "const m = require('databricks-aws-oidc'); if (typeof m.parseFederation !== 'function') process.exit(1)",
    ]);
  });
  check("ES modules import it by name", () => {
    run(process.execPath, [
      "--input-type=module",
      "-e",
      "import { parseFederation } from 'databricks-aws-oidc'; if (typeof parseFederation !== 'function') " +
        "process.exit(1)",
    ]);
  });
  check("with its peers the constructs are required and imported, and make a stack", () => {
    mkdirSync(join(consumer, "node_modules", "@cdktf"), { recursive: true });
    for (const peer of ["cdktf", "constructs", join("@cdktf", "provider-aws")])
      symlinkSync(join(root, "node_modules", peer), join(consumer, "node_modules", peer));
    const use =
      "if (new FederationStack(new App({ outdir: 'cdktf.out' }), " +
      "loadFederation('federation.yaml')).federation.roles['lake-reader'] === undefined) process.exit(1)";
    run(process.execPath, [
      "-e",
      `const { App } = require('cdktf'); const { FederationStack, loadFederation } = ` +
        `require('databricks-aws-oidc/cdktf'); ${use}`,
    ]);
    run(process.execPath, [
      "--input-type=module",
      "-e",
      `import { App } from 'cdktf'; import { FederationStack, loadFederation } from ` +
        `'databricks-aws-oidc/cdktf'; ${use}`,
    ]);
  });
  check(
    "publint reports nothing",
    () => void run(join(root, "node_modules", ".bin", "publint"), ["--strict", join(scratch, tarball)], { cwd: root }),
  );
  check("types resolve for every kind of consumer (attw)", () => {
    run(
      join(root, "node_modules", ".bin", "attw"),
      [join(scratch, tarball), "--exclude-entrypoints", "./schema.json"],
      { cwd: root },
    );
  });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(failed === 0 ? "all checks of the package passed" : `${failed} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;
