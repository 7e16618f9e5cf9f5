/** What of the federation stands in AWS: its providers and roles, and with `--account` everything beside them. */
import type { AccountView, ProviderView } from "../../federation/account-view";
import type { FederationRole } from "../../federation/model";
import { fittingAccount } from "../checks/aws-account";
import type { AccountFacts } from "../checks/account";
import type { DoctorQuestion, Scope } from "../question";
import { viewOf } from "../question";
import { each } from "./fetch-url";
import type { Iam } from "./iam";
import { openIam } from "./iam";
import type { Found, LiveProvider, LiveRole } from "./live";

export interface Deployed {
  readonly view: AccountView;
  /** Whose credentials are in use, 12 digits. */
  readonly caller: Found<string>;
  readonly providers: readonly { readonly declared: ProviderView; readonly found: Found<LiveProvider> }[];
  readonly roles: readonly { readonly role: FederationRole; readonly found: Found<LiveRole> }[];
  /** Null where the whole account was not asked for. */
  readonly account: AccountFacts | null;
}

const AT_ONCE = 6;
/** More roles than this are read with the account's details: each alone takes four calls, and IAM throttles. */
const MANY_ROLES = 50;

/**
 * Reads AWS. Nothing is read beyond the caller where the credentials are of another account, or where there are none.
 */
export async function readDeployed(
  question: DoctorQuestion,
  scope: Scope,
  settings: { readonly region: string; readonly onDate: (host: string, date: string, milliseconds: number) => void },
): Promise<Deployed> {
  const iam = await openIam({
    environment: question.environment,
    allowEndpoint: question.allowEndpoint,
    timeoutMs: scope.limits.timeoutMs,
    ...settings,
  });
  try {
    const caller = await iam.callerAccount();
    const known = caller.kind === "found" && /^[0-9]{12}$/.test(caller.value) ? caller.value : undefined;
    const [first] = [...scope.accounts, ...scope.federation.accounts];
    const account = known === undefined ? first : fittingAccount(scope.accounts, known, question.awsAccountId);
    const view = viewOf(
      scope.federation,
      account ?? (first as (typeof scope.federation.accounts)[number]),
      known ?? question.awsAccountId,
    );
    const useless = account === undefined || (caller.kind === "failed" && caller.code === "aws-credentials-missing");
    return useless
      ? { view, caller, providers: [], roles: [], account: null }
      : { view, caller, ...(await readAccount(iam, question.account, scope, view)) };
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
  const eachProvider = (): Promise<Deployed["providers"]> =>
    each(declared, AT_ONCE, async (provider) => ({ declared: provider, found: await iam.provider(provider.arn) }));
  const eachRole = (): Promise<Deployed["roles"]> =>
    each(here, AT_ONCE, async (role) => ({ role, found: await iam.role(role.name) }));
  if (!whole) {
    const providers = await eachProvider();
    const details = here.length > MANY_ROLES ? await iam.roles() : null;
    const roles = details?.kind === "found" ? rolesWithin(details, here) : await eachRole();
    return { providers, roles, account: null };
  }
  const [providers, roles] = await Promise.all([iam.providers(), iam.roles()]);
  // who may not list the account may still look at what the federation names
  const [ownProviders, ownRoles] = await Promise.all([
    isDenied(providers)
      ? eachProvider()
      : declared.map((provider) => ({
          declared: provider,
          found: within(providers, ({ arn }) => arn === provider.arn),
        })),
    isDenied(roles) ? eachRole() : rolesWithin(roles, here),
  ]);
  return { providers: ownProviders, roles: ownRoles, account: { providers, roles } };
}

function isDenied(found: Found<unknown>): boolean {
  return found.kind === "failed" && found.code === "aws-access-denied";
}

function rolesWithin(live: Found<readonly LiveRole[]>, roles: readonly FederationRole[]): Deployed["roles"] {
  if (live.kind !== "found") return roles.map((role) => ({ role, found: live }));
  const byName = new Map(live.value.map((role) => [role.name, role]));
  return roles.map((role) => {
    const value = byName.get(role.name);
    return { role, found: value === undefined ? { kind: "absent" } : { kind: "found", value } };
  });
}

function within<T>(list: Found<readonly T[]>, is: (item: T) => boolean): Found<T> {
  if (list.kind !== "found") return list;
  const value = list.value.find(is);
  return value === undefined ? { kind: "absent" } : { kind: "found", value };
}
