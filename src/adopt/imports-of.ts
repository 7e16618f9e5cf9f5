/** What of an adoption exists in AWS, and by which ID Terraform imports it. Pure. */
import type { ImportedResource, Imports } from "../federation/imports";
import { asRecord, type Members } from "../text/members";
import type { ExistingAccount, ExistingRole } from "./account";
import type { KeyedRole, UndecidedRole } from "./adoption";
import type { AdoptedIssuer } from "./issuers";
import { inlinePolicyNames } from "./keys";

/** Everything that is in the file, and what of the others a proposal names. */
export function importsOf(
  account: ExistingAccount,
  issuers: readonly AdoptedIssuer[],
  written: readonly KeyedRole[],
  undecided: readonly UndecidedRole[],
  sameState: boolean,
): Imports {
  const at = (address: string | null | undefined): string | null => (sameState ? (address ?? null) : null);
  const ofRole = (
    key: string,
    { name, addresses, policies }: ExistingRole,
    declaration: Members,
    proposed: boolean,
  ): readonly ImportedResource[] => [
    { kind: "role", key, policy: null, id: name, movedFrom: at(addresses.role), proposed },
    ...Object.entries(asRecord(declaration["managedPolicyArns"]) ?? {}).map(([policy, arn]): ImportedResource => ({
      kind: "attachment",
      key,
      policy,
      id: `${name}/${String(arn)}`,
      movedFrom: at(addresses.attached[String(arn)]),
      proposed,
    })),
    ...inlinePolicyNames(declaration)
      .filter((policy) => Object.hasOwn(policies?.inline ?? {}, policy))
      .map((policy): ImportedResource => ({
        kind: "inline",
        key,
        policy,
        id: `${name}:${policy}`,
        movedFrom: at(addresses.inline[policy]),
        proposed,
      })),
  ];
  return {
    awsAccountId: account.accountId,
    resources: [
      ...issuers
        .filter(({ unmanaged }) => unmanaged === null)
        .map(({ key, provider }): ImportedResource => ({
          kind: "provider",
          key,
          policy: null,
          id: provider.arn,
          movedFrom: at(provider.address),
          proposed: false,
        })),
      ...written.flatMap(({ key, role, declaration }) => ofRole(key, role, declaration, false)),
      ...undecided.flatMap(({ role, proposal }) =>
        proposal === null ? [] : ofRole(proposal.key, role, proposal.declaration, true),
      ),
    ],
  };
}
