/**
 * A new session of a Unity Catalog service credential: a Databricks token is obtained and sent to its workspace, whose
 * Unity Catalog assumes the role. Source: Databricks' API reference, "Generate Temporary Service Credential".
 */
import { inputError, outsideError } from "../errors";
import type { Environment } from "../network/environment";
import { readJson } from "../network/read-json";
import { request } from "../network/request";
import { readToken } from "../sts/read-token";
import { factsOf } from "../sts/request-keys";
import { hideSecrets, redact, type Secret } from "../text/secret";
import { quoted } from "../text/text-rule";
import type { TokenOptions } from "../token/choose-source";
import { obtainToken } from "../token/obtain";
import type { IssuerTarget } from "../token/token-endpoint";
import { type CachedSession, endHere } from "./cached-session";
import { catalogRefusal } from "./catalog-refusal";
import { type RetryOptions, withRetry } from "./retry";

export const TEMPORARY_CREDENTIALS_PATH = "/api/2.1/unity-catalog/temporary-service-credentials";

/**
 * What Databricks' SDKs request. The API's reference names the scope `unity-catalog`; whether every workspace grants it
 * is not known. The token goes to the workspace that issued it, and nowhere else.
 */
const API_SCOPE = "all-apis";

export interface CatalogSessionOptions {
  readonly via: "unity-catalog";
  readonly environment: Environment;
  /** The name of the service credential. */
  readonly credential: string;
  /** The API of the workspace. */
  readonly url: URL;
  readonly token: Pick<TokenOptions, "from" | "tokenFile" | "profile" | "scope" | "timeoutMs">;
  /** A workspace issuer that is named; empty: the configured host. */
  readonly targets: readonly IssuerTarget[];
  /** For the program that uses the session. */
  readonly region: string;
  readonly retry: RetryOptions;
  /** Called with what a person should know; never a secret. */
  readonly note?: (text: string) => void;
}

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 256 * 1024;
const MAX_NAME = 255;
/** The longest that AWS gives, 12 hours, and a little for clocks that differ. */
const LONGEST_SESSION_MS = (12 * 60 + 10) * 60_000;

/** Throws InputError `credential-name-invalid`. */
export function checkCredentialName(name: string): void {
  if (name.trim() === name && name.length >= 1 && name.length <= MAX_NAME && !/\p{C}/u.test(name)) return;
  throw inputError(
    "credential-name-invalid",
    `${quoted(redact(name, [], 80))} is not a valid name of a service credential.`,
    `Use the name that Databricks shows, of 1 to ${MAX_NAME} characters.`,
    "credential",
  );
}

/**
 * A new session. `started`: when the caller began to wait, by `performance.now()`. Throws CatalogRefusal
 * (credential-not-found, credential-access-denied, credential-role-refused, credential-refused, token-refused,
 * token-scope-refused), the errors of `obtainToken` and `request`, OutsideError response-not-json.
 */
export async function requestCatalogSession(options: CatalogSessionOptions, started: number): Promise<CachedSession> {
  const { environment, credential, token: source, note, targets, url } = options;
  const obtained = await obtainToken({
    ...source,
    scope: source.scope ?? API_SCOPE,
    environment,
    targets,
    forApi: true,
  });
  for (const text of obtained.skipped) note?.(`${text} It is not used; the token is from ${obtained.place}.`);
  return withRetry(() => askOnce(url, credential, obtained.token, options), {
    ...options.retry,
    started,
    onRetry: (error, delay) => note?.(`${error.problem.message} Trying again in ${Math.ceil(delay / 1000)} s.`),
  });
}

async function askOnce(
  url: URL,
  credential: string,
  token: Secret,
  { environment, token: { timeoutMs = TIMEOUT_MS } }: CatalogSessionOptions,
): Promise<CachedSession> {
  const response = await request(url, {
    method: "POST",
    headers: {
      accept: "application/json",
      authorization: `Bearer ${token.reveal()}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ credential_name: credential }),
    env: environment.env,
    timeoutMs,
    maxBytes: MAX_BYTES,
  });
  if (response.status !== 200) throw catalogRefusal(response, url, credential, token);
  const document = readJson(response, url);
  const keys = document["aws_temp_credentials"] as Readonly<Record<string, unknown>> | null | undefined;
  const text = (name: string): string | null => {
    const value = keys?.[name];
    return typeof value === "string" && /^[!-~]+$/.test(value) ? value : null;
  };
  const [accessKeyId, secretAccessKey, sessionToken] = [
    text("access_key_id"),
    text("secret_access_key"),
    text("session_token"),
  ];
  const expiration = document["expiration_time"];
  if (accessKeyId === null || secretAccessKey === null || sessionToken === null || typeof expiration !== "number")
    throw outsideError(
      "response-not-json",
      `${url.host} answered without a session of AWS for the service credential ${quoted(hideSecrets(credential))}.`,
      "azure_aad" in document || "gcp_oauth_token" in document
        ? "It is a credential for another cloud: name one for AWS."
        : "Check for a proxy, and check DATABRICKS_HOST.",
    );
  const obtained = environment.now();
  const serverTime = Date.parse(response.headers["date"] ?? "");
  const left = expiration - (Number.isNaN(serverTime) ? obtained : serverTime);
  // seconds instead of milliseconds are long over; a session without an end would be served from the cache
  if (!(left > 0 && left <= LONGEST_SESSION_MS))
    throw outsideError(
      "response-not-json",
      `${url.host} answered with a session of the service credential ${quoted(hideSecrets(credential))} that ` +
        `${left > 0 ? "ends later than any session of AWS" : "has already ended"} (expiration_time).`,
      "Check this machine's clock, and check for a proxy.",
    );
  const reading = readToken(token.reveal());
  const { issuer, subject } = reading.ok ? factsOf(reading.token.claims) : { issuer: null, subject: null };
  return {
    version: 1,
    obtained,
    expires: endHere(expiration, obtained, Number.isNaN(serverTime) ? null : serverTime),
    of: { role: null, issuer: issuer ?? "", subject: subject ?? "" },
    accessKeyId,
    secretAccessKey,
    sessionToken,
  };
}
