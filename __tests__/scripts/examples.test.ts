import { readdirSync } from "node:fs";
import { join } from "node:path";
import yargs from "yargs";
import type { Argv, CommandModule } from "yargs";
import { examples } from "../../src/cli/examples";

const VERBS = join(__dirname, "../../src/cli/verbs");

interface Verb {
  readonly file: string;
  readonly flags: readonly string[];
  readonly lines: readonly string[];
}

/** Every verb's file, the flags yargs knows of it, and the lines under `Examples:` in its help. */
async function verbs(): Promise<readonly Verb[]> {
  const files = readdirSync(VERBS, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith("deliver.ts"),
  );
  return Promise.all(
    files.map(async (file): Promise<Verb> => {
      const { default: command } = (await import(join(VERBS, file))) as { readonly default: CommandModule };
      const parser = yargs([]).scriptName("databricks-aws-oidc").wrap(200);
      if (typeof command.builder === "function") await command.builder(parser as Argv);
      const [, shown = ""] = (await parser.getHelp()).split("Examples:\n");
      return {
        file,
        flags: Object.keys((parser as unknown as { getOptions(): { key: object } }).getOptions().key),
        lines: shown.split("\n").filter((line) => line !== ""),
      };
    }),
  );
}

test("every example calls flags that its verb has, on lines that a terminal of 80 columns does not cut", async () => {
  const shown = (await verbs()).filter(({ lines }) => lines.length > 0);
  expect(shown.length).toBeGreaterThan(12);
  for (const { file, flags, lines } of shown) {
    expect({ file, long: lines.filter((line) => line.length > 78) }).toEqual({ file, long: [] });
    const calls = lines
      .filter((line) => !line.startsWith("  #"))
      .join(" ")
      .replaceAll(/ -- .*?(?= databricks-aws-oidc|$)/g, "");
    expect({
      file,
      unknown: [...calls.matchAll(/ --([a-z-]+)/g)]
        .map(([, flag = ""]) => flag)
        .filter((flag) => !flags.includes(flag)),
    }).toEqual({ file, unknown: [] });
  }
});

test("an example of several lines can be copied whole", () => {
  expect(examples(["$0 a \\\n--b", "why"], ["$0 c", "because"])).toBe(
    "Examples:\n  # why\n  $0 a \\\n    --b\n  # because\n  $0 c",
  );
});
