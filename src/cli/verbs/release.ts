/** `release notes`: what changed since the last release; `release record`: keep what a release promises. */
import type { CommandModule } from "yargs";
import { version as ownVersion } from "../../../package.json";
import type { ExitCode } from "../run";
import { run, say, sayJson, tell } from "../run";

interface NotesFlags {
  readonly modules?: string;
  readonly version?: string;
  readonly previous?: string;
  readonly json?: boolean;
}

interface RecordFlags {
  readonly release: string;
  readonly releases: string;
  readonly json?: boolean;
}

const notes: CommandModule<object, NotesFlags> = {
  command: "notes",
  describe: "The CHANGELOG entry, from what changed since the last release",
  builder: (yargs) =>
    yargs
      .version(false)
      .option("modules", {
        type: "string",
        describe: "Folder of generated modules (default: ./modules, else those of this package)",
      })
      .option("version", { type: "string", describe: `Version to be released (default: ${ownVersion})` })
      .option("previous", {
        type: "string",
        describe: "Last release: its manifest.json or folder, or a folder of recorded releases (default: ./releases)",
      })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout" }),
  handler: (flags) =>
    run(async (): Promise<ExitCode> => {
      const { answerNotes } = await import("../../release/answer-release");
      const answer = await answerNotes({
        modules: flags.modules,
        version: flags.version ?? ownVersion,
        previous: flags.previous,
      });
      if (flags.json === true) sayJson(answer);
      else say(answer.notes);
      if (answer.leastVersion !== null)
        tell(`The least version after ${answer.previous ?? ""} is ${answer.leastVersion}.`);
      return 0;
    }, flags),
};

const record: CommandModule<object, RecordFlags> = {
  command: "record",
  describe: "Keep a packed release's manifest and consumers, for later releases to be compared with",
  builder: (yargs) =>
    yargs
      .option("release", { type: "string", default: "out/release", describe: "Folder that pack wrote" })
      .option("releases", { type: "string", default: "releases", describe: "Folder of recorded releases" })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout" }),
  handler: (flags) =>
    run(async (): Promise<ExitCode> => {
      const { recordRelease } = await import("../../release/answer-release");
      const { folder, version, changed } = await recordRelease(flags.release, flags.releases);
      if (flags.json === true) sayJson({ folder, version, changed });
      else tell(`${folder} ${changed ? "records" : "already records"} release ${version}.`);
      return 0;
    }, flags),
};

const command: CommandModule<object, object> = {
  command: "release",
  describe: "Release notes from the difference of two contracts",
  builder: (yargs) => yargs.command(notes).command(record).demandCommand(1, "Say which: notes or record."),
  handler: () => undefined,
};

export default command;
