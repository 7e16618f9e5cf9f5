/** The OAuth exchanges at Databricks' token endpoint, by oauth4webapi over our bounded requests. */
import type { AuthorizationServer, Client, ClientAuth } from "oauth4webapi";
import { OutsideError } from "../errors";
import { looksLikeHtml, redirectTarget } from "../network/read-json";
import type { Answer } from "../network/request";
import { request } from "../network/request";
import { isLoopback } from "../network/proxy";
import type { Secret } from "../text/secret";
import { redact, secret } from "../text/secret";
import type { TokenEndpoint } from "./target";

/** RFC 8693, and Databricks' own type for its opaque tokens (databricks-sdk-py `oauth.py`). */
const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const SUBJECT_TOKEN_TYPES = {
  jwt: "urn:ietf:params:oauth:token-type:jwt",
  "personal-access-token": "urn:databricks:params:oauth:token-type:personal-access-token",
} as const;

/** Who is asking, and with what. */
export type Grant =
  | { readonly kind: "client-credentials"; readonly clientId: string; readonly clientSecret: Secret }
  | {
      readonly kind: "exchange";
      readonly subjectToken: Secret;
      readonly subjectTokenType: keyof typeof SUBJECT_TOKEN_TYPES;
      /** The service principal's; absent for account-wide federation and for notebooks. */
      readonly clientId: string | undefined;
    };

export interface MintOptions {
  /** Space-separated. */
  readonly scope: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All attempts together, milliseconds. */
  readonly timeoutMs: number;
}

export interface MintedToken {
  readonly token: Secret;
  /** Seconds, as the endpoint says; null where it does not. */
  readonly expiresIn: number | null;
  /** Space-separated, as granted; null where the endpoint does not say. */
  readonly scope: string | null;
}

const RETRY_DELAYS_MS = [500, 1500];

/**
 * Asks `place` for a token. 429 and 5xx are tried three times. Throws OutsideError token-refused (with the endpoint's
 * own error code), token-scope-refused, response-status, response-redirect, response-not-json, and those of `request`.
 */
export async function mint(place: TokenEndpoint, grant: Grant, options: MintOptions): Promise<MintedToken> {
  const oauth = await import("oauth4webapi");
  const server: AuthorizationServer = { issuer: place.issuer, token_endpoint: place.endpoint.href };
  const client: Client = {
    client_id: (grant.kind === "client-credentials" ? grant.clientId : grant.clientId) ?? "none",
  };
  const secrets = grant.kind === "client-credentials" ? [grant.clientSecret] : [grant.subjectToken];
  const deadline = Date.now() + options.timeoutMs;
  let last: Answer | undefined;
  const settings = {
    [oauth.allowInsecureRequests]: place.endpoint.protocol === "http:" && isLoopback(place.endpoint.hostname),
    [oauth.customFetch]: async (
      url: string,
      init: { readonly body: unknown; readonly headers: Record<string, string>; readonly method: string },
    ) => {
      last = await request(new URL(url), {
        method: "POST",
        headers: init.headers,
        body: String(init.body),
        env: options.env,
        timeoutMs: Math.max(1, deadline - Date.now()),
        maxBytes: 256 * 1024,
      });
      return new Response(last.body.length === 0 ? null : new Uint8Array(last.body), {
        status: last.status,
        headers: { ...last.headers },
      });
    },
  };
  for (let attempt = 0; ; attempt += 1) {
    last = undefined;
    try {
      const response =
        grant.kind === "client-credentials"
          ? await oauth.clientCredentialsGrantRequest(
              server,
              client,
              clientSecretBasic(grant.clientSecret),
              { scope: options.scope },
              settings,
            )
          : await oauth.genericTokenEndpointRequest(
              server,
              client,
              grant.clientId === undefined ? unauthenticated : oauth.None(),
              TOKEN_EXCHANGE,
              exchangeParameters(grant, options.scope),
              settings,
            );
      const answer = await oauth.processGenericTokenEndpointResponse(server, client, response);
      return { token: secret(answer.access_token), expiresIn: answer.expires_in ?? null, scope: answer.scope ?? null };
    } catch (error) {
      const seen = answerOf(last);
      const delay = RETRY_DELAYS_MS[attempt];
      if (seen !== undefined && isBusy(seen.status) && delay !== undefined && Date.now() + delay < deadline) {
        await new Promise((resolve) => setTimeout(resolve, delay));
        continue;
      }
      throw seen === undefined ? error : refusal(seen, place, options.scope, secrets);
    }
  }
}

