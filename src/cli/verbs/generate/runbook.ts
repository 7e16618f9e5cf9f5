/** `generate runbook`: what to run when a person left or a secret leaked. */
import { version } from "../../../../package.json";
import { readSource } from "../../federation-source";
import { FLAGS, flags } from "../../flags";
import { verb } from "../../verb";

export default verb({
  about: "What to run when a person left or a secret leaked, in order, for this federation",
  flags: {
    ...flags("config", "deployedBy", "root"),
    out: { ...FLAGS.out, required: true, about: "Folder for runbook.md" },
    ...flags("check", "json"),
  },
  examples: [["$0 generate runbook --out docs --root root", "runbook.md, for roots in root/ that terraform applies"]],
  run: async (options) => {
    const [{ runbook }, { deliver }, { federation, file }] = await Promise.all([
      import("../../../runbook/runbook"),
      import("./deliver"),
      readSource(options),
    ]);
    const { deployedBy, root } = options;
    return deliver(options.out, runbook(federation, { file, deployment: deployedBy, root, version }), options);
  },
});
