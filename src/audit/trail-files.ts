/** Reads the files of a trail as a stream: plain or gzipped JSON, one by one or whole folders. */
import { createReadStream, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { unreadable } from "../files/read-file";
import { shellWord } from "../text/escape";
import { type RawRecord, recordScanner } from "./record-scanner";

/** What of a trail could not be read. */
export interface ReadTrail {
  readonly files: number;
  /** Uncompressed. */
  readonly bytes: number;
  /** Records that are cut off or not JSON. */
  readonly broken: number;
  /** Files that ended before their end, or are not gzip, each with the reason. */
  readonly damaged: readonly { readonly file: string; readonly why: string }[];
}

const CHUNK = 1 << 20;
/** Of a piece that does not inflate to its end, what came before is lost: the smallest that zlib takes. */
const SMALL_CHUNK = 64;
const TRAIL_FILE = /\.(?:json|jsonl|ndjson)(?:\.gz)?$|\.gz$/i;
/** Beside the records CloudTrail delivers digests of them, and insights. */
const NO_RECORDS = /CloudTrail-(?:Digest|Insight)/;

/**
 * Calls `found` for every record of `paths`: files, folders (JSON and .gz at any depth; digest and insight files are
 * left out), and `-` for standard input. `found` returns whether the record could be read.
 * Throws OutsideError file-not-found, file-unreadable.
 */
export async function readTrail(
  paths: readonly string[],
  found: (record: RawRecord) => boolean,
  progress: (bytes: number) => void = () => undefined,
): Promise<ReadTrail> {
  const damaged: { file: string; why: string }[] = [];
  let [files, bytes, broken] = [0, 0, 0];
  for (const file of paths.flatMap(trailFiles)) {
    files += 1;
    const scanner = recordScanner((record) => {
      if (!found(record)) broken += 1;
    });
    const before = bytes;
    const scan = async (chunkSize: number): Promise<void> => {
      let again = bytes - before;
      for await (const piece of pieces(file, chunkSize)) {
        const fresh = piece.subarray(Math.min(again, piece.length));
        again -= piece.length - fresh.length;
        bytes += fresh.length;
        if (fresh.length > 0) scanner.feed(fresh);
        progress(bytes);
      }
    };
    try {
      await scan(CHUNK).catch((cause: unknown) => {
        if (file === "-" || (cause as NodeJS.ErrnoException).code !== "Z_DATA_ERROR") throw cause;
        return scan(SMALL_CHUNK);
      });
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === undefined || !/^(?:Z_|ERR_)/.test(code))
        throw unreadable(file, cause, "Name the files or folders of a trail.");
      damaged.push({ file, why: code === "Z_BUF_ERROR" ? "it ends too early" : message });
    }
    broken += scanner.end();
  }
  return { files, bytes, broken, damaged };
}

function trailFiles(path: string): readonly string[] {
  if (path === "-") return [path];
  try {
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  } catch (cause) {
    const copy = /^s3:\/\//.test(path) ? `Copy it first: aws s3 sync ${shellWord(path)} trail.` : undefined;
    throw unreadable(path, cause, copy ?? "Name the files or folders of a trail.");
  }
}

/** Links are followed, except to a folder that the link is in. */
function filesIn(folder: string, above: readonly string[] = []): readonly string[] {
  const real = realpathSync(folder);
  if (above.includes(real)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (NO_RECORDS.test(entry.name)) return [];
      const path = join(folder, entry.name);
      const kind = entry.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : entry;
      if (kind?.isDirectory() === true) return filesIn(path, [...above, real]);
      return kind?.isFile() === true && TRAIL_FILE.test(entry.name) ? [path] : [];
    });
}

/** The bytes of a file, uncompressed where they begin as gzip does, whatever its name. */
async function* pieces(file: string, chunkSize: number): AsyncGenerator<Buffer> {
  const source: Readable = file === "-" ? process.stdin : createReadStream(file, { highWaterMark: CHUNK });
  const input = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await input.next();
  if (first.done === true) return;
  const all = (async function* (): AsyncGenerator<Buffer> {
    yield first.value;
    for (let next = await input.next(); next.done !== true; next = await input.next()) yield next.value;
  })();
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* all;
    return;
  }
  // an error of either is one of what is read here
  yield* pipeline(Readable.from(all), createGunzip({ chunkSize }), () => undefined) as AsyncIterable<Buffer>;
}
