/** Runs the checks: asks who has to be asked, and leaves the judging to src/doctor/checks. */
import { stsRegion } from "../credentials/region";
import { credentialPlaces } from "../credentials/which-wins";
import type { AccountView } from "../federation/account-view";
import type { AwsAccount } from "../federation/model";
import { variable } from "../network/environment";
import type { KeySet } from "../sts/verify-signature";
import type { Check } from "./check";
import { accountChecks } from "./checks/account";
import { assumeCheck } from "./checks/assume";
import { awsAccountCheck, fittingAccount } from "./checks/aws-account";
import { configCheck } from "./checks/config";
import { discoveryChecks } from "./checks/discovery";
import { dnsCheck, tlsCheck } from "./checks/host";
import { jwksChecks, keysOf } from "./checks/jwks";
import { clockAhead, clockCheck, credentialSourceCheck } from "./checks/machine";
import { providerChecks } from "./checks/provider";
import { roleChecks } from "./checks/role";
import { tokenChecks } from "./checks/token";
import { explainDeclared, explainDeployed, tokenDeployedCheck, tokenRolesCheck } from "./checks/token-roles";
import type { DoctorQuestion, Scope } from "./question";
import { viewOf } from "./question";
import { oneRealCall } from "./fetch/assume";
import { each } from "./fetch/fetch-url";
import type { Deployed } from "./fetch/deployed";
import { readDeployed } from "./fetch/deployed";
import type { ClockSample, IssuerFacts } from "./fetch/issuer";
import { clockSampleOf, issuerFacts } from "./fetch/issuer";
import type { TokenFound } from "./fetch/token";
import { theToken } from "./fetch/token";
import type { LiveProvider } from "./fetch/live";
import { lintProviderOf } from "./fetch/live";

/** Issuers asked at once; each is asked up to four things. */
const ISSUERS_AT_ONCE = 8;

/** Every check, in the order they are shown. Throws InputError for what is wrong with the question itself. */
export async function runChecks(question: DoctorQuestion, scope: Scope): Promise<readonly Check[]> {
  const { environment } = question;
  const { limits } = scope;
  const given = await theToken(question, scope);
  const clocks: ClockSample[] = [];
  const onDate = (host: string, date: string, milliseconds: number): void => {
    const sample = clockSampleOf(host, { date, milliseconds }, environment.now());
    if (sample !== null) clocks.push(sample);
  };
  const [facts, deployed] = await Promise.all([
    each(scope.issuers, ISSUERS_AT_ONCE, (issuer) =>
      issuerFacts(issuer, {
        environment,
        limits,
        ...(question.lookup === undefined ? {} : { lookup: question.lookup }),
      }),
    ),
    question.aws || question.account
      ? readDeployed(question, scope, { region: regionOf(question, scope.accounts), onDate })
      : null,
  ]);
  clocks.unshift(...facts.flatMap((fact) => fact.clocks));
  // AWS' clocks are right; so is the issuer's, or its tokens are wrong anyway
  const now = environment.now() - 1000 * (clockAhead(clocks) ?? 0);
  const keys = new Map(
    scope.issuers.flatMap((issuer, at): readonly (readonly [string, KeySet])[] => {
      const set = keysOf(facts[at]?.jwks ?? null);
      return set === null ? [] : [[issuer.key, set]];
    }),
  );
  const view = deployed?.view ?? firstView(question, scope);
  const judged = { view, keys, now: Math.floor(now / 1000) };
  return [
    ...facts.flatMap((fact, at) => issuerChecks(scope, at, fact, now)),
    ...(await checksOfToken(given, scope, judged)),
    ...(deployed === null ? [] : deployedChecks(question, scope, deployed, now)),
    ...(await checksOfDeployedToken(given, scope, deployed, judged)),
    ...(question.assume ? [await assumed(question, scope, given, deployed, judged)] : []),
    clockCheck(clocks),
    credentialSourceCheck(credentialPlaces(environment)),
  ];
}

interface Judged {
  readonly view: AccountView;
  readonly keys: ReadonlyMap<string, KeySet>;
  readonly now: number;
}

function firstView({ awsAccountId }: DoctorQuestion, { federation, accounts }: Scope): AccountView {
  const [account] = [...accounts, ...federation.accounts];
  if (account === undefined) throw new RangeError("a federation has an account");
  return viewOf(federation, account, awsAccountId);
}

