/** Roots that an earlier `generate root` wrote and the federation has no more. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FileSet } from "./generated-file";
import { generatedKind } from "./generated-file";

/**
 * Folders below `folder` ("" is the folder itself) with a generated root that is not among `files`. They stay: what
 * such a
 * root made would otherwise be left in AWS with nobody to destroy it.
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

function isGeneratedRoot(file: string): boolean {
  return (
    lstatSync(file, { throwIfNoEntry: false })?.isFile() === true &&
    generatedKind(readFileSync(file, "utf8")) === "root"
  );
}
