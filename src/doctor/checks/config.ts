/** Judges what a Databricks host says about itself in `/.well-known/databricks-config`. Pure. */
import type { FederationIssuer } from "../../federation/model";
import type { DatabricksConfig } from "../../network/databricks-config";
import { readDatabricksConfig } from "../../network/databricks-config";
import { quoted } from "../../text/text-rule";
import type { Check } from "../check";
import { fail, pass, unknown } from "../check";
import { readDocument } from "../fetch/document";
import type { Fetched } from "../fetch/fetch-url";

export function configCheck(
  subject: string,
  issuer: Pick<FederationIssuer, "issuer" | "input">,
  config: Fetched,
): Check {
  const read = readDocument(config);
  if (!read.ok) {
    if (read.obstacle === "unreachable" || read.obstacle === "busy")
      return unknown("databricks-config", subject, read.says, read.fix, read.code);
    // older hosts have none, and AWS does not ask for it
    return unknown(
      "databricks-config",
      subject,
      read.obstacle === "missing"
        ? "The host has no databricks-config: older ones have none."
        : `Not to be read: ${read.says}`,
      null,
    );
  }
  const said = readDatabricksConfig(read.document);
  const { input } = issuer;
  const [id, ours, theirs] =
    input.level === "workspace"
      ? (["workspace_id", input.workspaceId, said.workspaceId] as const)
      : (["account_id", input.accountId, said.accountId] as const);
  if (theirs !== null && theirs.toLowerCase() !== ours.toLowerCase()) {
    return fail(
      "databricks-config",
      subject,
      `The host says its ${id} is ${quoted(theirs)}; the federation says ${quoted(ours)}, and that is the ` +
        `audience it registers.`,
      `Correct ${input.level === "workspace" ? "workspaceId" : "accountId"} in the federation, or its host.`,
    );
  }
  const endpoint = oidcEndpoint(said, input.level === "account" ? input.accountId : null);
  if (endpoint !== null && endpoint !== issuer.issuer) {
    return fail(
      "databricks-config",
      subject,
      `The host sends its clients to ${quoted(endpoint)} for tokens, and the federation's issuer ` +
        `is ${issuer.issuer}: the endpoint that mints a token decides its issuer.`,
      "Make that the issuer of the federation, or have every client ask this issuer's own token endpoint " +
        "(credentials does).",
    );
  }
  const facts = (
    [
      ["host_type", said.hostType],
      ["cloud", said.cloud],
      ["workspace_id", said.workspaceId],
      ["account_id", said.accountId],
    ] as const
  ).flatMap(([name, value]) => (value === null ? [] : [`${name} ${quoted(value)}`]));
  const says = facts.length === 0 ? "It says nothing about the host" : facts.join(", ");
  if (theirs === null && endpoint === null)
    return unknown("databricks-config", subject, `${says}; neither ${id} nor oidc_endpoint.`, null);
  return pass(
    "databricks-config",
    subject,
    `${says}${endpoint === null ? "" : `, tokens from ${endpoint}`}: as the federation has it.`,
  );
}

/**
 * Without a trailing slash; a literal `{account_id}` stands for the host's own account, else ours. Null where nobody
 * fills it, or it is no URL.
 */
function oidcEndpoint({ oidcEndpoint: endpoint, accountId }: DatabricksConfig, ours: string | null): string | null {
  if (endpoint === null || !/^https?:\/\//.test(endpoint)) return null;
  const account = accountId ?? ours;
  const filled = account === null ? endpoint : endpoint.replaceAll("{account_id}", account);
  return filled.includes("{account_id}") ? null : filled.replace(/\/+$/, "");
}
