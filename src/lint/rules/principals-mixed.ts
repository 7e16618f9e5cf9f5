import { policyExample, statement, TWO_STATEMENTS } from "../examples";
import type { RoleRule } from "../rule";
import { SOURCES } from "../sources";

export const principalsMixed: RoleRule = {
  id: "principals-mixed",
  on: "role",
  severity: "warning",
  title: "Principals of different kinds in one role",
  why:
    "A role shared by Databricks identities and, for example, EC2 changes for two reasons and can be left " +
    "too open in two places. The pair of statements that Unity Catalog needs is exempt.",
  fix: "Create a role for each.",
  good: TWO_STATEMENTS,
  bad: policyExample(statement(), {
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { Service: "ec2.amazonaws.com" },
  }),
  source: SOURCES.trustPage,
  check: ({ statements }) => {
    const allows = statements.filter((candidate) => candidate.effect === "Allow" && !candidate.unityCatalog);
    const kinds = new Set(
      allows.flatMap((candidate) => [
        ...(candidate.providers.length > 0 ? ["an OIDC provider"] : []),
        ...candidate.trusted.filter(({ kind }) => kind !== "Federated").map(({ kind }) => kind),
      ]),
    );
    return kinds.size > 1 && kinds.has("an OIDC provider")
      ? [{ message: `The role trusts ${[...kinds].join(" and ")}.` }]
      : [];
  },
};
