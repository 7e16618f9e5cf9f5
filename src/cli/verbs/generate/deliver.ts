/** Writes what `generate` made, or reports what would change. */
import type { Difference, GeneratedTree } from "../../../files/compare-tree";
import { type ExitCode, sayJson, sayLine, tell } from "../../run";
import { refuse } from "../../../errors";
import { counted } from "../../../text/words";

const SIGNS = { add: "+", change: "~", remove: "-" } as const;

/** With `check` nothing is written: 0 where the folder is as it should be, 1 with the list of differences. */
export async function deliver(
  folder: string,
  tree: GeneratedTree,
  options: { readonly check?: boolean | undefined; readonly json?: boolean | undefined },
): Promise<ExitCode> {
  if (folder === "")
    refuse([{ code: "usage", message: "--out is empty.", path: "out", fix: "Name a folder; this one is --out=." }]);
  const { differences, interrupted } =
    options.check === true ? await compare(folder, tree) : await replace(folder, tree);
  if (options.json === true) sayJson({ out: folder, differences });
  else for (const { path, change } of differences) sayLine(`${SIGNS[change]} ${folder}/${path}`);
  const { length: count } = differences;
  if (options.check !== true) {
    tell(`${folder}: ${counted(tree.files.size, "file")}, ${count === 0 ? "nothing changed" : `${count} changed`}.`);
    return 0;
  }
  if (interrupted) tell(`An earlier generate was interrupted in ${folder}; run it without --check to finish it.`);
  tell(
    count === 0
      ? `${folder} is up to date.`
      : `${folder} differs in ${counted(count, "file")}; run generate without --check.`,
  );
  return count === 0 && !interrupted ? 0 : 1;
}

async function compare(
  folder: string,
  tree: GeneratedTree,
): Promise<{ readonly differences: readonly Difference[]; readonly interrupted: boolean }> {
  const [{ compareTree }, { isInterrupted }] = await Promise.all([
    import("../../../files/compare-tree"),
    import("../../../files/replace-tree"),
  ]);
  const { differences, problems } = compareTree(folder, tree);
  refuse(problems);
  return { differences, interrupted: isInterrupted(folder) };
}

async function replace(
  folder: string,
  tree: GeneratedTree,
): Promise<{ readonly differences: readonly Difference[]; readonly interrupted: boolean }> {
  const { replaceTree } = await import("../../../files/replace-tree");
  return { differences: replaceTree(folder, tree), interrupted: false };
}
