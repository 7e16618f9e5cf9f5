/** `generate guardrails`: who may change a federation in AWS, as policies for the account and for its pipeline. */
import { readSource } from "../../federation-source";
import { FLAGS, flags } from "../../flags";
import { tell } from "../../run";
import { verb } from "../../verb";

export default verb({
  about: "Policies: only the pipeline may change the federation in AWS, and it may do nothing else",
  flags: {
    ...flags("config", "plan", "pipelineRole", "awsAccountId"),
    out: { ...FLAGS.out, required: true, about: "Folder for the policies" },
    ...flags("check", "json"),
  },
  exclusive: [["config", "plan"]],
  examples: [
    [
      "$0 generate guardrails --out guardrails \\\n--pipeline-role arn:aws:iam::111122223333:role/pipeline",
      "scp.json and pipeline-policy.json",
    ],
  ],
  run: async (options) => {
    const [{ guardrails, MOST_SCPS }, { deliver }] = await Promise.all([
      import("../../../guardrails/guardrails"),
      import("./deliver"),
    ]);
    const { federation } = await readSource(options);
    const files = guardrails(federation, {
      pipelineRoles: options.pipelineRole,
      awsAccountId: options.awsAccountId,
    });
    const folders = new Set([...files.keys()].map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/")))));
    for (const folder of folders) {
      const count = [...files.keys()].filter((path) =>
        /^scp-\d+\.json$/.test(path.slice(folder.length).replace("/", "")),
      ).length;
      if (count > MOST_SCPS)
        tell(
          `warning: ${count} service control policies for one AWS account, and Organizations takes ${MOST_SCPS} a ` +
            "target by default. Give the roles a path of their own, and protect that.",
        );
    }
    return deliver(
      options.out,
      { kind: "guardrails", files, owned: [...folders].map((folder) => ({ folder, deep: false })) },
      options,
    );
  },
});
