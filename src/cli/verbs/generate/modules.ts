/** `generate modules`: the four HCL modules, under an organisation's profile if one is given. */
import type { CommandModule } from "yargs";
import { examples } from "../../examples";
import { version } from "../../../../package.json";
import { run } from "../../run";

interface Flags {
  readonly out: string;
  readonly namespace?: string;
  readonly profile?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "modules",
  describe: "The HCL modules: databricks-federation and its simpler kin",
  builder: (yargs) =>
    yargs
      .option("out", { type: "string", default: "modules", describe: "Folder for one folder a module" })
      .option("namespace", {
        type: "string",
        describe: "Registry namespace for the READMEs, e.g. acme or registry.example.com/acme",
      })
      .option("profile", { type: "string", describe: "YAML file with your organisation's names, defaults and demands" })
      .option("check", { type: "boolean", default: false, describe: "Write nothing; exit 1 and list what differs" })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout" })
      .epilogue(
        examples(["$0 generate modules --profile acme.yaml --namespace acme", "modules with Acme's rules baked in"]),
      ),
  handler: (flags) =>
    run(async () => {
      const { moduleTree, readNamespace } = await import("../../../module/module-tree");
      const { modulesOfProfile } = await import("../../../module/apply-profile");
      const namespace = readNamespace(flags.namespace);
      const { modules, sample } = modulesOfProfile(
        flags.profile === undefined ? undefined : await readProfile(flags.profile),
      );
      const { deliver } = await import("./deliver");
      return deliver(flags.out, moduleTree(modules, sample, { version, namespace }), flags);
    }, flags),
};

async function readProfile(file: string): Promise<import("../../../module/profile-schema").Profile> {
  const [{ readText }, { parseProfile }] = await Promise.all([
    import("../../../files/read-file"),
    import("../../../module/profile"),
  ]);
  return parseProfile(readText(file, "Name your profile with --profile."), { file });
}

export default command;
