/** Judges whose AWS credentials are in use here. Pure. */
import type { AccountView } from "../../federation/account-view";
import type { AwsAccount } from "../../federation/model";
import type { Check } from "../check";
import { fail, pass, unknown } from "../check";
import type { Found } from "../fetch/live";

const SUBJECT = "AWS credentials";

/** The account that the credentials belong to; the federation's own number goes before the question's. */
export function fittingAccount(
  accounts: readonly AwsAccount[],
  callerId: string,
  askedId: string | undefined,
): AwsAccount | undefined {
  const fits = (account: AwsAccount): boolean => (account.accountId ?? askedId ?? callerId) === callerId;
  return accounts.find((account) => account.accountId === callerId) ?? accounts.find(fits);
}

export function awsAccountCheck(
  view: AccountView,
  caller: Found<string>,
  accounts: readonly AwsAccount[],
  askedId: string | undefined,
): Check {
  if (caller.kind === "failed") return unknown("aws-account", SUBJECT, caller.message, caller.fix, caller.code);
  if (caller.kind === "absent" || !/^[0-9]{12}$/.test(caller.value))
    return unknown("aws-account", SUBJECT, "STS does not say whose they are.", null);
  if (fittingAccount(accounts, caller.value, askedId) !== undefined)
    return pass(
      "aws-account",
      SUBJECT,
      `They are of account ${view.accountId}${view.account.key === null ? "" : ` (${view.account.key})`}, as ` +
        `the federation's.`,
    );
  const wanted = accounts
    .flatMap(({ key, accountId }) =>
      accountId === null && askedId === undefined
        ? []
        : [`${accountId ?? askedId ?? ""}${key === null ? "" : ` (${key})`}`],
    )
    .slice(0, 5);
  return fail(
    "aws-account",
    SUBJECT,
    `They are of account ${caller.value}; the federation is about ${wanted.join(", ")}.`,
    "Log in to that account (AWS_PROFILE), or correct aws.accountId. Nothing was compared.",
  );
}
