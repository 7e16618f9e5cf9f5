/** `generate client`: files that use a role from inside Databricks, from a laptop or from CI, without Node. */
import { version } from "../../../../package.json";
import { readSource } from "../../federation-source";
import { FLAGS, flags } from "../../flags";
import { tell } from "../../run";
import { verb } from "../../verb";

export default verb({
  about: "Files that use a role without a stored key: Python, a cluster policy, a bundle, a workflow",
  flags: {
    ...flags("config", "plan", "for", "via", "credential", "role", "issuer", "account", "awsAccountId"),
    roleArn: { ...FLAGS.roleArn, about: "With --for aws: the role that the workload runs as" },
    servicePrincipal: {
      value: "ID",
      about: "With --for aws, or from GitHub through Unity Catalog: application ID of the service principal",
    },
    out: { ...FLAGS.out, required: true, about: "Folder for the files" },
    ...flags("check", "json"),
  },
  exclusive: [["config", "plan"]],
  examples: [
    [
      "$0 generate client --for notebook --role lake-reader \\\n--out clients/notebook",
      "a self-renewing boto3 session in one file",
    ],
    [
      "$0 generate client --for aws --issuer production \\\n--role-arn arn:aws:iam::111122223333:role/worker \\\n" +
        "--service-principal 6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b --out clients/aws",
      "Databricks from an AWS workload, without a secret",
    ],
  ],
  run: async (options) => {
    const [{ clientOf }, { checkClientFlags }, { clientTree }, { deliver }] = await Promise.all([
      import("../../../client/client"),
      import("../../../client/own-flags"),
      import("../../../client/files"),
      import("./deliver"),
    ]);
    checkClientFlags(options);
    const { federation, warnings } = await readSource(options);
    for (const warning of warnings) tell(`warning: ${warning.message} [${warning.code}]`);
    if (options.via === "unity-catalog") {
      const { fromCatalog } = await import("../../../client/from-catalog");
      return deliver(options.out, fromCatalog(federation, options, version), options);
    }
    if (options.for === "aws") {
      const { fromAws } = await import("../../../client/from-aws");
      const { tree, warnings: loops } = fromAws(federation, options, version);
      for (const loop of loops) tell(`warning: ${loop}`);
      return deliver(options.out, tree, options);
    }
    return deliver(options.out, clientTree(clientOf(federation, { ...options, place: options.for }), version), options);
  },
});
