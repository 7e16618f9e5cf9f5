/** Servers that only this machine reaches. */
import type { Server } from "node:http";
import type { Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { inputError, outsideError } from "../errors";
import { quoted } from "../text/text-rule";

/** Reads `--port`; 0 is a free one. Throws InputError `port-invalid`. */
export function readPort(text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  const fix = "Give a number from 1 to 65535, or 0 for a free port.";
  throw inputError("port-invalid", `${quoted(text)} is not a valid port.`, fix, "port");
}

/**
 * Starts `server` on 127.0.0.1; `backlog`: connections that may wait to be accepted. Returns its address,
 * `127.0.0.1:<port>`, and a function that ends every connection and frees the port. Throws OutsideError
 * `port-unusable`.
 */
export async function listenOnLoopback(
  server: Server | TlsServer,
  port = 0,
  backlog?: number,
): Promise<{ readonly host: string; readonly stop: () => Promise<void> }> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const message =
        cause.code === "EADDRINUSE"
          ? `Port ${port} is already in use.`
          : `Cannot listen on port ${port}: ${cause.code ?? "unknown error"}.`;
      const fix = "Use another port, 0 for a free one, or stop the program that uses it.";
      reject(outsideError("port-unusable", message, fix, "port", cause));
    });
    server.listen({ port, host: "127.0.0.1", ...(backlog === undefined ? {} : { backlog }) }, resolve);
  });
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
