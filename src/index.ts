/**
 * The pure rooms: issuers, federations, trust policies, and what decides about them. No network, no file system,
 * no clock, no CDKTF. The constructs are in `databricks-aws-oidc/cdktf`.
 */
export { ERROR_CODES, FederationError, InputError, OutsideError } from "./errors";
export type { ErrorCode, Problem, Warning } from "./errors";
export { accountView, inlinePoliciesOf, roleTrustPolicy } from "./federation/account-view";
export type { AccountView } from "./federation/account-view";
export { identityNames, nameOf } from "./federation/identities";
export { logicalId } from "./federation/logical-id";
export type { Federation, FederationRole } from "./federation/model";
export { parseFederation, readFederation } from "./federation/read";
export type { ReadFederation } from "./federation/read";
export type {
  FederationInput,
  IdentityDeclaration,
  IssuerDeclaration,
  RoleDeclaration,
  TrustDeclaration,
} from "./federation/declarations";
export { chooseIssuer } from "./issuer/choose";
export { CLOUDS } from "./issuer/clouds";
export type { Cloud } from "./issuer/clouds";
export { checkIssuer, issuerPathOf, providerArn, urlsOf } from "./issuer/issuer";
export type { IssuerInput, IssuerUrls } from "./issuer/issuer";
export { readIssuerUrl } from "./issuer/read-url";
export { PARTITIONS } from "./issuer/rules";
export type { Partition } from "./issuer/rules";
export { LINT_RULES } from "./lint/all-rules";
export { lintFederation } from "./lint/lint-federation";
export { lintTarget } from "./lint/run-rules";
export type { Finding } from "./lint/run-rules";
export { buildTrustPolicy, measureTrustPolicy, trustPolicyJson } from "./trust/build";
export { canonicalJson } from "./trust/canonical-json";
export type { Json } from "./trust/canonical-json";
export { compilePolicy, decide, explainDecision } from "./trust/decide/decide";
export type { Decision, PolicyRequest } from "./trust/decide/decide";
export { readPolicy } from "./trust/decide/document";
export type { PolicyDocument } from "./trust/decide/document";
export { compare } from "./trust/exact/compare";
export { who } from "./trust/exact/who";
export type { LintTarget } from "./trust/parsed/target";
export type { TrustPolicy } from "./trust/policy";
export type { Identity, Trust } from "./trust/trust";
