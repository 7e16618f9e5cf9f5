/** Databricks' REST API, as far as SDKs and the CLI ask it whether a token is accepted. */
import { readToken } from "../../sts/read-token";
import { type KeySet, verifySignature } from "../../sts/verify-signature";
import type { SimulatedIssuer } from "../directory/directory";
import type { IdentityBook } from "../directory/identities";
import { type Exchange, jsonReply, type Reply } from "../exchange";
import type { Seal } from "../seal";

/** Opens every API; some have a scope of their own beside it. */
const API_SCOPE = "all-apis";

export interface RestApi {
  readonly issuer: SimulatedIssuer;
  readonly book: IdentityBook;
  /** Key of the issuer whose identities have tokens here; null: those of all issuers. */
  readonly of: string | null;
  readonly keys: { readonly set: KeySet };
  readonly seal: Seal;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** A refusal in the REST API's form. Its message goes to the caller and the log: no secret, no token. */
export class ApiError extends Error {
  readonly status: 400 | 401 | 403 | 404;
  readonly code: string;

  constructor(status: 400 | 401 | 403 | 404, message: string, code?: string) {
    super(message);
    this.status = status;
    this.code = code ?? (status === 401 ? "UNAUTHENTICATED" : "PERMISSION_DENIED");
  }
}

export function apiErrorReply({ status, code, message }: ApiError): Reply {
  return jsonReply(
    status,
    { error_code: code, message },
    status === 401 ? { "www-authenticate": 'Bearer realm="sandbox"' } : {},
  );
}

/** The text of a Bearer header; undefined where there is none. */
export function bearerToken({ headers }: Exchange): string | undefined {
  return /^Bearer +([^\s]+)$/i.exec(headers["authorization"] ?? "")?.[1];
}

/**
 * The subject whose token a request carries: an access token of this issuer that is valid now and has the scope
 * all-apis, or `apiScope`, the API's own; or a workspace's personal access token. Throws ApiError.
 */
export async function callerOf(
  exchange: Exchange,
  { issuer, book, of, keys, now }: RestApi,
  apiScope = API_SCOPE,
): Promise<string> {
  const token = bearerToken(exchange);
  if (token === undefined) throw new ApiError(401, "The request has no token: send it as Authorization: Bearer.");
  const owner = book.byPersonalAccessToken(token);
  if (owner !== undefined && issuer.level === "workspace" && (of === null || owner.issuer === of)) return owner.subject;
  const reading = readToken(token);
  if (!reading.ok) throw new ApiError(401, "The token is neither a JWT nor a personal access token of this workspace.");
  const { iss, sub, exp, scope } = reading.token.claims;
  if (
    iss !== issuer.issuer ||
    typeof sub !== "string" ||
    (await verifySignature(reading.token, keys.set)) !== "verified"
  )
    throw new ApiError(401, "The token is not from this issuer in this run.");
  if (typeof exp !== "number" || exp <= now()) throw new ApiError(401, "The token is expired.");
  if (typeof scope !== "string" || !scope.split(" ").some((one) => one === API_SCOPE || one === apiScope))
    throw new ApiError(403, `Provided OAuth token does not have required scopes: ${apiScope}.`);
  return sub;
}

/** The caller as SCIM has users; a service principal's name is its application ID. */
function currentUser(subject: string, { issuer, seal }: RestApi): Reply {
  return jsonReply(200, {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    // 16 digits, the same for one subject as long as the sandbox runs
    id: String(10 ** 15 + (seal.derive("scim", `${issuer.key} ${subject}`).readUIntBE(0, 6) % (9 * 10 ** 15))),
    userName: subject,
    displayName: subject,
    active: true,
    ...(subject.includes("@") ? { emails: [{ type: "work", value: subject, primary: true }] } : {}),
  });
}

/** What is served at `path`: by a workspace who the caller is, by an account its workspaces; undefined: nothing. */
export function apiResource(path: string, api: RestApi): ((caller: string) => Reply) | undefined {
  const { level, databricksAccountId } = api.issuer;
  if (level === "workspace")
    return path === "/api/2.0/preview/scim/v2/Me" ? (caller) => currentUser(caller, api) : undefined;
  // the CLI asks for them to check a login at the account; here it has none
  return path === `/api/2.0/accounts/${databricksAccountId ?? ""}/workspaces` ? () => jsonReply(200, []) : undefined;
}
