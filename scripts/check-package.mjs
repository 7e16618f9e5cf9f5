/**
 * Checks the published package: packs it, installs the tarball in an empty folder without CDKTF, and uses it from there
 * as a new user would; then with the peers of each kit. Prints a line for each check and exits with 1 when one fails.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
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
/** What consumers run. */
const CONSUMERS = join(root, "scripts", "consumers");
const CDKTN = join(root, "kits", "cdktn", "node_modules");
/** The kits that the constructs are published for: where its packages are here, and the Node that they want. */
const KITS = {
  cdktf: { modules: join(root, "node_modules"), node: () => process.execPath },
  cdktn: { modules: CDKTN, node: () => join(CDKTN, ".bin", "node") },
};
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

/** The consumer's folder once more, with the peers of these kits. */
function consumerWith(...kits) {
  const folder = join(scratch, kits.join("-"));
  cpSync(join(consumer, "node_modules"), join(folder, "node_modules"), { recursive: true, verbatimSymlinks: true });
  for (const file of ["federation.yaml", "package.json"]) cpSync(join(consumer, file), join(folder, file));
  for (const kit of kits) {
    const { modules } = KITS[kit];
    mkdirSync(join(folder, "node_modules", `@${kit}`), { recursive: true });
    for (const peer of [kit, join(`@${kit}`, "provider-aws"), "constructs"])
      if (!existsSync(join(folder, "node_modules", peer)))
        symlinkSync(join(modules, peer), join(folder, "node_modules", peer));
  }
  return folder;
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
  execFileSync(join(root, "node_modules", ".bin", "tsx"), [join(root, "scripts", "cdktn.ts")], { stdio: "inherit" });
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

  check("installs without a kit, constructs and its provider package", () => {
    for (const peer of ["cdktf", "cdktn", "constructs", "@cdktf/provider-aws", "@cdktn/provider-aws"])
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
  for (const kit of Object.keys(KITS)) {
    const folder = consumerWith(kit);
    const node = KITS[kit].node();
    const use =
      "if (new FederationStack(new App({ outdir: 'cdktf.out' }), " +
      "loadFederation('federation.yaml')).federation.roles['lake-reader'] === undefined) process.exit(1)";
    check(`with the peers of ${kit} the constructs are required and imported, and make a stack`, () => {
      const required =
        `const { App } = require('${kit}'); const { FederationStack, loadFederation } = ` +
        `require('databricks-aws-oidc/${kit}'); ${use}`;
      run(node, ["-e", required], { cwd: folder });
      const imported =
        `import { App } from '${kit}'; import { FederationStack, loadFederation } from ` +
        `'databricks-aws-oidc/${kit}'; ${use}`;
      run(node, ["--input-type=module", "-e", imported], { cwd: folder });
    });
    check(`with the peers of ${kit} the types are those of the kit`, () => {
      const app = readFileSync(join(CONSUMERS, "stack.mts"), "utf8");
      writeFileSync(join(folder, "stack.mts"), app.replace(/(["@/])cdktf(?=["/])/g, `$1${kit}`));
      const compilerOptions = { noEmit: true, strict: true, skipLibCheck: true, module: "nodenext", types: [] };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["stack.mts"] }));
      run(join(root, "node_modules", ".bin", "tsc"), ["-p", "tsconfig.json"], { cwd: folder });
    });
  }
  const kits = Object.keys(KITS);
  const both = consumerWith(...kits);
  check("errors of every entry are of the same classes, required and imported", () => {
    cpSync(join(CONSUMERS, "error-classes.mjs"), join(both, "error-classes.mjs"));
    const entries = ["databricks-aws-oidc", ...kits.map((kit) => `databricks-aws-oidc/${kit}`)];
    run(process.execPath, ["error-classes.mjs", ...entries], { cwd: both });
  });
  check("what is made with the other kit is refused, and the right entry named", () => {
    cpSync(join(CONSUMERS, "other-kit.mjs"), join(both, "other-kit.mjs"));
    run(process.execPath, ["other-kit.mjs", ...kits], { cwd: both });
    run(process.execPath, ["other-kit.mjs", ...kits.reverse()], { cwd: both });
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
