/** The HTTP server of the sandbox: on loopback only, for loopback names only, bounded in size and time. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { listenOnLoopback } from "../network/loopback-server";
import { isLoopback } from "../network/proxy";
import { headersOf } from "../network/request";
import { type Exchange, jsonReply, type Reply } from "./exchange";

/** A web identity token has at most 20,000 characters, three times that when each is percent-encoded. */
const MAX_BODY_BYTES = 128 * 1024;
/** From the first byte of a request to its last, and to the end of its headers, milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 5_000;
/** Connections waiting to be accepted: more than a burst of tests opens at once. */
const BACKLOG = 2048;

export interface RunningServer {
  /** `http://127.0.0.1:<port>`, or https; without the port where it is https' own. */
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

export interface RequestHandler {
  /** May fail: the caller gets 500, and `onFault` the reason. */
  readonly answer: (exchange: Exchange) => Promise<Reply> | Reply;
  /** For a request whose body is too long, and left out. */
  readonly tooLong: (exchange: Exchange, mostBytes: number) => Reply;
  readonly onFault: (error: unknown) => void;
}

/** The server's certificate and its key, PEM. */
export interface TlsCertificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * Starts to listen on 127.0.0.1; port 0: a free one; with `tls` over https alone. Throws OutsideError `port-unusable`.
 */
export async function startServer(port: number, handler: RequestHandler, tls?: TlsCertificate): Promise<RunningServer> {
  const bounds = {
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: 1000,
    keepAliveTimeout: 5_000,
  };
  const listener: RequestListener = (request, response) => {
    response.on("error", () => undefined);
    serve(request, response, handler).catch((error: unknown) => {
      if (!request.destroyed) handler.onFault(error);
      if (response.headersSent) response.destroy();
      else
        send(
          response,
          request.method,
          jsonReply(500, { error: "server_error", error_description: "The sandbox failed." }),
        );
    });
  };
  const server =
    tls === undefined
      ? createServer(bounds, listener)
      : createTlsServer({ ...bounds, handshakeTimeout: HEADERS_TIMEOUT_MS, cert: tls.cert, key: tls.key }, listener);
  const { host, stop } = await listenOnLoopback(server, port, BACKLOG);
  // as URLs are written: clients compare them as text
  return { origin: new URL(`${tls === undefined ? "http" : "https"}://${host}`).origin, stop };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { answer, tooLong }: RequestHandler,
): Promise<void> {
  const body = await bodyOf(request);
  const [path, query] = splitOnce(request.url ?? "/");
  const exchange: Exchange = {
    method: request.method ?? "GET",
    path,
    query: new URLSearchParams(query),
    headers: headersOf(request),
    body: body ?? "",
  };
  // the rest of the body is dropped with the connection
  if (body === undefined) response.shouldKeepAlive = false;
  const reply = !isForLoopback(exchange.headers["host"])
    ? jsonReply(421, {
        error: "invalid_request",
        error_description: "The sandbox answers requests for loopback names only: use 127.0.0.1 or localhost.",
      })
    : body === undefined
      ? tooLong(exchange, MAX_BODY_BYTES)
      : await answer(exchange);
  send(response, request.method, reply);
}

/** A page in a browser reaches this port under its own name (DNS rebinding), and must not get the secrets. */
function isForLoopback(host: string | undefined): boolean {
  const [, name] = /^(\[[^\]]*\]|[^:]*)(?::[0-9]{1,5})?$/.exec(host ?? "") ?? [];
  return name !== undefined && isLoopback(name.toLowerCase());
}

/** Undefined where it is too long; the rest is then not read. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers["content-length"] ?? "0") > MAX_BODY_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) {
        request.pause();
        resolve(undefined);
      } else chunks.push(chunk);
    });
    request.once("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.once("error", reject);
    request.once("close", () => reject(new Error("cut short")));
  });
}

function splitOnce(url: string): readonly [string, string] {
  const at = url.indexOf("?");
  return at < 0 ? [url, ""] : [url.slice(0, at), url.slice(at + 1)];
}

function send(response: ServerResponse, method: string | undefined, reply: Reply): void {
  response.writeHead(reply.status, { ...reply.headers, "content-length": Buffer.byteLength(reply.body) });
  response.end(method === "HEAD" ? undefined : reply.body);
}
