/** The versions page says what package.json declares and what the locks hold. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { peerDependencies } from "../../package.json";
import { REPOSITORY } from "../support/markdown";

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

function lockOf(folder: string): Lock {
  return JSON.parse(readFileSync(join(REPOSITORY, folder, "package-lock.json"), "utf8")) as Lock;
}

/** The cells of the row that begins with `name`. */
function rowOf(name: string): readonly string[] {
  const page = readFileSync(join(REPOSITORY, "docs", "versions.md"), "utf8");
  const row = page.split("\n").find((line) => line.startsWith(`| ${name} |`) || line.startsWith(`| ${name}, `));
  return (row ?? "").split("|").map((cell) => cell.trim().replaceAll("`", ""));
}

test.each(Object.entries(peerDependencies))(
  "names the range of %s that is declared, and the version tested",
  (name, range) => {
    const lock = lockOf(name.includes("cdktn") ? "kits/cdktn" : ".");
    const [, , declared, version, when] = rowOf(name);
    expect([declared, version, when]).toEqual([range, lock.packages[`node_modules/${name}`]?.version, "tested"]);
  },
);
