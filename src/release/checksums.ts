/** Digests, and the file that `sha256sum -c` reads. */
import { createHash } from "node:crypto";

export const CHECKSUMS_FILE = "SHA256SUMS";

/** SHA-256 of `bytes`, hexadecimal. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** One line a file, sorted by name: digest, two spaces, name. */
export function checksumsText(digests: Iterable<readonly [name: string, digest: string]>): string {
  return [...digests]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, digest]) => `${digest}  ${name}\n`)
    .join("");
}
