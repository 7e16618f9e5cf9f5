/**
 * A module as `tar.gz`: the same bytes on every machine and day, and read only where it is what `writeArchive` writes.
 * Deflate is fflate's, pinned: Node's zlib differs between versions. Reading may use zlib: what a stream inflates to is
 * the same everywhere.
 */
import { crc32, inflateRawSync } from "node:zlib";
import { gzipSync } from "fflate";
import { extract, type Header, pack } from "tar-stream";
import { type ErrorCode, InputError, type Problem, refuse } from "../errors";
import { quoted } from "../text/text-rule";
import { collidingPaths, pathFault } from "./archive-path";

export interface ArchiveFile {
  /** Below the module's folder, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ArchiveLimits {
  readonly files: number;
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Bytes of the tar: all files and their headers. */
  readonly totalBytes: number;
  /** Bytes of the archive as it is stored. */
  readonly archiveBytes: number;
}

/** More than ten times what a module needs. */
export const ARCHIVE_LIMITS: ArchiveLimits = {
  files: 1_000,
  fileBytes: 4_000_000,
  totalBytes: 32_000_000,
  archiveBytes: 16_000_000,
};

/** Any fixed time; GNU tar warns of 1970. */
const FILE_TIME = new Date("2000-01-01T00:00:00Z");
/** Magic, deflate, no flags, no time, no level, "unix": what fflate writes for level 6 and mtime 0. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
const GZIP_TRAILER_BYTES = 8;

/** `files` as a reproducible `tar.gz`. Throws InputError as `readArchive` does where it would not be read back. */
export async function writeArchive(
  files: readonly ArchiveFile[],
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<Buffer> {
  const problems = [
    ...files.flatMap(({ path, bytes }) => [...pathProblems(path), ...sizeProblems(path, bytes.length, limits)]),
    ...setProblems(
      files.map(({ path }) => path),
      limits,
    ),
  ];
  refuse(problems);
  const tar = await tarOf(files);
  if (tar.length > limits.totalBytes)
    throw damaged("archive-too-large", `The files of the archive take more than ${limits.totalBytes} bytes.`);
  return Buffer.from(gzipSync(tar, { level: 6, mtime: 0 }));
}

/**
 * The files of an archive, sorted by path. Nothing is written. Throws InputError: archive-damaged (also where it is
 * intact but not what `writeArchive` makes of its files), archive-too-large, archive-too-many-files,
 * archive-path-invalid, archive-name-repeated, archive-link, archive-special-file.
 */
export async function readArchive(
  bytes: Uint8Array,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<readonly ArchiveFile[]> {
  const tar = inflate(bytes, limits);
  const files: ArchiveFile[] = [];
  const entries = extract();
  entries.end(tar);
  try {
    for await (const entry of entries) {
      const { header } = entry;
      refuse([
        ...kindProblems(header),
        ...pathProblems(header.name),
        ...sizeProblems(header.name, header.size ?? 0, limits),
      ]);
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) chunks.push(chunk as Uint8Array);
      files.push({ path: header.name, bytes: Buffer.concat(chunks) });
      if (files.length > limits.files) break;
    }
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const why = cause instanceof Error ? (cause.message.split(".", 1)[0] ?? "") : "it cannot be read";
    throw damaged("archive-damaged", `The archive is damaged: ${why}.`);
  }
  refuse(
    setProblems(
      files.map(({ path }) => path),
      limits,
    ),
  );
  // finds whatever a tar may hide: other owners, modes and times, extra headers, bytes after the end
  if (!tar.equals(await tarOf(files)))
    throw damaged(
      "archive-damaged",
      "The archive differs from what pack makes of its files: headers, order, or data after the end.",
    );
  return files;
}

async function tarOf(files: readonly ArchiveFile[]): Promise<Buffer> {
  const stream = pack();
  const sorted = [...files].sort((left, right) => (left.path < right.path ? -1 : 1));
  for (const { path, bytes } of sorted) {
    stream.entry(
      {
        name: path,
        size: bytes.length,
        mode: 0o644,
        mtime: FILE_TIME,
        uid: 0,
        gid: 0,
        uname: "",
        gname: "",
        type: "file",
      },
      Buffer.from(bytes),
    );
  }
  stream.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** The tar in `bytes`: one gzip member of ours, whole, and nothing after it. Holds at most the limit in memory. */
function inflate(bytes: Uint8Array, limits: ArchiveLimits): Buffer {
  if (bytes.length > limits.archiveBytes)
    throw damaged("archive-too-large", `The archive has more than ${limits.archiveBytes} bytes.`);
  const stored = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = stored.length - GZIP_TRAILER_BYTES;
  if (end <= GZIP_HEADER.length || !stored.subarray(0, GZIP_HEADER.length).equals(GZIP_HEADER))
    throw damaged("archive-damaged", "The archive does not begin like an archive that pack wrote.");
  const deflated = stored.subarray(GZIP_HEADER.length, end);
  // `info` is in Node's documentation and not in its types
  const { buffer, engine } = inflated(deflated, limits);
  if (engine.bytesWritten !== deflated.length)
    throw damaged("archive-damaged", "There is data after the end of the archive.");
  if (crc32(buffer) !== stored.readUInt32LE(end) || buffer.length !== stored.readUInt32LE(end + 4))
    throw damaged("archive-damaged", "The archive's own checksum does not match its bytes.");
  return buffer;
}

function inflated(
  deflated: Buffer,
  limits: ArchiveLimits,
): { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } } {
  try {
    return inflateRawSync(deflated, { maxOutputLength: limits.totalBytes, info: true }) as unknown as ReturnType<
      typeof inflated
    >;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      throw damaged("archive-too-large", `The archive unpacks to more than ${limits.totalBytes} bytes.`);
    throw damaged("archive-damaged", "The archive is truncated or changed: it cannot be unpacked.");
  }
}

function kindProblems({ name, type }: Header): readonly Problem[] {
  if (type === "file") return [];
  if (type === "symlink" || type === "link")
    return [problem("archive-link", `${quoted(name)} is a ${type === "link" ? "hard" : "symbolic"} link.`)];
  return [problem("archive-special-file", `${quoted(name)} is not a regular file: ${type ?? "unknown"}.`)];
}

function pathProblems(path: string): readonly Problem[] {
  const fault = pathFault(path);
  return fault === undefined ? [] : [problem("archive-path-invalid", `The path ${quoted(path)} ${fault}.`)];
}

function sizeProblems(path: string, size: number, limits: ArchiveLimits): readonly Problem[] {
  return size <= limits.fileBytes
    ? []
    : [problem("archive-too-large", `${quoted(path)} has more than ${limits.fileBytes} bytes.`)];
}

function setProblems(paths: readonly string[], limits: ArchiveLimits): readonly Problem[] {
  if (paths.length > limits.files)
    return [problem("archive-too-many-files", `The archive has more than ${limits.files} files.`)];
  if (paths.length === 0) return [problem("archive-damaged", "The archive holds no files.")];
  return collidingPaths(paths).map((path) =>
    problem(
      "archive-name-repeated",
      `${quoted(path)} is in the archive twice, or differs from another path only in case.`,
    ),
  );
}

function problem(code: ErrorCode, message: string): Problem {
  return {
    code,
    message,
    fix: "Pack the module again with pack, and use an archive only from where it was published.",
  };
}

function damaged(code: ErrorCode, message: string): InputError {
  return new InputError(problem(code, message));
}
