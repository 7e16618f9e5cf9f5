/** `credentials`: AWS credentials for a role, without a stored key. */
import { realpathSync } from "node:fs";
import type { CommandModule } from "yargs";
import { examples } from "../examples";
import { TOKEN_SOURCE_NAMES } from "../../token/sources";
import type { ExitCode } from "../run";
import { run, say, tell } from "../run";

interface Flags {
  readonly action?: string;
  readonly role?: string;
  readonly "role-arn"?: string;
  readonly config?: string;
  readonly account?: string;
  readonly "aws-account-id"?: string;
  readonly issuer?: string;
  readonly from?: string;
  readonly "token-file"?: string;
  readonly profile?: string;
  readonly scope?: string;
  readonly format?: string;
  readonly "profile-name"?: string;
  readonly out?: string;
  readonly once?: boolean;
  readonly region?: string;
  readonly duration?: string;
  readonly "session-name"?: string;
  readonly wait?: string;
  readonly cache?: boolean;
  readonly "allow-endpoint"?: boolean;
  readonly "--"?: readonly string[];
}

const command: CommandModule<object, Flags> = {
  command: "credentials [action]",
  describe: "AWS credentials for a role, without a stored key",
  builder: (yargs) =>
    yargs
      .positional("action", { type: "string", choices: ["purge"], describe: "purge: empty the cache" })
      .option("role", { type: "string", describe: "Role of the federation (default: its only one)" })
      .option("role-arn", { type: "string", describe: "Any role, by its ARN" })
      .option("config", { type: "string", describe: "Federation file (default: ./federation.yaml)" })
      .option("account", { type: "string", describe: "Key of the AWS account, where the federation has several" })
      .option("aws-account-id", { type: "string", describe: "AWS account, where the federation does not name it" })
      .option("issuer", { type: "string", describe: "Key of the issuer that is to mint the token" })
      .option("from", {
        type: "string",
        choices: TOKEN_SOURCE_NAMES,
        describe: "The way to the token (default: the first that is there, in this order)",
      })
      .option("token-file", { type: "string", describe: "A file with a Databricks token (--from file)" })
      .option("profile", { type: "string", describe: "Profile of ~/.databrickscfg (--from databricks-cli or profile)" })
      .option("scope", { type: "string", describe: "OAuth scopes to ask for (default: openid)" })
      .option("format", {
        type: "string",
        choices: ["process", "env", "profile", "token-file"],
        default: "process",
        describe: "AWS credential_process, shell exports, a profile in the AWS config, or a token file kept fresh",
      })
      .option("profile-name", { type: "string", describe: "For --format profile: the profile to write" })
      .option("out", { type: "string", describe: "For --format token-file: the file" })
      .option("once", { type: "boolean", default: false, describe: "For --format token-file: write it once and end" })
      .option("region", {
        type: "string",
        describe: "AWS region (default: AWS_REGION, the federation's, the AWS profile's, or the partition's usual one)",
      })
      .option("duration", { type: "string", describe: "Length of the session, e.g. 1h (default: 1h)" })
      .option("session-name", { type: "string", describe: "Default: the identity, made legal" })
      .option("wait", { type: "string", describe: "How long a role that was just made is waited for (default: 15s)" })
      .option("cache", {
        type: "boolean",
        default: true,
        describe: "Keep sessions in the cache (--no-cache: in memory only)",
      })
      .option("allow-endpoint", {
        type: "boolean",
        default: false,
        describe: "Send the token to an STS endpoint that is not AWS'",
      })
      .epilogue(
        examples(
          ["$0 credentials --role lake-reader -- aws s3 ls s3://lake", "run a program with credentials that renew"],
          [
            "$0 credentials --role lake-reader \\\n--format profile --profile-name lake",
            "every AWS tool, by AWS_PROFILE=lake",
          ],
          ['eval "$($0 credentials --role lake-reader --format env)"', "this shell, for an hour"],
        ),
      ),
  handler: (flags) =>
    run(async (): Promise<ExitCode> => {
      const answer = await import("../../credentials/answer");
      const { processEnvironment } = await import("../../network/environment");
      const environment = processEnvironment();
      if (flags.action === "purge") {
        tell(`Removed ${answer.purge(environment)} cached sessions from this machine; AWS knows them until they end.`);
        return 0;
      }
      const question: import("../../credentials/answer").CredentialsQuestion = {
        environment,
        args: process.argv.slice(process.argv.indexOf("credentials") + 1),
        cwd: process.cwd(),
        role: flags.role,
        roleArn: flags["role-arn"],
        config: flags.config,
        account: flags.account,
        awsAccountId: flags["aws-account-id"],
        issuer: flags.issuer,
        from: flags.from,
        tokenFile: flags["token-file"],
        profile: flags.profile,
        scope: flags.scope,
        region: flags.region,
        duration: flags.duration,
        sessionName: flags["session-name"],
        wait: flags.wait,
        allowEndpoint: flags["allow-endpoint"],
        note: (text) => tell(`note: ${text}`),
      };
      // yargs keeps nothing of a `--` with nothing behind it: whose variable was empty must not get the keys printed
      // instead
      const program = flags["--"] ?? (question.args.includes("--") ? [] : undefined);
      // a program's own exit code may be any
      if (program !== undefined)
        return (await answer.runWithCredentials(answer.sessionQuestion(question), program)) as ExitCode;
      if (flags.format === "profile") {
        if (flags["profile-name"] === undefined) return missing("--profile-name", "the AWS profile to write");
        tell(await answer.credentialsProfile(question, flags["profile-name"], ownProgram()));
        return 0;
      }
      if (flags.format === "token-file") {
        if (flags.out === undefined) return missing("--out", "the file to keep the token in");
        const { sleepByClock } = await import("../../credentials/token-file");
        const stop = new AbortController();
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());
        await answer.credentialsTokenFile(answer.sessionQuestion(question), {
          file: (await import("node:path")).resolve(flags.out),
          once: flags.once === true,
          stop: stop.signal,
          ready: say,
          sleep: (milliseconds) => sleepByClock(milliseconds, stop.signal),
        });
        return 0;
      }
      say(
        await answer.printedCredentials(answer.sessionQuestion(question), flags.format === "env" ? "env" : "process"),
      );
      return 0;
    }, {}),
};

function missing(flag: string, what: string): ExitCode {
  tell(`error: ${flag} is missing: ${what}. [required]`);
  return 2;
}

/** How this program was started, by full paths: SDKs call it from anywhere. */
function ownProgram(): readonly string[] {
  return [process.execPath, ...process.execArgv, realpathSync(process.argv[1] ?? "")];
}

export default command;
