import { RIGHT_STATEMENT, statementExample } from "../examples";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";

export const policyMalformed: RoleRule = {
  id: "policy-malformed",
  on: "role",
  severity: "error",
  title: "Invalid trust policy",
  why: "IAM rejects the document or reads it differently than its author: who gets in cannot be determined.",
  fix: "Write Version 2012-10-17 and a list of statements with Effect, Principal, Action and Condition.",
  good: RIGHT_STATEMENT,
  bad: statementExample({ Effect: "allow" }),
  source: SOURCES.grammar,
  check: ({ malformed }) => malformed.map((message): Violation => ({ message })),
};
