/** A simulated Databricks host: its documents and endpoints, for one issuer. */
import { randomUUID } from "node:crypto";
import { databricksClaims, DATABRICKS_TOKEN_SECONDS } from "../../sts/databricks-claims";
import { type Exchange, formOf, jsonReply, type Reply } from "../exchange";
import type { SigningKeys } from "../keys";
import { pathOfIssuer } from "../directory/directory";
import { authorize } from "./authorize";
import { discoveryDocument, hostMetadata } from "./documents";
import { grant, type GrantContext, type Granted, refreshToken } from "./grants";
import { OauthError, oauthErrorReply } from "./oauth-error";
import { ApiError, apiErrorReply, apiResource, callerOf } from "./rest-api";
import {
  type Catalog,
  SERVICE_CREDENTIAL_PATH,
  SERVICE_CREDENTIAL_SCOPE,
  serviceCredential,
} from "./service-credential";

export interface DatabricksHost extends Omit<GrantContext, "now"> {
  /** The loopback URL that replaces `https://<host>`. */
  readonly url: string;
  readonly origin: string;
  /** Whether it stands for all workspaces, for a client that sends no path by which to tell them apart. */
  readonly isOneOfMany: boolean;
  readonly keys: SigningKeys;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly catalog: Catalog;
  readonly onRefusal: (error: OauthError | ApiError, what: string) => void;
}

/** Answers a request below the host, `path` without the part that names the host; undefined: not found. */
export function databricksReply(
  host: DatabricksHost,
  path: string,
  exchange: Exchange,
): Promise<Reply> | Reply | undefined {
  const base = pathOfIssuer(host.issuer);
  switch (path) {
    case "/.well-known/databricks-config":
      return reading(exchange, () => jsonReply(200, hostMetadata(host.issuer, host)));
    case `${base}/.well-known/openid-configuration`:
    case `${base}/.well-known/oauth-authorization-server`:
      return reading(exchange, () => jsonReply(200, discoveryDocument(host.issuer, host.url, host.origin)));
    case `${base}/v1/authorize`:
      return reading(exchange, () =>
        authorize(exchange.query, { ...host, now: host.now(), onRefusal: (error) => host.onRefusal(error, "log-in") }),
      );
    case `${base}/v1/token`:
      return exchange.method === "POST" ? token(host, exchange) : wrongMethod("POST");
    case SERVICE_CREDENTIAL_PATH:
      // an API of workspaces
      if (host.issuer.level === "account") return undefined;
      return exchange.method === "POST"
        ? asCaller(host, exchange, (caller) => serviceCredential(host, caller, exchange.body), SERVICE_CREDENTIAL_SCOPE)
        : wrongMethod("POST");
    default: {
      const resource = apiResource(path, host);
      return resource && reading(exchange, () => asCaller(host, exchange, resource));
    }
  }
}

/** The response of the REST API to whoever the request's token is from. */
async function asCaller(
  host: DatabricksHost,
  exchange: Exchange,
  answer: (subject: string) => Reply,
  apiScope?: string,
): Promise<Reply> {
  try {
    return answer(await callerOf(exchange, host, apiScope));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    host.onRefusal(error, "REST API");
    return apiErrorReply(error);
  }
}

function reading<R extends Reply | Promise<Reply>>(exchange: Exchange, answer: () => R): R | Reply {
  return exchange.method === "GET" || exchange.method === "HEAD" ? answer() : wrongMethod("GET");
}

function wrongMethod(allow: string): Reply {
  return jsonReply(405, { error: "invalid_request", error_description: `This URL accepts ${allow} only.` }, { allow });
}

async function token(host: DatabricksHost, exchange: Exchange): Promise<Reply> {
  try {
    const form = formOf(exchange);
    if (form === undefined)
      throw new OauthError("invalid_request", "The body must be application/x-www-form-urlencoded.");
    const now = host.now();
    const granted = await grant(form, exchange.headers["authorization"], { ...host, now });
    return jsonReply(200, await tokenAnswer(host, granted, now));
  } catch (error) {
    if (!(error instanceof OauthError)) throw error;
    host.onRefusal(error, "token endpoint");
    return oauthErrorReply(error);
  }
}

async function tokenAnswer(
  { issuer, keys, seal }: DatabricksHost,
  granted: Granted,
  now: number,
): Promise<Readonly<Record<string, unknown>>> {
  const { subject, clientId, scope, login } = granted;
  const facts = {
    issuer: issuer.issuer,
    audience: granted.audience ?? issuer.audience,
    subject,
    clientId,
    scope: scope.join(" "),
    id: randomUUID(),
    now,
  };
  return {
    access_token: await keys.sign(databricksClaims(facts)),
    token_type: "Bearer",
    expires_in: DATABRICKS_TOKEN_SECONDS,
    scope: facts.scope,
    ...(login !== null && scope.includes("offline_access")
      ? { refresh_token: refreshToken(seal, { issuer: issuer.key, subject, clientId, scope }) }
      : {}),
    ...(login !== null && scope.includes("openid")
      ? { id_token: await keys.sign(idClaims(facts, login.nonce), { typ: "JWT" }) }
      : {}),
  };
}

/** An ID token is for the client: its audience is the client's ID, so AWS takes none. */
function idClaims(
  facts: {
    readonly issuer: string;
    readonly subject: string;
    readonly clientId: string;
    readonly id: string;
    readonly now: number;
  },
  nonce: string | null,
): Readonly<Record<string, string | number>> {
  return {
    iss: facts.issuer,
    sub: facts.subject,
    aud: facts.clientId,
    iat: facts.now,
    exp: facts.now + DATABRICKS_TOKEN_SECONDS,
    jti: facts.id,
    preferred_username: facts.subject,
    ...(nonce === null ? {} : { nonce }),
  };
}
