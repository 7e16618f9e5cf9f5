/** Digests, and the file that `sha256sum --check` reads. */
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

/** SHA-256 of a file, in lower-case hexadecimal, by its path below the folder of the SHA256SUMS. */
export type Sums = ReadonlyMap<string, string>;

export function writeSums(sums: Sums): Buffer {
  return Buffer.from(checksumsText(sums));
}

/** Undefined where `bytes` is not, to the byte, what `writeSums` writes: so no change of it goes unseen. */
export function readSums(bytes: Buffer): Sums | undefined {
  const sums = new Map<string, string>();
  for (const line of bytes.toString("utf8").split("\n").slice(0, -1)) {
    const match = /^([0-9a-f]{64}) {2}([!-~]{1,400})$/.exec(line);
    if (match === null) return undefined;
    sums.set(match[2] ?? "", match[1] ?? "");
  }
  return writeSums(sums).equals(bytes) ? sums : undefined;
}
