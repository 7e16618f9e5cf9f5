/** What a folder holds against what it should hold. */
import { lstatSync, readdirSync, readFileSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../errors";
import { type FileKind, type FileSet, generatedKind } from "./generated-file";

/** A generated tree: its files, and the folders in which files of its kind that are no longer needed are removed. */
export interface GeneratedTree {
  readonly kind: FileKind;
  readonly files: FileSet;
  /** Paths below the folder; "" is the folder itself. */
  readonly owned: readonly { readonly folder: string; readonly deep: boolean }[];
}

export interface Difference {
  readonly path: string;
  readonly change: "add" | "change" | "remove";
}

export interface TreeComparison {
  readonly differences: readonly Difference[];
  /** Files in the way that are not ours. Code: file-not-generated. */
  readonly problems: readonly Problem[];
  /** Every file below the folder that is ours: to be written, already as it should be, or to be removed. */
  readonly ours: ReadonlySet<string>;
}

/** Compares `folder` with `tree`; a folder that is not there is an empty one. */
export function compareTree(folder: string, tree: GeneratedTree): TreeComparison {
  const differences: Difference[] = [];
  const problems: Problem[] = [];
  const ours = new Set<string>();
  for (const [path, content] of tree.files) {
    const inTheWay = obstacle(folder, path);
    if (inTheWay !== undefined) {
      problems.push(notGenerated(join(folder, inTheWay)));
      continue;
    }
    const present = readGenerated(join(folder, path));
    if (present === undefined) differences.push({ path, change: "add" });
    else if (present === content) ours.add(path);
    else if (generatedKind(present) === undefined) problems.push(notGenerated(join(folder, path)));
    else differences.push({ path, change: "change" });
  }
  for (const { folder: owned, deep } of tree.owned) {
    for (const path of filesBelow(folder, owned, deep)) {
      if (tree.files.has(path) || generatedKind(readGenerated(join(folder, path)) ?? "") !== tree.kind) continue;
      differences.push({ path, change: "remove" });
    }
  }
  for (const { path } of differences) ours.add(path);
  return { differences: differences.sort((left, right) => (left.path < right.path ? -1 : 1)), problems, ours };
}

function notGenerated(path: string): Problem {
  return {
    code: "file-not-generated",
    message: `${path} was not written by generate, and is not replaced.`,
    path,
    fix: "Move it, or name another folder with --out.",
  };
}

/** A link or special file where a folder or file of ours belongs; links are never followed below the folder. */
function obstacle(folder: string, path: string): string | undefined {
  const parts = path.split("/");
  for (let count = 1; count <= parts.length; count += 1) {
    const part = parts.slice(0, count).join("/");
    const stats = statOf(join(folder, part));
    if (stats === undefined) return undefined;
    if (count < parts.length ? !stats.isDirectory() : !stats.isFile()) return part;
  }
  return undefined;
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    // A file on the way is found by the caller at the shorter path.
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function readGenerated(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** Paths of the regular files below `folder`/`start`, relative to `folder`. */
function filesBelow(folder: string, start: string, deep: boolean): readonly string[] {
  if (statOf(join(folder, start))?.isDirectory() !== true) return [];
  return readdirSync(join(folder, start), { withFileTypes: true }).flatMap((entry) => {
    const path = start === "" ? entry.name : `${start}/${entry.name}`;
    if (entry.isFile()) return [path];
    return deep && entry.isDirectory() ? filesBelow(folder, path, true) : [];
  });
}

/**
 * Folders below `folder` ("" is the folder itself) with a root that an earlier `generate root` wrote and that is not
 * among `files`. They stay: without them no one could destroy what such a root made in AWS.
 */
export function staleRoots(folder: string, files: FileSet): readonly string[] {
  const folders = [
    "",
    ...readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])),
  ];
  return folders.filter((below) => {
    const path = below === "" ? "main.tf" : `${below}/main.tf`;
    return !files.has(path) && isGeneratedRoot(join(folder, path));
  });
}

/**
 * The `backend.tf` of `files` that are not to be written below `folder`: one that is not ours, one beside a `backend`
 * or `cloud` block of another file, and one that was deleted from a root that is there.
 */
export function keptBackends(folder: string, files: FileSet): readonly string[] {
  return [...files.keys()].filter((path) => {
    const root = /^(.*\/|)backend\.tf$/.exec(path)?.[1];
    if (root === undefined || obstacle(folder, path) !== undefined) return false;
    const present = readGenerated(join(folder, path));
    if (present === undefined ? isGeneratedRoot(join(folder, `${root}main.tf`)) : generatedKind(present) === undefined)
      return true;
    return filesBelow(folder, root.slice(0, -1), false)
      .filter((other) => other !== path && other.endsWith(".tf"))
      .some((other) => /^[ \t]*(?:backend[ \t]+"|cloud[ \t]*\{)/m.test(readGenerated(join(folder, other)) ?? ""));
  });
}

/**
 * The generated `moved.tf` and `imports.tf` below `folder` that `files`, a root of `style`, do not have, by path: as
 * long as one is not applied, Terraform would destroy what it moves, and make again what it imports. One of a root of
 * the other style is not among them.
 */
export function keptMoves(folder: string, files: FileSet, style: "modules" | "resources"): FileSet {
  const roots = [...files.keys()].flatMap((path) => /^((?:[^/]+\/)?)main\.tf$/.exec(path)?.[1] ?? []);
  return new Map(
    roots.flatMap((root) =>
      ["moved.tf", "imports.tf"].flatMap((name) => {
        const path = `${root}${name}`;
        if (files.has(path) || statOf(join(folder, path))?.isFile() !== true) return [];
        const text = readFileSync(join(folder, path), "utf8");
        const isCall = /^[ \t]*to[ \t]*= module\./m.test(text);
        return generatedKind(text) === "root" && isCall === (style === "modules") ? [[path, text] as const] : [];
      }),
    ),
  );
}

function isGeneratedRoot(file: string): boolean {
  return statOf(file)?.isFile() === true && generatedKind(readFileSync(file, "utf8")) === "root";
}
