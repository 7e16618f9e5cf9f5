/** What of the federation is deployed in AWS: its providers and roles, or everything in the account that may trust. */
import type { AccountView, ProviderView } from "../../federation/account-view";
import type { AwsAccount, FederationRole } from "../../federation/model";
import { type DoctorOptions, type Scope, viewOf } from "../options";
import { each } from "./fetch-url";
import { type Iam, openIam } from "./iam";
import type { AccountFacts, Found, LiveProvider, LiveRole } from "./live";

export interface Deployed {
  readonly view: AccountView;
  /** The account of the credentials in use, 12 digits. */
  readonly caller: Found<string>;
  readonly providers: readonly { readonly declared: ProviderView; readonly found: Found<LiveProvider> }[];
  readonly roles: readonly { readonly role: FederationRole; readonly found: Found<LiveRole> }[];
  /** Null unless the whole account was asked for. */
  readonly account: AccountFacts | null;
}

const AT_ONCE = 6;
/** More roles than this are read with the account's details: each alone takes four calls, and IAM throttles. */
const MANY_ROLES = 50;

/** The account that the credentials belong to; the federation's own ID takes precedence over `givenId`. */
export function accountOfCaller(
  accounts: readonly AwsAccount[],
  callerId: string,
  givenId: string | undefined,
): AwsAccount | undefined {
  return (
    accounts.find(({ accountId }) => accountId === callerId) ??
    accounts.find(({ accountId }) => (accountId ?? givenId ?? callerId) === callerId)
  );
}

/** Reads AWS. Nothing but the caller is read where its credentials belong to another account, or there are none. */
export async function readDeployed(
  options: DoctorOptions,
  scope: Scope,
  settings: { readonly region: string; readonly onDate: (host: string, date: string, milliseconds: number) => void },
): Promise<Deployed> {
  const { environment, allowEndpoint, awsAccountId } = options;
  const iam = await openIam({ environment, allowEndpoint, timeoutMs: scope.limits.timeoutMs, ...settings });
  try {
    const caller = await iam.callerAccount();
    const known = caller.kind === "found" && /^[0-9]{12}$/.test(caller.value) ? caller.value : undefined;
    const account = known === undefined ? scope.account : accountOfCaller(scope.accounts, known, awsAccountId);
    const view = viewOf(scope.federation, account ?? scope.account, known ?? awsAccountId);
    const useless = account === undefined || (caller.kind === "failed" && caller.code === "aws-credentials-missing");
    return useless
      ? { view, caller, providers: [], roles: [], account: null }
      : { view, caller, ...(await readAccount(iam, options.all, scope, view)) };
  } finally {
    iam.close();
  }
}

async function readAccount(
  iam: Iam,
  whole: boolean,
  scope: Scope,
  view: AccountView,
): Promise<Pick<Deployed, "providers" | "roles" | "account">> {
  const declared = view.providers.filter(({ issuer }) => scope.issuers.includes(issuer));
  const here = scope.roles.filter((role) => view.roles.includes(role));
  // those who may not list the account may still read what the federation names
  const providersOf = (all: AccountFacts["providers"] | null): Promise<Deployed["providers"]> =>
    each(declared, AT_ONCE, async (provider) => ({
      declared: provider,
      found: isListed(all) ? within(all, ({ arn }) => arn === provider.arn) : await iam.provider(provider.arn),
    }));
  const rolesOf = (all: AccountFacts["roles"] | null): Promise<Deployed["roles"]> => {
    const byName = new Map(all?.kind === "found" ? all.value.map((role) => [role.name, role]) : []);
    return each(here, AT_ONCE, async (role) => {
      if (!isListed(all)) return { role, found: await iam.role(role.name) };
      const value = byName.get(role.name);
      return { role, found: all.kind !== "found" ? all : value === undefined ? ABSENT : { kind: "found", value } };
    });
  };
  if (!whole) {
    const providers = await providersOf(null);
    const details = here.length > MANY_ROLES ? await iam.roles() : null;
    return { providers, roles: await rolesOf(details?.kind === "found" ? details : null), account: null };
  }
  const [providers, roles] = await Promise.all([iam.providers(), iam.roles()]);
  const [ownProviders, ownRoles] = await Promise.all([providersOf(providers), rolesOf(roles)]);
  return { providers: ownProviders, roles: ownRoles, account: { providers, roles } };
}

const ABSENT = { kind: "absent" } as const;

/** Whether the account was listed, or would not answer another request either. */
function isListed<T>(all: Found<T> | null): all is Found<T> {
  return all !== null && !(all.kind === "failed" && all.code === "aws-access-denied");
}

function within<T>(list: Found<readonly T[]>, is: (item: T) => boolean): Found<T> {
  if (list.kind !== "found") return list;
  const value = list.value.find(is);
  return value === undefined ? ABSENT : { kind: "found", value };
}
