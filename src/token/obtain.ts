/** Obtains a Databricks token from the source chosen for this machine. */
import type { Secret } from "../text/secret";
import { chooseSource, type ChosenSource, looksLikeJwt, type TokenOptions } from "./choose-source";
import { readToken } from "../sts/read-token";
import { factsOf } from "../sts/request-keys";
import { requestSubjectToken } from "./subject-token";
import { requestCliToken } from "./databricks-cli";
import { requestToken } from "./request-token";
import type { OAuthGrant, TokenEndpoint } from "./token-endpoint";

/**
 * The narrowest scope a workspace's discovery document lists: the token says who it is and opens no API. AWS needs no
 * more. Databricks' own SDKs ask for `all-apis`.
 */
export const DEFAULT_SCOPE = "openid";
const DEFAULT_TIMEOUT_MS = 20_000;

export interface ObtainedToken extends Pick<ChosenSource, "source" | "place" | "skipped"> {
  /** A JWT, or an opaque token where `opaque` says so. */
  readonly token: Secret;
  readonly opaque: boolean;
  /** Whose token of another issuer it was exchanged for; null: it was not. */
  readonly exchanged: { readonly issuer: string | null; readonly subject: string | null } | null;
}

/**
 * A Databricks token. Errors as of `chooseSource` and `requestToken`; OutsideError databricks-cli-failed.
 *
 * @example
 * const { token, source } = await obtainToken({ environment: processEnvironment() });
 */
export async function obtainToken(options: TokenOptions): Promise<ObtainedToken> {
  const { source, place, grant, skipped } = chooseSource(options);
  const { environment, scope = DEFAULT_SCOPE, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const { env } = environment;
  const request = (oauthGrant: OAuthGrant, endpoint: TokenEndpoint): Promise<Secret> =>
    requestToken(endpoint, oauthGrant, { scope, env, timeoutMs });
  let exchanged: ObtainedToken["exchanged"] = null;
  const obtain = async (): Promise<Secret> => {
    switch (grant.kind) {
      case "given":
        return grant.token;
      case "login":
        return requestCliToken(grant.login, { env, timeoutMs });
      case "client-credentials":
        return request(grant, grant.endpoint);
      case "ambient":
        return request({ kind: "ambient", subject: grant.token }, grant.endpoint);
      case "federated": {
        const { endpoint, clientId } = grant;
        const subject =
          "token" in grant.subject
            ? grant.subject.token
            : await requestSubjectToken(grant.subject, endpoint, environment, timeoutMs);
        const reading = readToken(subject.reveal());
        if (reading.ok) exchanged = factsOf(reading.token.claims);
        return request({ kind: "federated", subject, clientId }, endpoint);
      }
    }
  };
  const token = await obtain();
  return { token, source, place, skipped, opaque: !looksLikeJwt(token.reveal()), exchanged };
}
