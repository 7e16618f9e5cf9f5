/** `doctor`: the real endpoints, the real AWS, one real call; and the one next thing to do. */
import type { CommandModule } from "yargs";
import { examples } from "../examples";
import type { ExitCode } from "../run";
import { run, say, sayJson } from "../run";

interface Flags {
  readonly config?: string;
  readonly issuer?: string;
  readonly role?: string;
  readonly "account-key"?: string;
  readonly "aws-account-id"?: string;
  readonly token?: string;
  readonly from?: string;
  readonly "token-file"?: string;
  readonly profile?: string;
  readonly scope?: string;
  readonly aws?: boolean;
  readonly account?: boolean;
  readonly assume?: boolean;
  readonly region?: string;
  readonly timeout?: string;
  readonly "allow-endpoint"?: boolean;
  readonly json?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "doctor",
  describe: "Check the real endpoints: discovery, keys, provider, role",
  builder: (yargs) =>
    yargs
      .option("config", { type: "string", describe: "Federation file (default: ./federation.yaml)" })
      .option("issuer", { type: "string", describe: "Key of the only issuer to look at" })
      .option("role", { type: "string", describe: "The only role to look at, and its issuers (its key or name)" })
      .option("token", {
        type: "string",
        nargs: 1,
        describe: "Judge this token: - for standard input, @FILE for a file",
      })
      .option("from", { type: "string", describe: "Get the token to judge by this way (see token --help)" })
      .option("token-file", { type: "string", describe: "For --from file: the file" })
      .option("profile", { type: "string", describe: "Profile of ~/.databrickscfg" })
      .option("scope", { type: "string", describe: "OAuth scopes to ask for (default: openid)" })
      .option("aws", {
        type: "boolean",
        default: false,
        describe: "Compare provider and roles with what is deployed; reads IAM only",
      })
      .option("account", {
        type: "boolean",
        default: false,
        describe: "And look for everything in the AWS account that trusts Databricks",
      })
      .option("assume", {
        type: "boolean",
        default: false,
        describe: "Make one real call for the role: 900 s, and a session that may do nothing",
      })
      .option("account-key", { type: "string", describe: "Key of the AWS account, where the federation has several" })
      .option("aws-account-id", { type: "string", describe: "AWS account, where the federation does not name it" })
      .option("region", {
        type: "string",
        describe: "AWS region (default: AWS_REGION, the federation's, or the partition's first)",
      })
      .option("timeout", { type: "string", describe: "The longest one exchange may take (default: 10s)" })
      .option("allow-endpoint", {
        type: "boolean",
        default: false,
        describe: "Ask AWS endpoints that are not AWS', the token included",
      })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout" })
      .epilogue(
        examples(
          ["$0 doctor", "the issuers of the federation, as AWS sees them"],
          ["$0 doctor --role lake-reader --aws --assume", "one role, to the end"],
          ["$0 doctor --account --json", "every night: exit 1 on drift"],
        ),
      ),
  handler: (flags) =>
    run(async (): Promise<ExitCode> => {
      const { answerDoctor } = await import("../../doctor/answer");
      const { processEnvironment } = await import("../../network/environment");
      const { report, text } = await answerDoctor({
        environment: processEnvironment(),
        config: flags.config,
        issuer: flags.issuer,
        role: flags.role,
        accountKey: flags["account-key"],
        awsAccountId: flags["aws-account-id"],
        token: flags.token,
        from: flags.from,
        tokenFile: flags["token-file"],
        profile: flags.profile,
        scope: flags.scope,
        aws: flags.aws === true,
        account: flags.account === true,
        assume: flags.assume === true,
        region: flags.region,
        timeout: flags.timeout,
        allowEndpoint: flags["allow-endpoint"] === true,
      });
      if (flags.json === true) sayJson(report);
      else say(text);
      return report.exitCode;
    }, flags),
};

export default command;
