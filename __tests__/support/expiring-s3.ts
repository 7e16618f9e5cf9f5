/** A local S3 that refuses keys which have ended, as AWS does and moto does not: a reverse proxy before it. */
import { createServer, request } from "node:http";
import { listenOnLoopback } from "../../src/network/loopback-server";

export interface ExpiringS3 {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  /** Access key IDs that were accepted, in the order in which they came. */
  readonly accepted: readonly string[];
  /** Requests with keys that had ended. */
  readonly refused: () => number;
  /**
   * Ends the keys seen so far: now, or once `reads` more objects were read. `then` is called at that moment; requests
   * that are on their way by then are still served. The next one is held for `hold` milliseconds.
   */
  readonly expire: (options?: { readonly reads?: number; readonly then?: () => void; readonly hold?: number }) => void;
  readonly stop: () => Promise<void>;
}

const EXPIRED =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>ExpiredToken</Code>' +
  "<Message>The provided token has expired.</Message></Error>";

/** How long a request that was signed before may be on its way, milliseconds. */
const ON_ITS_WAY_MS = 2000;

/** `upstream`: the address of moto. */
export async function startExpiringS3(upstream: string): Promise<ExpiringS3> {
  const accepted = new Set<string>();
  /** Key -> when it ends, in milliseconds since 1970. */
  const ended = new Map<string, number>();
  let refused = 0;
  let pending: { reads: number; readonly then: () => void; readonly hold: number } | undefined;
  let heldUntil = 0;
  const end = (then: () => void, at: number): void => {
    for (const key of accepted) ended.set(key, Math.min(at, ended.get(key) ?? at));
    pending = undefined;
    then();
  };
  const server = createServer((incoming, outgoing) => {
    const key = /Credential=([^/]+)\//.exec(incoming.headers.authorization ?? "")?.[1] ?? "";
    if (key === "" || (ended.get(key) ?? Infinity) <= Date.now()) {
      refused += 1;
      incoming.resume();
      outgoing.writeHead(400, { "content-type": "application/xml", "content-length": Buffer.byteLength(EXPIRED) });
      outgoing.end(incoming.method === "HEAD" ? undefined : EXPIRED);
      return;
    }
    accepted.add(key);
    const { hostname, port } = new URL(upstream);
    const forwarded = request(
      { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
        if (pending === undefined || incoming.method !== "GET" || (pending.reads -= 1) > 0) return;
        heldUntil = Date.now() + pending.hold;
        end(pending.then, Date.now() + ON_ITS_WAY_MS);
      },
    );
    forwarded.on("error", () => outgoing.destroy());
    setTimeout(() => incoming.pipe(forwarded), heldUntil - Date.now());
  });
  const { host, stop } = await listenOnLoopback(server);
  return {
    endpoint: `http://${host}`,
    get accepted() {
      return [...accepted];
    },
    refused: () => refused,
    expire: ({ reads = 0, then = () => undefined, hold = 0 } = {}) => {
      if (reads === 0) end(then, Date.now());
      else pending = { reads, then, hold };
    },
    stop,
  };
}
