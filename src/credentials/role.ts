/** Which role is meant: one of a federation, or any by its ARN. */
import { inputError } from "../errors";
import { findAccount, findAccountId, findIssuer, findRole, issuersOf, requireRoleArn } from "../federation/find";
import type { Federation } from "../federation/model";
import type { IssuerTarget } from "../token/token-endpoint";
import { roleArn } from "../trust/build";

export interface ResolvedRole {
  readonly arn: string;
  /** `aws`, `aws-us-gov` or `aws-cn`. */
  readonly partition: string;
  /** The federation's, where it names one. */
  readonly region: string | null;
  /** Seconds; null where only the ARN is known. */
  readonly maxSessionDuration: number | null;
  /** The issuers the role trusts; empty where only the ARN is known. */
  readonly targets: readonly IssuerTarget[];
}

export interface RoleOptions {
  /** A role's key or name in the federation. */
  readonly role?: string | undefined;
  readonly roleArn?: string | undefined;
  /** Key of an account of the federation. */
  readonly account?: string | undefined;
  /** 12 digits, where the federation does not name the account. */
  readonly awsAccountId?: string | undefined;
  /** Key of the issuer whose token is requested. */
  readonly issuer?: string | undefined;
}

/**
 * The role. `federation` is called only for a role by key, and for `issuer`. Throws InputError role-ambiguous,
 * role-arn-invalid, role-not-found, account-not-found, aws-account-unknown, aws-account-id-invalid, issuer-not-found.
 */
export function resolveRole(options: RoleOptions, federation: () => Federation): ResolvedRole {
  if (options.role !== undefined && options.roleArn !== undefined)
    throw inputError("role-ambiguous", "Both --role and --role-arn are given.", "Give one.");
  if (options.roleArn !== undefined) {
    requireRoleArn(options.roleArn);
    return {
      arn: options.roleArn,
      partition: options.roleArn.split(":")[1] ?? "aws",
      region: null,
      maxSessionDuration: null,
      targets: options.issuer === undefined ? [] : [findIssuer(federation(), options.issuer)],
    };
  }
  return roleOf(federation(), options);
}

function roleOf(federation: Federation, options: RoleOptions): ResolvedRole {
  const role = findRole(federation, options.role);
  const account = findAccount(federation, role, options.account);
  const accountId = findAccountId(account, options.awsAccountId);
  const trusted = issuersOf(federation, role);
  return {
    arn: roleArn({ partition: account.partition, accountId }, role),
    partition: account.partition,
    region: account.region,
    maxSessionDuration: role.maxSessionDuration,
    targets: options.issuer === undefined ? trusted : [findIssuer(federation, options.issuer)],
  };
}
