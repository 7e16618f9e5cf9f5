import { providerRule } from "../provider-rule";

export const issuerUserInfo = providerRule({
  id: "issuer-user-info",
  title: "Issuer with user information",
  why: "What precedes the @ looks like a host and is not one: the real host follows it.",
  fix: "Remove everything up to the @.",
  bad: "https://mycompany.cloud.databricks.com@evil.example.com/oidc",
  broken: ({ authority }) => (authority.includes("@") ? "The issuer has user information before its host." : undefined),
});
