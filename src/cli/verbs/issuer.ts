/** `issuer`: which issuer, and every URL and ARN derived from it. */
import type { CommandModule } from "yargs";
import { examples } from "../examples";
import type { ExitCode } from "../run";
import { run, say, sayJson } from "../run";

interface Flags {
  readonly host?: string;
  readonly "account-id"?: string;
  readonly "unified-login"?: boolean;
  readonly url?: string;
  readonly cloud?: string;
  readonly "workspace-id"?: string;
  readonly "aws-account-id"?: string;
  readonly partition?: string;
  readonly "allow-custom-host"?: boolean;
  readonly json?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "issuer",
  describe: "Which issuer, and every URL and ARN derived from it",
  builder: (yargs) =>
    yargs
      .option("host", { type: "string", describe: "Workspace host, e.g. mycompany.cloud.databricks.com" })
      .option("account-id", { type: "string", describe: "Databricks account ID (a UUID)" })
      .option("unified-login", {
        type: "boolean",
        describe: "Whether the workspace has unified login (--no-unified-login: it has not)",
      })
      .option("url", { type: "string", describe: "Any pasted workspace, account, issuer or discovery URL" })
      .option("cloud", {
        type: "string",
        describe: "aws, aws-us-gov, aws-us-gov-dod, azure, azure-us-gov, azure-cn or gcp",
      })
      .option("workspace-id", { type: "string", describe: "Workspace ID: the audience of workspace tokens" })
      .option("aws-account-id", { type: "string", describe: "AWS account of the provider, for its ARN" })
      .option("partition", { type: "string", describe: "AWS partition: aws (default), aws-us-gov or aws-cn" })
      .option("allow-custom-host", {
        type: "boolean",
        default: false,
        describe: "Accept a host outside Databricks' zones",
      })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout" })
      .epilogue(
        examples(
          ["$0 issuer \\\n--url 'https://mycompany.cloud.databricks.com/?o=1444828305810485'", "the workspace issuer"],
          ["$0 issuer --cloud azure \\\n--account-id 7d3c2b1a-0f5e-4c8d-9a6b-123456789012", "an account issuer"],
        ),
      ),
  handler: (flags) =>
    run(async (): Promise<ExitCode> => {
      const { chooseIssuer, issuerText } = await import("../../issuer/choose");
      const choice = chooseIssuer({
        host: flags.host,
        accountId: flags["account-id"],
        unifiedLogin: flags["unified-login"],
        url: flags.url,
        cloud: flags.cloud,
        workspaceId: flags["workspace-id"],
        awsAccountId: flags["aws-account-id"],
        partition: flags.partition,
        allowCustomHost: flags["allow-custom-host"],
      });
      if (flags.json === true) sayJson(choice);
      else say(issuerText(choice));
      return 0;
    }, flags),
};

export default command;
