/** The claims of a Databricks access token, as the one that was seen decoded had them. Pure. */

export interface DatabricksTokenFacts {
  /** As tokens name it, with `https://`. */
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  /** The OAuth client: `databricks-cli` for a person's login, the application ID of a service principal. */
  readonly clientId: string;
  /** Space-separated. */
  readonly scope: string;
  /** `jti`, a UUID. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** Seconds a Databricks token lives. */
export const DATABRICKS_TOKEN_SECONDS = 3600;
/** `typ` of its header; the algorithm is RS256, and `kid` is 64 hex digits. */
export const DATABRICKS_TOKEN_TYPE = "at+jwt";

/** No `azp`, no `nbf`, `aud` as a text. */
export function databricksClaims(facts: DatabricksTokenFacts): Readonly<Record<string, string | number>> {
  return {
    client_id: facts.clientId,
    scope: facts.scope,
    iss: facts.issuer,
    aud: facts.audience,
    sub: facts.subject,
    iat: facts.now,
    exp: facts.now + DATABRICKS_TOKEN_SECONDS,
    jti: facts.id,
  };
}
