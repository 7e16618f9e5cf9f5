/** What doctor is to check, and the roles, issuers and accounts of the federation that are concerned. */
import { InputError, inputError } from "../errors";
import { accountView, type AccountView } from "../federation/account-view";
import { secondsOf } from "../federation/time";
import { findAccounts, findIssuer, findRole, issuersOf } from "../federation/find";
import type { AwsAccount, Federation, FederationIssuer, FederationRole } from "../federation/model";
import { AWS_ACCOUNT_ID } from "../issuer/rules";
import type { Environment } from "../network/environment";
import { violation, quoted } from "../text/text-rule";
import { type Limits, LIMITS } from "./fetch/fetch-url";

/** Values as typed; undefined where not given. */
export interface DoctorOptions {
  readonly environment: Environment;
  /** Path of the federation file or the plan, for the command that the report suggests. */
  readonly config: string;
  /** Given where that is a plan. */
  readonly plan?: string | undefined;
  readonly issuer?: string | undefined;
  readonly role?: string | undefined;
  /** Key of the AWS account, where the federation has several. */
  readonly account?: string | undefined;
  /** 12 digits, where the federation does not name the account. */
  readonly awsAccountId?: string | undefined;
  /** `-` or `@FILE`. */
  readonly token?: string | undefined;
  readonly from?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly profile?: string | undefined;
  readonly scope?: string | undefined;
  readonly aws: boolean;
  /** Check everything in the AWS account. */
  readonly all: boolean;
  readonly assume: boolean;
  /** Also make the record of the real call, by this version of the program. */
  readonly recordBy?: string | undefined;
  readonly region?: string | undefined;
  readonly timeout?: string | undefined;
  readonly allowEndpoint: boolean;
  /** Tests wait shorter. */
  readonly limits?: Limits;
  readonly lookup?: (host: string) => Promise<readonly string[]>;
}

/** What of the federation is checked. */
export interface Scope {
  readonly federation: Federation;
  readonly issuers: readonly FederationIssuer[];
  readonly roles: readonly FederationRole[];
  /** The role named, or the federation's only one; null where there are several. */
  readonly role: FederationRole | null;
  /** The account named, or all that have the role. */
  readonly accounts: readonly AwsAccount[];
  /** The first of them. */
  readonly account: AwsAccount;
  readonly limits: Limits;
}

/**
 * Throws InputError issuer-not-found, role-not-found, account-not-found, role-ambiguous, duration-invalid,
 * duration-out-of-range, aws-account-id-invalid.
 */
export function scopeOf(federation: Federation, options: DoctorOptions): Scope {
  const issuer = options.issuer === undefined ? undefined : findIssuer(federation, options.issuer);
  const named = options.role === undefined ? undefined : findRole(federation, options.role);
  const [only, ...others] = federation.roles;
  const sole = others.length === 0 ? only : undefined;
  const role = options.assume ? findRole(federation, options.role) : (named ?? sole ?? null);
  const invalid =
    options.awsAccountId === undefined ? undefined : violation(AWS_ACCOUNT_ID, options.awsAccountId, "aws-account-id");
  if (invalid !== undefined) throw new InputError(invalid);
  const issuers = named === undefined ? Object.values(federation.issuers) : issuersOf(federation, named);
  const trusting = federation.roles.filter(
    (candidate) => issuer === undefined || issuersOf(federation, candidate).includes(issuer),
  );
  const accounts = findAccounts(federation, named, options.account);
  const [account] = accounts;
  if (account === undefined) throw new RangeError("findAccounts gives one account or more");
  return {
    federation,
    issuers: issuer === undefined ? issuers : [issuer],
    roles: named === undefined ? trusting : [named],
    role,
    accounts,
    account,
    limits: limitsOf(options),
  };
}

/** The limits of requests, `timeout` as a user wrote it. Throws InputError duration-invalid, duration-out-of-range. */
export function limitsOf({ timeout, limits = LIMITS }: Pick<DoctorOptions, "timeout" | "limits">): Limits {
  if (timeout === undefined) return limits;
  const seconds = secondsOf(timeout);
  if (seconds !== null && seconds >= 1 && seconds <= 60) return { ...limits, timeoutMs: seconds * 1000 };
  throw inputError(
    seconds === null ? "duration-invalid" : "duration-out-of-range",
    `${quoted(timeout)} is not a valid timeout: it must be 1 s to 60 s.`,
    "Write it like 10s.",
    "timeout",
  );
}

/** The federation in `account`, with its ID where the federation does not name it. */
export function viewOf(federation: Federation, account: AwsAccount, accountId: string | undefined): AccountView {
  return accountView(federation, { ...account, accountId: account.accountId ?? accountId ?? null });
}
