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
    const [{ guardrails }, { deliver }] = await Promise.all([
      import("../../../guardrails/guardrails"),
      import("./deliver"),
    ]);
    const { federation } = await readSource(options);
    const { tree, warnings } = guardrails(federation, {
      pipelineRoles: options.pipelineRole,
      awsAccountId: options.awsAccountId,
    });
    for (const warning of warnings) tell(`warning: ${warning}`);
    return deliver(options.out, tree, options);
  },
});
