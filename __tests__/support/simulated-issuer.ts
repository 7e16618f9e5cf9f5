/**
 * A Databricks workspace as it answers on a good day: host metadata, discovery document, keys, and tokens signed by
 * them.
 */
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { json } from "./fault-server";
import type { Plays } from "./simulated-internet";

export const HOST = "mycompany.cloud.databricks.com";
/** Where a workspace's keys really are: on a host of its region. */
export const KEYS_HOST = "oregon.cloud.databricks.com";
export const ISSUER = `https://${HOST}/oidc`;
export const DISCOVERY = `${HOST}/oidc/.well-known/openid-configuration`;
export const CONFIG = `${HOST}/.well-known/databricks-config`;
export const KEYS = `${KEYS_HOST}/oidc/jwks.json`;
/** The service principal of the committed federation. */
export const SUBJECT = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const AUDIENCE = "1444828305810485";

export const DISCOVERY_DOCUMENT = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/v1/authorize`,
  token_endpoint: `${ISSUER}/v1/token`,
  jwks_uri: `https://${KEYS}`,
  scopes_supported: ["all-apis", "email", "offline_access", "openid", "profile", "sql"],
  response_types_supported: ["code", "id_token"],
  grant_types_supported: ["client_credentials", "authorization_code", "refresh_token"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
  claims_supported: [
    "iss",
    "sub",
    "aud",
    "iat",
    "exp",
    "jti",
    "name",
    "family_name",
    "given_name",
    "preferred_username",
  ],
} as const;

export const CONFIG_DOCUMENT = {
  oidc_endpoint: `https://${HOST}/oidc`,
  account_id: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
  workspace_id: AUDIENCE,
  cloud: "aws",
  host_type: "workspace",
} as const;

export interface SimulatedIssuer {
  /** `{keys: […]}` */
  readonly keys: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly plays: Plays;
  readonly token: (
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ) => Promise<string>;
}

export async function simulatedIssuer(): Promise<SimulatedIssuer> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const kid = "ab".repeat(32);
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid, use: "sig", alg: "RS256" }] };
  return {
    keys,
    plays: { [CONFIG]: json(CONFIG_DOCUMENT), [DISCOVERY]: json(DISCOVERY_DOCUMENT), [KEYS]: json(keys) },
    token: (claims = {}, header = {}) => {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({
        iss: ISSUER,
        sub: SUBJECT,
        aud: AUDIENCE,
        iat: now,
        exp: now + 3600,
        jti: "j",
        client_id: SUBJECT,
        scope: "openid",
        ...claims,
      })
        .setProtectedHeader({ alg: "RS256", kid, typ: "at+jwt", ...header })
        .sign(privateKey);
    },
  };
}
