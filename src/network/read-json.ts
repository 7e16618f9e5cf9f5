/** A response read as JSON, and why it is none. */
import { outsideError } from "../errors";
import type { HttpResponse } from "./request";

/**
 * The JSON object in `response` from `url`. Throws OutsideError `response-redirect` (with the host it points to),
 * `response-status` for any other status than 200, `response-not-json`. No text of the body is quoted.
 */
export function readJson(response: HttpResponse, url: URL): Readonly<Record<string, unknown>> {
  const place = `${url.host}${url.pathname}`;
  if (response.status >= 300 && response.status < 400) {
    throw outsideError(
      "response-redirect",
      `${place} answered ${response.status} with a redirect to ${redirectTarget(response, url)}.`,
      "It is not followed. Use the address that answers without a redirect.",
    );
  }
  if (response.status !== 200) {
    throw outsideError("response-status", `${place} answered ${response.status}.`, statusFix(response.status));
  }
  const document = parse(response.body);
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw outsideError(
      "response-not-json",
      `${place} answered with ${looksLikeHtml(response) ? "an HTML page" : "something"} instead of a JSON object.`,
      "Check for a login page or proxy, and check the address.",
    );
  }
  return document as Readonly<Record<string, unknown>>;
}

/** `host/path` a redirect points to; its query may hold anything and is left out. */
export function redirectTarget(response: HttpResponse, url: URL): string {
  const location = response.headers["location"] ?? "";
  if (!URL.canParse(location, url.href)) return "nowhere";
  const target = new URL(location, url);
  return `${target.host}${target.pathname}`;
}

export function looksLikeHtml(response: HttpResponse): boolean {
  return (
    /html/i.test(response.headers["content-type"] ?? "") ||
    /^\s*</.test(response.body.subarray(0, 64).toString("latin1"))
  );
}

function statusFix(status: number): string {
  if (status === 429 || status === 503) return "It is busy: try again in a minute.";
  if (status === 404) return "Check the host and the path.";
  return status >= 500 ? "The server has a problem: try again later." : "Check the address and the identity.";
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
