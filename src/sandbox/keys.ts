/** The key pair of the run. As in a region of Databricks all tenants share it, so only `iss` tells them apart. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { DATABRICKS_TOKEN_TYPE } from "../sts/databricks-claims";
import { type KeySet, keySet } from "../sts/verify-signature";
import type { Claims } from "../sts/web-identity";

export interface SigningKeys {
  /** `{keys: […]}`, public parts only. */
  readonly jwks: { readonly keys: readonly JWK[] };
  /** The same, as STS verifies with it. */
  readonly set: KeySet;
  /** Signs claims as they are; `header` is added to alg, typ and kid, and wins over them. */
  readonly sign: (claims: Claims, header?: Readonly<Record<string, unknown>>) => Promise<string>;
}

/** Makes a pair whose `kid` is 64 hex digits, as Databricks' are. It lives in this process and nowhere else. */
export async function makeKeys(alg: "RS256" | "ES384" = "RS256"): Promise<SigningKeys> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const bare = await exportJWK(publicKey);
  const kid = Buffer.from(await calculateJwkThumbprint(bare, "sha256"), "base64url").toString("hex");
  const jwks = { keys: [{ ...bare, kid, use: "sig", alg }] };
  return {
    jwks,
    set: keySet(jwks),
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, typ: DATABRICKS_TOKEN_TYPE, kid, ...header }).sign(privateKey),
  };
}
