/** A server on loopback that misbehaves in every way a network does, and remembers what it was sent. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type Play = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export interface FaultServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly received: readonly Received[];
  play: Play;
  readonly stop: () => Promise<void>;
}

/** Starts one; `play` answers and may be replaced at any time. */
export async function startFaultServer(play: Play): Promise<FaultServer> {
  const received: Received[] = [];
  const holder = { play };
  const server: Server = createServer((request, response) => {
    let body = "";
    response.on("error", () => undefined);
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString("utf8");
    });
    request.on("end", () => {
      received.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      holder.play(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    get play() {
      return holder.play;
    },
    set play(next: Play) {
      holder.play = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Answers with `value` as JSON. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Play {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(value));
  };
}

/** What a network may do instead of answering. Each with the codes that tell it, one of which must come out. */
export const FAULTS: Readonly<Record<string, { readonly play: Play; readonly codes: readonly string[] }>> = {
  reset: {
    play: (request) => {
      request.socket.resetAndDestroy();
    },
    codes: ["network-reset"],
  },
  hang: { play: () => undefined, codes: ["network-timeout"] },
  "slow drip": {
    play: (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const drip = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(drip));
    },
    codes: ["network-timeout"],
  },
  "429": {
    play: json({ error: "too_many" }, 429, { "retry-after": "1" }),
    codes: ["response-status", "token-refused", "aws-throttled"],
  },
  "503": {
    play: (_request, response) => {
      response.writeHead(503).end("busy");
    },
    codes: ["response-status", "aws-refused"],
  },
  "HTML instead of JSON": {
    play: (_request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<html><body>Sign in</body></html>");
    },
    codes: ["response-not-json", "aws-answer-unreadable"],
  },
  "redirect to another host": {
    play: (_request, response) => {
      response
        .writeHead(302, {
          location: "https://elsewhere.example.com/login.html?error=private-link-validation-error:1444828305810485",
        })
        .end();
    },
    codes: ["response-redirect", "aws-refused"],
  },
  "oversized body": {
    play: (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const block = Buffer.alloc(64 * 1024, 32);
      const pour = (): void => {
        while (!response.destroyed && response.write(block));
        if (!response.destroyed) response.once("drain", pour);
      };
      pour();
    },
    codes: ["response-too-large"],
  },
  "cut short": {
    play: (request, response) => {
      response.writeHead(200, { "content-length": "1000", "content-type": "application/json" });
      response.write("{");
      setTimeout(() => request.socket.destroy(), 10);
    },
    codes: ["network-reset"],
  },
  garbage: {
    play: (request) => {
      request.socket.end("SSH-2.0-OpenSSH_9.6\r\n");
    },
    codes: ["network-failed"],
  },
};
