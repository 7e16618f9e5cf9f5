import { EXAMPLE_AUDIENCE, EXAMPLE_ISSUER, policyOf, roleExample, statement, TWO_STATEMENTS } from "../examples";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";
import { deletedBy } from "../provider-rule";

export const providerDeleted: RoleRule = {
  id: "provider-deleted",
  on: "role",
  severity: "error",
  title: "Deleted provider that a role still trusts",
  why: "Its tokens are refused from then on; whoever registers that URL again decides about the old trust.",
  fix: "Keep the provider, or remove the trust in the same plan.",
  good: TWO_STATEMENTS,
  bad: roleExample(
    {
      "aws_iam_openid_connect_provider.production": { actions: ["delete"] },
      assume_role_policy: policyOf(statement()),
    },
    {},
    {
      providers: [],
      deletedProviders: [
        {
          url: `https://${EXAMPLE_ISSUER}`,
          clientIds: [EXAMPLE_AUDIENCE],
          accountId: "111122223333",
          path: "aws_iam_openid_connect_provider.production",
        },
      ],
    },
  ),
  source: SOURCES.lintPage,
  check: ({ statements }, { target }) =>
    statements.flatMap((candidate) =>
      candidate.providers.flatMap((provider): readonly Violation[] => {
        const deleted = deletedBy(target.deletedProviders, provider.issuerPath);
        return deleted === undefined
          ? []
          : [
              {
                statement: candidate.index,
                at: "Principal.Federated",
                message: `The plan deletes ${deleted}, which the role still trusts.`,
              },
            ];
      }),
    ),
};
