/** `generate root`: what a team without Node reviews and applies, one root for each AWS account. */
import { existsSync } from "node:fs";
import type { CommandModule } from "yargs";
import { examples } from "../../examples";
import { version } from "../../../../package.json";
import { run, tell } from "../../run";

interface Flags {
  readonly config: string;
  readonly out: string;
  readonly style: "modules" | "resources";
  readonly "module-source"?: string;
  readonly "module-version"?: string;
  readonly "moved-from"?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "root",
  describe: "A Terraform root for the federation: a module call, or plain resources",
  builder: (yargs) =>
    yargs
      .option("config", { type: "string", default: "federation.yaml", describe: "Federation file" })
      .option("out", {
        type: "string",
        demandOption: true,
        describe: "Folder of the root; with several AWS accounts, of one folder each",
      })
      .option("style", {
        choices: ["modules", "resources"] as const,
        default: "modules" as const,
        describe: "One call of databricks-federation, or resource blocks",
      })
      .option("module-source", {
        type: "string",
        describe: "Where the module comes from. Default: it is written beside the root",
      })
      .option("module-version", { type: "string", describe: "Version range of a registry module" })
      .option("moved-from", {
        type: "string",
        describe: "cdktf, or a stack's cdk.tf.json: take over its state with moved blocks",
      })
      .option("check", { type: "boolean", default: false, describe: "Write nothing; exit 1 and list what differs" })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout" })
      .epilogue(examples(["$0 generate root --out live --moved-from cdktf", "leave CDKTF without touching a role"])),
  handler: (flags) =>
    run(async () => {
      const [{ readFederationFile }, { rootTree }, { staleRoots }, { deliver }] = await Promise.all([
        import("../../../files/load-federation"),
        import("../../../module/root-tree"),
        import("../../../files/compare-tree"),
        import("./deliver"),
      ]);
      const { federation, warnings } = readFederationFile(flags.config);
      for (const warning of warnings) tell(`warning: ${warning.message} [${warning.code}]`);
      const { tree, missing, left } = rootTree(federation, {
        version,
        style: flags.style,
        moduleSource: flags["module-source"],
        moduleVersion: flags["module-version"],
        movedFrom: await movedFrom(flags["moved-from"]),
      });
      for (const address of missing)
        tell(`note: ${flags["moved-from"] ?? ""} has nothing for ${address}; it will be created.`);
      for (const address of left)
        tell(
          `note: ${flags["moved-from"] ?? ""} also has ${address}, and this root has not: on the same state ` +
            `Terraform would destroy it. See docs/leaving-cdktf.md.`,
        );
      const code = await deliver(flags.out, tree, flags);
      if (existsSync(flags.out)) {
        for (const folder of staleRoots(flags.out, tree.files)) {
          const root = folder === "" ? flags.out : `${flags.out}/${folder}`;
          tell(
            `note: ${root}/main.tf is the root of an AWS account that the federation no longer names in this ` +
              `way. Move its state, or destroy what it made, then remove it.`,
          );
        }
      }
      return code;
    }, flags),
};

async function movedFrom(
  where: string | undefined,
): Promise<import("../../../module/root-tree").MovedFrom | undefined> {
  if (where === undefined || where === "cdktf") return where;
  const { readText } = await import("../../../files/read-file");
  return { file: where, text: readText(where, "Name the stack's cdk.tf.json, below cdktf.out/stacks, or cdktf.") };
}

export default command;
