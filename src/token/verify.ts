/** Checks a token's signature against a JWKS the way STS does. Pure but for jose's cryptography. */
import { flattenedVerify, importJWK } from "jose";
import type { JWK } from "jose";
import type { ReadToken } from "./read";

export const ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"] as const;

/** Recorded: with more RSA keys than this STS finds none for an RSA token. */
const MAX_RSA_KEYS = 100;

/**
 * `verified`; `no-key`: no key of that `kid` that may be used; `bad-signature`: it does not verify, or the key carries
 * `key_ops`; `bad-header`: `crit`, or an algorithm STS does not take.
 */
export type SignatureVerdict = "verified" | "no-key" | "bad-signature" | "bad-header";

type VerifyingKey = Awaited<ReturnType<typeof importJWK>>;

/** Keys made ready once: importing costs more than verifying. */
export interface KeySet {
  readonly keys: readonly JWK[];
  readonly imported: Map<string, Promise<VerifyingKey>>;
}

/** A JWKS document (`{keys: […]}`) as a key set; anything else is a set without keys. */
export function keySet(jwks: unknown): KeySet {
  const keys = typeof jwks === "object" && jwks !== null && Array.isArray((jwks as { keys?: unknown }).keys) ? ((jwks as { keys: unknown[] }).keys.filter((key) => typeof key === "object" && key !== null) as JWK[]) : [];
  return { keys, imported: new Map() };
}

/** Judges the signature of `token`. Never throws. */
export async function verifySignature(token: ReadToken, set: KeySet): Promise<SignatureVerdict> {
  const { alg, kid, crit } = token.header;
  if (crit !== undefined) return "bad-header";
  const algorithm = ALGORITHMS.find((known) => known === alg);
  if (algorithm === undefined) return "bad-header";
  if (typeof kid !== "string") return "no-key";
  const kty = algorithm.startsWith("RS") ? "RSA" : "EC";
  if (kty === "RSA" && set.keys.filter((key) => key.kty === "RSA").length > MAX_RSA_KEYS) return "no-key";
  // of keys with one kid the last counts, as of members of one name
  const key = set.keys.filter((candidate) => candidate.kid === kid && candidate.kty === kty && candidate.use !== "enc").at(-1);
  if (key === undefined) return "no-key";
  if (key.key_ops !== undefined && key.key_ops.length > 0) return "bad-signature";
  const cacheKey = `${kid} ${algorithm}`;
  try {
    let ready = set.imported.get(cacheKey);
    if (ready === undefined) {
      ready = importJWK(key, algorithm);
      set.imported.set(cacheKey, ready);
    }
    const [header = "", payload = ""] = token.signingInput.split(".");
    await flattenedVerify({ protected: header, payload, signature: base64url(token.signature) }, await ready, { algorithms: [...ALGORITHMS] });
    return "verified";
  } catch {
    return "bad-signature";
  }
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
