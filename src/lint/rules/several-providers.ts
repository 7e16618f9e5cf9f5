import { EXAMPLE_ARN, RIGHT_STATEMENT, statementExample } from "../examples";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";

export const severalProviders: RoleRule = {
  id: "several-providers",
  on: "role",
  severity: "warning",
  title: "Several providers in one statement",
  why:
    "A token has the condition keys of its own issuer only, so such a statement lets in no one of one issuer " +
    "or, with IfExists, everyone.",
  fix: "Write one statement for each issuer.",
  good: RIGHT_STATEMENT,
  bad: statementExample({
    Principal: {
      Federated: [EXAMPLE_ARN, "arn:aws:iam::111122223333:oidc-provider/other.cloud.databricks.com/oidc"],
    },
  }),
  source: SOURCES.trustPage,
  check: ({ statements }) =>
    statements
      .filter((candidate) => new Set(candidate.providers.map((provider) => provider.issuerPath)).size > 1)
      .map((candidate): Violation => ({
        statement: candidate.index,
        at: "Principal.Federated",
        message: `The statement trusts ${candidate.providers.length} providers.`,
      })),
};
