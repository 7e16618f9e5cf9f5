/** Checks a federation against the real endpoints and AWS: fetches what the checks need, and reports what they find. */
import { isAwsSts, stsRegion } from "../aws/hosts";
import { credentialPlaces } from "../credentials/credential-chain";
import type { AwsAccount, Federation } from "../federation/model";
import { variable } from "../network/environment";
import type { KeySet } from "../sts/verify-signature";
import type { Check, TokenFound } from "./check";
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
import { type DoctorOptions, type Scope, scopeOf, viewOf } from "./options";
import type { Record } from "./record/format";
import { recordOf, type SeenCall } from "./record/record";
import { roleArn } from "../trust/build";
import { type DoctorReport, doctorText, reportOf } from "./report";

/**
 * Runs every check that was asked for. Faults found are in the report; throws InputError for wrong options. The record
 * is that of the real call; null where none was asked for.
 */
export async function doctor(
  federation: Federation,
  options: DoctorOptions,
): Promise<{ readonly report: DoctorReport; readonly text: string; readonly record: Record | null }> {
  const scope = scopeOf(federation, options);
  const { checks, call } = await runChecks(options, scope);
  const report = reportOf(federation.name, checks, {
    ...options,
    role: scope.role?.key ?? null,
    roles: scope.roles.map(({ key }) => key),
  });
  const record =
    options.recordBy === undefined || call === null
      ? null
      : recordOf(
          { ...call, issuers: scope.issuers, checks },
          { product: options.recordBy, node: process.versions.node, now: options.environment.now() },
        );
  return { report, text: doctorText(report), record };
}

interface AllChecks {
  readonly checks: readonly Check[];
  /** Null where no call was to be made. */
  readonly call: Omit<SeenCall, "issuers" | "checks"> | null;
}

/** Issuers fetched at once; each takes up to four requests. */
const ISSUERS_AT_ONCE = 8;

/** Every check, in the order they are shown. Throws InputError for wrong options. */
async function runChecks(options: DoctorOptions, scope: Scope): Promise<AllChecks> {
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
  const made = options.assume ? await realCall(options, scope, given, deployed, context, explained) : null;
  const checks = [
    ...facts.flatMap(({ issuer, ...fact }) => issuerChecks(issuer, fact, scope, now)),
    ...(await checksOfToken(given, scope, context)),
    ...(deployed === null ? [] : deployedChecks(options, scope, deployed, now)),
    ...(explained !== null ? [tokenDeployedCheck(explained.role, explained.deployed)] : []),
    ...(made === null ? [] : [made.check]),
    clockCheck(clocks),
    credentialSourceCheck(credentialPlaces(environment)),
  ];
  return { checks, call: made === null ? null : made.call };
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

async function realCall(
  options: DoctorOptions,
  scope: Scope,
  given: TokenFound,
  deployed: Deployed | null,
  context: TokenContext,
  explained: Awaited<ReturnType<typeof explainRole>>,
): Promise<{ readonly check: Check; readonly call: NonNullable<AllChecks["call"]> }> {
  const { role } = scope;
  if (role === null) throw new RangeError("scopeOf wants one role for a call");
  let host: string | null = null;
  const caller = deployed?.caller.kind === "found" ? deployed.caller.value : null;
  const outcome = await oneRealCall(options, role, given, {
    view: context.view,
    accounts: scope.accounts,
    found: caller !== null && accountOfCaller(scope.accounts, caller, options.awsAccountId) !== undefined,
    region: regionOf(options, context.view.account),
    timeoutMs: scope.limits.timeoutMs,
    onHost: (asked) => {
      host = asked;
    },
  });
  const declared = given.kind === "token" ? await explainDeclared(given.token.reveal(), role, context) : null;
  const { account, accountId } = context.view;
  const call = {
    roleArn: roleArn({ partition: account.partition, accountId }, role),
    token: given.kind === "token" ? { text: given.token.reveal(), source: given.source } : null,
    outcome,
    byAws: host === null ? null : isAwsSts(host),
    expected: declared === null ? null : { allowed: declared.allowed, code: declared.error?.code ?? null },
  };
  if (outcome.kind !== "refused" || declared === null) return { check: assumeCheck(role.key, outcome, null), call };
  const translation =
    explained !== null && explained.deployed !== null
      ? ({ by: "what is deployed", explanation: explained.deployed } as const)
      : ({ by: "the federation", explanation: declared } as const);
  return { check: assumeCheck(role.key, outcome, translation), call };
}
