/** Starts the sandbox: one server on loopback that simulates Databricks and STS over one directory. */
import { randomUUID } from "node:crypto";
import { hideSecrets, redact } from "../text/secret";
import { visible } from "../text/escape";
import { authorizationCodes } from "./databricks/authorization-codes";
import { JWKS_PATH } from "./databricks/documents";
import type { FederationPolicy } from "./databricks/grants";
import { type DatabricksHost, databricksReply } from "./databricks/host";
import { bearerToken } from "./databricks/rest-api";
import { readToken } from "../sts/read-token";
import { type Exchange, formOf, jsonReply, type Reply } from "./exchange";
import { identitiesOf, type Identity, identityBook } from "./directory/identities";
import { serviceCredentialsOf } from "./directory/service-credentials";
import type { Claims } from "../sts/web-identity";
import { makeKeys } from "./keys";
import { makeOutbound } from "./sts/outbound";
import { type AwsPrincipal, principalsOf, workloadOf } from "./sts/principals";
import { makeSeal } from "./seal";
import { type RequestHandler, startServer, type TlsCertificate } from "./server";
import { stsReply, stsAccounts } from "./sts/sts";
import { stsErrorReply } from "./sts/xml";
import { otherTenant, pathOfIssuer, type SimulatedDirectory, type SimulatedIssuer } from "./directory/directory";

export interface SandboxOptions {
  readonly directory: SimulatedDirectory;
  /** Default: a free one. */
  readonly port?: number;
  /** Serve over https with it; default: plain http. */
  readonly tls?: TlsCertificate;
  /** Further condition keys of every call to STS. `aws:SourceIp` is 127.0.0.1 unless it says otherwise. */
  readonly context?: Readonly<Record<string, readonly string[]>>;
  /** External IDs as Databricks shows them, by role; default: those that the trust policies have. */
  readonly externalIds?: Readonly<Record<string, string>>;
  /** Federation policies of service principals, for tokens of AWS; default: any role is let in. */
  readonly federationPolicies?: readonly FederationPolicy[];
  /** Milliseconds since 1970; default: the machine's clock. */
  readonly now?: () => number;
  /** Reports why something was refused, without tokens and secrets. */
  readonly onRefusal?: (text: string) => void;
}

export interface ServedIssuer {
  /** Production's, as tokens carry it. */
  readonly issuer: string;
  /** Replaces `https://<host>`: the value for DATABRICKS_HOST. */
  readonly url: string;
  readonly tokenEndpoint: string;
}

export interface Sandbox {
  /** Replaces the STS endpoint: the value for AWS_ENDPOINT_URL_STS. */
  readonly sts: string;
  /** By key. */
  readonly issuers: Readonly<Record<string, ServedIssuer>>;
  /** Another tenant of the same region, which no role trusts: the same clients, the same key, another `iss`. */
  readonly otherTenant: ServedIssuer;
  readonly identities: readonly Identity[];
  /** AWS principals that Unity Catalog trusts name, and an undeclared one; empty where there is no such trust. */
  readonly principals: readonly AwsPrincipal[];
  /** A workload in AWS that Databricks may let in: its keys, and the issuer of its account's tokens. */
  readonly workload: AwsPrincipal & { readonly issuer: string };
  /** Names of the service credentials of Unity Catalog. */
  readonly serviceCredentials: readonly string[];
  /** ARNs of the roles, in the order of the directory. */
  readonly roles: readonly string[];
  /** Signs any claims with the issuers' key: for tokens that Databricks never issues, in tests. */
  readonly sign: (claims: Claims, header?: Claims) => Promise<string>;
  /** Ends every connection and frees the port. */
  readonly stop: () => Promise<void>;
}

/** Longer reasons are cut: a token may hold 15,000 characters of subject. */
const MOST_REASON = 8000;

