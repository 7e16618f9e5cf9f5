/** A federation as one AWS account sees it: its providers, its roles, and their policies. */
import { providerArn } from "../issuer/issuer";
import type { Json } from "../trust/canonical-json";
import type { TrustContext, TrustedIssuer } from "../trust/build";
import { ACCOUNT_ID_PLACEHOLDER, buildTrustPolicy, SELF_ASSUME_POLICY_NAME, selfAssumePolicy } from "../trust/build";
import type { TrustPolicy } from "../trust/policy";
import { REVOKE_POLICY_NAME, revokePolicy } from "../trust/revocation";
import { ROLE_FIELDS } from "./fields/role";
import type { AwsAccount, Federation, FederationIssuer, FederationRole } from "./model";
import { concerning, suspendedSubject, suspensionIn } from "./suspension";

export interface ProviderView {
  readonly issuer: FederationIssuer;
  /** Computed, or the adopted provider's. */
  readonly arn: string;
  /** False: it is adopted, no resource is made. */
  readonly create: boolean;
}

/**
 * A federation in one AWS account: its providers and roles there.
 *
 * @example
 * ```ts
 * import type { AccountView } from "databricks-aws-oidc";
 * const names = (view: AccountView): readonly string[] => view.roles.map(({ name }) => name);
 * ```
 */
export interface AccountView {
  readonly federation: Federation;
  readonly account: AwsAccount;
  /** 12 digits, or ACCOUNT_ID_PLACEHOLDER. */
  readonly accountId: string;
  readonly providers: readonly ProviderView[];
  /** The roles made in this account, in file order. */
  readonly roles: readonly FederationRole[];
  /** What trust policies need of the issuers, by key. */
  readonly trusted: Readonly<Record<string, TrustedIssuer>>;
  /** Entries of the federation's `suspended` that some role made in this account names, or may match. */
  readonly suspended: readonly string[];
}

/**
 * The federation in `account`. An existing provider is adopted in the account its ARN names, or, where no account
 * says that
 * it is that one, in those that say nothing; others create their own.
 *
 * @example
 * ```ts
 * import { accountView, type Federation } from "databricks-aws-oidc";
 * declare const federation: Federation;
 * const views = federation.accounts.map((account) => accountView(federation, account));
 * const arns = views.flatMap(({ providers }) => providers.map(({ arn }) => arn));
 * ```
 */
export function accountView(federation: Federation, account: AwsAccount): AccountView {
  const accountId = account.accountId ?? ACCOUNT_ID_PLACEHOLDER;
  const providers = Object.values(federation.issuers).map((issuer): ProviderView => {
    const existing = issuer.existingProviderArn;
    const home = existing?.split(":")[4];
    const known = federation.accounts.some((other) => other.accountId === home);
    const adopt = existing !== null && (account.accountId === home || (account.accountId === null && !known));
    return adopt
      ? { issuer, arn: existing, create: false }
      : { issuer, arn: providerArn(account.partition, accountId, issuer.issuerPath), create: true };
  });
  const trusted: Record<string, TrustedIssuer> = {};
  for (const { issuer, arn } of providers) {
    trusted[issuer.key] = trustedIssuer(issuer, arn);
  }
  const roles = federation.roles.filter(
    (role) => role.accounts === null || (account.key !== null && role.accounts.includes(account.key)),
  );
  const concerns = federation.suspended.length === 0 ? () => true : concerning(roles);
  return {
    federation,
    account,
    accountId,
    providers,
    roles,
    trusted,
    suspended: federation.suspended.filter((entry) => concerns(suspendedSubject(entry, federation.identities))),
  };
}

/** What trust policies need of `issuer`, whose provider is `providerArn`. */
export function trustedIssuer({ conditionKeys, audiences }: FederationIssuer, providerArn: string): TrustedIssuer {
  return { conditionKeys, audiences, providerArn };
}

function contextOf(view: AccountView | TrustContext): TrustContext {
  if (!("trusted" in view)) return view;
  return { partition: view.account.partition, accountId: view.accountId, issuers: view.trusted };
}

