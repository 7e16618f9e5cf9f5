/** What doctor is asked, with the federation's roles, issuers and account picked out of it. */
import { InputError } from "../errors";
import { accountView } from "../federation/account-view";
import type { AccountView } from "../federation/account-view";
import { secondsOf } from "../federation/duration";
import { findAccounts, findIssuer, findRole } from "../federation/find";
import type { AwsAccount, Federation, FederationIssuer, FederationRole } from "../federation/model";
import { AWS_ACCOUNT_ID } from "../issuer/rules";
import type { Environment } from "../network/environment";
import { breach } from "../text/text-rule";
import type { Limits } from "./fetch/issuer";
import { LIMITS } from "./fetch/issuer";

/** Values as typed; undefined where not given. */
export interface DoctorQuestion {
  readonly environment: Environment;
  readonly config?: string | undefined;
  readonly issuer?: string | undefined;
  readonly role?: string | undefined;
  /** Key of the AWS account, where the federation has several. */
  readonly accountKey?: string | undefined;
  /** 12 digits, where the federation leaves the account to be found out. */
  readonly awsAccountId?: string | undefined;
  /** `-` or `@FILE`. */
  readonly token?: string | undefined;
  readonly from?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly profile?: string | undefined;
  readonly scope?: string | undefined;
  readonly aws: boolean;
  readonly account: boolean;
  readonly assume: boolean;
  readonly region?: string | undefined;
  readonly timeout?: string | undefined;
  readonly allowEndpoint: boolean;
  /** Tests are less patient. */
  readonly limits?: Limits;
  readonly lookup?: (host: string) => Promise<readonly string[]>;
}

/** What of the federation it is about. */
export interface Scope {
  readonly federation: Federation;
  readonly issuers: readonly FederationIssuer[];
  readonly roles: readonly FederationRole[];
  /** The role named, or the federation's only one; null where there are several. */
  readonly role: FederationRole | null;
  /** Accounts it may be about: the one named, or all that have the role. */
  readonly accounts: readonly AwsAccount[];
  readonly limits: Limits;
}

/**
 * Throws InputError issuer-not-found, role-not-found, account-not-found, role-ambiguous, duration-invalid,
 * duration-out-of-range, aws-account-id-invalid.
 */
export function scopeOf(federation: Federation, question: DoctorQuestion): Scope {
  const issuer = question.issuer === undefined ? undefined : findIssuer(federation, question.issuer);
  const named = question.role === undefined ? undefined : findRole(federation, question.role);
  const [only, ...others] = federation.roles;
  const sole = others.length === 0 ? only : undefined;
  const role = question.assume ? findRole(federation, question.role) : (named ?? sole ?? null);
  const invalid =
    question.awsAccountId === undefined ? undefined : breach(AWS_ACCOUNT_ID, question.awsAccountId, "aws-account-id");
  if (invalid !== undefined) throw new InputError([invalid]);
  const trusts = (candidate: FederationRole, key: string): boolean =>
    candidate.trusts.some((trust) => trust.kind === "subjects" && trust.issuer === key);
  return {
    federation,
    issuers:
      issuer !== undefined
        ? [issuer]
        : Object.values(federation.issuers).filter(({ key }) => named === undefined || trusts(named, key)),
    roles:
      named !== undefined
        ? [named]
        : federation.roles.filter((candidate) => issuer === undefined || trusts(candidate, issuer.key)),
    role,
    accounts: findAccounts(federation, named, question.accountKey),
    limits: limitsOf(question),
  };
}

function limitsOf({ timeout, limits = LIMITS }: DoctorQuestion): Limits {
  if (timeout === undefined) return limits;
  const seconds = secondsOf(timeout);
  if (seconds === null)
    throw new InputError([
      {
        code: "duration-invalid",
        message: `${JSON.stringify(timeout.slice(0, 40))} is no duration.`,
        path: "timeout",
        fix: "Write it like 10s.",
      },
    ]);
  if (seconds < 1 || seconds > 60)
    throw new InputError([
      {
        code: "duration-out-of-range",
        message: `An exchange may take 1 to 60 s, not ${seconds}.`,
        path: "timeout",
        fix: "Write it like 10s.",
      },
    ]);
  return { ...limits, timeoutMs: seconds * 1000 };
}

/** The account as the federation has it, with its number where that is only known here. */
export function viewOf(federation: Federation, account: AwsAccount, accountId: string | undefined): AccountView {
  return accountView(
    federation,
    account.accountId !== null || accountId === undefined ? account : { ...account, accountId },
  );
}
