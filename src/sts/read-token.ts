/** Reads a compact JWS without trusting it: bounded, strict, with a reason for all that is not a JWT. Pure. */
import { asRecord, type Members, parsedJson } from "../text/members";

/** What a token claims. Nothing is verified here. */
export interface ReadToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** The three parts in base64url, as in the token. */
  readonly parts: { readonly protected: string; readonly payload: string; readonly signature: string };
}

/** Why a text is not a JWT. `opaque`: a Databricks token that is not one by design. */
export type NotAToken = { readonly kind: "opaque" | "malformed" | "too-long"; readonly why: string };

export type TokenReading =
  { readonly ok: true; readonly token: ReadToken } | { readonly ok: false; readonly not: NotAToken };

/** STS AssumeRoleWithWebIdentity: WebIdentityToken has 4 to 20,000 characters. */
export const MAX_TOKEN_CHARACTERS = 20_000;
/** Deeper JSON than this is refused before it is parsed: no token goes beyond a few levels. */
const MAX_NESTING = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Reads `text`. Never throws. Of duplicate members the last counts, as recorded of STS. */
export function readToken(text: string): TokenReading {
  if (/^(?:dapi|dkea|dose)/i.test(text)) {
    return no(
      "opaque",
      "It is an opaque Databricks token (a personal access token or a notebook's own), not a JWT: exchange it " +
        "at /oidc/v1/token first.",
    );
  }
  if (/^\s*[{["]/.test(text.slice(0, 100)))
    return no(
      "malformed",
      "It is JSON around a token, or a quoted one: pass the access_token alone, e.g. by jq -r .access_token.",
    );
  if (text.length > MAX_TOKEN_CHARACTERS)
    return no("too-long", `It has ${text.length} characters; STS accepts ${MAX_TOKEN_CHARACTERS}.`);
  const parts = text.split(".");
  if (parts.length !== 3)
    return no(
      "malformed",
      parts.length === 5
        ? "It is encrypted (five parts); STS accepts signed tokens."
        : `It has ${parts.length === 1 ? "one part" : `${parts.length} parts separated by dots`}; a JWT has three.`,
    );
  const [header = "", payload = "", signature = ""] = parts;
  const headerObject = headerOf(header);
  if (headerObject === null) return no("malformed", "Its header is not a JSON object in base64url.");
  const claims = jsonObject(payload);
  if (claims === null) return no("malformed", "Its payload is not a JSON object in base64url.");
  if (!isBase64url(signature)) return no("malformed", "Its signature is not base64url.");
  return { ok: true, token: { header: headerObject, claims, parts: { protected: header, payload, signature } } };
}

/** An issuer's tokens begin alike, letter for letter, as long as its key stays: the last header read is kept. */
let lastHeader: { readonly part: string; readonly value: Readonly<Record<string, unknown>> | null } = {
  part: "",
  value: null,
};

function headerOf(part: string): Readonly<Record<string, unknown>> | null {
  if (part !== lastHeader.part) lastHeader = { part, value: jsonObject(part) };
  return lastHeader.value;
}

function no(kind: NotAToken["kind"], why: string): TokenReading {
  return { ok: false, not: { kind, why } };
}

/** base64url without padding and without anything but its alphabet (RFC 7515, section 2). */
function isBase64url(text: string): boolean {
  return text.length % 4 !== 1 && /^[A-Za-z0-9_-]*$/.test(text);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of a part, or null where it is no base64url of UTF-8. */
function textOf(part: string): string | null {
  if (!isBase64url(part)) return null;
  // one character a byte
  const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  if (/^[\x00-\x7f]*$/.test(binary)) return binary;
  try {
    return utf8.decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return null;
  }
}

function jsonObject(part: string): Members | null {
  const text = textOf(part);
  if (text === null || (hasManyBrackets(text) && nesting(text) > MAX_NESTING)) return null;
  return asRecord(parsedJson(text)) ?? null;
}

/** Whether there are enough opening brackets for a nesting that is refused; most tokens have one. */
function hasManyBrackets(json: string): boolean {
  let found = 0;
  for (const bracket of ["{", "["])
    for (let at = json.indexOf(bracket); at >= 0 && found <= MAX_NESTING; at = json.indexOf(bracket, at + 1))
      found += 1;
  return found > MAX_NESTING;
}

/** The deepest nesting of brackets outside strings; what recurses over the value later must not overflow. */
function nesting(json: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) deepest = Math.max(deepest, (depth += 1));
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
  }
  return deepest;
}
