/** Records what a release promises, for later releases to be compared with. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inputError } from "../errors";
import { finishReplacing, replaceFolder } from "../files/replace-folder";
import { unwritable } from "../files/write-file";
import { readArchive } from "./archive";
import { MANIFEST_FILE, manifestJson, readManifest, type ReleaseManifest } from "./manifest";
import { verifyRelease } from "./verify";

function withoutCommit(manifest: ReleaseManifest): string {
  return manifestJson({ ...manifest, source: { commit: null } });
}

/** The HCL of an archive that calls the module. */
const CONSUMER = /^examples\/complete\/([^/]+\.tf)$/;

/**
 * Stores what the release in `dir` promises: its manifest, and its complete examples as consumers of this version.
 * A version that is already recorded stays: InputError release-recorded where it is another release. Returns the
 * folder.
 */
export async function recordRelease(
  dir: string,
  releases: string,
): Promise<{ readonly folder: string; readonly version: string; readonly changed: boolean }> {
  const { manifest, archives } = await verifyRelease(dir);
  const folder = join(releases, manifest.version);
  const recorded = join(folder, MANIFEST_FILE);
  const text = manifestJson(manifest);
  if (existsSync(recorded)) {
    // recorded before the commit that it was packed from, or after
    if (withoutCommit(readManifest(readFileSync(recorded, "utf8"), recorded)) === withoutCommit(manifest))
      return { folder, version: manifest.version, changed: false };
    throw inputError(
      "release-recorded",
      `${recorded} records another release ${manifest.version}.`,
      "A released version never changes: give the release the next version.",
      recorded,
    );
  }
  const files = new Map<string, string | Uint8Array>([[MANIFEST_FILE, text]]);
  for (const { name } of manifest.modules) {
    for (const { path, bytes } of await readArchive(archives.get(name) ?? Buffer.alloc(0))) {
      const file = CONSUMER.exec(path)?.[1];
      if (file !== undefined) files.set(`consumers/${name}/${file}`, bytes);
    }
  }
  try {
    replaceFolder(finishReplacing(folder), files);
  } catch (cause) {
    throw unwritable(
      folder,
      cause,
      "Check the folder and its permissions; a folder of that name that holds no manifest is in the way.",
    );
  }
  return { folder, version: manifest.version, changed: true };
}
