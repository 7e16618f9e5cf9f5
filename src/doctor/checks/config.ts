/** Judges what a Databricks host says about itself in `/.well-known/databricks-config`. Pure. */
import type { FederationIssuer } from "../../federation/model";
import { quoted } from "../../text-rule";
import type { Check } from "../check";
import { fail, pass, unknown } from "../check";
import { readDocument } from "../reach/document";
import type { Fetched } from "../reach/exchange";

type Document = Readonly<Record<string, unknown>>;

export function configCheck(subject: string, issuer: Pick<FederationIssuer, "issuer" | "input">, config: Fetched): Check {
  const read = readDocument(config);
  if (!read.ok) {
    if (read.obstacle === "unreachable" || read.obstacle === "busy") return unknown("databricks-config", subject, read.says, read.fix, read.code);
    // older hosts have none, and AWS does not ask for it
    return unknown("databricks-config", subject, read.obstacle === "missing" ? "The host has no databricks-config: older ones have none." : `Not to be read: ${read.says}`, null);
  }
  const { input } = issuer;
  const id = input.level === "workspace" ? "workspace_id" : "account_id";
  const ours = input.level === "workspace" ? input.workspaceId : input.accountId;
  const theirs = idOf(read.document, id);
  if (theirs !== null && theirs.toLowerCase() !== ours.toLowerCase()) {
    return fail("databricks-config", subject, `The host says its ${id} is ${quoted(theirs)}; the federation says ${quoted(ours)}, and that is the audience it registers.`, `Correct ${input.level === "workspace" ? "workspaceId" : "accountId"} in the federation, or its host.`);
  }
  const endpoint = oidcEndpoint(read.document, input.level === "account" ? input.accountId : null);
  if (endpoint !== null && endpoint !== issuer.issuer) {
    return fail("databricks-config", subject, `The host sends its clients to ${quoted(endpoint)} for tokens, and the federation's issuer is ${issuer.issuer}: the endpoint that mints a token decides its issuer.`, "Make that the issuer of the federation, or have every client ask this issuer's own token endpoint (credentials does).");
  }
  const facts = ["host_type", "cloud", "workspace_id", "account_id"].flatMap((name) => { const value = idOf(read.document, name); return value === null ? [] : [`${name} ${quoted(value)}`]; });
  const agrees = theirs !== null || endpoint !== null;
  const says = facts.length === 0 ? "It says nothing about the host" : facts.join(", ");
  return agrees ? pass("databricks-config", subject, `${says}${endpoint === null ? "" : `, tokens from ${endpoint}`}: as the federation has it.`) : unknown("databricks-config", subject, `${says}; neither ${id} nor oidc_endpoint.`, null);
}

/** A text, or a number that a double can hold. */
function idOf(document: Document, name: string): string | null {
  const value = document[name];
  if (typeof value === "string" && value !== "") return value;
  return Number.isSafeInteger(value) ? String(value) : null;
}

/** `oidc_endpoint` without a trailing slash; a literal `{account_id}` stands for the document's own account, else ours. */
function oidcEndpoint(document: Document, accountId: string | null): string | null {
  const value = document["oidc_endpoint"];
  if (typeof value !== "string" || value === "") return null;
  const account = idOf(document, "account_id") ?? accountId;
  const filled = account === null ? value : value.replaceAll("{account_id}", account);
  return filled.includes("{account_id}") ? null : filled.replace(/\/+$/, "");
}