/**
 * The role's trust policy in this account.
 *
 * @example
 * ```ts
 * import { accountView, roleTrustPolicy, type Federation } from "databricks-aws-oidc";
 * declare const federation: Federation;
 * const views = federation.accounts.map((account) => accountView(federation, account));
 * const policies = views.flatMap((view) => view.roles.map((role) => roleTrustPolicy(role, view)));
 * ```
 */
export function roleTrustPolicy(role: FederationRole, view: AccountView): TrustPolicy {
  return buildTrustPolicy(role.trusts, role, contextOf(view), suspensionIn(role, view));
}

/** The policy by which a Unity Catalog role may assume itself; undefined for a role without that trust. */
export function selfAssumePolicyOf(role: FederationRole, view: AccountView | TrustContext): Json | undefined {
  return role.trusts.some((trust) => trust.kind === "unityCatalog")
    ? selfAssumePolicy(role, contextOf(view))
    : undefined;
}

/**
 * All inline policies of the role by name, with that by which it may assume itself and that which revokes sessions.
 *
 * @example
 * ```ts
 * import { accountView, inlinePoliciesOf, type Federation } from "databricks-aws-oidc";
 * declare const federation: Federation;
 * const views = federation.accounts.map((account) => accountView(federation, account));
 * const policies = views.flatMap((view) => view.roles.map((role) => inlinePoliciesOf(role, view)));
 * ```
 */
export function inlinePoliciesOf(
  role: FederationRole,
  view: AccountView | TrustContext,
): Readonly<Record<string, Json>> {
  const self = selfAssumePolicyOf(role, view);
  const { sessionsRevokedBefore: moment } = role;
  return {
    ...role.inlinePolicies,
    ...(self === undefined ? {} : { [SELF_ASSUME_POLICY_NAME]: self }),
    ...(moment === null ? {} : { [REVOKE_POLICY_NAME]: revokePolicy(moment) }),
  };
}

/** Names of the inline policies that are added to those a role declares. */
export function addedPolicyNames(role: Pick<FederationRole, "sessionsRevokedBefore" | "trusts">): readonly string[] {
  return [
    ...(role.trusts.some((trust) => trust.kind === "unityCatalog") ? [SELF_ASSUME_POLICY_NAME] : []),
    ...(role.sessionsRevokedBefore === null ? [] : [REVOKE_POLICY_NAME]),
  ];
}

/** The role's tags with the federation's; the role's own win. */
export function roleTags(
  role: Pick<FederationRole, "tags">,
  federation: Pick<Federation, "tags">,
): Readonly<Record<string, string>> {
  return { ...federation.tags, ...role.tags };
}

/**
 * Where the root of `account` is below the folder of all roots: "" without `aws.accounts`, else the account's
 * key, also
 * where it is the only one, so that no root moves when another account comes or goes.
 */
export function rootFolderOf({ key }: AwsAccount): string {
  return key ?? "";
}

/** Fields that are attributes of `aws_iam_role`, in the order of these. */
const ROLE_ATTRIBUTES = Object.entries(ROLE_FIELDS)
  .flatMap(([field, { attribute }]) => (attribute === undefined ? [] : [{ attribute, field }]))
  .sort((left, right) => (left.attribute < right.attribute ? -1 : 1));

/**
 * The attributes of `aws_iam_role` that a role's fields give, by Terraform's names, sorted. What Terraform does anyway
 * (no value, no tags, a flag that is off) is left out. `tags`: the role's, with the federation's.
 */
export function roleAttributes(role: FederationRole, tags: Readonly<Record<string, string>>): RoleAttributes {
  const values: Readonly<Record<string, unknown>> = { ...role, tags };
  const attributes: Record<string, AttributeValue> = {};
  for (const { attribute, field } of ROLE_ATTRIBUTES) {
    const value = values[field] as AttributeValue | null;
    if (value === null || value === false || (typeof value === "object" && Object.keys(value).length === 0)) continue;
    attributes[attribute] = value;
  }
  return attributes;
}

type AttributeValue = string | number | boolean | Readonly<Record<string, string>>;
export type RoleAttributes = Readonly<Record<string, AttributeValue>>;
