/**
 * Back end 1: the constructs. Needs the peers cdktf, @cdktf/provider-aws and constructs; the build makes of it the same
 * for cdktn and @cdktn/provider-aws.
 */
export type { ExistingRole } from "./existing-role";
export { DatabricksFederatedRole } from "./federated-role";
export type { DatabricksFederatedRoleProps, RoleProps, RoleTrust } from "./federated-role";
export { DatabricksFederation } from "./federation";
export type { DatabricksFederationProps } from "./federation";
export { FederationStack } from "./federation-stack";
export type { FederationStackOptions } from "./federation-stack";
export type { InlinePolicy } from "./inline-policies";
export { loadFederation } from "../files/load-federation";
export { loadImports } from "../files/load-imports";
export type { Imports } from "../federation/imports";
export { DatabricksOidcProvider } from "./oidc-provider";
export type { DatabricksOidcProviderProps } from "./oidc-provider";
export { allowAwsProviderRange } from "./terraform-block";
export type { FederationSettings } from "./settings";
export { readFederation } from "../federation/read";
export type { Federation } from "../federation/model";
export type { IssuerDeclaration, TrustDeclaration } from "../federation/declarations";
