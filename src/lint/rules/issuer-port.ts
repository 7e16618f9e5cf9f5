import { quoted } from "../../text/text-rule";
import { EXACT, providerRule } from "../provider-rule";

export const issuerPort = providerRule({
  id: "issuer-port",
  title: "Issuer with a port",
  why: `IAM accepts no port. ${EXACT}`,
  fix: "Remove the port.",
  bad: "https://mycompany.cloud.databricks.com:443/oidc",
  broken: ({ authority }) => (/:[0-9]*$/.test(authority) ? `The issuer has a port: ${quoted(authority)}.` : undefined),
});
