/** `doctor`: the real endpoints, the real AWS, one real call; and the one next thing to do. */
import { flags } from "../flags";
import { say, sayJson, withProgress } from "../run";
import { verb } from "../verb";

export default verb({
  flags: flags(
    "config",
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
  exclusive: [["token", "from"]],
  examples: [
    ["$0 doctor", "the issuers of the federation, as AWS sees them"],
    ["$0 doctor --role lake-reader --aws --assume", "one role, to the end"],
    ["$0 doctor --all --json", "every night: exit 1 on drift"],
  ],
  run: async (options) => {
    const [{ doctor }, { DEFAULT_FEDERATION_FILE, readFederationFile }, { processEnvironment }] = await Promise.all([
      import("../../doctor/doctor"),
      import("../../files/load-federation"),
      import("../../network/environment"),
    ]);
    const config = options.config ?? DEFAULT_FEDERATION_FILE;
    const { federation } = readFederationFile(config);
    const { report, text } = await withProgress("checking", () =>
      doctor(federation, { ...options, config, environment: processEnvironment() }),
    );
    if (options.json) sayJson(report);
    else say(text);
    return report.exitCode;
  },
});
