/**
 * The digest by which release data and a module belong together. Small: packing needs no more of how they are made.
 */
import { createHash } from "node:crypto";
import type { FileSet } from "../files/generated-file";
import { generatedKind } from "../files/generated-file";

/** The file of a module's release data, beside the module's folder. */
export function releaseDataFile(module: string): string {
  return `${module}.release.json`;
}

/**
 * SHA-256 (hex) of what in `files` (by path) a plan reads, and of the contract, as JSON; the generator's first line
 * does
 * not count.
 */
export function sourceDigest(files: FileSet, contract: unknown): string {
  const hash = createHash("sha256");
  for (const [path, text] of [...files]
    .filter(([name]) => isPlanned(name))
    .sort(([left], [right]) => (left < right ? -1 : 1))) {
    const body = generatedKind(text) === undefined ? text : text.slice(text.indexOf("\n") + 1);
    hash.update(`${path}\0${Buffer.byteLength(body)}\0`).update(body);
  }
  return hash.update(JSON.stringify(contract)).digest("hex");
}

function isPlanned(path: string): boolean {
  return /\.tf(?:\.json)?$/.test(path) && !/^(?:tests|examples)\//.test(path);
}
