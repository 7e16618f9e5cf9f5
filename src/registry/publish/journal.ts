/** Renames that belong together: staged, written down, carried out; and carried out by the next run where this one was stopped. */
import { existsSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "../../errors";
import { makeFolder } from "../../make-folder";
import { placeOf } from "../tree/address";
import type { Publication } from "../tree/plan";

const STAGE = ".databricks-aws-oidc-stage";
const JOURNAL = ".databricks-aws-oidc-journal.json";

/** Paths to move from the stage to where they belong, in order. */
type Moves = readonly string[];

/** Puts a publication's files in place. Stopped at any moment, each file is the old or the new one. */
export function putInPlace(folder: string, { added, replaced }: Publication): void {
  if (added.size === 0 && replaced.size === 0) return;
  const stage = join(folder, STAGE);
  for (const [path, files] of added) for (const [name, bytes] of files) writeBelow(stage, `${path}/${name}`, bytes);
  for (const [path, bytes] of replaced) writeBelow(stage, path, bytes);
  const moves: Moves = [...added.keys(), ...replaced.keys()];
  writeFileSync(join(stage, JOURNAL), JSON.stringify(moves));
  renameSync(join(stage, JOURNAL), join(folder, JOURNAL));
  carryOut(folder, moves);
}

/** Whether a publish was stopped here and left something to finish or to clear away. */
export function isInterrupted(folder: string): boolean {
  return existsSync(join(folder, JOURNAL)) || existsSync(join(folder, STAGE));
}

/** Finishes what a stopped publish began, or clears away what it had not begun yet. Throws InputError registry-damaged. */
export function finishInterrupted(folder: string): boolean {
  const interrupted = isInterrupted(folder);
  if (existsSync(join(folder, JOURNAL))) carryOut(folder, readJournal(join(folder, JOURNAL)));
  rmSync(join(folder, STAGE), { recursive: true, force: true });
  return interrupted;
}

/** May itself be stopped and begun again: what has left the stage is in place. */
function carryOut(folder: string, moves: Moves): void {
  // folders first, so that the renames of the lists follow one another at once
  for (const path of moves) makeFolder(dirname(join(folder, path)));
  for (const path of moves) {
    const staged = lstatSync(join(folder, STAGE, path), { throwIfNoEntry: false });
    if (staged === undefined) continue;
    const place = join(folder, path);
    // a folder no list names, or the move would not be written down
    if (staged.isDirectory()) rmSync(place, { recursive: true, force: true });
    renameSync(join(folder, STAGE, path), place);
  }
  rmSync(join(folder, STAGE), { recursive: true, force: true });
  rmSync(join(folder, JOURNAL), { force: true });
}

function writeBelow(stage: string, path: string, bytes: Buffer): void {
  const file = join(stage, path);
  makeFolder(dirname(file));
  writeFileSync(file, bytes);
}

/** A journal says what to rename and replace, so one that names anything publish does not write is refused. */
function readJournal(file: string): Moves {
  try {
    const moves = JSON.parse(readFileSync(file, "utf8")) as unknown;
    if (Array.isArray(moves) && moves.every(isOurs)) return moves;
  } catch {
    // refused below
  }
  throw new InputError([{ code: "registry-damaged", message: `${file} is no journal of publish.`, path: file, fix: "Remove it, and publish again." }]);
}

const HEADS = /^(?:index\.html|registry\.json|SHA256SUMS|_headers|\.nojekyll|\.well-known\/terraform\.json|server-rules\/(?:nginx\.conf|cloudfront-function\.js|README\.md))$/;

function isOurs(path: unknown): path is string {
  if (typeof path !== "string") return false;
  const place = placeOf(path);
  return HEADS.test(path)
    || (place.of === "module" && ["index.html", "versions", "SHA256SUMS"].includes(place.file))
    || (place.of === "version" && place.file === "index.html")
    // a version's folder as a whole
    || placeOf(`${path}/download`).of === "version";
}
