/** `report`: who reaches what, as one HTML page, a Mermaid diagram or JSON. */
import type { CommandModule } from "yargs";
import { examples } from "../examples";
import type { ExitCode } from "../run";
import { run, say, sayJson, tell } from "../run";

interface Flags {
  readonly config?: string;
  readonly format: "html" | "mermaid" | "json";
  readonly out?: string;
}

const command: CommandModule<object, Flags> = {
  command: "report",
  describe: "One HTML page: who reaches what",
  builder: (yargs) =>
    yargs
      .option("config", { type: "string", describe: "Federation file (default: federation.yaml)" })
      .option("format", {
        choices: ["html", "mermaid", "json"] as const,
        default: "html" as const,
        describe: "html is one file that loads nothing",
      })
      .option("out", { type: "string", describe: "Write there instead of stdout" })
      .epilogue(
        examples(
          ["$0 report --out report.html", "a page to open in a browser"],
          ["$0 report --format mermaid", "a diagram for a Markdown page"],
        ),
      ),
  handler: (flags) =>
    run(
      async (): Promise<ExitCode> => {
        const { readFederationFile } = await import("../../files/load-federation");
        const { reportView } = await import("../../report/view");
        const view = reportView(readFederationFile(flags.config).federation);
        if (flags.out === undefined && flags.format === "json") sayJson(view);
        else if (flags.out === undefined) say(await textOf(flags.format, view));
        else {
          const { unwritable, writeWhole } = await import("../../files/write-file");
          const text = await textOf(flags.format, view);
          try {
            writeWhole(flags.out, text);
          } catch (cause) {
            throw unwritable(flags.out, cause, "Check that its folder exists and may be written.");
          }
          tell(`wrote ${flags.out}`);
        }
        return 0;
      },
      { json: flags.format === "json" },
    ),
};

async function textOf(format: Flags["format"], view: import("../../report/view").ReportView): Promise<string> {
  if (format === "html") return (await import("../../report/page")).reportPage(view);
  if (format === "mermaid") return `${(await import("../../report/mermaid")).reportMermaid(view)}\n`;
  return `${JSON.stringify(view, null, 2)}\n`;
}

export default command;
