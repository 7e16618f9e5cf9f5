/**
 * Builds what is published: the pure entry and the constructs as CommonJS with types, and the command line as one
 * bundled file for each verb. What is bundled needs no install; its licences are in dist/THIRD-PARTY-NOTICES.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
rmSync("dist", { recursive: true, force: true });

/** Loaded from node_modules at run time: optional peers, and the two that read a wasm file beside themselves. */
const external = [
  "cdktf",
  "constructs",
  "@cdktf/provider-aws",
  "@cdktf/provider-aws/*",
  "@cdktn/hcl-tools",
  "@cdktn/hcl2json",
];

const shared = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external,
  logLevel: "warning",
  metafile: true,
  legalComments: "none",
};

const library = await build({
  ...shared,
  // an error's class is part of what a caller sees
  keepNames: true,
  entryPoints: { index: "src/index.ts", cdktf: "src/cdktf/index.ts" },
  // dependencies of the package
  external: [...external, "zod", "jose"],
  outdir: "dist",
});

const verbs = readdirSync("src/cli/verbs").filter((file) => file.endsWith(".ts"));
const commandLine = await build({
  ...shared,
  minify: true,
  entryPoints: Object.fromEntries([
    ["cli", existsSync("src/cli/bin.ts") ? "src/cli/bin.ts" : "src/cli/cli.ts"],
    ...verbs.map((file) => [`verbs/${file.replace(/\.ts$/, "")}`, `src/cli/verbs/${file}`]),
  ]),
  outdir: "dist",
  banner: { js: "" },
});
writeFileSync("dist/cli.js", `#!/usr/bin/env node\n${readFileSync("dist/cli.js", "utf8").replace(/^#!.*\n/, "")}`, {
  mode: 0o755,
});

writeNotices([library, commandLine]);
execFileSync(process.execPath, [join("node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"], {
  stdio: "inherit",
});
execFileSync(process.execPath, [join("scripts", "prune-declarations.mjs"), "dist/types"], { stdio: "inherit" });

/** Every bundled package's licence, whole. */
function writeNotices(results) {
  const packages = new Set();
  for (const { metafile } of results) {
    for (const input of Object.keys(metafile.inputs)) {
      const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (found !== null) packages.add(found[1]);
    }
  }
  const notices = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(folder, file), "utf8").trim();
    return `${name} ${version} (${license})\n\n${text}`;
  });
  writeFileSync("dist/THIRD-PARTY-NOTICES", `${notices.join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
}