/** Throws OutsideError `port-unusable`. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { directory } = options;
  const clock = options.now ?? Date.now;
  const now = (): number => Math.floor(clock() / 1000);
  const [keys, seal, codes] = [await makeKeys(), makeSeal(), authorizationCodes()];
  const identities = identitiesOf(directory);
  const book = identityBook(identities);
  const { onRefusal } = options;
  const report =
    onRefusal === undefined
      ? null
      : (text: string): void => {
          // the refusal repeats a token or secret that was sent in the wrong parameter: not in a log
          const shown = hideSecrets(text);
          onRefusal(shown.length > MOST_REASON ? `${shown.slice(0, MOST_REASON)}\n… cut` : shown);
        };
  const sts = {
    accounts: stsAccounts(directory, keys.set),
    seal,
    outbound: await makeOutbound(seal),
    context: { "aws:SourceIp": ["127.0.0.1"], ...options.context },
    now,
    explain: report,
  };
  const workload = workloadOf(directory, seal);
  const catalog = { credentials: serviceCredentialsOf(directory, options.externalIds), sts };
  const hosts = new Map<string, DatabricksHost>();
  const route = async (exchange: Exchange): Promise<Reply> => {
    if (exchange.path === JWKS_PATH) return jsonReply(200, keys.jwks, { "cache-control": "max-age=300" });
    const found = hostFor(hosts, exchange);
    const answer = found === undefined ? undefined : databricksReply(found.host, found.path, exchange);
    if (answer !== undefined) return answer;
    if (exchange.path === "/" || exchange.query.has("Action")) return stsReply(sts, exchange);
    return jsonReply(404, {
      error: "not_found",
      error_description: `Nothing is served at ${visible(exchange.path.slice(0, 200))}.`,
    });
  };
  const handler: RequestHandler = {
    answer: route,
    tooLong: (exchange, mostBytes) => {
      report?.(`✗ a request with more than ${mostBytes} bytes was refused`);
      const message = `A request may have at most ${mostBytes} bytes.`;
      return exchange.path === "/"
        ? stsErrorReply("RequestEntityTooLarge", message, randomUUID())
        : jsonReply(413, { error: "invalid_request", error_description: message });
    },
    onFault: (error) =>
      report?.(`the sandbox failed: ${redact(error instanceof Error ? error.message : String(error))}`),
  };
  const server = await startServer(options.port ?? 0, handler, options.tls);
  const other = otherTenant(directory.issuers);
  for (const issuer of [...directory.issuers, other]) {
    hosts.set(issuer.key, {
      issuer,
      url: `${server.origin}/${issuer.key}`,
      origin: server.origin,
      isOneOfMany: false,
      book,
      of: issuer === other ? null : issuer.key,
      keys,
      seal,
      codes,
      catalog,
      outbound: sts.outbound,
      policies: options.federationPolicies ?? [],
      now,
      onRefusal: (error, what) =>
        report?.(visible(`✗ ${issuer.key}'s ${what} refused: ${error.code}: ${error.message}`)),
    });
  }
  return {
    sts: server.origin,
    issuers: Object.fromEntries(directory.issuers.map((issuer) => [issuer.key, served(issuer, server.origin)])),
    otherTenant: served(other, server.origin),
    identities,
    principals: principalsOf(directory, seal),
    workload: { ...workload, issuer: sts.outbound.issuerOf(workload.arn.split(":")[4] ?? "") },
    serviceCredentials: catalog.credentials.map(({ name }) => name),
    roles: directory.accounts.flatMap(({ roles }) => roles.map(({ arn }) => arn)),
    sign: keys.sign,
    stop: server.stop,
  };
}

function served(issuer: SimulatedIssuer, origin: string): ServedIssuer {
  const url = `${origin}/${issuer.key}`;
  return { issuer: issuer.issuer, url, tokenEndpoint: `${url}${pathOfIssuer(issuer)}/v1/token` };
}

/**
 * The issuer of a request: by the first part of its path; or, since some SDKs use only host and port of
 * DATABRICKS_HOST, by the rest: an account by its ID, a workspace by its client, else the first; the REST API by the
 * issuer of the token that is sent.
 */
function hostFor(
  hosts: ReadonlyMap<string, DatabricksHost>,
  exchange: Exchange,
): { readonly host: DatabricksHost; readonly path: string } | undefined {
  const [, key = "", rest = ""] = /^\/([^/]+)(\/.*)$/.exec(exchange.path) ?? [];
  const named = hosts.get(key);
  if (named !== undefined && ["/oidc/", "/.well-known/", "/api/"].some((start) => rest.startsWith(start)))
    return { host: named, path: rest };
  const host = bareHostFor(
    [...hosts.values()].filter(({ of }) => of !== null),
    exchange,
  );
  return host === undefined ? undefined : { host, path: exchange.path };
}

function bareHostFor(hosts: readonly DatabricksHost[], exchange: Exchange): DatabricksHost | undefined {
  const { path } = exchange;
  if (path.startsWith("/api/")) return hostOfBearer(hosts, exchange);
  const account = /^(\/oidc\/accounts\/[^/]+)\//.exec(path)?.[1];
  if (account !== undefined) return hosts.find(({ issuer }) => pathOfIssuer(issuer) === account);
  if (!path.startsWith("/oidc/") && path !== "/.well-known/databricks-config") return undefined;
  const workspaces = hosts.filter(({ issuer }) => issuer.level === "workspace");
  const [first = hosts[0], ...others] = workspaces;
  if (first === undefined || others.length === 0) return first;
  // its documents lead back here: the next request carries the client
  return workspaceOfClient(workspaces, exchange) ?? { ...first, url: first.origin, isOneOfMany: true };
}

function hostOfBearer(hosts: readonly DatabricksHost[], exchange: Exchange): DatabricksHost | undefined {
  const token = bearerToken(exchange) ?? "";
  const reading = readToken(token);
  const owner = hosts[0]?.book.byPersonalAccessToken(token)?.issuer;
  return (
    hosts.find(({ issuer }) => (reading.ok ? issuer.issuer === reading.token.claims["iss"] : issuer.key === owner)) ??
    hosts[0]
  );
}

function workspaceOfClient(workspaces: readonly DatabricksHost[], exchange: Exchange): DatabricksHost | undefined {
  const basic = Buffer.from(
    /^Basic +(\S+)$/i.exec(exchange.headers["authorization"] ?? "")?.[1] ?? "",
    "base64",
  ).toString("utf8");
  const form = formOf(exchange);
  const presented = new Set([
    basic.slice(basic.indexOf(":") + 1),
    form?.get("client_secret") ?? "",
    form?.get("subject_token") ?? "",
  ]);
  const owner = workspaces[0]?.book.all.find(
    ({ clientSecret, personalAccessToken }) => presented.has(clientSecret) || presented.has(personalAccessToken ?? " "),
  );
  return workspaces.find(({ issuer }) => issuer.key === owner?.issuer);
}
