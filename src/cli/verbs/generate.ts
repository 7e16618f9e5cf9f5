/** `generate`: what is written from one source: modules, a root, the JSON Schema. One file a sub-command. */
import type { CommandModule } from "yargs";
import client from "./generate/client";
import modules from "./generate/modules";
import root from "./generate/root";
import schema from "./generate/schema";

const command: CommandModule = {
  command: "generate",
  describe: "Write modules, a root, client files or the JSON Schema",
  builder: (yargs) =>
    yargs
      .command(modules)
      .command(root)
      .command(client)
      .command(schema)
      .demandCommand(1, "Say what to generate: modules, root, client or schema."),
  handler: () => undefined,
};

export default command;
