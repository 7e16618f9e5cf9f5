/** Text that must not be printed: it hides itself from every way an object turns into text. */

/** A token, a key or a client secret. `reveal()` is the one way to its text. */
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
  /\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*\.?[A-Za-z0-9_-]*/g,
  /\b(?:dapi|dkea|dose|dsapi)[A-Za-z0-9_-]{8,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g,
  /\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{8,}/gi,
];

/** `text` with whatever looks like a secret replaced by `[hidden]`; its lines stay. */
export function hideSecrets(text: string): string {
  return LOOKS_SECRET.reduce((clean, pattern) => clean.replace(pattern, HIDDEN), text);
}

/**
 * `text` of somebody else (a server, another program) made fit for a message: the given secrets and whatever looks
 * like one replaced by `[hidden]`, control characters dropped, cut at `length` characters.
 */
export function redact(text: string, secrets: readonly (Secret | string | undefined)[] = [], length = 300): string {
  let clean = text;
  for (const entry of secrets) {
    const known = typeof entry === "string" ? entry : (entry?.reveal() ?? "");
    if (known.length < 4) continue;
    for (const form of new Set([known, encodeURIComponent(known), Buffer.from(known).toString("base64")]))
      clean = clean.replaceAll(form, HIDDEN);
  }
  clean = hideSecrets(clean)
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]+/g, " ")
    .trim();
  return clean.length > length ? `${clean.slice(0, length - 3)}...` : clean;
}
