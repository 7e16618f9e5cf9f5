/** What a federation says to its construct, and how one that was read from a file says it. */
import type { Problem } from "../errors";
import type { AccountView } from "../federation/account-view";
import type { FederationRole } from "../federation/model";
import { suspensionIn } from "../federation/suspension";
import type { RoleProps } from "./federated-role";
import type { ProviderParts } from "./oidc-provider";
import { computedArn } from "./oidc-provider";
import type { CheckedSettings } from "./settings";

/** @internal What a federation's props, or its file, say. */
export interface FederationParts {
  readonly name: string;
  readonly settings: CheckedSettings;
  readonly issuers: Readonly<Record<string, Pick<ProviderParts, "adopts" | "checked" | "problems">>>;
  /** Roles that were read with the rest. */
  readonly roles: readonly FederationRole[];
  /** Roles that are read one by one. */
  readonly declared: Readonly<Record<string, RoleProps>>;
  /** Beside those of the settings. */
  readonly problems: readonly Problem[];
  /** What exists already; as given. */
  readonly imports: unknown;
}

/** @internal A federation file has passed every rule but CDKTF's own; `problems` are those. */
export function partsOfView(
  view: AccountView,
  problems: readonly Problem[],
  { verifiesExisting = true, imports }: { readonly verifiesExisting?: boolean; readonly imports?: unknown } = {},
): FederationParts {
  const { federation, account, providers, roles, suspended } = view;
  const known = { ...account, provider: undefined, configured: true };
  return {
    name: federation.name,
    settings: {
      settings: { ...federation, suspended, accounts: [{ ...account, key: null }] },
      known,
      tags: federation.tags,
      boundaryToken: undefined,
      identityTokens: [],
      verifiesExisting,
      problems,
    },
    issuers: Object.fromEntries(
      providers.map(({ issuer, arn, create }) => {
        const checked = { issuer, arn: computedArn(issuer, known), existingArn: create ? null : arn };
        return [issuer.key, { checked: problems.length === 0 ? checked : undefined, problems: [], adopts: !create }];
      }),
    ),
    // one account is left, without a key that roles could name
    roles:
      problems.length === 0
        ? roles.map((role) => ({ ...role, accounts: null, suspendedSubjects: suspensionIn(role, view).subjects }))
        : [],
    declared: {},
    problems: [],
    imports,
  };
}
