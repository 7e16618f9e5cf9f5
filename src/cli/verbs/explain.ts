/** `explain`: would this token get this role, and if not, which line says no. */
import type { CommandModule } from "yargs";
import { examples } from "../examples";
import type { ExitCode } from "../run";
import { run, say, sayJson } from "../run";

interface Flags {
  readonly config?: string;
  readonly role?: string;
  readonly account?: string;
  readonly policy?: string;
  readonly "provider-url"?: string;
  readonly "client-id"?: readonly string[];
  readonly token?: string;
  readonly claims?: string;
  readonly jwks?: string;
  readonly "role-arn"?: string;
  readonly now?: string;
  readonly context?: readonly string[];
  readonly mechanisms?: boolean;
  readonly json?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "explain",
  describe: "Would this token get this role, and if not, which line says no",
  builder: (yargs) =>
    yargs
      .option("config", { type: "string", describe: "Federation file (default: ./federation.yaml)" })
      .option("role", { type: "string", describe: "Role of the federation (its key or name)" })
      .option("account", { type: "string", describe: "Key of the AWS account, where the federation has several" })
      .option("policy", { type: "string", describe: "Instead of a federation: file with a trust policy (JSON)" })
      .option("provider-url", { type: "string", describe: "With --policy: the provider's URL as registered" })
      .option("client-id", {
        type: "string",
        array: true,
        describe: "With --policy: client IDs the provider registers",
      })
      .option("token", {
        type: "string",
        nargs: 1,
        describe: "- for standard input, @FILE for a file (default: $DATABRICKS_TOKEN_JWT)",
      })
      .option("claims", {
        type: "string",
        describe: "Instead of a token: file with claims (JSON); no signature is checked",
      })
      .option("jwks", { type: "string", describe: "File with the issuer's key set, to check the signature" })
      .option("role-arn", { type: "string", describe: "ARN of the role, for conditions that read it" })
      .option("now", { type: "string", describe: "Judge at this time (seconds since 1970; default: now)" })
      .option("context", { type: "string", array: true, describe: "Further condition keys, key=value" })
      .option("mechanisms", {
        type: "boolean",
        default: false,
        describe: "Instead: which mechanism each Databricks feature uses to reach AWS",
      })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout" })
      .epilogue(
        examples(
          ["$0 explain --role lake-reader --token @token.jwt", "a token against the federation"],
          [
            "$0 explain --policy trust.json --claims claims.json \\\n--provider-url " +
              "https://mycompany.cloud.databricks.com/oidc \\\n--client-id 1444828305810485",
            "any trust policy",
          ],
        ),
      ),
  handler: (flags) =>
    run(async (): Promise<ExitCode> => {
      if (flags.mechanisms === true) return explainMechanisms(flags.json === true);
      const { answerExplain } = await import("../../explain/answer");
      const { processEnvironment } = await import("../../network/environment");
      const environment = processEnvironment();
      const { explanation, text } = await answerExplain({
        environment,
        config: flags.config,
        role: flags.role,
        account: flags.account,
        policy: flags.policy,
        providerUrl: flags["provider-url"],
        clientIds: flags["client-id"] ?? [],
        token: flags.token,
        claims: flags.claims,
        jwks: flags.jwks,
        roleArn: flags["role-arn"],
        now: flags.now,
        context: flags.context ?? [],
      });
      if (flags.json === true) sayJson(explanation);
      else say(text);
      return explanation.allowed ? 0 : 1;
    }, flags),
};

async function explainMechanisms(json: boolean): Promise<ExitCode> {
  const { MECHANISMS, mechanismsText } = await import("../../explain/mechanisms");
  if (json) sayJson({ mechanisms: MECHANISMS });
  else say(mechanismsText());
  return 0;
}

export default command;
