import { isAccountsHost } from "../../issuer/clouds";
import { quoted } from "../../text/text-rule";
import { providerRule } from "../provider-rule";

export const issuerAccountAgnostic = providerRule({
  id: "issuer-account-agnostic",
  title: "Issuer shared by all Databricks customers",
  why:
    "https://accounts.cloud.databricks.com/oidc is live and signs for every customer: trusting it lets all " +
    "of them attempt the role.",
  fix:
    "Add your account: https://accounts.cloud.databricks.com/oidc/accounts/<account ID>, or use a workspace " +
    "issuer.",
  bad: "https://accounts.cloud.databricks.com/oidc",
  broken: ({ authority, path }, url) =>
    isAccountsHost(authority.toLowerCase()) && !/^\/oidc\/accounts\/[^/]/.test(path)
      ? `${quoted(url)} is shared by every Databricks customer.`
      : undefined,
});
