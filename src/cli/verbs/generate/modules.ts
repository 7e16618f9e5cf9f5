/** `generate modules`: the four HCL modules, under an organization's rules if they are given. */
import { version } from "../../../../package.json";
import { FLAGS, flags } from "../../flags";
import { verb } from "../../verb";

export default verb({
  about: "The HCL modules: databricks-federation and three simpler modules",
  flags: {
    out: { ...FLAGS.out, default: "modules", about: "Folder for one folder a module" },
    ...flags("namespace", "rules", "check", "json"),
  },
  examples: [["$0 generate modules --rules acme.yaml --namespace acme", "modules with Acme's rules built in"]],
  run: async (options) => {
    const { moduleTree, readNamespace } = await import("../../../module/module-tree");
    const { modulesOfProfile } = await import("../../../module/apply-profile");
    const namespace = readNamespace(options.namespace);
    const { modules, sample } = modulesOfProfile(
      options.rules === undefined ? undefined : await readRules(options.rules),
    );
    const { deliver } = await import("./deliver");
    return deliver(options.out, moduleTree(modules, sample, { version, namespace }), options);
  },
});

async function readRules(file: string): Promise<import("../../../module/profile-schema").Profile> {
  const [{ readText }, { parseProfile }] = await Promise.all([
    import("../../../files/read-file"),
    import("../../../module/profile"),
  ]);
  return parseProfile(readText(file, "Name your organization's rules with --rules."), { file });
}
