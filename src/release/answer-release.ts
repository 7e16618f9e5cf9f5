/** What the verb `release` does: reports what changed since the last release, and records a release. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../errors";
import { finishReplacing, replaceFolder } from "../files/replace-folder";
import { unwritable } from "../files/write-file";
import { readArchive } from "./archive";
import type { ReleaseChange, Step } from "./guard/change";
import { largestStep } from "./guard/change";
import { compareReleases } from "./guard/compare-releases";
import { leastVersion } from "./guard/hold-version";
import { previousRelease } from "./guard/previous-release";
import { releaseNotes } from "./guard/release-notes";
import type { ReleaseManifest } from "./manifest";
import { manifestJson, MANIFEST_FILE, readManifest } from "./manifest";
import { modulesFolder, readModules } from "./module-folder";
import { verifyRelease } from "./verify";
import { readVersion } from "./version";

export interface NotesAsked {
  readonly modules: string | undefined;
  readonly version: string;
  readonly previous: string | undefined;
}

export interface NotesAnswer {
  readonly version: string;
  readonly previous: string | null;
  /** What the changes need; null for a first release. */
  readonly step: Step | null;
  /** The least version that may follow; null for a first release. */
  readonly leastVersion: string | null;
  readonly changes: readonly ReleaseChange[];
  /** Markdown. */
  readonly notes: string;
}

/** Errors as `readModules`, `previousRelease` and `readVersion`. */
export async function answerNotes(asked: NotesAsked): Promise<NotesAnswer> {
  const version = readVersion(asked.version);
  const { modules } = readModules(modulesFolder(asked.modules));
  const last = previousRelease(asked.previous, version);
  const changes = last === null ? [] : await compareReleases(last.manifest, modules);
  const previous = last?.manifest.version ?? null;
  const step = previous === null ? null : largestStep(changes);
  return {
    version,
    previous,
    step,
    leastVersion: previous === null || step === null ? null : leastVersion(previous, step),
    changes,
    notes: releaseNotes({ version, previous, changes, modules: modules.map(({ name }) => name) }),
  };
}

function withoutCommit(manifest: ReleaseManifest): string {
  return manifestJson({ ...manifest, source: { commit: null } });
}

/** The HCL of an archive that calls the module. */
const CONSUMER = /^examples\/complete\/([^/]+\.tf)$/;

/**
 * Records the release in `dir`: its manifest, and its complete examples as consumers of this version.
 * A recorded version never changes: InputError release-recorded where it is another release. Returns the
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
    throw new InputError({
      code: "release-recorded",
      message: `${recorded} records another release ${manifest.version}.`,
      path: recorded,
      fix: "A released version never changes: give the release the next version.",
    });
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
