/** Fetches what `doctor` checks an issuer by: name, certificate, host metadata, discovery document, keys. */
import { lookup } from "node:dns/promises";
import { databricksConfigUrl } from "../../network/databricks-config";
import { isLoopback, proxyFor } from "../../network/proxy";
import type { Environment } from "../../network/environment";
import { readDocument } from "./document";
import { type Fetched, fetchUrl, type Limits } from "./fetch-url";

export type Addresses =
  | { readonly kind: "resolved"; readonly list: readonly string[] }
  | { readonly kind: "not-found" }
  | { readonly kind: "unanswered"; readonly code: string }
  | { readonly kind: "by-proxy"; readonly proxy: string };

/** How far this machine's clock is ahead of a server's, in seconds (negative: behind). */
export interface ClockSample {
  readonly host: string;
  readonly ahead: number;
}

export interface IssuerFacts {
  readonly host: string;
  readonly addresses: Addresses;
  /** The host's metadata, with public authorities only. */
  readonly publicly: Fetched;
  /** The same with the authorities that this machine trusts. */
  readonly config: Fetched;
  readonly discovery: Fetched;
  /** Null where no discovery document names a URL that may be fetched. */
  readonly jwks: Fetched | null;
  readonly clocks: readonly ClockSample[];
}

export interface IssuerOptions {
  readonly environment: Environment;
  readonly limits: Limits;
  readonly lookup?: (host: string) => Promise<readonly string[]>;
}

const MAX_BYTES = 1024 * 1024;

/**
 * Everything about the issuer with these URLs. Ends within three times `timeoutMs`. Throws InputError proxy-invalid,
 * ca-file-unreadable.
 */
export async function issuerFacts(
  issuer: { readonly issuer: string; readonly discoveryUrl: string },
  options: IssuerOptions,
): Promise<IssuerFacts> {
  const discoveryUrl = new URL(issuer.discoveryUrl);
  const configUrl = databricksConfigUrl(discoveryUrl.hostname);
  const clocks: ClockSample[] = [];
  const ask = async (url: URL, trust: "machine" | "public"): Promise<Fetched> => {
    const result = await fetchUrl(url, {
      env: options.environment.env,
      timeoutMs: options.limits.timeoutMs,
      maxBytes: MAX_BYTES,
      trust,
    });
    const sample = clockSample(result, options.environment.now());
    if (sample !== null) clocks.push(sample);
    return result;
  };
  const [addresses, publicly, discovery] = await Promise.all([
    addressesOf(discoveryUrl, options),
    ask(configUrl, "public"),
    ask(discoveryUrl, "machine"),
  ]);
  const onlyHere =
    !publicly.ok && publicly.code === "network-tls" && (discovery.ok || discovery.code !== "network-tls");
  const config = onlyHere ? await ask(configUrl, "machine") : publicly;
  const jwksUrl = keysUrl(discovery);
  const jwks = jwksUrl === null ? null : await ask(jwksUrl, "machine");
  return { host: discoveryUrl.hostname, addresses, publicly, config, discovery, jwks, clocks };
}

/** Where the keys are, if the document names a URL on the internet: the document is not ours. */
function keysUrl(discovery: Fetched): URL | null {
  const read = readDocument(discovery);
  const named = read.ok ? read.document["jwks_uri"] : undefined;
  if (typeof named !== "string" || !URL.canParse(named)) return null;
  const url = new URL(named);
  return url.protocol === "https:" && !isLoopback(url.hostname) && url.username === "" ? url : null;
}

async function addressesOf(url: URL, options: IssuerOptions): Promise<Addresses> {
  const proxy = proxyFor(url, options.environment.env);
  if (proxy !== undefined) return { kind: "by-proxy", proxy: proxy.host };
  const find = options.lookup ?? (async (host) => (await lookup(host, { all: true })).map(({ address }) => address));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Addresses>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "unanswered", code: "ETIMEOUT" }), options.limits.timeoutMs);
  });
  const found = find(url.hostname).then(
    (list): Addresses => ({ kind: "resolved", list }),
    (error: unknown): Addresses => {
      const code = String((error as NodeJS.ErrnoException).code ?? "");
      return code === "ENOTFOUND" ? { kind: "not-found" } : { kind: "unanswered", code };
    },
  );
  return Promise.race([found, late]).finally(() => clearTimeout(timer));
}

/** The clock of the server that answered. */
function clockSample(result: Fetched, now: number): ClockSample | null {
  if (!result.ok) return null;
  const { headers, milliseconds } = result.answer;
  return clockSampleOf(result.url.host, { date: headers["date"], age: headers["age"], milliseconds }, now);
}

/**
 * `Date` is when the response began, in whole seconds; `Age` is how many seconds a cache kept it. `now`: at the last
 * byte.
 */
export function clockSampleOf(
  host: string,
  {
    date,
    age,
    milliseconds,
  }: { readonly date: string | undefined; readonly age?: string | undefined; readonly milliseconds: number },
  now: number,
): ClockSample | null {
  const sent = Date.parse(date ?? "");
  if (Number.isNaN(sent)) return null;
  const cached = /^[0-9]{1,9}$/.test(age ?? "") ? 1000 * Number(age) : 0;
  return { host, ahead: Math.floor((now - milliseconds / 2 - sent - cached) / 1000) };
}
