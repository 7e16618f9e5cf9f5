/** `generate schema`: the JSON Schema of federation.yaml, for editors. */
import type { CommandModule } from "yargs";
import { version } from "../../../../package.json";
import { run } from "../../run";

interface Flags {
  readonly out: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "schema",
  describe: "The JSON Schema of federation.yaml",
  builder: (yargs) =>
    yargs
      .option("out", { type: "string", default: "schema", describe: "Folder for federation.schema.json" })
      .option("check", {
        type: "boolean",
        default: false,
        describe: "Write nothing; exit 1 and say whether it differs",
      })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout" }),
  handler: (flags) =>
    run(async () => {
      const [{ federationJsonSchema }, { generatedFile }, { deliver }] = await Promise.all([
        import("../../../federation/json-schema"),
        import("../../../files/generated-file"),
        import("./deliver"),
      ]);
      const name = "federation.schema.json";
      const body = `${JSON.stringify(federationJsonSchema(), null, 2)}\n`;
      return deliver(
        flags.out,
        { kind: "schema", files: new Map([[name, generatedFile(name, body, "schema", version)]]), owned: [] },
        flags,
      );
    }, flags),
};

export default command;
