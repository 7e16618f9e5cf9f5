/** Packs a folder of modules into a release. */
import { inputError } from "../errors";
import { readNamespace } from "../module/module-tree";
import { quoted } from "../text/text-rule";
import type { ReleaseChange } from "./guard/change";
import { previousRelease } from "./guard/previous-release";
import { COMMIT, type ReleaseManifest } from "./manifest";
import { modulesFolder, readModules, type SourceModule } from "./module-folder";
import { packRelease, type ReleaseSource } from "./pack";
import { sourceCommit } from "./source-commit";
import { readVersion } from "./version";
import { writeRelease } from "./write-release";

export interface PackOptions {
  readonly modules: string | undefined;
  readonly version: string | undefined;
  readonly out: string;
  /** Manifest, release or folder of releases to compare with; undefined: ./releases where it is. */
  readonly previous: string | undefined;
  readonly sourceCommit: string | undefined;
  /** Registry namespace for the READMEs, e.g. `acme` or `registry.example.com/acme`. */
  readonly namespace?: string | undefined;
  /** Of this program. */
  readonly ownVersion: string;
  /** `SOURCE_DATE_EPOCH`: seconds since 1970, for the SBOM. */
  readonly sourceDateEpoch: string | undefined;
}

export interface PackedFolder {
  readonly manifest: ReleaseManifest;
  /** Left out, below the modules' folder. */
  readonly skipped: readonly string[];
  /** Version of the release it was compared with; null: there was none. */
  readonly previous: string | null;
  readonly changes: readonly ReleaseChange[];
}

/** Packs and writes. Throws InputError and OutsideError as the parts do; nothing is written then. */
export async function packFolder(options: PackOptions): Promise<PackedFolder> {
  const version = readVersion(options.version ?? options.ownVersion);
  const namespace = readNamespace(options.namespace);
  const folder = modulesFolder(options.modules);
  const source = readSource(options, folder);
  const { modules, skipped } = readModules(folder);
  const { previous, changes } = await compareWithPrevious(options.previous, version, modules);
  const { manifest, files } = await packRelease(modules, {
    version,
    namespace,
    ownVersion: options.ownVersion,
    source,
  });
  writeRelease(options.out, files);
  return { manifest, skipped, previous, changes };
}

async function compareWithPrevious(
  given: string | undefined,
  version: string,
  modules: readonly SourceModule[],
): Promise<Pick<PackedFolder, "previous" | "changes">> {
  const last = previousRelease(given, version);
  if (last === null) return { previous: null, changes: [] };
  const [{ compareReleases }, { holdVersion }] = await Promise.all([
    import("./guard/compare-releases"),
    import("./guard/hold-version"),
  ]);
  const changes = await compareReleases(last.manifest, modules);
  holdVersion(version, last.manifest.version, changes);
  return { previous: last.manifest.version, changes };
}

/** Starts git at once; a wrong flag or variable is refused before. */
function readSource(
  { sourceCommit: given, sourceDateEpoch }: PackOptions,
  folder: string,
): ReleaseSource | Promise<ReleaseSource> {
  const epoch = readEpoch(sourceDateEpoch);
  if (given === undefined)
    return sourceCommit(folder).then((found) => ({
      commit: found?.commit ?? null,
      created: epoch ?? found?.time ?? 0,
    }));
  if (!COMMIT.test(given))
    throw inputError(
      "usage",
      `${quoted(given)} is not a commit hash.`,
      "Give all 40 hexadecimal digits, in lower case: git rev-parse HEAD.",
      "--source-commit",
    );
  return { commit: given, created: epoch ?? 0 };
}

function readEpoch(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  // the last second that ISO 8601 writes with four digits of year
  if (/^[0-9]{1,12}$/.test(text) && Number(text) <= 253_402_300_799) return Number(text);
  throw inputError(
    "usage",
    `SOURCE_DATE_EPOCH must be seconds since 1970, not ${quoted(text)}.`,
    "Give seconds since 1970, or unset it.",
    "SOURCE_DATE_EPOCH",
  );
}
