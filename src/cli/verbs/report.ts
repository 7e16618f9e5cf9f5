/** `report`: who reaches what, as one HTML page, a Mermaid diagram or JSON. */
import { FLAGS, flags } from "../flags";
import { say, tell } from "../run";
import { verb } from "../verb";

export default verb({
  flags: {
    ...flags("config"),
    format: {
      ...FLAGS.format,
      choices: ["html", "mermaid"],
      about: "Form of the report (default: html, one file that loads nothing)",
    },
    out: { ...FLAGS.out, about: "Write there instead of stdout" },
    ...flags("json"),
  },
  examples: [
    ["$0 report --out report.html", "a page to open in a browser"],
    ["$0 report --format mermaid", "a diagram for a Markdown page"],
  ],
  run: async (options): Promise<0> => {
    const { readFederationFile } = await import("../../files/load-federation");
    const { reportView } = await import("../../report/view");
    const view = reportView(readFederationFile(options.config).federation);
    const text = options.json
      ? `${JSON.stringify(view, null, 2)}\n`
      : options.format === "mermaid"
        ? `${(await import("../../report/mermaid")).reportMermaid(view)}\n`
        : (await import("../../report/page")).reportPage(view);
    if (options.out === undefined) say(text);
    else {
      const { unwritable, writeWhole } = await import("../../files/write-file");
      try {
        writeWhole(options.out, text);
      } catch (cause) {
        throw unwritable(options.out, cause, "Check that its folder exists and may be written.");
      }
      tell(`Wrote ${options.out}.`);
    }
    return 0;
  },
});
