/** Reads what may have no end: a token's file may be a device, and standard input whatever somebody pipes in. */
import { closeSync, openSync, readSync } from "node:fs";

/**
 * The bytes of `file` (0: standard input), one more than `most` where there are more than that. Errors as of
 * `readSync`.
 */
export function readBounded(file: string | 0, most: number): Buffer {
  const descriptor = file === 0 ? 0 : openSync(file, "r");
  try {
    const bytes = Buffer.alloc(most + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    return bytes.subarray(0, length);
  } finally {
    if (file !== 0) closeSync(descriptor);
  }
}
