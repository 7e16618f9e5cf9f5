/** Credentials over loopback, as AWS' container endpoint gives them: SDKs come back for more while the program runs. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { FederationError } from "../errors";
import { listenOnLoopback } from "../network/loopback-server";
import type { CachedSession } from "./cached-session";

export interface CredentialServer {
  /** For AWS_CONTAINER_CREDENTIALS_FULL_URI. */
  readonly url: string;
  /** For AWS_CONTAINER_AUTHORIZATION_TOKEN. */
  readonly authorization: string;
  readonly stop: () => Promise<void>;
}

/**
 * Serves what `session` gives on a free loopback port, to those who know the authorization token, and to no one whose
 * `Host` is another (a browser lured here by DNS). An error is reported by its code alone.
 */
export async function serveCredentials(session: () => Promise<CachedSession>): Promise<CredentialServer> {
  const authorization = randomBytes(32).toString("base64url");
  const path = `/${randomBytes(16).toString("base64url")}`;
  let host = "";
  const server = createServer((request, response) => {
    void respond(request, response).catch(() => response.destroy());
  });
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    request.resume();
    if (request.headers.host !== host || request.method !== "GET" || request.url !== path)
      return send(response, 404, { code: "not-found", message: "Not found." });
    if (!sameText(request.headers.authorization ?? "", authorization))
      return send(response, 401, { code: "unauthorized", message: "The authorization token does not match." });
    try {
      const found = await session();
      send(response, 200, {
        AccessKeyId: found.accessKeyId,
        SecretAccessKey: found.secretAccessKey,
        Token: found.sessionToken,
        Expiration: new Date(found.expires).toISOString().replace(/\.\d+Z$/, "Z"),
        ...(found.of.role === null ? {} : { RoleArn: found.of.role }),
      });
    } catch (error) {
      send(
        response,
        500,
        error instanceof FederationError
          ? { code: error.code, message: error.problem.message }
          : { code: "internal", message: "Unexpected error." },
      );
    }
  };
  const listening = await listenOnLoopback(server);
  host = listening.host;
  return { url: `http://${host}${path}`, authorization, stop: listening.stop };
}

function send(response: ServerResponse, status: number, document: unknown): void {
  const body = JSON.stringify(document);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
  });
  response.end(body);
}

function sameText(given: string, wanted: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(wanted);
  return left.length === right.length && timingSafeEqual(left, right);
}
