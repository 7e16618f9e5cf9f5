/** `prove`: every declared identity gets in, no generated impostor does. */
import type { CommandModule } from "yargs";
import type { ExitCode } from "../run";
import { run, say, sayJson } from "../run";

interface Flags {
  readonly config?: string;
  readonly role?: string;
  readonly seed?: string;
  readonly count?: string;
  readonly json?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "prove",
  describe: "Every declared identity gets in, no generated impostor does",
  builder: (yargs) =>
    yargs
      .option("config", { type: "string", describe: "Federation file (default: ./federation.yaml)" })
      .option("role", { type: "string", describe: "Only this role" })
      .option("seed", {
        type: "string",
        default: "1",
        describe: "Whole number; the same seed tries the same impostors",
      })
      .option("count", { type: "string", default: "1000", describe: "Impostors a role, 1000 to 1000000" })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout" }),
  handler: (flags) =>
    run(async (): Promise<ExitCode> => {
      const { answerProve } = await import("../../prove/answer");
      const { proof, text } = await answerProve({
        config: flags.config,
        role: flags.role,
        seed: flags.seed ?? "1",
        count: flags.count ?? "1000",
        now: Math.floor(Date.now() / 1000),
      });
      if (flags.json === true) sayJson(proof);
      else say(text);
      return proof.holds ? 0 : 1;
    }, flags),
};

export default command;
