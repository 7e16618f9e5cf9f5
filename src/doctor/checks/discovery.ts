/** Checks the discovery document as AWS does before it accepts a token. Pure. */
import { withoutTrailingSlashes } from "../../text/words";
import { isLoopback } from "../../network/proxy";
import { ALGORITHMS } from "../../sts/verify-signature";
import { quoted } from "../../text/text-rule";
import { type Check, type CheckId, checkOf, skipped } from "../check";
import { readDocument, type Reading } from "../fetch/document";
import type { Fetched, Limits } from "../fetch/fetch-url";
import type { IssuerFacts } from "../fetch/issuer";
import { texts } from "../../text/members";

export function discoveryChecks(subject: string, issuer: string, facts: IssuerFacts, limits: Limits): readonly Check[] {
  const { discovery } = facts;
  const { pass, fail } = checkOf("discovery", subject);
  const read = readDocument(discovery);
  if (!read.ok) {
    // once the host has answered anything, a timeout is its own
    const answersElse = facts.config.ok || facts.publicly.ok;
    return [
      obstacleCheck("discovery", subject, discovery, read, { answersElse, limits }),
      ...skipped(["discovery-issuer", "discovery-fields"], subject, "there is no discovery document."),
    ];
  }
  const { milliseconds, proxy } = discovery.ok ? discovery.answer : { milliseconds: 0, proxy: null };
  const through = proxy === null ? "" : ` (through the proxy ${proxy})`;
  return [
    milliseconds > limits.stsMs
      ? fail(...tooSlow("It", milliseconds, limits))
      : pass(`${discovery.url.href} answered in ${milliseconds} ms, without a login${through}.`),
    issuerCheck(subject, issuer, read.document["issuer"]),
    fieldsCheck(subject, read.document),
  ];
}

/** Evidence and fix for a document that took longer than STS waits. */
export function tooSlow(what: string, milliseconds: number, { stsMs }: Limits): readonly [string, string] {
  return [
    `${what} took ${seconds(milliseconds)}; STS gives up after ${seconds(stsMs)}.`,
    "Run this from elsewhere too; if it is slow there as well, ask Databricks.",
  ];
}

/**
 * Why a public document could not be read, as a check: `unknown` where this network or a moment may be the reason.
 * `answersElse`: the host answered another request.
 */
export function obstacleCheck(
  id: CheckId,
  subject: string,
  fetched: Fetched,
  read: Extract<Reading, { ok: false }>,
  { answersElse, limits }: { readonly answersElse: boolean; readonly limits: Limits },
): Check {
  const { fail, unread } = checkOf(id, subject);
  if (read.code === "network-timeout" && answersElse && limits.timeoutMs >= limits.stsMs)
    return fail(
      `${fetched.url.host} answers other requests, and did not finish this one within ${seconds(limits.timeoutMs)}; ` +
        `STS gives up after ${seconds(limits.stsMs)}.`,
      "Try again; if it continues, ask Databricks, or use the account issuer.",
    );
  if (read.obstacle === "unreachable" || read.obstacle === "busy") return unread(read);
  return fail(
    read.message,
    read.obstacle === "missing" && id === "discovery"
      ? "Check the host and, for an account issuer, the account ID: there is no issuer at this address."
      : read.fix,
  );
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds % 1000 === 0 ? 0 : 1)} s`;
}

function issuerCheck(subject: string, ours: string, theirs: unknown): Check {
  const { pass, fail } = checkOf("discovery-issuer", subject);
  if (theirs === ours) return pass(`issuer is ${ours}, exactly as in the federation.`);
  if (typeof theirs !== "string")
    return fail("The document names no issuer.", "AWS accepts no such document; check the address.");
  const { what, fix } = difference(ours, theirs);
  return fail(
    `issuer is ${quoted(theirs)}, in the federation ${quoted(ours)}: they differ in ${what}. AWS compares every ` +
      "character.",
    fix,
  );
}

/** For what no Databricks host says of itself, and no federation can register. */
const NOT_DATABRICKS =
  "Databricks' own documents do not say this: check whether a gateway or proxy rewrites them. If the issuer itself " +
  "says so, use the account issuer (level: account).";

function difference(ours: string, theirs: string): { readonly what: string; readonly fix: string } {
  const schemeless = (url: string): string => url.replace(/^[a-z]+:\/\//i, "");
  const portless = (url: string): string => url.replace(/^([a-z]+:\/\/[^/:]+):[0-9]+/i, "$1");
  const rewritten = (
    [
      [theirs.trim() === ours, "white space around it"],
      [withoutTrailingSlashes(theirs) === withoutTrailingSlashes(ours), "a slash at the end"],
      [theirs.toLowerCase() === ours.toLowerCase(), "case"],
      [schemeless(theirs) === schemeless(ours), "its scheme: AWS accepts https:// only"],
      [portless(theirs) === ours, "its port: AWS accepts an issuer without one"],
    ] as const
  ).find(([same]) => same);
  if (rewritten !== undefined) return { what: rewritten[1], fix: NOT_DATABRICKS };
  if (hostOf(theirs) !== hostOf(ours))
    return {
      what: "its host: this one is another name of it",
      fix: `Make ${quoted(theirs)} the issuer of the federation, by its host.`,
    };
  return {
    what: "its path",
    fix:
      "Make that the issuer of the federation: level workspace ends in /oidc, level account in " +
      "/oidc/accounts/<account ID>.",
  };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}

/** Source: the IAM user guide, on creating an OIDC provider. STS accepts tokens without `claims_supported`. */
function fieldsCheck(subject: string, document: Readonly<Record<string, unknown>>): Check {
  const { pass, fail, unknown } = checkOf("discovery-fields", subject);
  const wrong: string[] = [];
  const jwksUri = document["jwks_uri"];
  if (typeof jwksUri !== "string") wrong.push("jwks_uri is missing");
  else if (!/^https:\/\/[^/@]+\//.test(jwksUri)) wrong.push(`jwks_uri ${quoted(jwksUri)} is not an https URL`);
  else if (isLoopback(hostOf(jwksUri).replace(/:[0-9]+$/, "")))
    wrong.push(`jwks_uri ${quoted(jwksUri)} is on a host that AWS cannot reach`);
  if (!texts(document["response_types_supported"]).some((type) => type.split(" ").includes("id_token")))
    wrong.push("response_types_supported has no id_token");
  if (!texts(document["subject_types_supported"]).includes("public"))
    wrong.push("subject_types_supported has no public");
  const algorithms = texts(document["id_token_signing_alg_values_supported"]);
  if (!algorithms.some((algorithm) => ALGORITHMS.some((known) => known === algorithm)))
    wrong.push(`id_token_signing_alg_values_supported has none of ${ALGORITHMS.join(", ")}`);
  if (wrong.length > 0)
    return fail(
      `${wrong.join("; ")}.`,
      "AWS accepts no tokens of such an issuer. Check that this is Databricks' own document and not a gateway's.",
    );
  if (texts(document["claims_supported"]).length === 0)
    return unknown("claims_supported is missing: AWS' guide asks for it, and it is not known whether STS requires it.");
  const keysHost = hostOf(String(jwksUri));
  const shared =
    keysHost === hostOf(String(document["issuer"]))
      ? ""
      : `; its keys are on ${keysHost}, which issuers share, so only the issuer tells them apart`;
  const signed = algorithms.map((algorithm) => quoted(algorithm).slice(1, -1)).join(", ");
  return pass(`All there, tokens signed with ${signed}${shared}.`);
}
