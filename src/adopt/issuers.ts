/** The issuers of a federation file, from the OIDC providers of an account. Pure. */
import { ISSUER_KEY } from "../federation/rules";
import { CLOUDS, cloudOfHost, isAccountsHost, workspaceIdOfHost } from "../issuer/clouds";
import { issuerPathOf } from "../issuer/issuer";
import { DATABRICKS_ACCOUNT_ID, WORKSPACE_ID } from "../issuer/rules";
import { keyOfHost } from "../sandbox/directory/directory";
import { keyOfAddress } from "../sandbox/directory/of-plan";
import { nearest } from "../text/nearest";
import { satisfies } from "../text/text-rule";
import { withoutTrailingSlashes } from "../text/words";
import { isDatabricksIssuer } from "../trust/documents/relevance";
import { parseRole } from "../trust/parsed/parse-role";
import type { ExistingAccount, ExistingProvider } from "./account";
import { readInput } from "./read-input";
import type { Members } from "../text/members";
import { type Fault, fault, type Reason } from "./reasons";

/** An issuer that goes into the file. */
export interface AdoptedIssuer {
  readonly key: string;
  readonly provider: ExistingProvider;
  readonly issuerPath: string;
  readonly audiences: readonly string[];
  /** As in the file, without `existingProviderArn`. */
  readonly declaration: Members;
  /** Why the provider is used as it is and not managed; null: it is managed. */
  readonly unmanaged: Fault | null;
}

/** A provider that does not go into the file. */
export interface LeftProvider {
  readonly provider: ExistingProvider;
  readonly fault: Fault;
}

export interface AdoptedIssuers {
  readonly issuers: readonly AdoptedIssuer[];
  readonly left: readonly LeftProvider[];
  /** Providers that have nothing to do with Databricks. */
  readonly aside: number;
}

