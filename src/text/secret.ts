/** Text that must not be printed: it hides itself however an object is turned into text. */
import { replaceInvisible } from "./escape";

/** A token, a key or a client secret. Only `reveal()` returns its text. */
export interface Secret {
  readonly reveal: () => string;
}

const HIDDEN = "[hidden]";

/** Wraps `text`. `String(…)`, templates, `JSON.stringify` and `console.log` of the result say `[hidden]`. */
export function secret(text: string): Secret {
  const hide = (): string => HIDDEN;
  return Object.freeze({
    reveal: () => text,
    toString: hide,
    toJSON: hide,
    [Symbol.for("nodejs.util.inspect.custom")]: hide,
  });
}

/**
 * What secrets look like wherever they come from: JWTs, Databricks' tokens and client secrets, AWS key IDs, `Bearer
 * …`.
 */
const LOOKS_SECRET = [
  /\b(?:dapi|dkea|dose|dsapi)[A-Za-z0-9_-]{8,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g,
  /\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{8,}/gi,
];

/** What may hold a JWT: words of its characters with dots between them, each run as a whole. */
const DOTTED = /(?<![A-Za-z0-9_-])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)+/g;
/** How a JWT's header begins: `{"` in base64url. */
const HEADER = /\beyJ[A-Za-z0-9_-]{5}/;

/** `text` with whatever looks like a secret replaced by `[hidden]`; its lines stay. */
export function hideSecrets(text: string): string {
  return LOOKS_SECRET.reduce((clean, pattern) => clean.replace(pattern, HIDDEN), text.replace(DOTTED, hideTokens));
}

/** `words` with dots between them; a header and the two words after it are hidden. */
function hideTokens(words: string): string {
  const parts = words.split(".");
  const shown: string[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at] ?? "";
    const start = at === parts.length - 1 ? -1 : part.search(HEADER);
    shown.push(start < 0 ? part : `${part.slice(0, start)}${HIDDEN}`);
    if (start >= 0) at += 2;
  }
  return shown.join(".");
}

/**
 * `text` of others (a server, another program) for a message: the given secrets and whatever looks like one replaced
 * by `[hidden]`, each run of invisible characters by a space, cut at `length` characters.
 */
export function redact(text: string, secrets: readonly (Secret | string | undefined)[] = [], length = 300): string {
  let clean = text;
  for (const entry of secrets) {
    const known = typeof entry === "string" ? entry : (entry?.reveal() ?? "");
    if (known.length < 4) continue;
    for (const form of new Set([known, encodeURIComponent(known), base64(known)]))
      clean = clean.replaceAll(form, HIDDEN);
  }
  clean = replaceInvisible(hideSecrets(clean), " ").trim();
  return clean.length > length ? `${clean.slice(0, length - 3)}...` : clean;
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}
