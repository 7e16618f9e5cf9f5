/**
 * The states of a registry's folder. Each state has a folder with its lists, pages and checksums; they are served
 * through links that point there by one more link, `current`. Replacing that one changes all of them at once.
 */
import {
  copyFileSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { makeFolder } from "../../files/write-file";
import { placeOf } from "../tree/address";
import { damaged, type ReadFile } from "../tree/stored";

/** Below the registry's folder, as all paths here. */
export const STATES = ".registry-states";
const CURRENT = `${STATES}/current`;
/** A link or file before it is renamed to its place. */
const FRESH = `${STATES}/fresh`;

/**
 * The state that is served; undefined before the first publish, and in a copy without links. Throws InputError
 * registry-damaged.
 */
export function currentState(folder: string): number | undefined {
  refuseLinks(folder, STATES);
  if (lstatSync(join(folder, CURRENT), { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined;
  const text = readlinkSync(join(folder, CURRENT));
  if (!/^(?:0|[1-9][0-9]{0,8})$/.test(text)) throw damaged(CURRENT);
  return Number(text);
}

/** Reads regular files below `folder`, and what our own links point to; a registry has no other links. */
export function readerOf(folder: string): ReadFile {
  return async (path) => {
    try {
      return readFileSync(join(folder, placeNow(folder, path)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };
}

/** Where the file served at `path` is now. */
function placeNow(folder: string, path: string): string {
  if (!isLink(folder, path) || readlinkSync(join(folder, path)) !== targetOf(path)) {
    refuseLinks(folder, path);
    return path;
  }
  const state = currentState(folder);
  if (state === undefined) throw damaged(path);
  const place = placeIn(state, path);
  refuseLinks(folder, dirname(path));
  refuseLinks(folder, place);
  return place;
}

/** Makes the first, empty state: what is served does not change. */
export function makeFirstState(folder: string): number {
  rmSync(join(folder, STATES), { recursive: true, force: true });
  makeFolder(join(folder, placeIn(0, "")));
  makeCurrent(folder, 0);
  return 0;
}

/**
 * Makes the file at `path` a link; what was served there still is, now from `state`, and nothing where there was
 * nothing.
 */
export function leadThroughState(folder: string, path: string, state: number): void {
  if (isLink(folder, path)) return;
  const served = join(folder, path);
  makeFolder(dirname(served));
  if (lstatSync(served, { throwIfNoEntry: false }) !== undefined) {
    makeFolder(dirname(join(folder, placeIn(state, path))));
    copyFileSync(served, join(folder, placeIn(state, path)));
  }
  putLink(folder, targetOf(path), path);
}

/** Writes the state `next`: `before` with the files of `replaced`. It is not visible yet. */
export function writeState(folder: string, before: number, next: number, replaced: ReadonlyMap<string, Buffer>): void {
  makeFolder(join(folder, placeIn(next, "")));
  for (const path of filesOf(folder, before)) {
    if (replaced.has(path) || !isLink(folder, path)) continue;
    makeFolder(dirname(join(folder, placeIn(next, path))));
    keepFile(join(folder, placeIn(before, path)), join(folder, placeIn(next, path)));
  }
  for (const [path, bytes] of replaced) writeBelow(folder, placeIn(next, path), bytes);
}

/** The single step in which a registry changes. */
export function makeCurrent(folder: string, state: number): void {
  putLink(folder, String(state), CURRENT);
}

/**
 * Makes files again of links in versions' folders, which a move of the registry made: so that no later state carries
 * them on.
 */
export function settleVersions(folder: string, state: number): void {
  for (const path of filesOf(folder, state)) {
    if (placeOf(path).of !== "version") continue;
    rmSync(join(folder, FRESH), { force: true });
    keepFile(join(folder, placeIn(state, path)), join(folder, FRESH));
    renameSync(join(folder, FRESH), join(folder, path));
  }
}

/** Removes all states but `kept`. */
export function sweepStates(folder: string, kept: readonly (number | undefined)[]): void {
  const names = new Set(["current", ...kept.map(String)]);
  for (const name of readdirSync(join(folder, STATES)))
    if (!names.has(name)) rmSync(join(folder, STATES, name), { recursive: true, force: true });
}

export function writeBelow(folder: string, path: string, bytes: Buffer): void {
  makeFolder(dirname(join(folder, path)));
  writeFileSync(join(folder, path), bytes);
}

/** Throws InputError registry-damaged where `path` or a folder on the way to it, below `folder`, is a link. */
export function refuseLinks(folder: string, path: string): void {
  for (let at = path; at !== "."; at = dirname(at)) if (isLink(folder, at)) throw damaged(at);
}

export function isLink(folder: string, path: string): boolean {
  return lstatSync(join(folder, path), { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function placeIn(state: number, path: string): string {
  return `${STATES}/${state}/${path}`;
}

function filesOf(folder: string, state: number): readonly string[] {
  const top = join(folder, placeIn(state, ""));
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(top, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
}

/** What our link at `path` holds. */
function targetOf(path: string): string {
  return `${"../".repeat(path.split("/").length - 1)}${CURRENT}/${path}`;
}

function putLink(folder: string, target: string, path: string): void {
  rmSync(join(folder, FRESH), { force: true });
  symlinkSync(target, join(folder, FRESH));
  renameSync(join(folder, FRESH), join(folder, path));
}

/** States never change, so several share a file by hard links, or copies where links are not supported. */
function keepFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
