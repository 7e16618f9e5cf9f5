/** `pack`: module releases: archives, checksums, manifest; and their verification. */
import type { CommandModule } from "yargs";
import { examples } from "../examples";
import { version as ownVersion } from "../../../package.json";
import type { ExitCode } from "../run";
import { run, say, sayJson, tell } from "../run";

interface Flags {
  readonly modules?: string;
  readonly version?: string;
  readonly out: string;
  readonly previous?: string;
  readonly verify?: string;
  readonly "source-commit"?: string;
  readonly namespace?: string;
  readonly json?: boolean;
}

const command: CommandModule<object, Flags> = {
  command: "pack",
  describe: "Module releases: archives, checksums, manifest",
  builder: (yargs) =>
    yargs
      .version(false)
      .option("modules", {
        type: "string",
        describe: "Folder of generated modules (default: ./modules, else those of this package)",
      })
      .option("version", { type: "string", describe: `Version of the release (default: ${ownVersion})` })
      .option("out", { type: "string", default: "out/release", describe: "Folder of the release; replaced as a whole" })
      .option("previous", {
        type: "string",
        describe: "Last release: its manifest.json or folder, or a folder of recorded releases (default: ./releases)",
      })
      .option("verify", {
        type: "string",
        describe: "Instead: hold the release in this folder to its manifest, every byte",
      })
      .option("source-commit", {
        type: "string",
        describe: "Commit the modules come from (default: that of a clean checkout)",
      })
      .option("namespace", {
        type: "string",
        describe: "Registry namespace that the READMEs name, with or without a host (default: as generated)",
      })
      .option("json", { type: "boolean", default: false, describe: "One JSON document on stdout" })
      .epilogue(
        examples(
          ["$0 pack --version 1.2.0", "pack ./modules into out/release"],
          ["$0 pack --verify out/release", "has anybody touched it?"],
        ),
      ),
  handler: (flags) =>
    run(
      (): Promise<ExitCode> => (flags.verify === undefined ? pack(flags) : verify(flags.verify, flags.json === true)),
      flags,
    ),
};

async function pack(flags: Flags): Promise<ExitCode> {
  const { answerPack } = await import("../../release/answer-pack");
  const { manifest, skipped, previous, changes } = await answerPack({
    modules: flags.modules,
    version: flags.version,
    out: flags.out,
    previous: flags.previous,
    sourceCommit: flags["source-commit"],
    namespace: flags.namespace,
    ownVersion,
    sourceDateEpoch: process.env["SOURCE_DATE_EPOCH"],
  });
  if (skipped.length > 0) tell(`not packed: ${skipped.join(", ")}`);
  if (flags.json === true) sayJson({ out: flags.out, previous, changes, skipped, manifest });
  else
    for (const { archive, sha256, size } of manifest.modules) say(`${sha256}  ${flags.out}/${archive}  ${size} bytes`);
  tell(
    previous === null
      ? "No earlier release to compare with."
      : `Compared with ${previous}: ${changes.length} changes, and ${manifest.version} is step enough.`,
  );
  tell(
    `${flags.out}: ${manifest.modules.length} modules, ` +
      `version ${manifest.version}${manifest.source.commit === null ? ", of no commit: the modules stand in no " + "clean checkout that git trusts; --source-commit names one" : `, of commit ${manifest.source.commit.slice(0, 12)}`}.`,
  );
  return 0;
}

/** 0 where every byte is as the manifest says; 1 with what differs; what cannot be read at all is an error. */
async function verify(folder: string, json: boolean): Promise<ExitCode> {
  const [{ verifyRelease }, { formatProblem, InputError }] = await Promise.all([
    import("../../release/verify"),
    import("../../errors"),
  ]);
  try {
    const { manifest } = await verifyRelease(folder);
    if (json)
      sayJson({
        verified: true,
        version: manifest.version,
        commit: manifest.source.commit,
        modules: manifest.modules.map(({ name, archive, sha256 }) => ({ name, archive, sha256 })),
        problems: [],
      });
    else
      say(`${folder} is release ${manifest.version}, whole: ${manifest.modules.map(({ name }) => name).join(", ")}.`);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (json) sayJson({ verified: false, problems: error.problems });
    else for (const problem of error.problems) say(formatProblem(problem));
    tell(
      `${folder} is not a release as it was ` +
        `packed: ${error.problems.length} ${error.problems.length === 1 ? "problem" : "problems"}.`,
    );
    return 1;
  }
}

export default command;
