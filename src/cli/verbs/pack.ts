/** `pack`: module releases: archives, checksums, manifest; and their verification. */
import { version as ownVersion } from "../../../package.json";
import { counted } from "../../text/words";
import { FLAGS, flags } from "../flags";
import { type ExitCode, sayJson, sayLine, tell, withProgress } from "../run";
import { verb } from "../verb";

export default verb({
  flags: {
    ...flags("modules", "version"),
    out: { ...FLAGS.out, default: "out/release", about: "Folder of the release, replaced as a whole" },
    ...flags("previous", "sourceCommit", "namespace", "verify", "release", "json"),
  },
  examples: [
    ["$0 pack --version 1.2.0", "pack ./modules into out/release"],
    ["$0 pack --verify --release out/release", "is every file as it was packed?"],
  ],
  run: async (options) => {
    if (options.verify) return verify(options.release, options.json);
    const { packFolder } = await import("../../release/pack-folder");
    const { manifest, skipped, previous, changes } = await withProgress("packing", () =>
      packFolder({ ...options, ownVersion, sourceDateEpoch: process.env["SOURCE_DATE_EPOCH"] }),
    );
    const { out } = options;
    if (skipped.length > 0) tell(`Not packed: ${skipped.join(", ")}.`);
    if (options.json) sayJson({ out, previous, changes, skipped, manifest });
    else
      for (const { archive, sha256, size } of manifest.modules) sayLine(`${sha256}  ${out}/${archive}  ${size} bytes`);
    tell(
      previous === null
        ? "No earlier release to compare with."
        : `Compared with ${previous}: ${counted(changes.length, "change")}; the version increment is sufficient.`,
    );
    const { commit } = manifest.source;
    tell(
      `${out}: ${counted(manifest.modules.length, "module")}, version ${manifest.version}, ${
        commit === null
          ? "no source commit: not a clean checkout (--source-commit names one)"
          : `of commit ${commit.slice(0, 12)}`
      }.`,
    );
    return 0;
  },
});

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
      sayLine(
        `${folder} is release ${manifest.version}, whole: ${manifest.modules.map(({ name }) => name).join(", ")}.`,
      );
    return 0;
  } catch (error) {
    if (!(error instanceof InputError) || error.code === "file-not-found") throw error;
    const { problems } = error;
    if (json) sayJson({ verified: false, problems });
    else for (const problem of problems) sayLine(formatProblem(problem));
    tell(`${folder} differs from what was packed: ${counted(problems.length, "problem")}.`);
    return 1;
  }
}
