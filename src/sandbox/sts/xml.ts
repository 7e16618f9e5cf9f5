/** STS' answers in the Query protocol's XML. Pure. */
import type { Reply } from "../exchange";

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

/** Elements by name; undefined ones are left out. */
export interface Elements {
  readonly [name: string]: string | number | Elements | undefined;
}

/** Markup, and characters that XML 1.0 cannot hold: controls, non-characters and halves of surrogate pairs. */
const TO_ESCAPE = new RegExp(
  [
    String.raw`[<>&"'\r]`,
    String.raw`[^\t\n\u0020-\ud7ff\ue000-\ufffd\ud800-\udfff]`,
    String.raw`[\ud800-\udbff](?![\udc00-\udfff])`,
    String.raw`(?<![\ud800-\udbff])[\udc00-\udfff]`,
  ].join("|"),
  "g",
);

function escaped(text: string): string {
  return text.replace(TO_ESCAPE, (character) =>
    /[<>&"'\r]/.test(character) ? `&#${character.charCodeAt(0)};` : "\ufffd",
  );
}

function written(elements: Elements): string {
  return Object.entries(elements)
    .map(([name, value]) => {
      if (value === undefined) return "";
      return `<${name}>${typeof value === "object" ? written(value) : escaped(String(value))}</${name}>`;
    })
    .join("");
}

/** `<ActionResponse>` with its result. */
export function stsResult(action: string, result: Elements, requestId: string): Reply {
  const body = written({ [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } });
  return reply(200, `<${action}Response xmlns="${NAMESPACE}">${body}</${action}Response>`, requestId);
}

/** `<ErrorResponse>`, with the HTTP status AWS gives the code. */
export function stsErrorReply(code: string, message: string, requestId: string): Reply {
  const status = STATUS[code] ?? 400;
  const body = written({
    Error: { Type: status >= 500 ? "Receiver" : "Sender", Code: code, Message: message },
    RequestId: requestId,
  });
  return reply(status, `<ErrorResponse xmlns="${NAMESPACE}">${body}</ErrorResponse>`, requestId);
}

const STATUS: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  ExpiredToken: 403,
  InvalidClientTokenId: 403,
  MissingAuthenticationToken: 403,
  RequestEntityTooLarge: 413,
  InternalFailure: 500,
};

function reply(status: number, body: string, requestId: string): Reply {
  return {
    status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId, "cache-control": "no-store" },
    body,
  };
}
