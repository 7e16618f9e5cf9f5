/**
 * Builds what is published: the pure entry and the constructs for cdktf and cdktn as CommonJS with types, and the
 * command line as one bundled file for each verb. What is bundled needs no install; its licences are in
 * dist/THIRD-PARTY-NOTICES.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { forCdktn } from "./for-cdktn.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
rmSync("dist", { recursive: true, force: true });

/** Loaded from node_modules at run time: optional peers, and the two that read a wasm file beside themselves. */
const external = [
  "cdktf",
  "constructs",
  "@cdktf/provider-aws",
  "@cdktf/provider-aws/*",
  "cdktn",
  "@cdktn/provider-aws",
  "@cdktn/provider-aws/*",
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

const CONSTRUCTS = join(root, "src", "cdktf");

/** `src/cdktn/index.ts`: the same files as `src/cdktf`, for CDK Terrain. The rooms below them are shared. */
const cdktn = {
  name: "cdktn",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^src\/cdktn\// }, ({ path }) => ({
      namespace: "cdktn",
      path: join(CONSTRUCTS, path.slice("src/cdktn/".length)),
    }));
    onResolve({ filter: /^\.\/[^/]+$/, namespace: "cdktn" }, ({ path }) => ({
      namespace: "cdktn",
      path: join(CONSTRUCTS, `${path}.ts`),
    }));
    onLoad({ filter: /./, namespace: "cdktn" }, ({ path }) => ({
      contents: forCdktn(readFileSync(path, "utf8")),
      loader: "ts",
      resolveDir: CONSTRUCTS,
    }));
  },
};

// One copy of what the entries share, so that an error's class is the same in all: esbuild shares code between
// entries as ES modules only.
const modules = await build({
  ...shared,
  format: "esm",
  splitting: true,
  // an error's class is part of what a caller sees
  keepNames: true,
  entryPoints: { index: "src/index.ts", cdktf: "src/cdktf/index.ts", cdktn: "src/cdktn/index.ts" },
  chunkNames: "shared/[hash]",
  // dependencies of the package
  external: [...external, "zod", "jose"],
  plugins: [cdktn],
  outdir: "dist",
  write: false,
});
for (const { path, text } of modules.outputFiles) {
  const { code } = await transform(text, { format: "cjs", platform: "node", target: shared.target });
  mkdirSync(dirname(path), { recursive: true });
  // bundled CommonJS calls it by a name of esbuild's, which other bundlers do not follow
  writeFileSync(path, code.replaceAll('__require("', 'require("'));
}

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

writeNotices([modules, commandLine]);
execFileSync(process.execPath, [join("scripts", "write-declarations.mjs")], { stdio: "inherit" });

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
