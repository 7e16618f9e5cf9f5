/** Checks a token's signature against a JWKS the way STS does. Pure but for the platform's cryptography (WebCrypto). */
import { importJWK, type JWK } from "jose";
import type { ReadToken } from "./read-token";

export const ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"] as const;
type Algorithm = (typeof ALGORITHMS)[number];

/** Recorded: with more RSA keys than this STS finds none for an RSA token. */
export const MAX_RSA_KEYS = 100;

/**
 * `verified`; `no-key`: no key of that `kid` that may be used; `bad-key`: the key carries `key_ops`; `bad-signature`:
 * it does not verify; `bad-header`: `crit`, or an algorithm STS does not take.
 */
export type SignatureVerdict = "verified" | "no-key" | "bad-key" | "bad-signature" | "bad-header";

/** Keys found and made ready once: importing costs more than verifying. */
export interface KeySet {
  /** `<kty> <kid>` -> the key. Of keys with one `kid` the last counts, as of members of one name. */
  readonly keys: ReadonlyMap<string, JWK>;
  /** The key of a set with one key: it also verifies tokens without `kid` (recorded). */
  readonly only: JWK | null;
  readonly rsaKeys: number;
  /** By algorithm and `kid`; null: it cannot be used with that algorithm. */
  readonly imported: Map<string, CryptoKey | null>;
}

/** A JWKS document (`{keys: […]}`) as a key set; anything else is a set without keys. */
export function keySet(jwks: unknown): KeySet {
  const listed: unknown =
    typeof jwks === "object" && jwks !== null ? (jwks as { readonly keys?: unknown }).keys : undefined;
  const all = (Array.isArray(listed) ? (listed as readonly unknown[]) : []).filter(
    (entry): entry is JWK => typeof entry === "object" && entry !== null,
  );
  const usable = all.filter((key) => typeof key.kid === "string" && key.use !== "enc");
  const [only, ...others] = all;
  return {
    keys: new Map(usable.map((key) => [`${String(key.kty)} ${String(key.kid)}`, key])),
    only: only !== undefined && others.length === 0 && usable.length === 1 ? only : null,
    rsaKeys: all.filter((key) => key.kty === "RSA").length,
    imported: new Map(),
  };
}

/** Checks the signature of `token`. Never throws. */
export async function verifySignature(token: ReadToken, set: KeySet): Promise<SignatureVerdict> {
  const { alg, kid, crit } = token.header;
  const algorithm = ALGORITHMS.find((known) => known === alg);
  if (crit !== undefined || algorithm === undefined) return "bad-header";
  const kty = algorithm.startsWith("RS") ? "RSA" : "EC";
  if (kty === "RSA" && set.rsaKeys > MAX_RSA_KEYS) return "no-key";
  const key = kid === undefined ? set.only : typeof kid === "string" ? set.keys.get(`${kty} ${kid}`) : undefined;
  if (key === undefined || key === null || key.kty !== kty) return "no-key";
  if (key.key_ops !== undefined) return "bad-key";
  const name = `${algorithm} ${String(key.kid)}`;
  let ready = set.imported.get(name);
  if (ready === undefined) set.imported.set(name, (ready = await importKey(key, algorithm)));
  if (ready === null) return "bad-signature";
  const { protected: header, payload, signature } = token.parts;
  const verified = await webCrypto.verify(
    PARAMETERS[algorithm],
    ready,
    bytesOf(atob(signature.replaceAll("-", "+").replaceAll("_", "/"))),
    bytesOf(`${header}.${payload}`),
  );
  return verified ? "verified" : "bad-signature";
}

// the same in Node and in a browser: checking a signature has neither state nor chance
const webCrypto = globalThis.crypto.subtle;

const PARAMETERS: Readonly<Record<Algorithm, { readonly name: string; readonly hash?: string }>> = {
  RS256: { name: "RSASSA-PKCS1-v1_5" },
  RS384: { name: "RSASSA-PKCS1-v1_5" },
  RS512: { name: "RSASSA-PKCS1-v1_5" },
  ES256: { name: "ECDSA", hash: "SHA-256" },
  ES384: { name: "ECDSA", hash: "SHA-384" },
  ES512: { name: "ECDSA", hash: "SHA-512" },
};
/** RFC 7518: RSA keys have 2,048 bits at least. */
const LEAST_RSA_BITS = 2048;

/** The key for `algorithm`, which is the token's: what the key says its own is does not count (recorded). */
async function importKey(key: JWK, algorithm: Algorithm): Promise<CryptoKey | null> {
  try {
    const { alg: _own, ...rest } = key;
    const imported = await importJWK(rest, algorithm);
    if (imported instanceof Uint8Array || !imported.usages.includes("verify")) return null;
    const { modulusLength } = imported.algorithm as { readonly modulusLength?: number };
    return modulusLength !== undefined && modulusLength < LEAST_RSA_BITS ? null : (imported as CryptoKey);
  } catch {
    return null;
  }
}

/** The bytes of a text of one character a byte. */
function bytesOf(binary: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
