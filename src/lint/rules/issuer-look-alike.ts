import { CLOUDS, cloudOfHost } from "../../issuer/clouds";
import { quoted } from "../../text/text-rule";
import { EXACT, providerRule } from "../provider-rule";

/** Domains below which Databricks' hosts are. */
const ZONES = Object.values(CLOUDS).map(({ workspaceZone }) => workspaceZone.slice(1));

export const issuerLookAlike = providerRule({
  id: "issuer-look-alike",
  title: "Host that looks like one of Databricks",
  why: "It contains a Databricks domain and is not below it: whoever owns the real domain signs the tokens. " + EXACT,
  fix: "Use the workspace's own host, e.g. https://mycompany.cloud.databricks.com/oidc.",
  bad: "https://mycompany.cloud.databricks.com.evil.example/oidc",
  broken: ({ authority }) => {
    const host = authority
      .toLowerCase()
      .replace(/^[^@]*@/, "")
      .replace(/:[0-9]*$/, "");
    return cloudOfHost(host) === null && ZONES.some((zone) => host.includes(zone))
      ? `${quoted(host)} is not a Databricks host.`
      : undefined;
  },
});
