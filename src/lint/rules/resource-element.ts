import { RIGHT_STATEMENT, statementExample } from "../examples";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";

export const resourceElement: RoleRule = {
  id: "resource-element",
  on: "role",
  severity: "error",
  title: "Resource in a trust policy",
  why: "A trust policy applies to the role it is attached to; IAM rejects Resource there.",
  fix: "Remove Resource; what the role may do belongs in its permission policies.",
  good: RIGHT_STATEMENT,
  bad: statementExample({ Resource: "*" }),
  source: SOURCES.grammar,
  check: ({ statements }) =>
    statements
      .filter((candidate) => candidate.hasResource)
      .map((candidate): Violation => ({
        statement: candidate.index,
        at: "Resource",
        message: "A trust policy cannot have Resource.",
      })),
};
