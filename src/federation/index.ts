export { accountView, inlinePoliciesOf, roleTags, roleTrustPolicy, selfAssumePolicyOf } from "./account-view";
export type { AccountView, ProviderView } from "./account-view";
export { durationText, secondsOf } from "./duration";
export { logicalId } from "./logical-id";
export type * from "./model";
export { parseFederation, readFederation } from "./read";
export type { ReadFederation } from "./read";
export { federationSchema } from "./schema";
export type { FederationInput, IssuerDeclaration, RoleDeclaration, TrustDeclaration } from "./schema";
