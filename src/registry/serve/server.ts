/** Serves a registry's folder over HTTP on loopback: for trying it, and for tests. Only reads files. */
import { close, createReadStream, readFileSync, realpathSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";
import { inputError } from "../../errors";
import { readText } from "../../files/read-file";
import { listenOnLoopback } from "../../network/loopback-server";
import { MODULES_PATH } from "../tree/address";
import { DISCOVERY } from "../tree/plan";
import { fileResponse } from "./file-response";
import { findFile } from "./find-file";

export interface ServeOptions {
  readonly folder: string;
  /** 0: a free one. */
  readonly port: number;
  /** PEM texts; undefined: plain http. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Called with a line for every response. */
  readonly log?: (line: string) => void;
}

export interface RunningServer {
  /** `https://127.0.0.1:8443`, without a slash. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Throws InputError registry-missing, tls-invalid; OutsideError port-unusable. */
export async function serveRegistry(options: ServeOptions): Promise<RunningServer> {
  const listener = registryListener(options.folder, options.log);
  const server = createListener(options.tls, listener);
  const { host, stop } = await listenOnLoopback(server, options.port);
  return { url: `${options.tls === undefined ? "http" : "https"}://${host}`, close: stop };
}

function createListener(tls: ServeOptions["tls"], listener: RequestListener): Server {
  if (tls === undefined) return createServer(listener);
  try {
    return createTlsServer({ ...tls, minVersion: "TLSv1.2" }, listener);
  } catch (cause) {
    // OpenSSL's message may quote the key file
    throw inputError(
      "tls-invalid",
      "The certificate and the key do not match, or are not PEM.",
      "Give a certificate and its unencrypted key, both as PEM files.",
      "--tls-cert",
      cause,
    );
  }
}

function registryListener(folder: string, log: ServeOptions["log"]): RequestListener {
  const { root, base } = registryRoot(folder);
  return (request, response) => {
    response.once("finish", () => log?.(`${response.statusCode} ${request.method ?? ""} ${shown(request.url ?? "")}`));
    answer(root, base, request, response);
  };
}

/** The folder's real path, and the path it is served under: pages and discovery name it. */
function registryRoot(folder: string): { readonly root: string; readonly base: string } {
  try {
    const root = realpathSync(folder);
    const service = (JSON.parse(readFileSync(join(root, DISCOVERY), "utf8")) as Readonly<Record<string, unknown>>)[
      "modules.v1"
    ];
    if (typeof service === "string" && service.startsWith("/") && service.endsWith(`/${MODULES_PATH}/`))
      return { root, base: service.slice(0, -`${MODULES_PATH}/`.length) };
  } catch {
    // reported below
  }
  throw inputError(
    "registry-missing",
    `There is no registry in ${folder}.`,
    "Name the folder that publish --to wrote.",
    folder,
  );
}

function answer(root: string, base: string, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD", "content-length": "0" }).end();
    return;
  }
  const pathname = (request.url ?? "").split(/[?#]/, 1)[0] ?? "";
  // discovery is at the host's root, wherever the registry is
  const below = pathname.startsWith(base)
    ? pathname.slice(base.length - 1)
    : pathname === `/${DISCOVERY}`
      ? pathname
      : "";
  const file = findFile(root, below);
  if (file === undefined) {
    const body = "Not found\n";
    response.writeHead(404, {
      "content-type": "text/plain; charset=utf-8",
      "content-length": String(body.length),
      "x-content-type-options": "nosniff",
    });
    response.end(request.method === "HEAD" ? undefined : body);
    return;
  }
  const { status, headers, range } = fileResponse(file, request);
  response.writeHead(status, headers);
  if (range === undefined || request.method === "HEAD") {
    close(file.handle);
    response.end();
    return;
  }
  const stream = createReadStream("", { fd: file.handle, start: range.from, end: range.to });
  stream.once("error", () => response.destroy());
  response.once("close", () => stream.destroy());
  stream.pipe(response);
}

/** A requested path, for a terminal. */
function shown(path: string): string {
  return path.replace(/[^!-~]/g, "?").slice(0, 200);
}

/**
 * The PEM texts of `--tls-cert` and `--tls-key`: both or neither. Throws InputError tls-invalid, OutsideError
 * file-not-found, file-unreadable.
 */
export function readTls(
  cert: string | undefined,
  key: string | undefined,
): { readonly cert: string; readonly key: string } | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw inputError(
      "tls-invalid",
      "--tls-cert and --tls-key must be given together.",
      "Give both --tls-cert and --tls-key.",
      cert === undefined ? "--tls-cert" : "--tls-key",
    );
  }
  const fix = "Name a PEM file that you may read.";
  return { cert: readText(cert, fix), key: readText(key, fix) };
}
