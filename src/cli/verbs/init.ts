/** `init`: a federation.yaml, by questions or by flags. */
import type { CommandModule } from "yargs";
import { examples } from "../examples";
import type { ExitCode } from "../run";
import { run, say, sayJson, tell } from "../run";

interface Flags {
  readonly url?: string;
  readonly "account-id"?: string;
  readonly "workspace-id"?: string;
  readonly cloud?: string;
  readonly "unified-login"?: boolean;
  readonly "allow-custom-host"?: boolean;
  readonly role?: readonly string[];
  readonly "service-principal"?: readonly string[];
  readonly user?: readonly string[];
  readonly "users-reason"?: string;
  readonly bucket?: readonly string[];
  readonly "policy-arn"?: readonly string[];
  readonly "max-session"?: readonly string[];
  readonly "aws-account-id"?: string;
  readonly partition?: string;
  readonly region?: string;
  readonly name?: string;
  readonly out?: string;
  readonly offline?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const LOOK_UP_MS = 10_000;

const command: CommandModule<object, Flags> = {
  command: "init",
  describe: "Write a federation.yaml, by questions or by flags",
  builder: (yargs) =>
    yargs
      .option("url", {
        type: "string",
        describe: "Address of the workspace as the browser shows it, or any issuer or account URL",
      })
      .option("account-id", { type: "string", describe: "Databricks account ID (a UUID), for the account issuer" })
      .option("workspace-id", {
        type: "string",
        describe: "Workspace ID, where neither the address nor the workspace tells it",
      })
      .option("cloud", {
        type: "string",
        choices: ["aws", "aws-us-gov", "aws-us-gov-dod", "azure", "azure-us-gov", "azure-cn", "gcp"],
        describe: "With --account-id alone: the Databricks cloud (default: aws)",
      })
      .option("unified-login", {
        type: "boolean",
        describe: "Whether the workspace has unified login (--no-unified-login: the account issuer)",
      })
      .option("allow-custom-host", {
        type: "boolean",
        default: false,
        describe: "Accept a host outside Databricks' zones",
      })
      .option("role", { type: "string", array: true, describe: "Name of a role; may be repeated" })
      .option("service-principal", {
        type: "string",
        array: true,
        describe: "[ROLE=]application ID that may assume it",
      })
      .option("user", { type: "string", array: true, describe: "[ROLE=]e-mail address of a person who may assume it" })
      .option("users-reason", {
        type: "string",
        describe: "Why people may: written down, so that lint lets their e-mail addresses be",
      })
      .option("bucket", { type: "string", array: true, describe: "[ROLE=]S3 bucket the role reads" })
      .option("policy-arn", { type: "string", array: true, describe: "[ROLE=]ARN of a managed policy of the role" })
      .option("max-session", {
        type: "string",
        array: true,
        describe: "[ROLE=]longest session, 1h to 12h (default: 1h)",
      })
      .option("aws-account-id", {
        type: "string",
        describe: "AWS account of the roles (default: asked of AWS at plan time)",
      })
      .option("partition", {
        type: "string",
        choices: ["aws", "aws-us-gov", "aws-cn"],
        describe: "AWS partition (default: the one of the workspace's cloud)",
      })
      .option("region", { type: "string", describe: "AWS region of the provider" })
      .option("name", { type: "string", describe: "Name of the federation (default: after the workspace)" })
      .option("out", {
        type: "string",
        describe: "The file to write, which must not exist (default: ./federation.yaml)",
      })
      .option("offline", { type: "boolean", default: false, describe: "Do not ask the workspace what it is" })
      .option("yes", { type: "boolean", default: false, describe: "Ask nothing, also in a terminal" })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout; asks nothing" })
      .epilogue(
        examples(
          ["$0 init", "by questions"],
          [
            "$0 init --role lake-reader --bucket mycompany-lake \\\n--url " +
              "'https://mycompany.cloud.databricks.com/?o=1444828305810485' \\\n--service-principal " +
              "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
            "by flags",
          ],
        ),
      ),
  handler: (flags) =>
    run(async (): Promise<ExitCode> => {
      const [{ initFederation }, { Stopped, terminalPrompter }, { fetchDatabricksConfig, databricksConfigUrl }] =
        await Promise.all([
          import("../../init/init"),
          import("../../init/prompter"),
          import("../../network/databricks-config"),
        ]);
      const asks =
        process.stdin.isTTY === true && process.stderr.isTTY === true && flags.yes !== true && flags.json !== true;
      try {
        const answer = await initFederation({
          flags: {
            url: flags.url,
            accountId: flags["account-id"],
            workspaceId: flags["workspace-id"],
            cloud: flags.cloud,
            unifiedLogin: flags["unified-login"],
            allowCustomHost: flags["allow-custom-host"],
            roles: flags.role ?? [],
            servicePrincipals: flags["service-principal"] ?? [],
            users: flags.user ?? [],
            usersReason: flags["users-reason"],
            buckets: flags.bucket ?? [],
            policyArns: flags["policy-arn"] ?? [],
            maxSessions: flags["max-session"] ?? [],
            awsAccountId: flags["aws-account-id"],
            partition: flags.partition,
            region: flags.region,
            name: flags.name,
          },
          cwd: process.cwd(),
          out: flags.out,
          prompter: asks ? await terminalPrompter() : undefined,
          askHost:
            flags.offline === true
              ? undefined
              : (host) => fetchDatabricksConfig(databricksConfigUrl(host), { env: process.env, timeoutMs: LOOK_UP_MS }),
          note: (text) => tell(`note: ${text}`),
        });
        for (const { rule, message } of answer.warnings) tell(`lint: ${message} (${rule})`);
        if (flags.json === true) sayJson(answer);
        else
          say(
            `Wrote ${answer.file}: ${answer.roles.join(", ")} for ${answer.issuer}.\nThe same without ` +
              `questions:\n  ${answer.command}\nNext: databricks-aws-oidc lint, then prove; deploy with cdktf ` +
              `or generate root.`,
          );
        return 0;
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
        tell("\nStopped: nothing was written.");
        return 1;
      }
    }, flags),
};

export default command;
