/** Which proxy a request goes through, by the variables every tool knows, and the tunnel to it. */
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import type { Socket } from "node:net";
import { InputError, OutsideError } from "../errors";

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
    throw new InputError([
      {
        code: "proxy-invalid",
        message: "HTTPS_PROXY is no http:// or https:// URL.",
        fix: "Write it like http://proxy.example.com:3128.",
      },
    ]);
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

/** The port a URL means. */
export function portOf(url: URL): number {
  return url.port !== "" ? Number(url.port) : url.protocol === "http:" ? 80 : 443;
}

/**
 * A socket to `target` through `proxy` (CONNECT). The tunnel carries TLS only, so the proxy never sees a secret.
 * Throws OutsideError `proxy-refused`, or Node's own network errors.
 */
export function openTunnel(
  proxy: URL,
  target: URL,
  ca: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Socket> {
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
        new OutsideError([
          {
            code: "proxy-refused",
            message:
              `The proxy ${proxy.host} answered ${response.statusCode ?? "nothing"} to a connection ` +
              `to ${authority}.`,
            fix:
              response.statusCode === 407
                ? "Put the user and password into HTTPS_PROXY, or ask for an exemption."
                : "Ask whoever runs the proxy, or name the host in NO_PROXY.",
          },
        ]),
      );
    });
    tunnel.once("response", (response) => {
      response.resume();
      reject(
        new OutsideError([
          {
            code: "proxy-refused",
            message: `The proxy ${proxy.host} does not tunnel (answered ${response.statusCode ?? "nothing"}).`,
            fix: "Use a proxy that supports CONNECT.",
          },
        ]),
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
