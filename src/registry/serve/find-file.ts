/**
 * Maps a request's path to a file of the registry, never outside the folder and never to a hidden file.
 */
import { closeSync, constants, fstatSync, openSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";

export interface FoundFile {
  /** Open; the caller closes it. */
  readonly handle: number;
  /** Below the folder, with `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Strong: another after every change of the file. */
  readonly etag: string;
  readonly modified: Date;
}

/** One segment of a path: what may follow a dot is `.well-known` only. */
const SEGMENT = /^(?:\.well-known|[A-Za-z0-9_][A-Za-z0-9._+~-]*)$/;

/**
 * The file below `root` (real path) that `pathname` of a URL names; `/` and folders name their index.html. Undefined
 * where there is none.
 */
export function findFile(root: string, pathname: string): FoundFile | undefined {
  const decoded = decode(pathname);
  if (decoded === undefined || !decoded.startsWith("/")) return undefined;
  const path = decoded.endsWith("/") ? `${decoded.slice(1)}index.html` : decoded.slice(1);
  if (!path.split("/").every((segment) => SEGMENT.test(segment))) return undefined;
  try {
    // links are followed only as long as they stay inside
    const real = realpathSync(join(root, path));
    if (!real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) return undefined;
    return opened(real, path);
  } catch {
    return undefined;
  }
}

function opened(file: string, path: string): FoundFile | undefined {
  // without waiting, should it be a pipe
  const handle = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  const stat = fstatSync(handle, { bigint: true });
  if (!stat.isFile()) {
    closeSync(handle);
    return undefined;
  }
  const etag = `"${[stat.ino, stat.size, stat.mtimeNs].map((part) => part.toString(36)).join("-")}"`;
  return { handle, path, size: Number(stat.size), etag, modified: new Date(Number(stat.mtimeMs)) };
}

function decode(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}
