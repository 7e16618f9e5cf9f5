/**
 * Session and refresh tokens of the sandbox carry their own content and a seal of this run, so nothing is stored for
 * them and memory does not grow with the calls.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

export interface Seal {
  /** `value` (plain JSON) as one text without white space. */
  readonly close: (kind: string, value: unknown) => string;
  /** What `close` was given; undefined for anything that this run did not seal, or sealed as another kind. */
  readonly open: (kind: string, text: string) => unknown;
  /** Bytes that only this run can tell from `text`. */
  readonly derive: (purpose: string, text: string) => Buffer;
}

export function makeSeal(): Seal {
  const key = randomBytes(32);
  const derive = (purpose: string, text: string): Buffer =>
    createHmac("sha256", key).update(`${purpose}\0${text}`).digest();
  return {
    derive,
    close: (kind, value) => {
      const body = Buffer.from(JSON.stringify(value)).toString("base64url");
      return `${body}.${derive(kind, body).toString("base64url")}`;
    },
    open: (kind, text) => {
      const [body = "", mark = "", ...more] = text.split(".");
      const given = Buffer.from(mark, "base64url");
      const right = derive(kind, body);
      if (more.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
      return JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as unknown;
    },
  };
}
