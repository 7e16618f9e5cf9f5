import { EXAMPLE_ISSUER } from "../examples";
import { providerRule } from "../provider-rule";

export const issuerNotHttps = providerRule({
  id: "issuer-not-https",
  title: "Issuer without https",
  why: "IAM accepts https only, and Databricks signs https in iss.",
  fix: "Use https://.",
  bad: `http://${EXAMPLE_ISSUER}`,
  broken: ({ scheme }) => (scheme === null || scheme === "https" ? undefined : `The issuer starts with ${scheme}://.`),
});
