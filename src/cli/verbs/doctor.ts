/** `doctor`: the real endpoints, the real AWS, one real call; and the one next thing to do. */
import { readSource } from "../federation-source";
import { flags } from "../flags";
import { sayResult, withProgress } from "../run";
import { verb } from "../verb";

export default verb({
  flags: flags(
    "config",
    "plan",
    "issuer",
    "role",
    "token",
    "from",
    "tokenFile",
    "profile",
    "scope",
    "aws",
    "all",
    "assume",
    "account",
    "awsAccountId",
    "region",
    "timeout",
    "allowEndpoint",
    "json",
  ),
  exclusive: [
    ["token", "from"],
    ["config", "plan"],
  ],
  examples: [
    ["$0 doctor", "the issuers of the federation, as AWS sees them"],
    ["$0 doctor --role lake-reader --aws --assume", "one role, to the end"],
    ["$0 doctor --plan plan.json --aws", "a Terraform plan or state against what is deployed"],
    ["$0 doctor --all --json", "every night: exit 1 on drift"],
  ],
  run: async (options) => {
    const [{ doctor }, { processEnvironment }] = await Promise.all([
      import("../../doctor/doctor"),
      import("../../network/environment"),
    ]);
    const { federation, file } = await readSource(options);
    const { report, text } = await withProgress("checking", () =>
      doctor(federation, { ...options, config: file, environment: processEnvironment() }),
    );
    sayResult(options.json, report, text);
    return report.exitCode;
  },
});
