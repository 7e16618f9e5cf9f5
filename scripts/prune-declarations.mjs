/**
 * `node scripts/prune-declarations.mjs FOLDER` removes the declarations in FOLDER that no entry of the package reaches:
 * nobody can import them, and they name packages (zod) that a consumer's compiler would have to read.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

const { exports } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
/** Of the package's entries, below the folder of declarations. */
const ENTRIES = Object.values(exports)
  .flatMap(({ types }) => types ?? [])
  .map((path) => path.replace("./dist/types/", ""));

const [folder = "dist/types"] = process.argv.slice(2);
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
