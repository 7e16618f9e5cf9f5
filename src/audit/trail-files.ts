/** Reads the files of a trail as a stream: plain or gzipped JSON, one by one or whole folders. */
import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { unreadable } from "../files/read-file";
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
const TRAIL_FILE = /\.(?:json|jsonl|ndjson)(?:\.gz)?$|\.gz$/;
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
    try {
      for await (const piece of pieces(file)) {
        bytes += piece.length;
        scanner.feed(piece);
        progress(bytes);
      }
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
    throw unreadable(path, cause, "Name the files or folders of a trail.");
  }
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (NO_RECORDS.test(entry.name)) return [];
      if (entry.isDirectory()) return filesIn(join(folder, entry.name));
      return entry.isFile() && TRAIL_FILE.test(entry.name) ? [join(folder, entry.name)] : [];
    });
}

/** The bytes of a file, uncompressed where they begin as gzip does, whatever its name. */
async function* pieces(file: string): AsyncGenerator<Buffer> {
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
  yield* pipeline(Readable.from(all), createGunzip({ chunkSize: CHUNK }), () => undefined) as AsyncIterable<Buffer>;
}
