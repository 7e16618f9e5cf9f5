import { RIGHT_STATEMENT, statementExample } from "../examples";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";

export const notPrincipal: RoleRule = {
  id: "not-principal",
  on: "role",
  severity: "error",
  title: "NotPrincipal in a trust policy",
  why: "It lets in everyone except those it lists.",
  fix: "List whom you trust in Principal.",
  good: RIGHT_STATEMENT,
  bad: statementExample({ Principal: undefined, NotPrincipal: { AWS: "arn:aws:iam::444455556666:root" } }),
  source: SOURCES.principal,
  check: ({ statements }) =>
    statements
      .filter((candidate) => candidate.effect === "Allow" && candidate.notPrincipal)
      .map((candidate): Violation => ({
        statement: candidate.index,
        at: "NotPrincipal",
        message: "NotPrincipal lets in everyone except those it lists.",
      })),
};
