/**
 * Takes a pasted URL apart by hand. Not with `new URL`, which repairs what we want to refuse: it reads `0x7f.1` as an
 * address, `\` as `/`, drops tabs and `:443`, and turns look-alike letters into other hosts.
 */
import type { ErrorCode, InputError } from "../errors";
import { showInvisible } from "../text/escape";
import { quoted } from "../text/text-rule";
import { MAX_ISSUER_LENGTH } from "./rules";

export interface SplitUrl {
  /** What is between `//` and the path, as typed; no user information and no port. */
  readonly authority: string;
  readonly path: string;
  /** Without `?`; undefined: there is none. */
  readonly query: string | undefined;
  /** Whether there was one (`#…`): a browser shows one on many pages of a workspace. */
  readonly fragment: boolean;
  readonly schemeAdded: boolean;
}

type Refusal = (code: ErrorCode, message: string, fix: string) => InputError;

/** A pasted URL longer than this is not looked at. */
const MAX_PASTED_LENGTH = 2048;

/**
 * Throws what `refusal` makes of: host-empty, issuer-too-long, issuer-unreadable, issuer-not-https,
 * issuer-has-user-info, host-is-ip-address, issuer-has-port.
 */
export function splitUrl(pasted: string, refusal: Refusal): SplitUrl {
  const text = pasted.trim();
  if (text === "")
    throw refusal("host-empty", "The URL is empty.", "Paste the address of your workspace or account console.");
  if (text.length > MAX_PASTED_LENGTH)
    throw refusal(
      "issuer-too-long",
      `The URL has ${text.length} characters.`,
      `An issuer has at most ${MAX_ISSUER_LENGTH}.`,
    );
  if (/[\s\\]/.test(text) || showInvisible(text) !== text) throw unreadable(pasted, refusal);

  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  if (scheme !== undefined && scheme.toLowerCase() !== "https") {
    throw refusal(
      "issuer-not-https",
      `The URL starts with ${quoted(`${scheme}://`)}; AWS accepts https only.`,
      "Use https://.",
    );
  }
  const rest = scheme === undefined ? text.replace(/^\/\//, "") : text.slice(scheme.length + 3);
  const [, authority = "", path = "", query, fragment] =
    /^([^/?#]*)((?:\/[^?#]*)?)(?:\?([^#]*))?(#.*)?$/s.exec(rest) ?? [];
  if (authority === "") throw unreadable(pasted, refusal);
  if (authority.includes("@"))
    throw refusal(
      "issuer-has-user-info",
      "The URL contains user information before the host.",
      "Remove everything up to the @.",
    );
  if (authority.startsWith("[") || /^[0-9a-f]*(?::[0-9a-f]*){2,}$/i.test(authority)) {
    throw refusal(
      "host-is-ip-address",
      `${quoted(authority)} is an IP address; AWS requires a host name.`,
      "Use the host's name.",
    );
  }
  if (/^(?!https?:)[^:'"<(]+:[0-9]*$/i.test(authority))
    throw refusal(
      "issuer-has-port",
      `The URL names a port (${quoted(authority)}); IAM allows none.`,
      "Remove the port.",
    );
  // `https:host`, `https:/host`: a scheme without its two slashes
  if (authority.includes(":")) throw unreadable(pasted, refusal);
  return { authority, path, query, fragment: fragment !== undefined, schemeAdded: scheme === undefined };
}

function unreadable(pasted: string, refusal: Refusal): InputError {
  return refusal(
    "issuer-unreadable",
    `${quoted(pasted)} is not a URL.`,
    'Paste it like "https://mycompany.cloud.databricks.com/oidc".',
  );
}
