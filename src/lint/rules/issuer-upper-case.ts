import { quoted } from "../../text/text-rule";
import { EXACT, providerRule } from "../provider-rule";

export const issuerUpperCase = providerRule({
  id: "issuer-upper-case",
  title: "Issuer host with capital letters",
  why: `Databricks signs its host in lower case. ${EXACT}`,
  fix: "Write the host in lower case.",
  bad: "https://MyCompany.cloud.databricks.com/oidc",
  broken: ({ authority }) =>
    /[A-Z]/.test(authority) ? `The host ${quoted(authority)} has capital letters.` : undefined,
});
