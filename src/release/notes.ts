/** What changed since the last release, as release notes and as the version that may follow. */
import { largestStep, type ReleaseChange, type Step } from "./guard/change";
import { compareReleases } from "./guard/compare-releases";
import { leastVersion } from "./guard/hold-version";
import { previousRelease } from "./guard/previous-release";
import { releaseNotes } from "./guard/release-notes";
import { modulesFolder, readModules } from "./module-folder";
import { readVersion } from "./version";

export interface NotesOptions {
  readonly modules?: string | undefined;
  readonly version: string;
  readonly previous?: string | undefined;
}

export interface ReleaseNotes {
  readonly version: string;
  readonly previous: string | null;
  /** What the changes require; null for a first release. */
  readonly step: Step | null;
  /** The least version that may follow; null for a first release. */
  readonly leastVersion: string | null;
  readonly changes: readonly ReleaseChange[];
  /** Markdown. */
  readonly notes: string;
}

/** Errors as `readModules`, `previousRelease` and `readVersion`. */
export async function notesSince(options: NotesOptions): Promise<ReleaseNotes> {
  const version = readVersion(options.version);
  const { modules } = readModules(modulesFolder(options.modules));
  const last = previousRelease(options.previous, version);
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
