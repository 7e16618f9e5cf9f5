import { policyOf, roleExample, statement, TWO_STATEMENTS } from "../examples";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";
import { deletedBy } from "../provider-rule";

export const providerNotInPlan: RoleRule = {
  id: "provider-not-in-plan",
  on: "role",
  severity: "error",
  title: "Provider that is neither created nor given",
  why:
    "Role and provider belong in one account and one plan; a provider that is in neither may not exist, or " +
    "belong to another party.",
  fix:
    "Register the issuer in the same plan, or name the existing provider (existingProviderArn, a variable, a " +
    "data source, --given-provider).",
  good: TWO_STATEMENTS,
  bad: roleExample({ assume_role_policy: policyOf(statement()), planned_providers: [] }, {}, { providers: [] }),
  source: SOURCES.trustPage,
  check: ({ role, statements }, { target, providers }) => {
    if (!target.complete) return [];
    const given = new Set(target.givenProviderArns);
    return statements.flatMap((candidate) =>
      candidate.providers
        .filter(
          ({ arn, issuerPath }) =>
            !providers.has(issuerPath) &&
            !given.has(arn) &&
            !target.givenIssuerPaths.includes(issuerPath) &&
            deletedBy(target.deletedProviders, issuerPath) === undefined,
        )
        .map((provider): Violation => ({
          statement: candidate.index,
          at: "Principal.Federated",
          message: `No provider for https://${provider.issuerPath} is created or given for ${role.path}.`,
        })),
    );
  },
};
