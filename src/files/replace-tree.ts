/**
 * Puts a generated tree in place so that a run stopped at any moment leaves the old tree or the new one: everything is
 * written beside first, then folders (or, next to files of others, single files) are renamed. Where that takes several
 * renames a journal is written first, and the next run finishes what was begun.
 */
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { refuse } from "../errors";
import { compareTree, type Difference, type GeneratedTree } from "./compare-tree";
import type { FileSet } from "./generated-file";
import { finishReplacing, holdsWorkingFolder, replaceFolder, writeFiles } from "./replace-folder";
import { isLeftover, leftBeside, makeFolder, MARK, unwritable } from "./write-file";

const JOURNAL = `${MARK}-journal.json`;

/** Renames still to do: `units` are paths (files or whole folders) to move out of `stage`, `remove` are files. */
interface Journal {
  readonly stage: string;
  readonly units: readonly string[];
  readonly remove: readonly string[];
}

/**
 * Makes `folder` hold `tree`, and returns what that changed. Files of others stay as they are.
 * Throws InputError file-not-generated (nothing was written), OutsideError file-unwritable.
 */
export function replaceTree(folder: string, tree: GeneratedTree): readonly Difference[] {
  try {
    const target = finishInterrupted(folder);
    const { differences, problems, ours } = compareTree(target, tree);
    refuse(problems);
    if (differences.length === 0) return differences;
    if (isOurs(target, "", ours) && !holdsWorkingFolder(target)) replaceFolder(target, tree.files);
    else replaceParts(target, tree, differences, ours);
    return differences;
  } catch (cause) {
    throw unwritable(
      folder,
      cause,
      "Check the folder, its permissions and the space left; the old files are still there.",
    );
  }
}

function replaceParts(
  target: string,
  tree: GeneratedTree,
  differences: readonly Difference[],
  ours: ReadonlySet<string>,
): void {
  const stage = `${MARK}-new-${process.pid}`;
  const units = unitsOf(target, tree.files, differences, ours);
  const within = (path: string): boolean => units.some((unit) => path === unit || path.startsWith(`${unit}/`));
  makeFolder(join(target, stage)); // where files are only removed there is nothing to write
  writeFiles(
    join(target, stage, "new"),
    [...tree.files].filter(([path]) => within(path)),
  );
  const remove = differences.flatMap(({ path, change }) => (change === "remove" && !within(path) ? [path] : []));
  const journal: Journal = { stage, units, remove };
  writeFileSync(join(target, stage, "journal"), JSON.stringify(journal));
  renameSync(join(target, stage, "journal"), join(target, JOURNAL));
  carryOut(target, journal);
}

/** The fewest renames: a folder that holds nothing of others goes as a whole, else file by file. */
function unitsOf(
  target: string,
  files: FileSet,
  differences: readonly Difference[],
  ours: ReadonlySet<string>,
): readonly string[] {
  const units = new Set<string>();
  for (const { path, change } of differences) {
    const parts = path.split("/");
    const whole = parts
      .slice(0, -1)
      .map((_, index) => parts.slice(0, index + 1).join("/"))
      .find((folder) => isOurs(target, folder, ours));
    const kept = whole !== undefined && [...files.keys()].some((file) => file.startsWith(`${whole}/`));
    if (whole !== undefined && kept) units.add(whole);
    else if (change !== "remove") units.add(path);
  }
  return [...units];
}

/** Whether everything below `path` is ours, so that it may be renamed as a whole. Absent counts as ours. */
function isOurs(target: string, path: string, ours: ReadonlySet<string>): boolean {
  const full = join(target, path);
  if (!existsSync(full)) return true;
  return readdirSync(full, { withFileTypes: true }).every((entry) => {
    const below = path === "" ? entry.name : `${path}/${entry.name}`;
    return entry.isDirectory() ? isOurs(target, below, ours) : ours.has(below);
  });
}

/** Does what is left of `journal`; may itself be stopped and begun again. */
function carryOut(target: string, { stage, units, remove }: Journal): void {
  const staged = join(target, stage);
  units.forEach((unit, index) => {
    const fresh = join(staged, "new", unit);
    if (!existsSync(fresh)) return;
    const place = join(target, unit);
    makeFolder(dirname(place));
    if (lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true) {
      makeFolder(join(staged, "old"));
      renameSync(place, join(staged, "old", String(index)));
    }
    renameSync(fresh, place);
  });
  for (const path of remove) {
    rmSync(join(target, path), { force: true });
    removeEmptyFolders(target, dirname(path));
  }
  rmSync(staged, { recursive: true, force: true });
  rmSync(join(target, JOURNAL), { force: true });
}

function removeEmptyFolders(target: string, path: string): void {
  for (let at = path; at !== "." && at !== ""; at = dirname(at)) {
    try {
      rmdirSync(join(target, at));
    } catch {
      return; // something is left in it
    }
  }
}

/** Whether a run on `folder` was stopped between two renames; `generate` without --check finishes it. */
export function isInterrupted(folder: string): boolean {
  return existsSync(join(folder, JOURNAL)) || (!existsSync(folder) && leftBeside(resolve(folder), "-old").length > 0);
}

function finishInterrupted(folder: string): string {
  const target = finishReplacing(folder);
  if (!existsSync(target)) return target;
  const journal = join(target, JOURNAL);
  if (existsSync(journal)) carryOut(target, readJournal(journal));
  for (const entry of readdirSync(target))
    if (entry.startsWith(`${MARK}-new-`) && isLeftover(entry))
      rmSync(join(target, entry), { recursive: true, force: true });
  return target;
}

/** A journal says what to rename and remove, so one that names anything outside the folder is refused. */
function readJournal(file: string): Journal {
  const inside = (path: unknown): boolean =>
    typeof path === "string" &&
    path !== "" &&
    !isAbsolute(path) &&
    path.split(/[/\\]/).every((part) => part !== ".." && part !== "");
  try {
    const { stage, units, remove } = JSON.parse(readFileSync(file, "utf8")) as Journal;
    if (new RegExp(`^\\${MARK}-new-[0-9]+$`).test(stage) && [...units, ...remove].every(inside))
      return { stage, units, remove };
  } catch {
    // refused below
  }
  refuse([
    {
      code: "file-not-generated",
      message: `${file} is not a journal of generate.`,
      path: file,
      fix: "Remove it, and run generate again.",
    },
  ]);
  throw new RangeError("unreachable");
}