/** Keeps TypeScript from narrowing what the callback assigned. */
function answerOf(answer: Answer | undefined): Answer | undefined {
  return answer;
}

function isBusy(status: number): boolean {
  return status === 429 || status >= 500;
}

/**
 * `client_secret_basic` as Databricks' own SDKs send it: form-encoded by WHATWG's rules, which leave `-`, `.` and `_`
 * of UUIDs and secrets alone. oauth4webapi's encodes those too, and nobody has seen Databricks decode them.
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

function exchangeParameters(grant: Extract<Grant, { kind: "exchange" }>, scope: string): Record<string, string> {
  return {
    subject_token: grant.subjectToken.reveal(),
    subject_token_type: SUBJECT_TOKEN_TYPES[grant.subjectTokenType],
    ...(grant.subjectTokenType === "personal-access-token"
      ? { requested_token_type: "urn:ietf:params:oauth:token-type:access_token" }
      : {}),
    scope,
  };
}

/** What the endpoint's answer means; its words are quoted only from the OAuth error fields, and redacted. */
function refusal(answer: Answer, place: TokenEndpoint, scope: string, secrets: readonly Secret[]): OutsideError {
  const where = `${place.endpoint.host}${place.endpoint.pathname}`;
  if (answer.status >= 300 && answer.status < 400) {
    const login = /login|private-link/i.test(answer.headers["location"] ?? "");
    return new OutsideError([
      {
        code: "response-redirect",
        message:
          `${where} answered ${answer.status}: go to ${redirectTarget(answer, place.endpoint)}. It is ` +
          `not followed with a secret.`,
        fix: login
          ? "The workspace takes no calls from this network (PrivateLink or an IP access list): run this inside " +
            "it, or use the account issuer."
          : "Check DATABRICKS_HOST.",
      },
    ]);
  }
  const fields = oauthError(answer);
  if (fields.error === "invalid_scope") {
    return new OutsideError([
      {
        code: "token-scope-refused",
        message: `${where} does not grant the scope ${JSON.stringify(scope)} to this identity.`,
        fix: "Try --scope sql; --scope all-apis last, as such a token may do all its owner may.",
      },
    ]);
  }
  if (fields.error !== undefined) {
    const description = fields.description === undefined ? "" : `: ${redact(fields.description, secrets)}`;
    return new OutsideError([
      {
        code: "token-refused",
        message: `${where} refused: ${redact(fields.error, secrets, 60)}${description}`.replace(/\.?$/, "."),
        fix: refusalFix(fields.error),
      },
    ]);
  }
  if (answer.status !== 200) {
    return new OutsideError([
      {
        code: "response-status",
        message: `${where} answered ${answer.status}.`,
        fix:
          answer.status === 429 || answer.status === 503
            ? "It is busy: try again in a minute."
            : "Check DATABRICKS_HOST.",
      },
    ]);
  }
  return new OutsideError([
    {
      code: "response-not-json",
      message: `${where} answered with ${looksLikeHtml(answer) ? "an HTML page" : "something"} instead of a token.`,
      fix: "A log-in page or proxy is in the way, or DATABRICKS_HOST is another host.",
    },
  ]);
}

function oauthError(answer: Answer): { readonly error: string | undefined; readonly description: string | undefined } {
  try {
    const body = JSON.parse(answer.body.toString("utf8")) as Readonly<Record<string, unknown>>;
    const text = (...names: readonly string[]): string | undefined =>
      names.map((name) => body[name]).find((value): value is string => typeof value === "string");
    return {
      error: text("error", "errorCode", "error_code"),
      description: text("error_description", "errorSummary", "message"),
    };
  } catch {
    return { error: undefined, description: undefined };
  }
}

function refusalFix(error: string): string {
  switch (error) {
    case "invalid_client":
      return "Check DATABRICKS_CLIENT_ID and its secret (not expired, of this account).";
    case "invalid_grant":
      return (
        "The token to exchange is expired, or no federation policy of the service principal fits its iss, " +
        "sub and aud."
      );
    case "unauthorized_client":
      return "The service principal is not in this workspace, or may not use this grant.";
    default:
      return "Check the host, the identity and its assignment to the workspace.";
  }
}
