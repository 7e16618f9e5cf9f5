/** The inline policies that a role of a federation file has. Pure. */
import { SELF_ASSUME_POLICY_NAME } from "../trust/build";
import { asRecord, records } from "../trust/parsed/parse-role";
import { REVOKE_POLICY_NAME } from "../trust/revocation";
import type { Members } from "./read-input";

/** Names of those that `declaration` lists, and of those that the federation adds because of what else it says. */
export function inlinePolicyNames(declaration: Members): readonly string[] {
  const assumesItself = records(declaration["trusts"]).some((trust) => trust["unityCatalog"] !== undefined);
  return [
    ...Object.keys(asRecord(declaration["inlinePolicies"]) ?? {}),
    ...(declaration["revokeSessionsBefore"] === undefined ? [] : [REVOKE_POLICY_NAME]),
    ...(assumesItself ? [SELF_ASSUME_POLICY_NAME] : []),
  ];
}
