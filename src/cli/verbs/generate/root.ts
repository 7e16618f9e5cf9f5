/** `generate root`: what a team without Node reviews and applies, one root for each AWS account. */
import { existsSync } from "node:fs";
import { version } from "../../../../package.json";
import { FLAGS, flags } from "../../flags";
import { tell } from "../../run";
import { verb } from "../../verb";

export default verb({
  about: "A Terraform root for the federation: a module call, or plain resources",
  flags: {
    ...flags("config"),
    out: { ...FLAGS.out, required: true, about: "Folder of the root; with several AWS accounts, of one folder each" },
    ...flags("style", "moduleSource", "moduleVersion", "movedFrom", "imports", "check", "json"),
  },
  examples: [
    ["$0 generate root --out live --moved-from cdktf", "leave CDKTF without touching a role"],
    ["$0 generate root --out live --imports imports.json", "take over what adopt found in AWS"],
  ],
  run: async (options) => {
    const [{ readFederationFile }, { rootTree }, { keptBackends, keptMoves, staleRoots }, { deliver }] =
      await Promise.all([
        import("../../../files/load-federation"),
        import("../../../module/root-tree"),
        import("../../../files/compare-tree"),
        import("./deliver"),
      ]);
    const { federation, warnings } = readFederationFile(options.config);
    for (const warning of warnings) tell(`warning: ${warning.message} [${warning.code}]`);
    const movedFrom = options.movedFrom ?? "";
    const { tree, missing, left, notDeclared } = rootTree(federation, {
      ...options,
      version,
      movedFrom: await readMovedFrom(options.movedFrom),
      imports: await readImports(options.imports),
    });
    for (const name of notDeclared)
      tell(`note: ${options.imports ?? ""} has ${name}, which the federation does not have: it stays as it is in AWS.`);
    for (const address of missing) tell(`note: ${movedFrom} has nothing for ${address}; it will be created.`);
    for (const address of left)
      tell(
        `note: ${movedFrom} also has ${address}, and this root has not: on the same state ` +
          `Terraform would destroy it. See docs/leaving-cdktf.md.`,
      );
    const kept = keptBackends(options.out, tree.files);
    for (const path of kept) {
      const main = `${options.out}/${path.replace(/backend\.tf$/, "main.tf")}`;
      tell(
        `note: ${options.out}/${path} is not written: the root has a backend of yours, or none. ` +
          `Write backend: { type: none } in the federation file to say so; to have it written, ` +
          `remove ${main} and generate again.`,
      );
    }
    const moves = keptMoves(options.out, tree.files, options.style);
    for (const path of moves.keys()) tell(`note: ${options.out}/${path} is kept. Delete it once it is applied.`);
    const files = new Map([...[...tree.files].filter(([path]) => !kept.includes(path)), ...moves]);
    const code = await deliver(options.out, { ...tree, files }, options);
    if (!existsSync(options.out)) return code;
    for (const folder of staleRoots(options.out, tree.files))
      tell(
        `note: ${options.out}${folder === "" ? "" : `/${folder}`}/main.tf is the root of an AWS account that the ` +
          `federation no longer names. Move its state, or destroy its resources, then remove it.`,
      );
    return code;
  },
});

async function readImports(
  file: string | undefined,
): Promise<import("../../../federation/imports").Imports | undefined> {
  if (file === undefined) return undefined;
  const { loadImports } = await import("../../../files/load-imports");
  return loadImports(file);
}

async function readMovedFrom(
  file: string | undefined,
): Promise<import("../../../module/root-tree").MovedFrom | undefined> {
  const { MOVED_FROM } = await import("../../../module/root-tree");
  const word = MOVED_FROM.find((known) => known === file);
  if (file === undefined || word !== undefined) return word;
  const { readText } = await import("../../../files/read-file");
  const fix = "Name the stack's cdk.tf.json, below cdktf.out/stacks, or cdktf, modules or resources.";
  return { file, text: readText(file, fix) };
}
