/** The inline policies that a role of a federation file has. Pure. */
import { SELF_ASSUME_POLICY_NAME } from "../trust/build";
import { asRecord, type Members, records } from "../text/members";
import { REVOKE_POLICY_NAME } from "../trust/revocation";

/** Names of those that `declaration` lists, and of those that the federation adds because of what else it says. */
export function inlinePolicyNames(declaration: Members): readonly string[] {
  const assumesItself = records(declaration["trusts"]).some((trust) => trust["unityCatalog"] !== undefined);
  return [
    ...Object.keys(asRecord(declaration["inlinePolicies"]) ?? {}),
    ...(declaration["revokeSessionsBefore"] === undefined ? [] : [REVOKE_POLICY_NAME]),
    ...(assumesItself ? [SELF_ASSUME_POLICY_NAME] : []),
  ];
}
