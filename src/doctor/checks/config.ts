/** Checks what a Databricks host says about itself in `/.well-known/databricks-config`. Pure. */
import { withoutTrailingSlashes } from "../../text/words";
import type { FederationIssuer } from "../../federation/model";
import { type DatabricksConfig, readDatabricksConfig } from "../../network/databricks-config";
import { quoted } from "../../text/text-rule";
import { type Check, checkOf } from "../check";
import { readDocument } from "../fetch/document";
import type { Fetched } from "../fetch/fetch-url";

export function configCheck(
  subject: string,
  { issuer, input }: Pick<FederationIssuer, "issuer" | "input">,
  fetched: Fetched,
): Check {
  const { pass, fail, unknown, unread } = checkOf("databricks-config", subject);
  const read = readDocument(fetched);
  if (!read.ok) {
    if (read.obstacle === "unreachable" || read.obstacle === "busy") return unread(read);
    // older hosts have none, and AWS does not ask for it
    if (read.obstacle === "missing") return unknown("The host has no databricks-config: older ones have none.");
    return unknown(`Could not be read: ${read.message}`);
  }
  const config = readDatabricksConfig(read.document);
  const [field, id, ours, theirs] =
    input.level === "workspace"
      ? (["workspaceId", "workspace_id", input.workspaceId, config.workspaceId] as const)
      : (["accountId", "account_id", input.accountId, config.accountId] as const);
  if (theirs !== null && theirs.toLowerCase() !== ours.toLowerCase())
    return fail(
      `The host says its ${id} is ${quoted(theirs)}; the federation has ${quoted(ours)} and registers it as audience.`,
      `Correct ${field} in the federation, or its host.`,
    );
  const endpoint = oidcEndpoint(config, input.level === "account" ? input.accountId : null);
  if (endpoint !== null && endpoint !== issuer)
    return fail(
      `The host sends its clients to ${quoted(endpoint)} for tokens, and the federation's issuer is ${issuer}: the ` +
        "endpoint that signs a token decides its issuer.",
      "Make that the issuer of the federation, or have every client use this issuer's own token endpoint " +
        "(credentials does).",
    );
  const facts = Object.entries({
    host_type: config.hostType,
    cloud: config.cloud,
    workspace_id: config.workspaceId,
    account_id: config.accountId,
  }).flatMap(([name, value]) => (value === null ? [] : [`${name} ${quoted(value)}`]));
  const evidence = facts.length === 0 ? "It says nothing about the host" : facts.join(", ");
  if (theirs === null && endpoint === null) return unknown(`${evidence}; neither ${id} nor oidc_endpoint.`);
  return pass(`${evidence}${endpoint === null ? "" : `, tokens from ${endpoint}`}: as in the federation.`);
}

/**
 * Without a trailing slash; a literal `{account_id}` is replaced by the host's own account, else `ours`. Null where it
 * cannot be filled in, or is not a URL.
 */
function oidcEndpoint({ oidcEndpoint: endpoint, accountId }: DatabricksConfig, ours: string | null): string | null {
  if (endpoint === null || !/^https?:\/\//.test(endpoint)) return null;
  const account = accountId ?? ours;
  const filled = account === null ? endpoint : endpoint.replaceAll("{account_id}", account);
  return filled.includes("{account_id}") ? null : withoutTrailingSlashes(filled);
}
