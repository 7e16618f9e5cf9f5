/** Reads a compact JWS without trusting it: bounded, strict, and with a word for everything that is no JWT. Pure. */

/** What a token claims. Nothing is verified here. */
export interface ReadToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** The three parts in base64url, as they stand in the token. */
  readonly parts: { readonly protected: string; readonly payload: string; readonly signature: string };
}

/** Why a text is no JWT. `opaque`: a Databricks token that is not one by design. */
export type NotAToken = { readonly kind: "opaque" | "malformed" | "too-long"; readonly why: string };

export type TokenReading = { readonly ok: true; readonly token: ReadToken } | { readonly ok: false; readonly not: NotAToken };

/** STS AssumeRoleWithWebIdentity: WebIdentityToken has 4 to 20,000 characters. */
export const MAX_TOKEN_CHARACTERS = 20_000;
/** Deeper JSON than this is refused before it is parsed: no token goes beyond a few levels. */
const MAX_NESTING = 32;

/** Reads `text`. Never throws. Of duplicate members the last counts, as recorded of STS. */
export function readToken(text: string): TokenReading {
  if (/^(?:dapi|dkea|dose)/i.test(text)) {
    return no("opaque", "It is an opaque Databricks token (a personal access token or a notebook's own), not a JWT: exchange it at /oidc/v1/token first.");
  }
  if (text.length > MAX_TOKEN_CHARACTERS) return no("too-long", `It has ${text.length} characters; STS takes ${MAX_TOKEN_CHARACTERS}.`);
  const parts = text.split(".");
  if (parts.length !== 3) return no("malformed", parts.length === 5 ? "It is encrypted (five parts); STS takes signed tokens." : `It has ${parts.length === 1 ? "one part" : `${parts.length} parts separated by dots`}; a JWT has three.`);
  const [header = "", payload = "", signature = ""] = parts;
  const headerObject = jsonObject(header);
  if (headerObject === null) return no("malformed", "Its header is no JSON object in base64url.");
  const claims = jsonObject(payload);
  if (claims === null) return no("malformed", "Its payload is no JSON object in base64url.");
  if (base64url(signature) === null) return no("malformed", "Its signature is no base64url.");
  return { ok: true, token: { header: headerObject, claims, parts: { protected: header, payload, signature } } };
}

function no(kind: NotAToken["kind"], why: string): TokenReading {
  return { ok: false, not: { kind, why } };
}

/** Character code -> its six bits; 64 for what is not in the alphabet. */
const SIX_BITS = new Uint8Array(128).fill(64);
for (const [bits, character] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"].entries()) SIX_BITS[character.charCodeAt(0)] = bits;

/** Without padding and without anything but the alphabet (RFC 7515, section 2). */
function base64url(text: string): Uint8Array | null {
  if (text.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let index = 0; index < text.length; index += 1) {
    const next = SIX_BITS[text.charCodeAt(index)] ?? 64;
    if (next === 64) return null;
    held = ((held << 6) | next) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = (held >> bits) & 0xff;
    at += 1;
  }
  return bytes;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function jsonObject(part: string): Readonly<Record<string, unknown>> | null {
  const bytes = base64url(part);
  if (bytes === null || nesting(bytes) > MAX_NESTING) return null;
  try {
    const value = JSON.parse(utf8.decode(bytes)) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

const [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [..."\"\\[]{}"].map((character) => character.charCodeAt(0));

/** The deepest nesting of brackets outside strings; JSON.parse recurses, so it is counted first. */
function nesting(json: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) deepest = Math.max(deepest, (depth += 1));
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
  }
  return deepest;
}
