import { quoted } from "../../text/text-rule";
import { AUDIENCE_GUARD, conditionExample, EXAMPLE_SUBJECT, RIGHT_CONDITION, SUB } from "../examples";
import { conditionViolations } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

export const subjectIgnoreCase: StatementRule = {
  id: "subject-ignore-case",
  on: "statement",
  severity: "warning",
  title: "Subject compared without case",
  why: "Alice@example.com and alice@example.com may be two people in Databricks; IAM would accept one for the other.",
  fix: "Use StringEquals and the subject as Databricks writes it.",
  good: RIGHT_CONDITION,
  bad: conditionExample({ ...AUDIENCE_GUARD, StringEqualsIgnoreCase: { [SUB]: EXAMPLE_SUBJECT } }),
  source: SOURCES.operators,
  check: (statement) =>
    conditionViolations(
      statement,
      statement.sub,
      ({ test }) => test === "StringEqualsIgnoreCase",
      ({ key }) => `${quoted(key)} is compared without case.`,
    ),
};
