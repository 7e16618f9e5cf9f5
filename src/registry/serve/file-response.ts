/** The response to a request for a file: status and headers. Pure. */
import { ARCHIVE_LOCATION, ARCHIVE_NAME, placeOf } from "../tree/address";

export interface RequestParts {
  readonly method?: string | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface FileFacts {
  /** Below the registry's folder. */
  readonly path: string;
  readonly size: number;
  readonly etag: string;
  readonly modified: Date;
}

export interface FileResponse {
  readonly status: 200 | 206 | 304 | 416;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the file to send, the last one included; undefined: none. */
  readonly range: { readonly from: number; readonly to: number } | undefined;
}

/**
 * Conditional requests and single ranges as RFC 9110 has them: of GET only, and several ranges at once get the whole
 * file.
 */
export function fileResponse(file: FileFacts, { method, headers }: RequestParts): FileResponse {
  const shared = {
    etag: file.etag,
    "last-modified": file.modified.toUTCString(),
    "accept-ranges": "bytes",
    ...fixedHeaders(file.path),
  };
  if (isKnown(text(headers["if-none-match"]), file.etag)) return { status: 304, headers: shared, range: undefined };
  const whole: FileResponse = {
    status: 200,
    headers: { ...shared, "content-length": String(file.size) },
    range: file.size === 0 ? undefined : { from: 0, to: file.size - 1 },
  };
  const ifRange = text(headers["if-range"]);
  const asked =
    method === "GET" && (ifRange === undefined || ifRange === file.etag)
      ? /^bytes=(\d{0,15})-(\d{0,15})$/.exec(text(headers["range"]) ?? "")
      : null;
  if (asked === null || (asked[1] === "" && asked[2] === "")) return whole;
  const range = bounds(asked[1] ?? "", asked[2] ?? "", file.size);
  if (range === "whole") return whole;
  if (range === undefined)
    return {
      status: 416,
      headers: { ...shared, "content-range": `bytes */${file.size}`, "content-length": "0" },
      range,
    };
  return {
    status: 206,
    headers: {
      ...shared,
      "content-range": `bytes ${range.from}-${range.to}/${file.size}`,
      "content-length": String(range.to - range.from + 1),
    },
    range,
  };
}

/** Undefined where the range is outside the file; `whole` where it is invalid and so ignored. */
function bounds(first: string, last: string, size: number): FileResponse["range"] | "whole" {
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? undefined : { from: size - length, to: size - 1 };
  }
  const from = Number(first);
  if (last !== "" && Number(last) < from) return "whole";
  return from >= size ? undefined : { from, to: last === "" ? size - 1 : Math.min(Number(last), size - 1) };
}

function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return (
    ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").some((known) => known.trim().replace(/^W\//, "") === etag)
  );
}

function text(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.join(", ");
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  json: "application/json",
  gz: "application/gzip",
  js: "text/javascript; charset=utf-8",
  md: "text/markdown; charset=utf-8",
};

/** The same for every request of `path`: its type, and for `download` what Terraform looks for. */
export function fixedHeaders(path: string): Readonly<Record<string, string>> {
  const place = placeOf(path);
  const isDownload = place.of === "version" && place.file === "download";
  const isJson = isDownload || (place.of === "module" && place.file === "versions");
  const ending = /\.([a-z]+)$/.exec(path)?.[1] ?? "";
  return {
    "content-type": isJson ? "application/json" : (TYPES[ending] ?? "text/plain; charset=utf-8"),
    "cache-control":
      place.of === "version" && place.file === ARCHIVE_NAME ? "public, max-age=31536000, immutable" : "no-cache",
    "x-content-type-options": "nosniff",
    ...(isDownload ? { "x-terraform-get": ARCHIVE_LOCATION } : {}),
  };
}
