/** What a Databricks host publishes about itself. Production's issuer, and addresses of the sandbox. Pure. */
import { pathOfIssuer, type SimulatedIssuer } from "../directory/directory";

export const SCOPES = ["all-apis", "email", "offline_access", "openid", "profile", "sql"] as const;

/** Keys are on a host of the region, shared by its tenants. No issuer's key has a dot. */
export const JWKS_PATH = "/region.cloud.databricks.com/oidc/jwks.json";

/** `/.well-known/databricks-config` of the issuer's host; without workspace ID where it stands for several. */
export function hostMetadata(
  issuer: SimulatedIssuer,
  { url, isOneOfMany }: { readonly url: string; readonly isOneOfMany: boolean },
): Readonly<Record<string, string>> {
  return {
    oidc_endpoint: issuer.level === "account" ? `${url}/oidc/accounts/{account_id}` : `${url}/oidc`,
    host_type: issuer.level,
    ...(issuer.databricksAccountId === null ? {} : { account_id: issuer.databricksAccountId }),
    ...(issuer.level === "workspace" && !isOneOfMany ? { workspace_id: issuer.audience } : {}),
    cloud: (issuer.cloud ?? "aws").split("-", 1)[0] ?? "aws",
  };
}

/** The discovery document, as a workspace's was seen. `issuer` is production's: tokens carry it. */
export function discoveryDocument(
  issuer: SimulatedIssuer,
  url: string,
  origin: string,
): Readonly<Record<string, unknown>> {
  const base = `${url}${pathOfIssuer(issuer)}`;
  return {
    issuer: issuer.issuer,
    authorization_endpoint: `${base}/v1/authorize`,
    token_endpoint: `${base}/v1/token`,
    jwks_uri: `${origin}${JWKS_PATH}`,
    scopes_supported: SCOPES,
    response_types_supported: ["code", "id_token"],
    response_modes_supported: ["query"],
    grant_types_supported: ["client_credentials", "authorization_code", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
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
  };
}
