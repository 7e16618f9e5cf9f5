/**
 * The pure rooms: issuers, federations, trust policies, and what decides about them. No network, no file system,
 * no clock, no CDKTF. The constructs are in `databricks-aws-oidc/cdktf`.
 */
export * from "./errors";
export * from "./federation";
export { chooseIssuer } from "./issuer/choose";
export type { IssuerChoice, IssuerQuestion } from "./issuer/choose";
export { CLOUD_NAMES, CLOUDS } from "./issuer/clouds";
export type { Cloud } from "./issuer/clouds";
export { checkIssuer, issuerPathOf, issuerUrl, providerArn, urlsOf } from "./issuer/issuer";
export type { AccountIssuerInput, IssuerInput, IssuerUrls, WorkspaceIssuerInput } from "./issuer/issuer";
export { readIssuerUrl } from "./issuer/read-url";
export type { PastedIssuer } from "./issuer/read-url";
export { PARTITIONS } from "./issuer/rules";
export type { Partition } from "./issuer/rules";
export { lintFederation } from "./lint/lint-federation";
export { buildTrustPolicy, measureTrustPolicy, selfAssumePolicy, trustPolicyJson } from "./trust/build";
export type { RoleIdentity, TrustContext, TrustedIssuer, TrustPolicySize } from "./trust/build";
export { canonicalJson } from "./trust/canonical-json";
export type { Json } from "./trust/canonical-json";
export { checkTrusts } from "./trust/check";
export type { CheckContext, KnownIssuers } from "./trust/check";
export { compilePolicy, decide, explainDecision } from "./trust/decide/decide";
export type {
  CompiledPolicy,
  ConditionTrace,
  Decision,
  PolicyRequest,
  RequestKeys,
  StatementTrace,
  Verdict,
} from "./trust/decide/decide";
export { readPolicy } from "./trust/decide/document";
export type { PolicyCondition, PolicyDocument, PolicyStatement, ReadPolicy } from "./trust/decide/document";
export { lintTarget } from "./lint/run-rules";
export type { Finding } from "./lint/run-rules";
export type { LintRule } from "./lint/rule";
export { LINT_RULES } from "./lint/all-rules";
export type { LintProvider, LintRole, LintTarget } from "./trust/parsed/target";
export type { TrustPolicy, TrustStatement } from "./trust/policy";
export { strangerLetIn } from "./trust/strangers";
export type { Condition, SubjectPattern, SubjectTrust, Trust, UnityCatalogTrust } from "./trust/trust";
