/**
 * Publishes into a folder. Readers see the old registry or the new one: new versions are whole folders renamed
 * into place before any list names them, and all lists change by one rename. A journal is written first, so
 * that the next publish removes what a killed one left; a lock keeps two from publishing at once.
 */
import { join } from "node:path";
import { type OutsideError, outsideError } from "../../errors";
import { type HeldLock, pauseForLock, tryLock } from "../../files/lock";
import { makeFolder, unwritable } from "../../files/write-file";
import type { Release } from "../tree/plan-module";
import { planPublication, type Publication, type PublishSettings } from "../tree/plan";
import { damaged, type ReadFile } from "../tree/stored";
import { CHECKSUMS_FILE, readSums, sha256 } from "../../release/checksums";
import { clearInterrupted, isInterrupted, putInPlace } from "./journal";
import { readerOf } from "./state";

export interface FolderResult {
  readonly changes: Publication["changes"];
  /** Paths of the files that came or were replaced, or would be. */
  readonly files: readonly string[];
  /** Whether what a stopped publish left was removed first, or would be. */
  readonly repaired: boolean;
}

export interface FolderOptions extends PublishSettings {
  readonly dryRun?: boolean | undefined;
  /** How long another publish is waited for, milliseconds; default one minute. */
  readonly waitMs?: number;
}

const LOCK = ".databricks-aws-oidc-publish";
const WAIT_MS = 60_000;

/**
 * Throws what `planPublication` does; OutsideError registry-busy, file-unwritable. After an error of the first kind the
 * folder is as it was.
 */
export async function publishToFolder(folder: string, release: Release, options: FolderOptions): Promise<FolderResult> {
  if (options.dryRun === true) {
    return answerOf(await planPublication(release, options, readerOf(folder)), isInterrupted(folder));
  }
  try {
    makeFolder(folder);
    const lock = await acquire(folder, options.waitMs ?? WAIT_MS);
    try {
      const repaired = await clearInterrupted(folder);
      const publication = await planPublication(release, options, untampered(readerOf(folder)));
      if (!lock.held()) throw busy(folder);
      putInPlace(folder, publication);
      return answerOf(publication, repaired);
    } finally {
      await lock.free();
    }
  } catch (cause) {
    throw unwritable(
      folder,
      cause,
      "Check the folder, its permissions and the space left, then publish again: every listed version is whole.",
    );
  }
}

function answerOf({ changes, added, replaced }: Publication, repaired: boolean): FolderResult {
  const fresh = [...added].flatMap(([path, files]) => [...files.keys()].map((name) => `${path}/${name}`));
  return { changes, files: [...fresh, ...replaced.keys()], repaired };
}

async function acquire(folder: string, waitMs: number): Promise<HeldLock> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const outcome = await tryLock(join(folder, LOCK));
    if (outcome === "unusable") throw Object.assign(new Error("no lock"), { code: "EACCES" });
    if (outcome !== "taken") return outcome;
    if (Date.now() > deadline) throw busy(folder);
    await pauseForLock();
  }
}

function busy(folder: string): OutsideError {
  return outsideError(
    "registry-busy",
    `Another publish into ${folder} is in progress.`,
    "Wait until it ends, then publish again.",
    folder,
  );
}

/** Compares what is read with the registry's SHA256SUMS: a list changed by others is not written on. */
function untampered(read: ReadFile): ReadFile {
  let known: Promise<ReadonlyMap<string, string>> | undefined;
  return async (path) => {
    const bytes = await read(path);
    if (bytes === undefined || path === CHECKSUMS_FILE) return bytes;
    known ??= read(CHECKSUMS_FILE).then(
      (sums) => (sums === undefined ? undefined : readSums(sums)) ?? new Map<string, string>(),
    );
    const digest = (await known).get(path);
    if (digest !== undefined && digest !== sha256(bytes)) throw damaged(path);
    return bytes;
  };
}
