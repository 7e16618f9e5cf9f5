/** `generate client`: files that use a role from inside Databricks, from a laptop or from CI, without Node. */
import { version } from "../../../../package.json";
import { readSource } from "../../federation-source";
import { FLAGS, flags } from "../../flags";
import { tell } from "../../run";
import { verb } from "../../verb";

export default verb({
  about: "Files that use a role without a stored key: Python, a cluster policy, a bundle, a workflow",
  flags: {
    ...flags("config", "plan", "for", "role", "issuer", "account", "awsAccountId"),
    out: { ...FLAGS.out, required: true, about: "Folder for the files" },
    ...flags("check", "json"),
  },
  exclusive: [["config", "plan"]],
  examples: [
    [
      "$0 generate client --for notebook --role lake-reader \\\n--out clients/notebook",
      "a self-renewing boto3 session in one file",
    ],
  ],
  run: async (options) => {
    const [{ clientOf }, { clientTree }, { deliver }] = await Promise.all([
      import("../../../client/client"),
      import("../../../client/files"),
      import("./deliver"),
    ]);
    const { federation, warnings } = await readSource(options);
    for (const warning of warnings) tell(`warning: ${warning.message} [${warning.code}]`);
    return deliver(options.out, clientTree(clientOf(federation, { ...options, place: options.for }), version), options);
  },
});
