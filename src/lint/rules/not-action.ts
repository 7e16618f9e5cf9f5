import { RIGHT_STATEMENT, statementExample } from "../examples";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";

export const notAction: RoleRule = {
  id: "not-action",
  on: "role",
  severity: "error",
  title: "NotAction in a trust policy",
  why: "It allows every action except those it lists, future actions included.",
  fix: "Use Action: sts:AssumeRoleWithWebIdentity.",
  good: RIGHT_STATEMENT,
  bad: statementExample({ Action: undefined, NotAction: "sts:AssumeRole" }),
  source: SOURCES.grammar,
  check: ({ statements }) =>
    statements
      .filter((candidate) => candidate.effect === "Allow" && candidate.notAction)
      .map((candidate): Violation => ({
        statement: candidate.index,
        at: "NotAction",
        message: "NotAction allows every action except those it lists.",
      })),
};
