/** Finds a role, an issuer or an AWS account of a federation by the name a caller gives. Pure. */
import type { ErrorCode } from "../errors";
import { InputError, inputError } from "../errors";
import { AWS_ACCOUNT_ID } from "../issuer/rules";
import { violation, satisfies, quoted } from "../text/text-rule";
import type { AwsAccount, Federation, FederationIssuer, FederationRole } from "./model";
import { ROLE_ARN } from "./rules";

/** The role of key or name `name`; without one, the only role. Throws InputError role-ambiguous, role-not-found. */
export function findRole({ roles }: Pick<Federation, "roles">, name: string | undefined): FederationRole {
  const [only, ...others] = roles;
  const found =
    name === undefined && others.length === 0
      ? only
      : (roles.find(({ key }) => key === name) ?? roles.find((role) => role.name === name));
  if (found !== undefined) return found;
  const code = name === undefined ? "role-ambiguous" : "role-not-found";
  const message = name === undefined ? "The federation has several roles." : `There is no role ${quoted(name)}.`;
  throw notFound(code, message, "role", keysOf(roles));
}

/**
 * The AWS accounts that hold `role` (undefined: all), or the one of them with the key `key`. Throws InputError
 * account-not-found.
 */
export function findAccounts(
  { accounts }: Pick<Federation, "accounts">,
  role: FederationRole | undefined,
  key: string | undefined,
): readonly AwsAccount[] {
  const holding = accounts.filter(
    (account) => !role?.accounts || (account.key !== null && role.accounts.includes(account.key)),
  );
  const found = holding.filter((account) => key === undefined || account.key === key);
  if (found.length > 0) return found;
  const holder = role === undefined ? "The federation" : `The role ${role.key}`;
  throw notFound("account-not-found", `${holder} has no AWS account ${quoted(key ?? "")}.`, "account", keysOf(holding));
}

/** As `findAccounts`, exactly one. Throws InputError account-not-found, role-ambiguous. */
export function findAccount(federation: Federation, role: FederationRole, key: string | undefined): AwsAccount {
  const found = findAccounts(federation, role, key);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  throw notFound("role-ambiguous", `The role ${role.key} is in several AWS accounts.`, "account", keysOf(found));
}

/** The issuer `key`. Throws InputError `issuer-not-found`. */
export function findIssuer(federation: Pick<Federation, "issuers"> | undefined, key: string): FederationIssuer {
  const { issuers } = federation ?? { issuers: {} };
  const found = Object.hasOwn(issuers, key) ? issuers[key] : undefined;
  if (found !== undefined) return found;
  const missing = federation === undefined ? ": there is no federation file" : "";
  throw notFound("issuer-not-found", `There is no issuer ${quoted(key)}${missing}.`, "issuer", Object.keys(issuers));
}

/** The error of a name that a flag gives; `known`: what the flag `path` may name. */
export function notFound(code: ErrorCode, message: string, path: string, known: readonly string[]): InputError {
  const list = `${known.slice(0, 20).join(", ")}${known.length > 20 ? ` and ${known.length - 20} more` : ""}`;
  const fix =
    known.length > 0 ? `Use --${path} with one of: ${list}.` : `Leave --${path} out, or give another --config.`;
  return inputError(code, message, fix, path);
}

/** Without those that have none: the only account of a federation. */
function keysOf(list: readonly { readonly key: string | null }[]): readonly string[] {
  return list.flatMap(({ key }) => key ?? []);
}

/** The account's 12 digits, else `given`. Throws InputError aws-account-unknown, aws-account-id-invalid. */
export function findAccountId(account: AwsAccount, given: string | undefined): string {
  const accountId = account.accountId ?? given;
  if (accountId === undefined) {
    throw inputError(
      "aws-account-unknown",
      "The federation does not name its AWS account, which is part of the ARN of a role.",
      "Write aws.accountId into the federation, or give --aws-account-id.",
      "aws.accountId",
    );
  }
  const invalid = violation(AWS_ACCOUNT_ID, accountId, "aws-account-id");
  if (invalid !== undefined) throw new InputError([invalid]);
  return accountId;
}

/** The issuers whose tokens `role` trusts. */
export function issuersOf(federation: Federation, role: FederationRole): readonly FederationIssuer[] {
  const keys = new Set(role.trusts.flatMap((trust) => (trust.kind === "subjects" ? [trust.issuer] : [])));
  return Object.values(federation.issuers).filter((issuer) => keys.has(issuer.key));
}

/** Throws InputError `role-arn-invalid` for what `--role-arn` cannot be. */
export function requireRoleArn(roleArn: string): void {
  if (!satisfies(ROLE_ARN, roleArn))
    throw inputError(
      "role-arn-invalid",
      `${quoted(roleArn)} is not a valid role ARN.`,
      `Write it like ${JSON.stringify(ROLE_ARN.example)}.`,
      "role-arn",
    );
}
