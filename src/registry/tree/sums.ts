/** `SHA256SUMS` files read back: the digests that hold a registry together. */
import { checksumsText } from "../../release/checksums";

/** SHA-256 of a file, in small hexadecimal digits, by its path below the folder of the SHA256SUMS. */
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
