/** What exists in one AWS account: OIDC providers and roles, whatever document they were read from. Plain data. */
import { inputError } from "../errors";
import { accountOfArn } from "../issuer/issuer";
import type { LintRole } from "../trust/parsed/target";

/** An OIDC provider of IAM. */
export interface ExistingProvider {
  readonly arn: string;
  /** With `https://`. */
  readonly url: string;
  /** Null where the documents name the provider and not what it registers. */
  readonly clientIds: readonly string[] | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Its address in a Terraform state; null where none has it. */
  readonly address: string | null;
}

/** What a role has of policies. */
export interface RolePolicies {
  /** ARNs. */
  readonly attached: readonly string[];
  /** Parsed, by name; text where a document does not parse. */
  readonly inline: Readonly<Record<string, unknown>>;
}

/** A role of IAM. What is null is said by none of the documents. */
export interface ExistingRole {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  /** As the rules read it. */
  readonly lint: LintRole;
  readonly settings: { readonly description: string | null; readonly maxSessionDuration: number } | null;
  readonly details: {
    readonly tags: Readonly<Record<string, string>>;
    readonly boundaryArn: string | null;
  } | null;
  readonly policies: RolePolicies | null;
  readonly addresses: RoleAddresses;
}

/** Where a Terraform state has a role and its policies; empty where none has it. */
export interface RoleAddresses {
  readonly role: string | null;
  /** By the policy's ARN. */
  readonly attached: Readonly<Record<string, string>>;
  /** By the policy's name. */
  readonly inline: Readonly<Record<string, string>>;
  /** Resources that hold these policies in another form, and would undo what others attach. */
  readonly others: readonly string[];
}

export const NO_ADDRESSES: RoleAddresses = { role: null, attached: {}, inline: {}, others: [] };

/** What one document says. */
export interface AccountPart {
  /** The name of the document, for notes. */
  readonly source: string;
  readonly providers: readonly ExistingProvider[];
  /** Providers as IAM prints them alone: without an ARN. */
  readonly unplaced: readonly Omit<ExistingProvider, "arn">[];
  readonly roles: readonly ExistingRole[];
  /** Whether it names every provider of its account. */
  readonly listsProviders: boolean;
  /** Whether it is one page of a longer list. */
  readonly isPage: boolean;
}

export interface ExistingAccount {
  /** 12 digits. */
  readonly accountId: string;
  readonly partition: string;
  readonly providers: readonly ExistingProvider[];
  /** Whether there are no others. */
  readonly listsProviders: boolean;
  /** In the order of their names. */
  readonly roles: readonly ExistingRole[];
  /** What the documents leave out, and what they contradict each other in. */
  readonly notes: readonly string[];
}

/**
 * The account that `parts` tell of. Where several name one thing, each value is taken from the first that has it.
 * Throws InputError aws-accounts-several where they are of more than one account and `accountId` names none, and
 * nothing-to-adopt where they have no role and no provider of it.
 */
export function accountOf(parts: readonly AccountPart[], accountId: string | undefined): ExistingAccount {
  const named = parts.flatMap(({ roles, providers }) => [...roles, ...providers].map(({ arn }) => arn));
  const ids = [...new Set(named.flatMap((arn) => accountOfArn(arn) ?? []))].sort();
  const chosen = accountId ?? ids[0];
  if (chosen === undefined || (accountId !== undefined && !ids.includes(accountId)))
    throw inputError(
      "nothing-to-adopt",
      accountId === undefined
        ? "There is no role and no OIDC provider in what was given."
        : `There is no role and no OIDC provider of AWS account ${accountId} in what was given.`,
      "Give what `aws iam get-account-authorization-details` prints, terraform show -json of a state, or --aws.",
    );
  if (accountId === undefined && ids.length > 1)
    throw inputError(
      "aws-accounts-several",
      `The documents are of several AWS accounts: ${ids.slice(0, 10).join(", ")}.`,
      "Name one with --aws-account-id, and take over one account after the other.",
      "aws-account-id",
    );
  const of = ({ arn }: { readonly arn: string }): boolean => accountOfArn(arn) === chosen;
  const partition = named.find((arn) => accountOfArn(arn) === chosen)?.split(":")[1] ?? "aws";
  const providers = new Map<string, ExistingProvider>();
  const roles = new Map<string, ExistingRole>();
  const notes = new Set<string>();
  for (const part of parts) {
    if (part.isPage)
      notes.add(`${part.source} is one page of a longer list: what is on pages that were not given is not known.`);
    const placed = part.unplaced.map((provider) => ({
      ...provider,
      arn: `arn:${partition}:iam::${chosen}:oidc-provider/${provider.url.replace(/^https:\/\//, "")}`,
    }));
    for (const provider of [...part.providers, ...placed].filter(of)) {
      const known = providers.get(provider.arn);
      providers.set(provider.arn, known === undefined ? provider : joinedProvider(known, provider));
    }
    for (const role of part.roles.filter(of)) {
      const known = roles.get(role.arn);
      if (known !== undefined && JSON.stringify(known.lint.policy) !== JSON.stringify(role.lint.policy))
        notes.add(`${part.source} has another trust policy of ${role.name}; the first that was given is used.`);
      roles.set(role.arn, known === undefined ? role : joinedRole(known, role));
    }
  }
  const byArn = (left: { readonly arn: string }, right: { readonly arn: string }): number =>
    left.arn < right.arn ? -1 : 1;
  return {
    accountId: chosen,
    partition,
    providers: [...providers.values()].sort(byArn),
    roles: [...roles.values()].sort((left, right) => (left.name < right.name ? -1 : 1)),
    listsProviders: parts.some(({ listsProviders }) => listsProviders),
    notes: [...notes],
  };
}

function joinedProvider(first: ExistingProvider, second: ExistingProvider): ExistingProvider {
  return {
    ...first,
    clientIds: first.clientIds ?? second.clientIds,
    tags: first.clientIds === null ? second.tags : first.tags,
    address: first.address ?? second.address,
  };
}

function joinedRole(first: ExistingRole, second: ExistingRole): ExistingRole {
  return {
    ...first,
    settings: first.settings ?? second.settings,
    details: first.details ?? second.details,
    policies: first.policies ?? second.policies,
    addresses: joinedAddresses(first.addresses, second.addresses),
  };
}

/** Of a role that a state has twice, or two states, the second address is one that must go. */
function joinedAddresses(first: RoleAddresses, second: RoleAddresses): RoleAddresses {
  if (first.role === null) return second;
  const { role, attached, inline, others } = second;
  const more = [...(role === null ? [] : [role]), ...Object.values(attached), ...Object.values(inline), ...others];
  const known = new Set([first.role, ...Object.values(first.attached), ...Object.values(first.inline)]);
  return { ...first, others: [...new Set([...first.others, ...more.filter((address) => !known.has(address))])] };
}
