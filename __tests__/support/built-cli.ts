/** The command line as it is shipped: bundled, so that starting it costs what it costs a user. */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { temporaryFolder } from "./temporary-folder";

const ROOT = join(__dirname, "..", "..");

/** Bundles the program's entry and the given verbs into a temporary folder; returns the file to run with Node. */
export async function buildCli(verbs: readonly string[]): Promise<string> {
  return bundle(
    Object.fromEntries([
      ["cli", "src/cli/bin.ts"],
      ...verbs.map((verb) => [`verbs/${verb}`, `src/cli/verbs/${verb}.ts`]),
    ]),
    "cli",
  );
}

/** Bundles one program of the tests. */
export async function buildProgram(source: string): Promise<string> {
  return bundle({ program: source }, "program");
}

async function bundle(entryPoints: Readonly<Record<string, string>>, name: string): Promise<string> {
  const folder = temporaryFolder("built");
  // as in the package: the program finds its templates and modules beside its own folder
  for (const part of ["modules", "schema", "templates"]) symlinkSync(join(ROOT, part), join(folder, part));
  const outdir = join(folder, "dist");
  await build({
    absWorkingDir: ROOT,
    entryPoints: { ...entryPoints },
    outdir,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "error",
    external: [
      "cdktf",
      "constructs",
      "@cdktf/provider-aws",
      "@cdktf/provider-aws/*",
      "@cdktn/hcl-tools",
      "@cdktn/hcl2json",
    ],
  });
  return join(outdir, `${name}.js`);
}
