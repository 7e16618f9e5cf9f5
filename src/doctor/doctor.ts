/** Checks a federation against the real endpoints and AWS: fetches what the checks need, and reports what they find. */
import { stsRegion } from "../aws/hosts";
import { credentialPlaces } from "../credentials/credential-chain";
import type { AwsAccount, Federation } from "../federation/model";
import { variable } from "../network/environment";
import type { KeySet } from "../sts/verify-signature";
import type { Check } from "./check";
import { accountChecks } from "./checks/account";
import { assumeCheck } from "./checks/assume";
import { configCheck } from "./checks/config";
import { discoveryChecks } from "./checks/discovery";
import { dnsCheck, tlsCheck } from "./checks/host";
import { jwksChecks, keysOf } from "./checks/jwks";
import { awsAccountCheck, clockAhead, clockCheck, credentialSourceCheck } from "./checks/machine";
import { providerChecks } from "./checks/provider";
import { roleChecks } from "./checks/role";
import { tokenChecks, type TokenContext } from "./checks/token";
import { explainDeclared, explainDeployed, tokenDeployedCheck, tokenRolesCheck } from "./checks/token-roles";
import { oneRealCall } from "./fetch/assume";
import { accountOfCaller, type Deployed, readDeployed } from "./fetch/deployed";
import { each } from "./fetch/fetch-url";
import { type ClockSample, clockSampleOf, type IssuerFacts, issuerFacts } from "./fetch/issuer";
import { lintProviderOf } from "./fetch/live";
import { fetchToken } from "./fetch/token";
import type { TokenFound } from "./fetch/token-found";
import { type DoctorOptions, type Scope, scopeOf, viewOf } from "./options";
import { type DoctorReport, doctorText, reportOf } from "./report";

/** Runs every check that was asked for. Faults found are in the report; throws InputError for wrong options. */
export async function doctor(
  federation: Federation,
  options: DoctorOptions,
): Promise<{ readonly report: DoctorReport; readonly text: string }> {
  const scope = scopeOf(federation, options);
  const report = reportOf(federation.name, await runChecks(options, scope), {
    ...options,
    role: scope.role?.key ?? null,
    roles: scope.roles.map(({ key }) => key),
  });
  return { report, text: doctorText(report) };
}

/** Issuers fetched at once; each takes up to four requests. */
const ISSUERS_AT_ONCE = 8;

/** Every check, in the order they are shown. Throws InputError for wrong options. */
async function runChecks(options: DoctorOptions, scope: Scope): Promise<readonly Check[]> {
  const { environment, lookup } = options;
  const { limits, issuers } = scope;
  const given = await fetchToken(options, scope);
  const clocks: ClockSample[] = [];
  const onDate = (host: string, date: string, milliseconds: number): void => {
    const sample = clockSampleOf(host, { date, milliseconds }, environment.now());
    if (sample !== null) clocks.push(sample);
  };
  const [facts, deployed] = await Promise.all([
    each(issuers, ISSUERS_AT_ONCE, async (issuer) => ({
      issuer,
      ...(await issuerFacts(issuer, { environment, limits, ...(lookup === undefined ? {} : { lookup }) })),
    })),
    options.aws || options.all
      ? readDeployed(options, scope, { region: regionOf(options, scope.account), onDate })
      : null,
  ]);
  clocks.unshift(...facts.flatMap((fact) => fact.clocks));
  // AWS' clocks are right; so is the issuer's, or its tokens are wrong anyway
  const now = environment.now() - 1000 * (clockAhead(clocks) ?? 0);
  const context: TokenContext = {
    view: deployed?.view ?? viewOf(scope.federation, scope.account, options.awsAccountId),
    keys: new Map(
      facts.flatMap(({ issuer, jwks }): readonly (readonly [string, KeySet])[] => {
        const set = keysOf(jwks);
        return set === null ? [] : [[issuer.key, set]];
      }),
    ),
    now: Math.floor(now / 1000),
  };
  const explained = await explainRole(given, scope, deployed, context);
  return [
    ...facts.flatMap(({ issuer, ...fact }) => issuerChecks(issuer, fact, scope, now)),
    ...(await checksOfToken(given, scope, context)),
    ...(deployed === null ? [] : deployedChecks(options, scope, deployed, now)),
    ...(explained !== null ? [tokenDeployedCheck(explained.role, explained.deployed)] : []),
    ...(options.assume ? [await realCallCheck(options, scope, given, deployed, context, explained)] : []),
    clockCheck(clocks),
    credentialSourceCheck(credentialPlaces(environment)),
  ];
}

