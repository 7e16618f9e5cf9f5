import { quoted } from "../../text/text-rule";
import { AUD, conditionExample, EXAMPLE_SUBJECT, RIGHT_CONDITION, SUB } from "../examples";
import { conditionViolations } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

export const conditionEmpty: StatementRule = {
  id: "condition-empty",
  on: "statement",
  severity: "error",
  title: "Condition without values",
  why: "A positive operator is then never true and a negated one always.",
  fix: "Give at least one value, or remove the condition.",
  good: RIGHT_CONDITION,
  bad: conditionExample({ StringEquals: { [AUD]: [], [SUB]: EXAMPLE_SUBJECT } }),
  source: SOURCES.operators,
  // an empty list of subjects is reported by subject-only-wildcards
  check: (statement) =>
    conditionViolations(
      statement,
      statement.conditions.filter((condition) => !statement.sub.includes(condition)),
      ({ values }) => values.length === 0,
      ({ operator, key }) => `${operator} on ${quoted(key)} has no values.`,
    ),
};
