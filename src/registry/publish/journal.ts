/** One publish into a folder, from one state to the next; and the clean-up after a publish that was stopped. */
import { existsSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inputError } from "../../errors";
import { makeFolder } from "../../files/write-file";
import { CHECKSUMS_FILE } from "../../release/checksums";
import { placeOf } from "../tree/address";
import { DISCOVERY, type Publication } from "../tree/plan";
import { INDEX } from "../tree/plan-module";
import { SERVER_RULES } from "../tree/server-rules";
import { readVersionsOf, REGISTRY_DOCUMENT } from "../tree/stored";
import {
  currentState,
  isLink,
  leadThroughState,
  makeCurrent,
  makeFirstState,
  readerOf,
  refuseLinks,
  settleVersions,
  STATES,
  sweepStates,
  writeBelow,
  writeState,
} from "./state";

const JOURNAL = `${STATES}/journal.json`;
const STAGE = `${STATES}/added`;

/** What a publish is about to do: written down before it does any of it. */
interface Journal {
  /** The state it makes. */
  readonly state: number;
  /** Folders of new versions. */
  readonly added: readonly string[];
  /** Places where nothing is served yet. */
  readonly opened: readonly string[];
}

/** Puts a publication's files in place. Stopped at any moment, all of the registry is as it was, or as it will be. */
export function putInPlace(folder: string, { added, replaced }: Publication): void {
  if (added.size === 0 && replaced.size === 0) return;
  const before = currentState(folder) ?? makeFirstState(folder);
  const next = before + 1;
  writeJournal(folder, {
    state: next,
    added: [...added.keys()],
    opened: [...replaced.keys()].filter((path) => isAbsent(folder, path)),
  });
  for (const [path, files] of added) addVersion(folder, path, files);
  for (const path of replaced.keys()) leadThroughState(folder, path, before);
  writeState(folder, before, next, replaced);
  makeCurrent(folder, next);
  rmSync(join(folder, JOURNAL));
  settleVersions(folder, next);
  // a reader that has just resolved a link into the state before must still find its file
  sweepStates(folder, [before, next]);
}

/** Whether a publish was stopped here and left something to remove. */
export function isInterrupted(folder: string): boolean {
  return existsSync(join(folder, JOURNAL));
}

/** Removes what a stopped publish left. What is served stays the same. Throws InputError registry-damaged. */
export async function clearInterrupted(folder: string): Promise<boolean> {
  const state = currentState(folder);
  const journal = readJournal(folder);
  if (journal !== undefined && journal.state !== state) await undo(folder, journal);
  if (existsSync(join(folder, STATES))) sweepStates(folder, [state]);
  return journal !== undefined;
}

async function undo(folder: string, { added, opened }: Journal): Promise<void> {
  const read = readerOf(folder);
  for (const path of added) {
    const place = placeOf(`${path}/download`);
    // a published version is never removed
    if (place.of !== "version" || (await readVersionsOf(place.address, read)).includes(place.version)) continue;
    refuseLinks(folder, dirname(path));
    rmSync(join(folder, path), { recursive: true, force: true });
  }
  for (const path of opened) {
    refuseLinks(folder, dirname(path));
    if (isLink(folder, path) && !existsSync(join(folder, path))) rmSync(join(folder, path));
  }
}

/** A folder that was there already is one that no list names, or it would not be added. */
function addVersion(folder: string, path: string, files: ReadonlyMap<string, Buffer>): void {
  for (const [name, bytes] of files) writeBelow(folder, `${STAGE}/${path}/${name}`, bytes);
  makeFolder(dirname(join(folder, path)));
  rmSync(join(folder, path), { recursive: true, force: true });
  renameSync(join(folder, STAGE, path), join(folder, path));
}

function isAbsent(folder: string, path: string): boolean {
  return lstatSync(join(folder, path), { throwIfNoEntry: false }) === undefined;
}

function writeJournal(folder: string, journal: Journal): void {
  writeFileSync(join(folder, `${JOURNAL}.new`), JSON.stringify(journal));
  renameSync(join(folder, `${JOURNAL}.new`), join(folder, JOURNAL));
}

/** Undefined without one. A journal says what to remove: one that names anything publish does not write is refused. */
function readJournal(folder: string): Journal | undefined {
  const file = join(folder, JOURNAL);
  if (!existsSync(file)) return undefined;
  try {
    const { state, added, opened } = JSON.parse(readFileSync(file, "utf8")) as Journal;
    if (Number.isSafeInteger(state) && added.every(isVersionFolder) && opened.every(isList))
      return { state, added, opened };
  } catch {
    // refused below
  }
  throw inputError(
    "registry-damaged",
    `${file} is not a journal that publish wrote.`,
    "Remove it, and publish again.",
    file,
  );
}

const TOP_FILES: ReadonlySet<string> = new Set([INDEX, REGISTRY_DOCUMENT, CHECKSUMS_FILE, DISCOVERY, ...SERVER_RULES]);

function isVersionFolder(path: unknown): boolean {
  return typeof path === "string" && placeOf(`${path}/download`).of === "version";
}

function isList(path: unknown): boolean {
  if (typeof path !== "string") return false;
  const place = placeOf(path);
  return (
    TOP_FILES.has(path) ||
    (place.of === "module" && ["index.html", "versions", "SHA256SUMS"].includes(place.file)) ||
    (place.of === "version" && place.file === "index.html")
  );
}
