export { accountView, inlinePoliciesOf, roleTags, roleTrustPolicy } from "./account-view";
export type { AccountView } from "./account-view";
export { identityNames, nameOf } from "./identities";
export type * from "./model";
export { parseFederation, readFederation } from "./read";
export { reachOf } from "./reach";
export type { ReadFederation } from "./read";
export type { FederationInput, RoleDeclaration, TrustDeclaration } from "./declarations";
