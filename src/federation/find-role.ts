/** A role of a federation, the AWS account it is in, and the issuers it trusts, as a caller names them. Pure. */
import { InputError } from "../errors";
import { AWS_ACCOUNT_ID } from "../issuer/rules";
import { breach, keeps } from "../text/text-rule";
import type { AwsAccount, Federation, FederationIssuer, FederationRole } from "./model";
import { ROLE_ARN } from "./rules";

/** The role of key or name `name`; without one, the only role. Throws InputError role-ambiguous, role-not-found. */
export function findRole(federation: Federation, name: string | undefined): FederationRole {
  const known = `There are: ${federation.roles.map((role) => role.key).join(", ")}.`;
  if (name === undefined) {
    const [only, ...others] = federation.roles;
    if (only !== undefined && others.length === 0) return only;
    throw new InputError([
      {
        code: "role-ambiguous",
        message: "The federation has several roles.",
        path: "role",
        fix: `Name one with --role. ${known}`,
      },
    ]);
  }
  const found =
    federation.roles.find((role) => role.key === name) ?? federation.roles.find((role) => role.name === name);
  if (found !== undefined) return found;
  throw new InputError([
    {
      code: "role-not-found",
      message: `There is no role ${JSON.stringify(name.slice(0, 64))} in the federation.`,
      path: "role",
      fix: known,
    },
  ]);
}

/**
 * The account of key `key` that holds `role`; without one, the only account. Throws InputError account-not-found,
 * role-ambiguous.
 */
export function findAccount(federation: Federation, role: FederationRole, key: string | undefined): AwsAccount {
  const holding = federation.accounts.filter(
    (account) => role.accounts === null || (account.key !== null && role.accounts.includes(account.key)),
  );
  if (key !== undefined) {
    const found = holding.find((account) => account.key === key);
    if (found !== undefined) return found;
    throw new InputError([
      {
        code: "account-not-found",
        message: `The role ${role.key} is in no account ${JSON.stringify(key.slice(0, 64))}.`,
        path: "account",
        fix: `Name one of: ${holding.map((account) => account.key ?? "").join(", ")}.`,
      },
    ]);
  }
  const [only, ...others] = holding;
  if (only !== undefined && others.length === 0) return only;
  throw new InputError([
    {
      code: "role-ambiguous",
      message: `The role ${role.key} is in several AWS accounts.`,
      path: "account",
      fix: `Name one with --account: ${holding.map((account) => account.key ?? "").join(", ")}.`,
    },
  ]);
}

/** The account's 12 digits, else `given`. Throws InputError aws-account-unknown, aws-account-id-invalid. */
export function findAccountId(account: AwsAccount, given: string | undefined): string {
  const accountId = account.accountId ?? given;
  if (accountId === undefined) {
    throw new InputError([
      {
        code: "aws-account-unknown",
        message: "The federation leaves the AWS account to be found out at plan time, and the role's ARN has it.",
        path: "aws.accountId",
        fix: "Write aws.accountId into the federation, or give --aws-account-id.",
      },
    ]);
  }
  const invalid = breach(AWS_ACCOUNT_ID, accountId, "aws-account-id");
  if (invalid !== undefined) throw new InputError([invalid]);
  return accountId;
}

/** The issuers whose tokens `role` trusts. */
export function issuersOf(federation: Federation, role: FederationRole): readonly FederationIssuer[] {
  const keys = new Set(role.trusts.flatMap((trust) => (trust.kind === "subjects" ? [trust.issuer] : [])));
  return Object.values(federation.issuers).filter((issuer) => keys.has(issuer.key));
}

/** The issuer `key`. Throws InputError `issuer-not-found`. */
export function findIssuer(federation: Federation, key: string): FederationIssuer {
  const found = Object.hasOwn(federation.issuers, key) ? federation.issuers[key] : undefined;
  if (found !== undefined) return found;
  throw new InputError([
    {
      code: "issuer-not-found",
      message: `There is no issuer ${JSON.stringify(key.slice(0, 64))}.`,
      path: "issuer",
      fix: `There are: ${Object.keys(federation.issuers).join(", ")}.`,
    },
  ]);
}

/** Throws InputError `role-arn-invalid` for what `--role-arn` cannot be. */
export function requireRoleArn(roleArn: string): void {
  if (!keeps(ROLE_ARN, roleArn))
    throw new InputError([
      {
        code: "role-arn-invalid",
        message: `${JSON.stringify(roleArn.slice(0, 100))} is no role ARN.`,
        path: "role-arn",
        fix: `Write it like ${JSON.stringify(ROLE_ARN.example)}.`,
      },
    ]);
}
