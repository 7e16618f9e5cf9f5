/** `report`: who reaches what, as one HTML page, a Mermaid diagram or JSON. */
import { resolve } from "node:path";
import { inputError } from "../../errors";
import { quoted } from "../../text/text-rule";
import { readAnySource, readSource } from "../federation-source";
import { FLAGS, flags } from "../flags";
import { say, tell, withoutHidden } from "../run";
import { auditTrail, readDays } from "../trail";
import { verb } from "../verb";

export default verb({
  flags: {
    ...flags("config", "plan", "trail", "days"),
    format: {
      ...FLAGS.format,
      choices: ["html", "mermaid"],
      about: "Form of the report (default: html, one file that loads nothing)",
    },
    out: { ...FLAGS.out, about: "Write there instead of stdout" },
    now: { ...FLAGS.now, about: "The time to write in it, in seconds since 1970 (default: now)" },
    ...flags("json"),
  },
  exclusive: [["config", "plan"]],
  words: {
    name: "FILE",
    about: "A federation file, or terraform show -json of a plan or a state (default: federation.yaml)",
  },
  examples: [
    ["$0 report --out report.html", "a page to open in a browser"],
    ["$0 report --trail trail --out report.html", "with who used what, by CloudTrail"],
    ["$0 report plan.json --format mermaid", "a diagram of a Terraform plan, for a Markdown page"],
  ],
  run: async (options, { words: [file] }): Promise<0> => {
    if (file !== undefined && (options.config ?? options.plan) !== undefined)
      throw inputError(
        "usage",
        "The file to report is given twice.",
        "Give FILE, --config or --plan.",
        options.config === undefined ? "plan" : "config",
      );
    const [{ reportView }, { readTime }] = await Promise.all([
      import("../../report/view"),
      import("../../explain/explain-texts"),
    ]);
    const days = readDays(options.days);
    const now = options.now === undefined ? Math.floor(Date.now() / 1000) : readTime(options.now);
    const source = await (file === undefined ? readSource(options) : readAnySource(file));
    if (options.out !== undefined && resolve(options.out) === resolve(source.file))
      throw inputError("usage", `--out is ${quoted(source.file)}, which is read.`, "Name another file.", "out");
    const { trail } = options;
    const audited = trail.length === 0 ? null : await auditTrail(source.federation, trail, days, "trail");
    const view = reportView(source.federation, now, audited);
    const text = options.json
      ? `${JSON.stringify(view, null, 2)}\n`
      : options.format === "mermaid"
        ? `${(await import("../../report/mermaid")).reportMermaid(view)}\n`
        : (await import("../../report/page")).reportPage(view);
    if (options.out === undefined) say(text);
    else {
      const { unwritable, writeWhole } = await import("../../files/write-file");
      try {
        writeWhole(options.out, withoutHidden(text));
      } catch (cause) {
        throw unwritable(options.out, cause, "Check that its folder exists and may be written.");
      }
      tell(`Wrote ${options.out}.`);
    }
    return 0;
  },
});