function regionOf({ region, environment }: DoctorOptions, account: AwsAccount): string {
  return stsRegion(account.partition, [
    region,
    variable(environment, "AWS_REGION"),
    variable(environment, "AWS_DEFAULT_REGION"),
    account.region,
  ]);
}

function issuerChecks(issuer: Scope["issuers"][number], facts: IssuerFacts, { limits }: Scope, now: number): Check[] {
  const subject = `issuer ${issuer.key}`;
  return [
    dnsCheck(subject, facts.host, facts.addresses),
    tlsCheck(subject, facts, now),
    configCheck(subject, issuer, facts.config),
    ...discoveryChecks(subject, issuer.issuer, facts, limits),
    ...jwksChecks(subject, facts, limits),
  ];
}

async function checksOfToken(given: TokenFound, scope: Scope, context: TokenContext): Promise<readonly Check[]> {
  if (given.kind !== "token") return given.checks;
  const { checks: own, issuer } = await tokenChecks(given, scope.issuers, context);
  const checks = [...(given.hops ?? []), ...own];
  if (issuer === null) return checks;
  const trusting = scope.roles.filter((role) =>
    role.trusts.some((trust) => trust.kind === "subjects" && trust.issuer === issuer.key),
  );
  const explained = await each(trusting, 1, async (role) => ({
    role: role.key,
    explanation: await explainDeclared(given.token.reveal(), role, context),
  }));
  return [...checks, tokenRolesCheck(explained, scope.roles.length === 1)];
}

function deployedChecks(options: DoctorOptions, scope: Scope, deployed: Deployed, now: number): readonly Check[] {
  const { view, caller } = deployed;
  const account = awsAccountCheck(view, caller, scope.accounts, options.awsAccountId);
  // another account's providers and roles say nothing about the federation's
  if (account.status === "fail") return [account];
  const providers = deployed.providers.flatMap(({ found }) =>
    found.kind === "found" ? [lintProviderOf(found.value, "")] : [],
  );
  return [
    account,
    ...deployed.providers.flatMap(({ declared, found }) =>
      providerChecks(`provider of ${declared.issuer.key}`, declared, view.federation.tags, found),
    ),
    ...deployed.roles.flatMap(({ role, found }) => roleChecks(role, view, found, providers)),
    ...(options.all && deployed.account !== null ? accountChecks(view, deployed.account, now) : []),
  ];
}

/** Explains the token against the deployed role, only the one asked for: a token need not be accepted by all. */
async function explainRole(given: TokenFound, scope: Scope, deployed: Deployed | null, context: TokenContext) {
  const live = deployed?.roles.find(({ role }) => role.key === scope.role?.key);
  if (scope.role === null || given.kind !== "token" || deployed === null || live?.found.kind !== "found") return null;
  const providers = deployed.providers.flatMap(({ found }) => (found.kind === "found" ? [found.value] : []));
  return {
    role: scope.role.key,
    deployed: await explainDeployed(given.token.reveal(), live.found.value, providers, context),
  };
}

async function realCallCheck(
  options: DoctorOptions,
  scope: Scope,
  given: TokenFound,
  deployed: Deployed | null,
  context: TokenContext,
  explained: Awaited<ReturnType<typeof explainRole>>,
): Promise<Check> {
  const { role } = scope;
  if (role === null) throw new RangeError("scopeOf wants one role for a call");
  const caller = deployed?.caller.kind === "found" ? deployed.caller.value : null;
  const outcome = await oneRealCall(options, role, given, {
    view: context.view,
    accounts: scope.accounts,
    found: caller !== null && accountOfCaller(scope.accounts, caller, options.awsAccountId) !== undefined,
    region: regionOf(options, context.view.account),
    timeoutMs: scope.limits.timeoutMs,
  });
  if (outcome.kind !== "refused" || given.kind !== "token") return assumeCheck(role.key, outcome, null);
  const translation =
    explained !== null && explained.deployed !== null
      ? ({ by: "what is deployed", explanation: explained.deployed } as const)
      : ({ by: "the federation", explanation: await explainDeclared(given.token.reveal(), role, context) } as const);
  return assumeCheck(role.key, outcome, translation);
}
