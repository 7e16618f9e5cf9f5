/**
 * An internet of the test's own: any https host, played by one TLS server on loopback, reached through a proxy as in a
 * closed company network. What a program does there is real from its own end to the socket.
 */
import type { Server as HttpServer } from "node:http";
import { createServer } from "node:http";
import type { Server as TlsServer } from "node:https";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import type { Authority, ServerCertificate } from "./certificates";
import { makeAuthority, makeCertificate } from "./certificates";
import type { Play, Received } from "./fault-server";
import { temporaryFolder } from "./temporary-folder";

export interface Request extends Received {
  readonly host: string;
}

/** `host` or `host/path` -> what it answers; the longest that fits counts. */
export type Plays = Readonly<Record<string, Play>>;

export interface SimulatedInternet {
  readonly authority: Authority;
  /** HTTPS_PROXY and the authority's certificate file, for a program's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Everything that was asked, by whom it was asked of. */
  readonly requests: Request[];
  /** `host:port` of every tunnel that was asked for. */
  readonly tunnels: string[];
  plays: Plays;
  /** Certificates other than a good one, by host. */
  certificates: Readonly<Record<string, ServerCertificate>>;
  /** What the proxy does instead of tunnelling, by host. */
  tunnelFaults: Readonly<Record<string, (socket: Socket) => void>>;
  readonly stop: () => Promise<void>;
}

export async function startInternet(): Promise<SimulatedInternet> {
  const authority = makeAuthority();
  const state: {
    plays: Plays;
    certificates: Readonly<Record<string, ServerCertificate>>;
    tunnelFaults: Readonly<Record<string, (socket: Socket) => void>>;
  } = { plays: {}, certificates: {}, tunnelFaults: {} };
  const requests: Request[] = [];
  const tunnels: string[] = [];
  const made = new Map<string, ServerCertificate>();
  const certificateOf = (host: string): ServerCertificate => {
    const other = state.certificates[host];
    if (other !== undefined) return other;
    const known = made.get(host) ?? makeCertificate([host], { authority });
    made.set(host, known);
    return known;
  };
  const fallback = makeCertificate(["fallback.example.com"], { authority });
  const tls: TlsServer = createTlsServer(
    {
      ...fallback,
      SNICallback: (host, done) => done(null, createSecureContext({ ...certificateOf(host) })),
    },
    (request, response) => {
      let body = "";
      response.on("error", () => undefined);
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString("utf8");
      });
      request.on("end", () => {
        const host = (request.headers.host ?? "").replace(/:\d+$/, "");
        requests.push({ host, method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
        const place = `${host}${(request.url ?? "").split("?", 1)[0] ?? ""}`;
        const [key] = Object.keys(state.plays)
          .filter(
            (candidate) =>
              place === candidate || place.startsWith(candidate.endsWith("/") ? candidate : `${candidate}/`),
          )
          .sort((left, right) => right.length - left.length);
        const play = key === undefined ? undefined : state.plays[key];
        if (play === undefined) response.writeHead(404, { "content-type": "application/json" }).end("{}");
        else play(request, response, body);
      });
    },
  );
  const open = new Set<Socket>();
  tls.on("tlsClientError", () => undefined);
  const proxy: HttpServer = createServer((_request, response) => {
    response.writeHead(405).end();
  });
  proxy.on("connect", (request, client: Socket) => {
    const authorityAsked = request.url ?? "";
    tunnels.push(authorityAsked);
    client.on("error", () => undefined);
    const fault = state.tunnelFaults[authorityAsked.replace(/:\d+$/, "")];
    if (fault !== undefined) {
      open.add(client);
      return fault(client);
    }
    const upstream = connect((tls.address() as AddressInfo).port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client);
      client.pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => {
        client.destroy();
        upstream.destroy();
      });
      socket.on("close", () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await Promise.all(
    [tls, proxy].map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
  );
  const file = join(temporaryFolder("authority"), "ca.pem");
  writeFileSync(file, authority.certificate);
  return {
    authority,
    requests,
    tunnels,
    env: { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, NODE_EXTRA_CA_CERTS: file },
    get plays() {
      return state.plays;
    },
    set plays(next) {
      state.plays = next;
    },
    get certificates() {
      return state.certificates;
    },
    set certificates(next) {
      state.certificates = next;
    },
    get tunnelFaults() {
      return state.tunnelFaults;
    },
    set tunnelFaults(next) {
      state.tunnelFaults = next;
    },
    stop: async () => {
      for (const socket of open) socket.destroy();
      await Promise.all(
        [tls, proxy].map(
          (server) =>
            new Promise<void>((resolve) => {
              server.closeAllConnections();
              server.close(() => resolve());
            }),
        ),
      );
    },
  };
}
