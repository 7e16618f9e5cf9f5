/**
 * The pure rooms: issuers, federations, trust policies, and what decides about them. No network, no file system,
 * no clock, no CDKTF. The constructs are in `databricks-aws-oidc/cdktf`.
 */
export * from "./errors";
export * from "./federation";
export { CLOUDS } from "./issuer/clouds";
export type { Cloud } from "./issuer/clouds";
export { lintFederation } from "./lint/federation";
export { LINT_RULES } from "./trust/lint/rules";
export type { Finding } from "./trust/lint/lint";
export type { LintRule } from "./trust/lint/rule";
export { chooseIssuer } from "./issuer/choose";
export type { IssuerChoice, IssuerQuestion } from "./issuer/choose";
export { issuerPathOf, providerArn, urlsOf } from "./issuer/issuer";
export type { IssuerUrls } from "./issuer/issuer";
export { readIssuerUrl } from "./issuer/read-url";
export type { PastedIssuer } from "./issuer/read-url";
export { buildTrustPolicy, measureTrustPolicy, trustPolicyJson } from "./trust/build";
export type { TrustContext, TrustedIssuer, TrustPolicySize } from "./trust/build";
export { canonicalJson } from "./trust/canonical-json";
export type { TrustPolicy, TrustStatement } from "./trust/policy";
export type { Condition, SubjectTrust, Trust, UnityCatalogTrust } from "./trust/trust";