/** What keeps a URL from being a Databricks issuer; undefined: nothing does. */
export function urlFault(url: string): Reason | undefined {
  const path = issuerPathOf(url);
  const host = path.split("/", 1)[0] ?? "";
  const rest = path.slice(host.length);
  if (isLookAlike(host)) return "look-alike";
  if (/\/\.well-known\//i.test(rest)) return "discovery-url";
  if (withoutTrailingSlashes(rest) !== rest) return "trailing-slash";
  if (rest === "/oidc") return isAccountsHost(host) ? "account-agnostic" : undefined;
  const account = /^\/oidc\/accounts\/([^/]+)$/.exec(rest)?.[1];
  return account !== undefined && satisfies(DATABRICKS_ACCOUNT_ID, account) ? undefined : "issuer-form";
}

const ZONES = Object.values(CLOUDS).map(({ workspaceZone }) => workspaceZone.slice(1));

/** Whether a host holds one of Databricks' domains, or ends in something very like one, and is not below any. */
export function isLookAlike(host: string): boolean {
  const lower = host.toLowerCase().replace(/:\d*$/, "");
  if (cloudOfHost(lower) !== null) return false;
  const labels = lower.split(".");
  if (labels.slice(-2).join(".").includes("databricks")) return true;
  return ZONES.some((zone) => {
    if (lower.includes(zone) || lower.includes(zone.replaceAll(".", "-"))) return true;
    const tail = labels.slice(-zone.split(".").length).join(".");
    return tail.length > zone.length / 2 && near(tail, zone);
  });
}

/** At most two letters apart: `databrlcks` and `databrickss`, not `example.com` and any zone. */
function near(tail: string, zone: string): boolean {
  const short = tail.length - zone.length;
  return Math.abs(short) <= 2 && nearest(tail, [zone]) === zone && sharedLetters(tail, zone) >= zone.length - 3;
}

function sharedLetters(left: string, right: string): number {
  let start = 0;
  while (start < left.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < left.length - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  return start + end;
}

/** The providers that go into the file, and those that do not. */
export function adoptedIssuers(account: ExistingAccount): AdoptedIssuers {
  const providers = [...account.providers, ...assumedProviders(account)];
  const issuers: AdoptedIssuer[] = [];
  const left: LeftProvider[] = [];
  let aside = 0;
  const taken = new Set<string>();
  for (const provider of providers) {
    const issuerPath = issuerPathOf(provider.url);
    const host = issuerPath.split("/", 1)[0] ?? "";
    if (!isDatabricksIssuer(provider.url) && !isLookAlike(host)) {
      aside += 1;
      continue;
    }
    const isGone = account.listsProviders && !account.providers.includes(provider);
    const read = isGone ? fault("provider-gone") : readProvider(provider, account);
    if ("reason" in read) {
      left.push({ provider, fault: read });
      continue;
    }
    const base = [keyOfAddress(provider.address ?? undefined), keyOfHost(host)].find(
      (name) => name !== undefined && satisfies(ISSUER_KEY, name),
    );
    let key = base ?? "issuer";
    for (let number = 2; taken.has(key); number += 1) key = `${base ?? "issuer"}-${number}`;
    taken.add(key);
    issuers.push({ key, provider, issuerPath, ...read });
  }
  return { issuers, left, aside };
}

/** Databricks providers that roles trust and no document names. */
function assumedProviders(account: ExistingAccount): readonly ExistingProvider[] {
  const known = new Set(account.providers.map(({ arn }) => arn));
  const found = new Map<string, ExistingProvider>();
  for (const { lint } of account.roles)
    for (const { providers } of parseRole(lint).statements)
      for (const { arn, accountId, issuerPath } of providers)
        if (!known.has(arn) && accountId === account.accountId && isDatabricksIssuer(issuerPath))
          found.set(arn, { arn, url: `https://${issuerPath}`, clientIds: null, tags: {}, address: null });
  return [...found.values()].sort((one, other) => (one.arn < other.arn ? -1 : 1));
}

/** Every audience that a role requires of a provider. */
function requiredAudiences(arn: string, { roles }: ExistingAccount): readonly string[] {
  const statements = roles.flatMap(({ lint }) => parseRole(lint).statements);
  return [
    ...new Set(
      statements
        .filter(({ effect, providers }) => effect === "Allow" && providers.some((provider) => provider.arn === arn))
        .flatMap(({ aud }) => aud.filter(({ negated, test }) => !negated && test === "StringEquals"))
        .flatMap(({ values }) => values),
    ),
  ];
}

function readProvider(
  provider: ExistingProvider,
  account: ExistingAccount,
): Pick<AdoptedIssuer, "audiences" | "declaration" | "unmanaged"> | Fault {
  const wrong = urlFault(provider.url);
  if (wrong !== undefined) return fault(wrong);
  const audiences = provider.clientIds ?? requiredAudiences(provider.arn, account);
  if (audiences.length === 0)
    return fault(provider.clientIds === null ? "audiences-unknown" : "no-registered-audience");
  const [host = "", ...rest] = issuerPathOf(provider.url).split("/");
  const accountId = rest.length > 1 ? (rest.at(-1) ?? "") : null;
  const custom = cloudOfHost(host) === null;
  const workspaceId = workspaceIdOfHost(host) ?? audiences.find((id) => satisfies(WORKSPACE_ID, id));
  if (accountId === null && workspaceId === undefined) return fault(custom ? "custom-host" : "workspace-id-unknown");
  const usual = audiences.length === 1 && audiences[0] === (accountId ?? workspaceId);
  const shared = { ...(usual ? {} : { audiences: [...audiences] }), ...(custom ? { allowCustomHost: true } : {}) };
  const cloud = cloudOfHost(host);
  const declaration: Members =
    accountId === null
      ? { level: "workspace", host, workspaceId, ...shared }
      : {
          level: "account",
          accountId,
          ...(cloud !== null && CLOUDS[cloud].accountsHost === host ? { cloud } : { accountsHost: host }),
          ...shared,
        };
  const read = readInput({ name: "adopted", issuers: { issuer: declaration }, roles: {} });
  if ("problems" in read) return fault("not-allowed", "", read.problems[0]?.message);
  const unmanaged =
    provider.clientIds === null
      ? fault("audiences-unknown", "", `assumed: ${audiences.join(", ")}`)
      : provider.tags[STACK_TAG] !== undefined
        ? fault("cloudformation", "", `stack ${provider.tags[STACK_TAG]}`)
        : null;
  return { audiences, declaration, unmanaged };
}

/** CloudFormation writes it on what a stack makes. */
export const STACK_TAG = "aws:cloudformation:stack-name";
