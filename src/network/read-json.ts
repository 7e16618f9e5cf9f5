/** An answer read as JSON, and why it is none. */
import { OutsideError } from "../errors";
import type { Answer } from "./request";

/**
 * The JSON object in `answer` from `url`. Throws OutsideError `response-redirect` (with the host it points to),
 * `response-status` for any other status than 200, `response-not-json`. No text of the body is quoted.
 */
export function readJson(answer: Answer, url: URL): Readonly<Record<string, unknown>> {
  const place = `${url.host}${url.pathname}`;
  if (answer.status >= 300 && answer.status < 400) {
    throw new OutsideError([
      {
        code: "response-redirect",
        message: `${place} answered ${answer.status}: go to ${redirectTarget(answer, url)}.`,
        fix: "It is not followed. Use the address that answers by itself.",
      },
    ]);
  }
  if (answer.status !== 200) {
    throw new OutsideError([
      { code: "response-status", message: `${place} answered ${answer.status}.`, fix: statusFix(answer.status) },
    ]);
  }
  const document = parse(answer.body);
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new OutsideError([
      {
        code: "response-not-json",
        message:
          `${place} answered with ${looksLikeHtml(answer) ? "an HTML page" : "something"} instead of a ` +
          `JSON object.`,
        fix: "A log-in page or proxy is in the way, or the address is another.",
      },
    ]);
  }
  return document as Readonly<Record<string, unknown>>;
}

/** `host/path` a redirect points to; its query may hold anything and is left out. */
export function redirectTarget(answer: Answer, url: URL): string {
  const location = answer.headers["location"] ?? "";
  if (!URL.canParse(location, url.href)) return "nowhere";
  const target = new URL(location, url);
  return `${target.host}${target.pathname}`;
}

export function looksLikeHtml(answer: Answer): boolean {
  return (
    /html/i.test(answer.headers["content-type"] ?? "") || /^\s*</.test(answer.body.subarray(0, 64).toString("latin1"))
  );
}

function statusFix(status: number): string {
  if (status === 429 || status === 503) return "It is busy: try again in a minute.";
  if (status === 404) return "Check the host and the path.";
  return status >= 500 ? "It is its fault; try again later." : "Check what is asked of whom.";
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
