/** The simulated directory of a federation file. Pure. */
import { InputError, inputError } from "../../errors";
import { accountView } from "../../federation/account-view";
import { findAccounts } from "../../federation/find";
import type { AwsAccount, Federation } from "../../federation/model";
import { defaultAudience } from "../../issuer/issuer";
import { AWS_ACCOUNT_ID } from "../../issuer/rules";
import { targetOfAccount } from "../../lint/lint-federation";
import { violation } from "../../text/text-rule";
import { roleArn } from "../../trust/build";
import {
  EXAMPLE_ACCOUNT_ID,
  type SimulatedAccount,
  type SimulatedDirectory,
  type SimulatedIssuer,
  simulatedRole,
} from "./directory";

export interface AccountChoice {
  /** Key of an account of the federation; undefined: all of them. */
  readonly account?: string | undefined;
  /** 12 digits, where the federation does not name the account. */
  readonly awsAccountId?: string | undefined;
}

/** Throws InputError account-not-found, aws-account-id-invalid, aws-account-unknown. */
export function directoryOfFederation(federation: Federation, choice: AccountChoice = {}): SimulatedDirectory {
  const invalid =
    choice.awsAccountId === undefined ? undefined : violation(AWS_ACCOUNT_ID, choice.awsAccountId, "aws-account-id");
  if (invalid !== undefined) throw new InputError(invalid);
  const chosen = findAccounts(federation, undefined, choice.account);
  const unknown = chosen.filter(({ accountId }) => accountId === null);
  if (unknown.length > 1) {
    throw inputError(
      "aws-account-unknown",
      `The federation does not name ${unknown.length} of its AWS accounts, and only one can be simulated.`,
      `Name one with --account: ${unknown.flatMap(({ key }) => key ?? []).join(", ")}.`,
      "aws.accounts",
    );
  }
  return {
    issuers: Object.values(federation.issuers).map((issuer): SimulatedIssuer => ({
      key: issuer.key,
      issuer: issuer.issuer,
      level: issuer.level,
      host: new URL(issuer.issuer).hostname,
      cloud: issuer.cloud,
      databricksAccountId: issuer.input.level === "account" ? issuer.input.accountId : null,
      audience: defaultAudience(issuer.input),
    })),
    accounts: chosen.map((account) =>
      simulatedAccount(federation, {
        ...account,
        accountId: account.accountId ?? choice.awsAccountId ?? EXAMPLE_ACCOUNT_ID,
      }),
    ),
    notes:
      unknown.length === 1 && choice.awsAccountId === undefined
        ? [
            `The federation does not name its AWS account; the sandbox uses ${EXAMPLE_ACCOUNT_ID}. Set another with ` +
              "--aws-account-id.",
          ]
        : [],
  };
}

function simulatedAccount(
  federation: Federation,
  account: AwsAccount & { readonly accountId: string },
): SimulatedAccount {
  const view = accountView(federation, account);
  const sources = targetOfAccount(view).roles;
  return {
    accountId: account.accountId,
    partition: account.partition,
    region: account.region,
    providers: view.providers.map(({ issuer, arn }) => ({ arn, issuer: issuer.issuer, clientIds: issuer.audiences })),
    roles: view.roles.flatMap((role, index) => {
      const source = sources[index];
      return source === undefined
        ? []
        : (simulatedRole(
            role.key,
            roleArn({ partition: account.partition, accountId: account.accountId }, role),
            source,
          ) ?? []);
    }),
  };
}
