/** Reads a compact JWS without trusting it: bounded, strict, and with a word for everything that is no JWT. Pure. */

/** What a token claims. Nothing is verified here. */
export interface ReadToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** `header.payload`, as signed. */
  readonly signingInput: string;
  readonly signature: Uint8Array;
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
  if (/^(?:dapi|dkea|dose)[0-9a-f-]*/i.test(text)) {
    return no("opaque", "It is an opaque Databricks token (a personal access token or a notebook's own), not a JWT: exchange it at /oidc/v1/token first.");
  }
  if (text.length > MAX_TOKEN_CHARACTERS) return no("too-long", `It has ${text.length} characters; STS takes ${MAX_TOKEN_CHARACTERS}.`);
  const parts = text.split(".");
  if (parts.length !== 3) return no("malformed", parts.length === 5 ? "It is encrypted (five parts); STS takes signed tokens." : `It has ${parts.length} parts separated by dots; a JWT has three.`);
  const [header = "", payload = "", signature = ""] = parts;
  const headerObject = jsonObject(header);
  if (headerObject === null) return no("malformed", "Its header is no JSON object in base64url.");
  const claims = jsonObject(payload);
  if (claims === null) return no("malformed", "Its payload is no JSON object in base64url.");
  const signatureBytes = base64url(signature);
  if (signatureBytes === null) return no("malformed", "Its signature is no base64url.");
  return { ok: true, token: { header: headerObject, claims, signingInput: `${header}.${payload}`, signature: signatureBytes } };
}

function no(kind: NotAToken["kind"], why: string): TokenReading {
  return { ok: false, not: { kind, why } };
}

function base64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function jsonObject(part: string): Readonly<Record<string, unknown>> | null {
  const bytes = base64url(part);
  if (bytes === null) return null;
  try {
    const text = utf8.decode(bytes);
    if (nesting(text) > MAX_NESTING) return null;
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

/** The deepest nesting of brackets outside strings; JSON.parse recurses, so it is counted first. */
function nesting(json: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (inString) {
      if (character === "\\") at += 1;
      else if (character === "\"") inString = false;
    } else if (character === "\"") inString = true;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, (depth += 1));
    else if (character === "}" || character === "]") depth -= 1;
  }
  return deepest;
}
