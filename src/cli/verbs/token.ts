/**
 * `token`: get or read a Databricks token. Only its decoded parts are shown; the token itself goes to a pipe or file.
 */
import type { CommandModule } from "yargs";
import { examples } from "../examples";
import { TOKEN_SOURCE_NAMES } from "../../token/sources";
import type { ExitCode } from "../run";
import { run, say, sayJson, tell } from "../run";

interface Flags {
  readonly from?: string;
  readonly config?: string;
  readonly issuer?: string;
  readonly token?: string;
  readonly "token-file"?: string;
  readonly profile?: string;
  readonly scope?: string;
  readonly raw?: boolean;
  readonly json?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "token",
  describe: "Get or read a Databricks token",
  builder: (yargs) =>
    yargs
      .option("from", {
        type: "string",
        choices: TOKEN_SOURCE_NAMES,
        describe: "The way to get it (default: the first that is there, in this order)",
      })
      .option("token", {
        type: "string",
        nargs: 1,
        describe: "Read this one instead: - for standard input, @FILE for a file",
      })
      .option("config", { type: "string", describe: "Federation file (default: ./federation.yaml, if there is one)" })
      .option("issuer", { type: "string", describe: "Key of the federation's issuer that is to mint it" })
      .option("token-file", { type: "string", describe: "A file with a Databricks token (--from file)" })
      .option("profile", { type: "string", describe: "Profile of ~/.databrickscfg (--from databricks-cli or profile)" })
      .option("scope", { type: "string", describe: "OAuth scopes to ask for (default: openid, which opens no API)" })
      .option("raw", { type: "boolean", default: false, describe: "Print the token itself, to a pipe or file only" })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout, without the token" })
      .epilogue(
        examples(
          ["$0 token", "whose token this machine gets, and whether it fits the federation"],
          ["$0 token --token @token.jwt", "read a token from a file"],
        ),
      ),
  handler: (flags) =>
    run(async (): Promise<ExitCode> => {
      const { answerToken } = await import("../../token/answer");
      const { processEnvironment } = await import("../../network/environment");
      const answer = await answerToken({
        environment: processEnvironment(),
        from: flags.from,
        given: flags.token,
        config: flags.config,
        issuer: flags.issuer,
        tokenFile: flags["token-file"],
        profile: flags.profile,
        scope: flags.scope,
        raw: flags.raw === true ? { toTerminal: process.stdout.isTTY === true } : undefined,
      });
      for (const note of answer.skipped) tell(`note: ${note}`);
      if (flags.raw === true) {
        say(answer.token.reveal());
        return 0;
      }
      if (flags.json === true) sayJson(answer.document);
      else say(answer.text);
      return answer.good ? 0 : 1;
    }, flags),
};

export default command;
