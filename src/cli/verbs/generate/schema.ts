/** `generate schema`: the JSON Schema of federation.yaml, for editors. */
import { version } from "../../../../package.json";
import { FLAGS, flags } from "../../flags";
import { verb } from "../../verb";

export default verb({
  about: "The JSON Schema of federation.yaml",
  flags: {
    out: { ...FLAGS.out, default: "schema", about: "Folder for federation.schema.json" },
    ...flags("check", "json"),
  },
  run: async (options) => {
    const [{ federationJsonSchema }, { generatedFile }, { deliver }] = await Promise.all([
      import("../../../federation/json-schema"),
      import("../../../files/generated-file"),
      import("./deliver"),
    ]);
    const name = "federation.schema.json";
    const body = `${JSON.stringify(federationJsonSchema(), null, 2)}\n`;
    const files = new Map([[name, generatedFile(name, body, "schema", version)]]);
    return deliver(options.out, { kind: "schema", files, owned: [] }, options);
  },
});
