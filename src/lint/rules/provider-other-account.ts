import { EXAMPLE_ARN, RIGHT_STATEMENT, statementExample } from "../examples";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";

export const providerOtherAccount: RoleRule = {
  id: "provider-other-account",
  on: "role",
  severity: "error",
  title: "Provider in another account",
  why:
    "STS looks for the provider in the role's own account, so such a trust lets no one in; or a copied ARN " +
    "trusts the wrong issuer.",
  fix: "Register the issuer in the role's account and use that provider's ARN.",
  good: RIGHT_STATEMENT,
  bad: statementExample({ Principal: { Federated: EXAMPLE_ARN.replace("111122223333", "444455556666") } }),
  source: SOURCES.createProvider,
  check: ({ role, statements }) =>
    statements.flatMap((candidate) =>
      candidate.providers
        .filter(
          (provider) => provider.accountId !== null && role.accountId !== null && provider.accountId !== role.accountId,
        )
        .map((provider): Violation => ({
          statement: candidate.index,
          at: "Principal.Federated",
          message: `The provider is in account ${provider.accountId ?? ""}, the role in ${role.accountId ?? ""}.`,
        })),
    ),
};
