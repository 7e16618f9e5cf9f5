/** Names in a federation file for what has none there yet, and no two in Terraform's address space. Pure. */
import { logicalId } from "../federation/logical-id";
import { policyKeys } from "../federation/policy-keys";
import { ROLE_KEY } from "../federation/rules";
import { satisfies } from "../text/text-rule";
import { asRecord, type Members, records } from "../text/members";
import { SELF_ASSUME_POLICY_NAME } from "../trust/build";
import { REVOKE_POLICY_NAME } from "../trust/revocation";

/** Gives each role of a federation a key, and each of its managed policies; both stay free of collisions. */
export class Keys {
  readonly #taken = new Set<string>();

  constructor(private readonly federation: string) {}

  /** The role's key, its own name where that can be one, and `declaration` with keys of policies that fit. */
  take(name: string, declaration: Members): { readonly key: string; readonly declaration: Members } {
    const base = satisfies(ROLE_KEY, name) ? name : legal(name);
    const inline = inlinePolicyNames(declaration);
    let key = base;
    for (let number = 2; !this.#isFree(key, inline); number += 1) key = `${base.slice(0, 58)}-${number}`;
    const address = (kind: string, ...parts: readonly string[]): string =>
      `${kind} ${logicalId(this.federation, key, ...parts)}`;
    this.#taken.add(address("role"));
    for (const policy of inline) this.#taken.add(address("inline", policy));
    const arns = Object.values(asRecord(declaration["managedPolicyArns"]) ?? {}).map(String);
    const attached = policyKeys(arns, (policy) => this.#taken.has(address("attachment", policy)));
    for (const policy of Object.keys(attached)) this.#taken.add(address("attachment", policy));
    return { key, declaration: arns.length === 0 ? declaration : { ...declaration, managedPolicyArns: attached } };
  }

  #isFree(key: string, inline: readonly string[]): boolean {
    return (
      !this.#taken.has(`role ${logicalId(this.federation, key)}`) &&
      inline.every((policy) => !this.#taken.has(`inline ${logicalId(this.federation, key, policy)}`))
    );
  }
}

function legal(name: string): string {
  const text = name.replace(/^[^A-Za-z0-9]+/, "").slice(0, 58);
  return satisfies(ROLE_KEY, text) ? text : "role";
}

/**
 * Names of the inline policies that `declaration`, a role of a federation file, lists, and of those that the federation
 * adds because of what else it says.
 */
export function inlinePolicyNames(declaration: Members): readonly string[] {
  const assumesItself = records(declaration["trusts"]).some((trust) => trust["unityCatalog"] !== undefined);
  return [
    ...Object.keys(asRecord(declaration["inlinePolicies"]) ?? {}),
    ...(declaration["revokeSessionsBefore"] === undefined ? [] : [REVOKE_POLICY_NAME]),
    ...(assumesItself ? [SELF_ASSUME_POLICY_NAME] : []),
  ];
}
