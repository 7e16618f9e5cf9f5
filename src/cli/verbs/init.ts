/** `init`: a federation.yaml, by questions or by flags. */
import { FLAGS, flags } from "../flags";
import { sayResult, tell } from "../run";
import { verb } from "../verb";

const LOOK_UP_MS = 10_000;

export default verb({
  flags: {
    ...flags("url", "accountId", "workspaceId", "cloud", "unifiedLogin", "allowCustomHost"),
    role: { value: "ROLE", many: true, about: "Name of a role; may be repeated" },
    ...flags("servicePrincipal", "user", "usersReason"),
    bucket: { ...FLAGS.bucket, many: true, about: "[ROLE=]S3 bucket the role reads" },
    ...flags("policyArn", "maxSession"),
    awsAccountId: { ...FLAGS.awsAccountId, about: "AWS account of the roles (default: detected at plan time)" },
    ...flags("partition", "region", "name"),
    out: { ...FLAGS.out, about: "The file to write, which must not exist (default: ./federation.yaml)" },
    ...flags("offline", "yes", "json"),
  },
  examples: [
    ["$0 init", "by questions"],
    [
      "$0 init --role lake-reader --bucket mycompany-lake \\\n--url " +
        "'https://mycompany.cloud.databricks.com/?o=1444828305810485' \\\n--service-principal " +
        "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
      "by flags",
    ],
  ],
  run: async ({ out, offline, yes, json, ...given }) => {
    const [
      { initFederation, initText },
      { Stopped, terminalPrompter },
      { fetchDatabricksConfig, databricksConfigUrl },
    ] = await Promise.all([
      import("../../init/init"),
      import("../../init/prompter"),
      import("../../network/databricks-config"),
    ]);
    const asks = process.stdin.isTTY === true && process.stderr.isTTY === true && !yes && !json;
    try {
      const result = await initFederation({
        flags: given,
        cwd: process.cwd(),
        out,
        prompter: asks ? await terminalPrompter() : undefined,
        askHost: offline
          ? undefined
          : (host) => fetchDatabricksConfig(databricksConfigUrl(host), { env: process.env, timeoutMs: LOOK_UP_MS }),
        note: (text) => tell(`note: ${text}`),
      });
      for (const { rule, message } of result.warnings) tell(`lint: ${message} (${rule})`);
      sayResult(json, result, initText(result));
      return 0;
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      tell("");
      tell("Interrupted: nothing was written.");
      return 130;
    }
  },
});
