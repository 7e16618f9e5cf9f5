/** Finds the release to compare with: a manifest, or the newest one before a version in a folder of them. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import compare from "semver/functions/compare";
import prerelease from "semver/functions/prerelease";
import { InputError, outsideError } from "../../errors";
import { unreadable } from "../../files/read-file";
import { MANIFEST_FILE, MANIFEST_LIMIT, readManifest, type ReleaseManifest } from "../manifest";
import { isVersion } from "../version";

/** Where a repository records its releases: `releases/<version>/manifest.json`. */
const RELEASES_FOLDER = "releases";

export interface PreviousRelease {
  readonly manifest: ReleaseManifest;
  /** The manifest's file. */
  readonly file: string;
}

/**
 * The release before `version`. `given` is a manifest, a release's folder, or a folder of releases; undefined:
 * `releases`
 * of the working folder, where it exists. Null: there is none. Throws InputError manifest-unreadable, OutsideError
 * file-not-found, file-unreadable.
 */
export function previousRelease(given: string | undefined, version: string): PreviousRelease | null {
  const path = given ?? RELEASES_FOLDER;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    if (given === undefined) return null;
    throw outsideError(
      "file-not-found",
      `${path} does not exist.`,
      "Name the last release's manifest.json, its folder, or the folder of recorded releases.",
      "--previous",
    );
  }
  if (!stats.isDirectory()) return readFile(path);
  if (statSync(join(path, MANIFEST_FILE), { throwIfNoEntry: false }) !== undefined)
    return readFile(join(path, MANIFEST_FILE));
  const before = recordedVersions(path)
    .filter((recorded) => prerelease(recorded) === null && compare(recorded, version) < 0)
    .at(-1);
  return before === undefined ? null : readRecorded(path, before);
}

/** The manifest recorded for `version`, which must be that version's. */
export function readRecorded(folder: string, version: string): PreviousRelease {
  const found = readFile(join(folder, version, MANIFEST_FILE));
  if (found.manifest.version === version) return found;
  throw new InputError({
    code: "manifest-unreadable",
    message: `${found.file} is the manifest of ${found.manifest.version}.`,
    file: found.file,
    fix: `Record release ${version} again.`,
  });
}

/** Versions recorded in `folder`, oldest first. */
export function recordedVersions(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isVersion(entry.name))
    .map(({ name }) => name)
    .sort(compare);
}

function readFile(file: string): PreviousRelease {
  try {
    if (statSync(file).size > MANIFEST_LIMIT)
      throw new InputError({
        code: "manifest-unreadable",
        message: `${file} has more than ${MANIFEST_LIMIT} bytes.`,
        file,
        fix: "Name a manifest.json that pack wrote.",
      });
    return { manifest: readManifest(readFileSync(file, "utf8"), file), file };
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw unreadable(file, cause, "Check the path.", file);
  }
}
