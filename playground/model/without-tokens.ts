/** Takes tokens and secrets out of text that was pasted, before anything of it is shown or kept. Pure. */
import { readToken } from "../../src/sts/read-token";
import { hideSecrets } from "../../src/text/secret";

const HIDDEN = "[hidden]";

/** Text without tokens, and what was taken out of it in words; null where nothing was. */
export interface CleanText {
  readonly text: string;
  readonly removed: string | null;
}

/** Tokens in `text`: alone, in quotes, after `Bearer`, in JSON, or one that is wrapped over lines. */
function tokensIn(text: string): readonly string[] {
  const words = text.split(/[^A-Za-z0-9_.-]+/);
  const found = words.filter(isToken);
  const joined = words.join("");
  return found.length === 0 && isToken(joined) ? [joined] : found;
}

function isToken(word: string): boolean {
  return word.length > 20 && word.split(".", 4).length === 3 && readToken(word).ok;
}

/**
 * The text of a field for claims: of a pasted token only its claims stay, as JSON on several lines. Its signature,
 * without which it is of no use, is dropped here.
 */
export function claimsText(text: string): CleanText {
  const [token = withoutSignature(text)] = tokensIn(text);
  const reading = token === undefined ? undefined : readToken(token);
  if (reading?.ok === true) {
    return {
      text: hideSecrets(JSON.stringify(reading.token.claims, null, 2)),
      removed: "You pasted a token. Only its claims were kept; its signature was removed.",
    };
  }
  const { text: clean, removed } = withoutTokens(text);
  const isOpaque = /\b(?:dapi|dkea)/.test(text);
  return { text: clean, removed: removed !== null && isOpaque ? OPAQUE : removed };
}

const OPAQUE =
  "A token was removed. It is an opaque Databricks token without claims, which AWS STS refuses: exchange it for a JWT.";

/** A token whose signature was left out, as one with an empty one. */
function withoutSignature(text: string): string | undefined {
  const word = /^[\s"']*(?:Bearer\s+)?([\w-]+\.[\w-]+)[\s"']*$/i.exec(text)?.[1];
  return word !== undefined && readToken(`${word}.`).ok ? `${word}.` : undefined;
}

/** The text of any other field: a token or secret in it is replaced by `[hidden]`. */
export function withoutTokens(text: string): CleanText {
  const tokens = tokensIn(text);
  // one that is wrapped over lines stands nowhere as it is
  const whole = tokens.some((token) => !text.includes(token));
  const clean = whole ? HIDDEN : hideSecrets(tokens.reduce((rest, token) => rest.replaceAll(token, HIDDEN), text));
  return {
    text: clean,
    removed: clean === text ? null : "A token or secret was removed: nothing here needs one.",
  };
}
