/**
 * The digest by which trust probes and a module belong together. Small: packing needs no more of how probes are made.
 */
import { createHash } from "node:crypto";
import type { FileSet } from "../files/generated-file";
import { generatedKind } from "../files/generated-file";

export const TRUST_PROBES_FILE = "trust-probes.json";

/**
 * SHA-256 (hex) of what in `files` (by path) a plan reads, and of the contract; the generator's first line does not
 * count.
 */
export function sourceDigest(files: FileSet): string {
  const hash = createHash("sha256");
  for (const [path, text] of [...files]
    .filter(([name]) => isPlanned(name))
    .sort(([left], [right]) => (left < right ? -1 : 1))) {
    const body = generatedKind(text) === undefined ? text : text.slice(text.indexOf("\n") + 1);
    hash.update(`${path}\0${Buffer.byteLength(body)}\0`).update(body);
  }
  return hash.digest("hex");
}

function isPlanned(path: string): boolean {
  return path === "contract.json" || (/\.tf(?:\.json)?$/.test(path) && !/^(?:tests|examples)\//.test(path));
}
