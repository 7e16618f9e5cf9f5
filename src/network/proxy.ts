/** How a request leaves this machine: the proxy and the certificate authorities, by the variables every tool knows. */
import { readFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import type { Socket } from "node:net";
import { rootCertificates } from "node:tls";
import { inputError, outsideError } from "../errors";

type Env = Readonly<Record<string, string | undefined>>;

/** Loopback never leaves the machine: it is exempt from proxies, and the only place plain http may go. */
export function isLoopback(host: string): boolean {
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    /^127(?:\.[0-9]{1,3}){3}$/.test(host) ||
    host === "[::1]" ||
    host === "::1"
  );
}

/**
 * The proxy for `url`: HTTPS_PROXY (or ALL_PROXY), lower case first, unless NO_PROXY names the host; undefined: none.
 * Throws InputError `proxy-invalid`.
 */
export function proxyFor(url: URL, env: Env): URL | undefined {
  if (isLoopback(url.hostname)) return undefined;
  const named = env["https_proxy"] ?? env["HTTPS_PROXY"] ?? env["all_proxy"] ?? env["ALL_PROXY"];
  if (named === undefined || named.trim() === "" || exempt(url, env["no_proxy"] ?? env["NO_PROXY"] ?? ""))
    return undefined;
  const written = named.includes("://") ? named : `http://${named}`;
  const proxy = URL.canParse(written) ? new URL(written) : undefined;
  if (proxy === undefined || !/^https?:$/.test(proxy.protocol) || proxy.hostname === "") {
    // not quoted: a proxy's URL may hold a password
    throw inputError(
      "proxy-invalid",
      "HTTPS_PROXY is not an http:// or https:// URL.",
      "Write it like http://proxy.example.com:3128.",
    );
  }
  return proxy;
}

function exempt(url: URL, list: string): boolean {
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = "", port] = /^\*?\.?([^:]+)(?::([0-9]+))?$/.exec(entry.toLowerCase()) ?? [];
      if (port !== undefined && port !== (url.port === "" ? "443" : url.port)) return false;
      return name !== "" && (url.hostname === name || url.hostname.endsWith(`.${name}`));
    });
}

/** Variables that name a file of further authorities; Node reads the first by itself, the others are other tools'. */
export const CA_VARIABLES = [
  "NODE_EXTRA_CA_CERTS",
  "AWS_CA_BUNDLE",
  "SSL_CERT_FILE",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
] as const;

/** The authorities to trust, in PEM: Node's with those of the files that CA_VARIABLES name; undefined: only Node's. */
function certificateAuthorities(env: Env): readonly string[] | undefined {
  const files = new Map<string, string>();
  for (const name of CA_VARIABLES) {
    const file = env[name];
    if (file !== undefined && file !== "" && !files.has(file)) files.set(file, name);
  }
  if (files.size === 0) return undefined;
  const read = ([file, name]: readonly [string, string]): string => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      throw inputError(
        "ca-file-unreadable",
        `The certificate file ${file} of ${name} cannot be read.`,
        `Correct ${name}.`,
      );
    }
  };
  return [...rootCertificates, ...[...files].map(read)];
}

/** How a request gets to its host. */
export interface Route {
  readonly proxy: URL | undefined;
  /** The authorities to trust, in PEM; undefined: only Node's. */
  readonly ca: readonly string[] | undefined;
  /** A connection to the host through the proxy, for TLS. */
  readonly tunnel: Socket | undefined;
}

/**
 * The route to `url`, with the tunnel through a proxy open. Throws InputError `tls-verification-off`, `proxy-invalid`,
 * `ca-file-unreadable`; OutsideError `proxy-refused`, or Node's own network errors.
 */
export async function openRoute(url: URL, env: Env, signal: AbortSignal): Promise<Route> {
  // Node takes any certificate then: the secret would go to any server that answers
  if (url.protocol === "https:" && env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0")
    throw inputError(
      "tls-verification-off",
      `NODE_TLS_REJECT_UNAUTHORIZED=0 disables certificate checks: anyone could answer for ${url.host}.`,
      "Unset it. Name a private certificate authority in NODE_EXTRA_CA_CERTS.",
    );
  const proxy = proxyFor(url, env);
  const ca = url.protocol === "https:" || proxy !== undefined ? certificateAuthorities(env) : undefined;
  return { proxy, ca, tunnel: proxy === undefined ? undefined : await openTunnel(proxy, url, ca, signal) };
}

/** The port of a URL, also where it is the default. */
export function portOf(url: URL): number {
  return url.port !== "" ? Number(url.port) : url.protocol === "http:" ? 80 : 443;
}

/** A socket to `target` through `proxy` (CONNECT). The tunnel carries TLS only, so the proxy never sees a secret. */
function openTunnel(proxy: URL, target: URL, ca: readonly string[] | undefined, signal: AbortSignal): Promise<Socket> {
  const authority = `${target.hostname}:${portOf(target)}`;
  const send = proxy.protocol === "https:" ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const tunnel = send({
      host: proxy.hostname,
      port: portOf(proxy),
      method: "CONNECT",
      path: authority,
      agent: false,
      signal,
      headers: { host: authority, ...authorization(proxy) },
      ...(ca === undefined ? {} : { ca: [...ca] }),
    });
    tunnel.once("connect", (response, socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(
        outsideError(
          "proxy-refused",
          `The proxy ${proxy.host} answered ${response.statusCode ?? "nothing"} to a connection to ${authority}.`,
          response.statusCode === 407
            ? "Put the user and password into HTTPS_PROXY, or ask for an exemption."
            : "Ask the proxy's administrator, or name the host in NO_PROXY.",
        ),
      );
    });
    tunnel.once("response", (response) => {
      response.resume();
      reject(
        outsideError(
          "proxy-refused",
          `The proxy ${proxy.host} does not tunnel (answered ${response.statusCode ?? "nothing"}).`,
          "Use a proxy that supports CONNECT.",
        ),
      );
    });
    tunnel.once("error", reject);
    tunnel.end();
  });
}

function authorization(proxy: URL): Readonly<Record<string, string>> {
  if (proxy.username === "") return {};
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` };
}
