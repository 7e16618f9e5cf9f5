/**
 * `node scripts/write-declarations.mjs FOLDER` writes the declarations of the package's entries: what the compiler
 * makes, the constructs' once more for CDK Terrain, and of all that only what an entry reaches. Nobody can import the
 * rest, and it names packages (zod) that a consumer's compiler would have to read.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { forCdktn } from "./for-cdktn.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
/** Of the package's entries, below the folder of declarations. */
const ENTRIES = Object.values(exports)
  .flatMap(({ types }) => types ?? [])
  .map((path) => path.replace("./dist/types/", ""));

const [folder = join("dist", "types")] = process.argv.slice(2);

const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
execFileSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json"), "--outDir", folder], {
  stdio: "inherit",
});

const [cdktf, cdktn] = ["cdktf", "cdktn"].map((kit) => join(folder, "src", kit));
mkdirSync(cdktn);
for (const file of readdirSync(cdktf))
  writeFileSync(join(cdktn, file), forCdktn(readFileSync(join(cdktf, file), "utf8")));

const reached = new Set();

function visit(file) {
  if (reached.has(file)) return;
  reached.add(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from |import\()"(\.[^"]*)"/g)) {
    const target = join(dirname(file), path);
    visit([`${target}.d.ts`, join(target, "index.d.ts")].find((candidate) => existsSync(candidate)) ?? target);
  }
}

for (const entry of ENTRIES) visit(join(folder, entry));
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath, entry.name);
  if (entry.isFile() && !reached.has(file)) rmSync(file);
}
