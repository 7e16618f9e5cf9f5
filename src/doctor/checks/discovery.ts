/** Judges the discovery document as AWS does before it trusts a token. Pure. */
import { isLoopback } from "../../network/proxy";
import { ALGORITHMS } from "../../sts/verify-signature";
import { quoted } from "../../text/text-rule";
import type { Check, CheckId } from "../check";
import { fail, pass, unknown } from "../check";
import type { Reading } from "../fetch/document";
import { readDocument } from "../fetch/document";
import type { Fetched } from "../fetch/fetch-url";
import type { IssuerFacts, Limits } from "../fetch/issuer";

const NOT_READ = "Not judged: there is no discovery document.";

export function discoveryChecks(subject: string, issuer: string, facts: IssuerFacts, limits: Limits): readonly Check[] {
  const { discovery } = facts;
  const read = readDocument(discovery);
  if (!read.ok) {
    // once the host has answered anything, its silence is its own
    const judged = obstacleCheck("discovery", subject, discovery, read, {
      heardOf: facts.config.ok || facts.publicly.ok,
      limits,
    });
    return [
      judged,
      unknown("discovery-issuer", subject, NOT_READ, null),
      unknown("discovery-fields", subject, NOT_READ, null),
    ];
  }
  const milliseconds = discovery.ok ? discovery.answer.milliseconds : 0;
  const reached =
    milliseconds > limits.stsMs
      ? fail(
          "discovery",
          subject,
          `It took ${seconds(milliseconds)}; STS gives up after ${seconds(limits.stsMs)}.`,
          "Run this from elsewhere too; if it is slow there as well, ask Databricks.",
        )
      : pass(
          "discovery",
          subject,
          `${discovery.url.href} answered in ${milliseconds} ms, without a log-in${viaProxy(discovery)}.`,
        );
  return [reached, issuerCheck(subject, issuer, read.document["issuer"]), fieldsCheck(subject, read.document)];
}

/** Why a public document is not to be had, as a check: `unknown` where it may be this network or this moment. */
export function obstacleCheck(
  id: CheckId,
  subject: string,
  asked: Fetched,
  read: Extract<Reading, { ok: false }>,
  { heardOf, limits }: { readonly heardOf: boolean; readonly limits: Limits },
): Check {
  if (read.code === "network-timeout" && heardOf && limits.timeoutMs >= limits.stsMs) {
    return fail(
      id,
      subject,
      `${asked.url.host} answers other questions, and did not finish this answer ` +
        `within ${seconds(limits.timeoutMs)}; STS gives up after ${seconds(limits.stsMs)}.`,
      "Try again; if it lasts, ask Databricks, or use the account issuer.",
    );
  }
  if (read.obstacle === "unreachable" || read.obstacle === "busy")
    return unknown(id, subject, read.says, read.fix, read.code);
  return fail(
    id,
    subject,
    read.says,
    read.obstacle === "missing" && id === "discovery"
      ? "Check the host and, for an account issuer, the account ID: there is no issuer at this address."
      : read.fix,
  );
}

function viaProxy(fetched: Fetched): string {
  return fetched.ok && fetched.answer.proxy !== null ? ` (through the proxy ${fetched.answer.proxy})` : "";
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds % 1000 === 0 ? 0 : 1)} s`;
}

function issuerCheck(subject: string, ours: string, theirs: unknown): Check {
  if (theirs === ours) return pass("discovery-issuer", subject, `issuer is ${ours}, as ours to the character.`);
  if (typeof theirs !== "string")
    return fail(
      "discovery-issuer",
      subject,
      "The document names no issuer.",
      "This is no OIDC issuer AWS takes; check the address.",
    );
  const { how, fix } = difference(ours, theirs);
  return fail(
    "discovery-issuer",
    subject,
    `issuer is ${quoted(theirs)}, ours is ${quoted(ours)}: they differ in ${how}. AWS compares every character.`,
    fix,
  );
}

/** What no Databricks host says of itself, and no federation can register. */
const NOT_DATABRICKS =
  "Databricks' own documents do not say so: see whether a gateway or proxy rewrites this one. If the issuer " +
  "itself says so, use the account issuer (level: account).";

function difference(ours: string, theirs: string): { readonly how: string; readonly fix: string } {
  const bare = (url: string): string => url.replace(/\/+$/, "");
  const schemeless = (url: string): string => url.replace(/^[a-z]+:\/\//i, "");
  const portless = (url: string): string => url.replace(/^([a-z]+:\/\/[^/:]+):[0-9]+/i, "$1");
  if (theirs.trim() === ours) return { how: "white space around it", fix: NOT_DATABRICKS };
  if (bare(theirs) === bare(ours)) return { how: "a slash at the end", fix: NOT_DATABRICKS };
  if (theirs.toLowerCase() === ours.toLowerCase()) return { how: "case", fix: NOT_DATABRICKS };
  if (schemeless(theirs) === schemeless(ours))
    return { how: "its scheme: AWS takes https:// alone", fix: NOT_DATABRICKS };
  if (portless(theirs) === ours) return { how: "its port: AWS takes an issuer without one", fix: NOT_DATABRICKS };
  if (hostOf(theirs) !== hostOf(ours))
    return {
      how: "its host: this one is another name of it",
      fix: `Make ${quoted(theirs)} the issuer of the federation, by its host.`,
    };
  return {
    how: "its path",
    fix: "Make theirs the issuer: level workspace ends in /oidc, level account in /oidc/accounts/<account ID>.",
  };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}

/**
 * Source: the IAM user guide, on creating an OIDC provider. `claims_supported` is asked for there and was never
 * missed.
 */
function fieldsCheck(subject: string, document: Readonly<Record<string, unknown>>): Check {
  const wrong: string[] = [];
  const jwksUri = document["jwks_uri"];
  if (typeof jwksUri !== "string") wrong.push("jwks_uri is missing");
  else if (!/^https:\/\/[^/@]+\//.test(jwksUri)) wrong.push(`jwks_uri ${quoted(jwksUri)} is no https URL`);
  else if (isLoopback(hostOf(jwksUri).replace(/:[0-9]+$/, "")))
    wrong.push(`jwks_uri ${quoted(jwksUri)} is on no host that AWS could ask`);
  if (!texts(document["response_types_supported"]).some((type) => type.split(" ").includes("id_token")))
    wrong.push("response_types_supported has no id_token");
  if (!texts(document["subject_types_supported"]).includes("public"))
    wrong.push("subject_types_supported has no public");
  const algorithms = texts(document["id_token_signing_alg_values_supported"]);
  if (!algorithms.some((algorithm) => ALGORITHMS.some((known) => known === algorithm)))
    wrong.push(`id_token_signing_alg_values_supported has none of ${ALGORITHMS.join(", ")}`);
  if (wrong.length > 0)
    return fail(
      "discovery-fields",
      subject,
      `${wrong.join("; ")}.`,
      "AWS takes no tokens of such an issuer. Check that this is Databricks' own document and not a gateway's.",
    );
  if (texts(document["claims_supported"]).length === 0)
    return unknown(
      "discovery-fields",
      subject,
      "claims_supported is missing: AWS' guide asks for it, and whether STS minds is not known.",
      null,
    );
  const elsewhere =
    hostOf(String(jwksUri)) === hostOf(String(document["issuer"]))
      ? ""
      : `; its keys are on ${hostOf(String(jwksUri))}, which issuers share, so the issuer alone tells them apart`;
  return pass(
    "discovery-fields",
    subject,
    `All there, tokens signed with ${algorithms.map((algorithm) => quoted(algorithm).slice(1, -1)).join(", ")}${elsewhere}.`,
  );
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
