/** The OAuth requests to Databricks' token endpoint, by oauth4webapi over our bounded requests. */
import type { AuthorizationServer, Client, ClientAuth } from "oauth4webapi";
import { isLoopback } from "../network/proxy";
import { type HttpResponse, request } from "../network/request";
import { type Secret, secret } from "../text/secret";
import type { OAuthGrant, TokenEndpoint } from "./token-endpoint";
import { tokenRefusal } from "./token-refusal";

const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

export interface RequestTokenOptions {
  /** Space-separated. */
  readonly scope: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All attempts together, milliseconds. */
  readonly timeoutMs: number;
}

const RETRY_DELAYS_MS = [500, 1500];

/**
 * Requests a token from `endpoint`. 429 and 5xx are tried three times. Throws OutsideError token-refused (with the
 * endpoint's own error code), token-scope-refused, response-status, response-redirect, response-not-json, and those of
 * `request`.
 */
export async function requestToken(
  endpoint: TokenEndpoint,
  grant: OAuthGrant,
  options: RequestTokenOptions,
): Promise<Secret> {
  const oauth = await import("oauth4webapi");
  const server: AuthorizationServer = { issuer: endpoint.issuer, token_endpoint: endpoint.endpoint.href };
  const clientId = grant.kind === "ambient" ? undefined : grant.clientId;
  const client: Client = { client_id: clientId ?? "none" };
  const deadline = Date.now() + options.timeoutMs;
  const responses: HttpResponse[] = [];
  const settings = {
    [oauth.allowInsecureRequests]: endpoint.endpoint.protocol === "http:" && isLoopback(endpoint.endpoint.hostname),
    [oauth.customFetch]: async (
      url: string,
      init: { readonly body: unknown; readonly headers: Record<string, string>; readonly method: string },
    ) => {
      const response = await request(new URL(url), {
        method: "POST",
        headers: init.headers,
        body: String(init.body),
        env: options.env,
        timeoutMs: Math.max(1, deadline - Date.now()),
        maxBytes: 256 * 1024,
      });
      responses.push(response);
      return new Response(response.body.length === 0 ? null : new Uint8Array(response.body), {
        status: response.status,
        headers: { ...response.headers },
      });
    },
  };
  const send = (): Promise<Response> =>
    grant.kind === "client-credentials"
      ? oauth.clientCredentialsGrantRequest(
          server,
          client,
          clientSecretBasic(grant.clientSecret),
          { scope: options.scope },
          settings,
        )
      : oauth.genericTokenEndpointRequest(
          server,
          client,
          clientId === undefined ? unauthenticated : oauth.None(),
          TOKEN_EXCHANGE,
          exchangeParameters(grant, options.scope),
          settings,
        );
  for (let attempt = 0; ; attempt += 1) {
    try {
      return secret((await oauth.processGenericTokenEndpointResponse(server, client, await send())).access_token);
    } catch (error) {
      const last = responses.pop();
      const delay = RETRY_DELAYS_MS[attempt];
      const isBusy = last !== undefined && (last.status === 429 || last.status >= 500);
      if (!isBusy || delay === undefined || Date.now() + delay >= deadline)
        throw last === undefined ? error : tokenRefusal(last, endpoint.endpoint, grant, options.scope);
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
}

/**
 * `client_secret_basic` as Databricks' own SDKs send it: form-encoded by WHATWG's rules, which leave `-`, `.` and `_`
 * of UUIDs and secrets alone. oauth4webapi's encodes those too, and it is not known whether Databricks decodes them.
 */
function clientSecretBasic(clientSecret: Secret): ClientAuth {
  const encode = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);
  return (_server, client, _body, headers) => {
    headers.set(
      "authorization",
      `Basic ${Buffer.from(`${encode(client.client_id)}:${encode(clientSecret.reveal())}`).toString("base64")}`,
    );
  };
}

const unauthenticated: ClientAuth = () => undefined;

/** RFC 8693, and Databricks' own type for its opaque tokens (databricks-sdk-py `oauth.py`). */
function exchangeParameters(
  grant: Exclude<OAuthGrant, { kind: "client-credentials" }>,
  scope: string,
): Record<string, string> {
  const subject_token = grant.subject.reveal();
  return grant.kind === "federated"
    ? { subject_token, subject_token_type: "urn:ietf:params:oauth:token-type:jwt", scope }
    : {
        subject_token,
        subject_token_type: "urn:databricks:params:oauth:token-type:personal-access-token",
        requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
        scope,
      };
}
