/**
 * One HTTP exchange, bounded in every direction. Whatever carries a token or a secret goes through here: it never
 * follows a redirect, never speaks plain http off loopback, and ends by its deadline with a coded error.
 */
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { connect as tlsConnect, rootCertificates, type TLSSocket } from "node:tls";
import { type ErrorCode, FederationError, inputError, type OutsideError, outsideError } from "../errors";
import { isLoopback, openRoute, portOf, type Route } from "./proxy";

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PATCH";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** From start to the last byte, milliseconds; default 15,000. */
  readonly timeoutMs?: number;
  /** Of the response's body; default 1 MiB. */
  readonly maxBytes?: number;
  /** Whose certificates are taken: those this machine trusts (default), or only publicly trusted ones. */
  readonly trust?: "machine" | "public";
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Until the last byte. */
  readonly milliseconds: number;
  /** The proxy's host, where one was used. */
  readonly proxy: string | null;
  /** What TLS said; null for plain http. */
  readonly tls: { readonly protocol: string; readonly issuedBy: string; readonly validTo: string } | null;
}

const DEFAULT_TIMEOUT_MS = 15_000;
const DEFAULT_MAX_BYTES = 1024 * 1024;

/**
 * Sends one request and reads the whole response, whatever its status; a redirect is a response like any other.
 * Throws InputError url-not-https, tls-verification-off, proxy-invalid, ca-file-unreadable; OutsideError network-dns,
 * network-refused, network-reset, network-timeout, network-tls, network-failed, response-too-large, proxy-refused.
 */
export async function request(url: URL, options: RequestOptions): Promise<HttpResponse> {
  const loopback = isLoopback(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback)) {
    throw inputError(
      "url-not-https",
      `${url.protocol}//${url.host} is not https.`,
      "Use https; plain http is allowed on loopback only.",
    );
  }
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  const started = performance.now();
  try {
    const route = await openRoute(url, options.env, deadline.signal);
    const response = await exchange(url, options, route, deadline.signal);
    return { ...response, milliseconds: Math.round(performance.now() - started), proxy: route.proxy?.host ?? null };
  } catch (error) {
    if (error instanceof FederationError) throw error;
    throw networkError(error, url, deadline.signal.aborted ? timeoutMs : null);
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(
  url: URL,
  options: RequestOptions,
  { ca, tunnel }: Route,
  signal: AbortSignal,
): Promise<Omit<HttpResponse, "milliseconds" | "proxy">> {
  const trust = options.trust === "public" ? { ca: [...rootCertificates] } : ca === undefined ? {} : { ca: [...ca] };
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? tlsRequest : plainRequest;
    const outgoing = send({
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: portOf(url),
      path: `${url.pathname}${url.search}`,
      method: options.method ?? "GET",
      headers: {
        ...options.headers,
        ...(options.body === undefined ? {} : { "content-length": String(Buffer.byteLength(options.body)) }),
      },
      signal,
      ...trust,
      // with an agent, even `false`, Node would not ask createConnection
      ...(tunnel === undefined
        ? { agent: false }
        : {
            createConnection: () =>
              tlsConnect({ socket: tunnel, servername: url.hostname, ALPNProtocols: ["http/1.1"], ...trust }),
          }),
    });
    outgoing.once("error", (error) => {
      tunnel?.destroy();
      reject(error);
    });
    outgoing.once("response", (response) => {
      const tls = tlsOf(response);
      collect(response, options.maxBytes ?? DEFAULT_MAX_BYTES, url).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: headersOf(response), body, tls }),
        (error: unknown) => {
          outgoing.destroy();
          reject(error);
        },
      );
    });
    outgoing.end(options.body);
  });
}

async function collect(response: IncomingMessage, maxBytes: number, url: URL): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      throw outsideError(
        "response-too-large",
        `${url.host} answered with more than ${maxBytes} bytes.`,
        "This is not what the address should serve; check it.",
      );
    }
    chunks.push(chunk);
  }
  if (!response.complete) throw Object.assign(new Error("cut short"), { code: "ECONNRESET" });
  return Buffer.concat(chunks);
}

/** Names in lower case; repeated headers joined with ", ". */
export function headersOf(response: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}

function tlsOf(response: IncomingMessage): HttpResponse["tls"] {
  const socket = response.socket as Partial<TLSSocket>;
  if (socket.getPeerCertificate === undefined) return null;
  const certificate = socket.getPeerCertificate();
  const issuer = (certificate as { readonly issuer?: { readonly O?: string; readonly CN?: string } }).issuer;
  return {
    protocol: socket.getProtocol?.() ?? "unknown",
    issuedBy: issuer?.O ?? issuer?.CN ?? "unknown",
    validTo: certificate.valid_to ?? "unknown",
  };
}

/** Node's error codes, ours, and what to do. */
const CAUSES: readonly (readonly [RegExp, ErrorCode, (host: string) => string, string])[] = [
  [
    /^(ENOTFOUND|EAI_)/,
    "network-dns",
    (host) => `The host name ${host} cannot be resolved.`,
    "Check the host, or the DNS of this network.",
  ],
  [
    /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)/,
    "network-refused",
    (host) => `${host} does not accept connections from here.`,
    "Check the address, the firewall and HTTPS_PROXY.",
  ],
  [
    /^(ECONNRESET|EPIPE|ECONNABORTED)/,
    "network-reset",
    (host) => `${host} closed the connection.`,
    "Try again; if it continues, check the firewall and the proxy.",
  ],
  [
    /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_MISMATCH)/,
    "network-tls",
    (host) => `TLS with ${host} failed`,
    "If a proxy or private authority signs here, name its certificate in NODE_EXTRA_CA_CERTS. Never switch " +
      "verification off.",
  ],
];

function networkError(error: unknown, url: URL, timedOutAfter: number | null): OutsideError {
  if (timedOutAfter !== null) {
    return outsideError(
      "network-timeout",
      `${url.host} did not finish its response within ${timedOutAfter / 1000} s.`,
      "Check the firewall and HTTPS_PROXY, then try again.",
      undefined,
      error,
    );
  }
  const code = String((error as NodeJS.ErrnoException | undefined)?.code ?? "");
  for (const [pattern, ours, says, fix] of CAUSES) {
    if (!pattern.test(code)) continue;
    const message = ours === "network-tls" ? `${says(url.host)}: ${code}.` : says(url.host);
    return outsideError(ours, message, fix, undefined, error);
  }
  return outsideError(
    "network-failed",
    `The request to ${url.host} failed${code === "" ? "" : ` (${code})`}.`,
    "Try again; if it continues, check for a device in between that breaks HTTP.",
    undefined,
    error,
  );
}