function regionOf({ region, environment }: DoctorQuestion, accounts: readonly AwsAccount[]): string {
  const [account] = accounts;
  return stsRegion(account?.partition ?? "aws", [
    region,
    variable(environment, "AWS_REGION"),
    variable(environment, "AWS_DEFAULT_REGION"),
    account?.region,
  ]);
}

function issuerChecks({ issuers, limits }: Scope, at: number, facts: IssuerFacts, now: number): readonly Check[] {
  const issuer = issuers[at];
  if (issuer === undefined) return [];
  const subject = `issuer ${issuer.key}`;
  return [
    dnsCheck(subject, facts.host, facts.addresses),
    tlsCheck(subject, facts, now),
    configCheck(subject, issuer, facts.config),
    ...discoveryChecks(subject, issuer.issuer, facts, limits),
    ...jwksChecks(subject, facts, limits),
  ];
}

async function checksOfToken(given: TokenFound, scope: Scope, judged: Judged): Promise<readonly Check[]> {
  if (given.kind !== "token") return given.checks;
  const { checks, issuer } = await tokenChecks(
    { text: given.token.reveal(), place: given.place, source: given.source },
    { ...judged, issuers: scope.issuers },
  );
  if (issuer === null) return checks;
  const candidates = scope.roles.filter((role) =>
    role.trusts.some((trust) => trust.kind === "subjects" && trust.issuer === issuer.key),
  );
  const explained = await each(candidates, 1, async (role) => ({
    role: role.key,
    explanation: await explainDeclared(given.token.reveal(), role, judged),
  }));
  return [...checks, tokenRolesCheck(explained, scope.roles.length === 1)];
}

function deployedChecks(question: DoctorQuestion, scope: Scope, deployed: Deployed, now: number): readonly Check[] {
  const { view, caller } = deployed;
  const account = awsAccountCheck(view, caller, scope.accounts, question.awsAccountId);
  // another account's providers and roles say nothing about ours
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
    ...(question.account && deployed.account !== null ? accountChecks(view, deployed.account, now) : []),
  ];
}

/** Only the role that is asked about: a token need not get them all. */
async function checksOfDeployedToken(
  given: TokenFound,
  scope: Scope,
  deployed: Deployed | null,
  judged: Judged,
): Promise<readonly Check[]> {
  const live = deployed?.roles.find(({ role }) => role.key === scope.role?.key);
  if (given.kind !== "token" || deployed === null || live?.found.kind !== "found") return [];
  return [
    tokenDeployedCheck(
      live.role.key,
      await explainDeployed(given.token.reveal(), live.found.value, foundProviders(deployed), judged),
    ),
  ];
}

function foundProviders(deployed: Deployed): readonly LiveProvider[] {
  return deployed.providers.flatMap(({ found }) => (found.kind === "found" ? [found.value] : []));
}

async function assumed(
  question: DoctorQuestion,
  scope: Scope,
  given: TokenFound,
  deployed: Deployed | null,
  judged: Judged,
): Promise<Check> {
  const role = scope.role;
  if (role === null) throw new RangeError("one role is asked about");
  const caller = deployed?.caller.kind === "found" ? deployed.caller.value : null;
  const found = caller !== null && fittingAccount(scope.accounts, caller, question.awsAccountId) !== undefined;
  const outcome = await oneRealCall(question, role, given, {
    view: judged.view,
    accounts: scope.accounts,
    found,
    region: regionOf(question, [judged.view.account]),
    timeoutMs: scope.limits.timeoutMs,
  });
  if (outcome.kind !== "refused" || given.kind !== "token") return assumeCheck(role.key, outcome, null);
  const live = deployed?.roles.find((candidate) => candidate.role.key === role.key);
  const byDeployed =
    deployed !== null && live?.found.kind === "found"
      ? await explainDeployed(given.token.reveal(), live.found.value, foundProviders(deployed), judged)
      : null;
  return assumeCheck(
    role.key,
    outcome,
    byDeployed !== null
      ? { by: "what is deployed", explanation: byDeployed }
      : { by: "the federation", explanation: await explainDeclared(given.token.reveal(), role, judged) },
  );
}
