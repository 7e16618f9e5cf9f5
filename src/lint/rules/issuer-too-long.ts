import { issuerPathOf } from "../../issuer/issuer";
import { MAX_ISSUER_LENGTH } from "../../issuer/rules";
import { providerRule } from "../provider-rule";

export const issuerTooLong = providerRule({
  id: "issuer-too-long",
  title: "Issuer that is too long",
  why: `IAM accepts ${MAX_ISSUER_LENGTH} characters, https:// included.`,
  fix: "Use a shorter host.",
  bad: `https://${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.cloud.databricks.com/oidc`,
  broken: (_, url) =>
    `https://${issuerPathOf(url)}`.length > MAX_ISSUER_LENGTH
      ? `The issuer has ${`https://${issuerPathOf(url)}`.length} characters.`
      : undefined,
});
