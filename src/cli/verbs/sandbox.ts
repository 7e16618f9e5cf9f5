/** `sandbox`: a local Databricks and STS for trying all of it offline. */
import type { CommandModule } from "yargs";
import { examples } from "../examples";
import type { ExitCode } from "../run";
import { run, say, tell } from "../run";

interface Flags {
  readonly config?: string;
  readonly plan?: string;
  readonly account?: string;
  readonly "aws-account-id"?: string;
  readonly port?: string;
  readonly context?: readonly string[];
  readonly explain?: boolean;
  readonly json?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "sandbox",
  describe: "A local Databricks and STS for trying all of it offline",
  builder: (yargs) =>
    yargs
      .option("config", { type: "string", describe: "Federation file (default: ./federation.yaml)" })
      .option("plan", { type: "string", describe: "Instead: terraform show -json of a plan or a state" })
      .option("account", {
        type: "string",
        describe: "Key of the AWS account, where the federation has several (default: all)",
      })
      .option("aws-account-id", { type: "string", describe: "AWS account, where the federation does not name it" })
      .option("port", { type: "string", describe: "Port on 127.0.0.1 (default: a free one)" })
      .option("context", {
        type: "string",
        array: true,
        describe: "Further condition keys of calls to STS, e.g. aws:SourceIp=203.0.113.7",
      })
      .option("explain", { type: "boolean", default: false, describe: "Say on stderr why something is refused" })
      .option("json", {
        type: "boolean",
        default: false,
        describe: "Addresses and identities as one JSON document on one line",
      })
      .epilogue(
        examples(
          ["$0 sandbox --explain", "the federation, and a reason for every no"],
          ["$0 sandbox --plan plan.json", "what a plan would let in, before it is applied"],
        ),
      ),
  handler: (flags) =>
    run(async (): Promise<ExitCode> => {
      const { answerSandbox } = await import("../../sandbox/answer");
      const ended = untilEnded();
      const { sandbox, notes, document, text } = await answerSandbox({
        config: flags.config,
        plan: flags.plan,
        account: flags.account,
        awsAccountId: flags["aws-account-id"],
        port: flags.port,
        context: flags.context ?? [],
        onRefusal: flags.explain === true ? tell : undefined,
      });
      for (const note of notes) tell(`note: ${note}`);
      // one line, so that a program can read it and go on
      say(flags.json === true ? JSON.stringify(document) : text);
      await ended;
      await sandbox.stop();
      return 0;
    }, flags),
};

/** Until somebody wants it to end. */
function untilEnded(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
}

export default command;
