/** Checks a token's signature against a JWKS the way STS does. Pure but for jose's cryptography. */
import { flattenedVerify, importJWK } from "jose";
import type { JWK } from "jose";
import type { ReadToken } from "./read-token";

export const ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"] as const;

/** Recorded: with more RSA keys than this STS finds none for an RSA token. */
export const MAX_RSA_KEYS = 100;

/**
 * `verified`; `no-key`: no key of that `kid` that may be used; `bad-key`: the key carries `key_ops`; `bad-signature`:
 * it
 * does not verify; `bad-header`: `crit`, or an algorithm STS does not take.
 */
export type SignatureVerdict = "verified" | "no-key" | "bad-key" | "bad-signature" | "bad-header";

type VerifyingKey = Awaited<ReturnType<typeof importJWK>>;

/** Keys found and made ready once: importing costs more than verifying. */
export interface KeySet {
  /** `<kty> <kid>` -> the key. Of keys with one `kid` the last counts, as of members of one name. */
  readonly keys: ReadonlyMap<string, JWK>;
  readonly rsaKeys: number;
  readonly imported: Map<string, VerifyingKey>;
}

/** A JWKS document (`{keys: […]}`) as a key set; anything else is a set without keys. */
export function keySet(jwks: unknown): KeySet {
  const listed: unknown =
    typeof jwks === "object" && jwks !== null ? (jwks as { readonly keys?: unknown }).keys : undefined;
  const keys = new Map<string, JWK>();
  let rsaKeys = 0;
  for (const entry of Array.isArray(listed) ? (listed as readonly unknown[]) : []) {
    if (typeof entry !== "object" || entry === null) continue;
    const key = entry as JWK;
    if (key.kty === "RSA") rsaKeys += 1;
    if (typeof key.kid === "string" && key.use !== "enc") keys.set(`${String(key.kty)} ${key.kid}`, key);
  }
  return { keys, rsaKeys, imported: new Map() };
}

/** Judges the signature of `token`. Never throws. */
export async function verifySignature(token: ReadToken, set: KeySet): Promise<SignatureVerdict> {
  const { alg, kid, crit } = token.header;
  if (crit !== undefined) return "bad-header";
  const algorithm = ALGORITHMS.find((known) => known === alg);
  if (algorithm === undefined) return "bad-header";
  if (typeof kid !== "string") return "no-key";
  const kty = algorithm.startsWith("RS") ? "RSA" : "EC";
  if (kty === "RSA" && set.rsaKeys > MAX_RSA_KEYS) return "no-key";
  const key = set.keys.get(`${kty} ${kid}`);
  if (key === undefined) return "no-key";
  if (key.key_ops !== undefined) return "bad-key";
  if (key.alg !== undefined && key.alg !== algorithm) return "bad-signature";
  try {
    const name = `${algorithm} ${kid}`;
    let ready = set.imported.get(name);
    if (ready === undefined) set.imported.set(name, (ready = await importJWK(key, algorithm)));
    // the algorithm is the token's, held to the list above, and jose holds the key to it
    await flattenedVerify(token.parts, ready);
    return "verified";
  } catch {
    return "bad-signature";
  }
}
