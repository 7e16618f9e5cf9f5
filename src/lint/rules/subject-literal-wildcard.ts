import { violationAt } from "../guards";
import { quoted } from "../../text/text-rule";
import { AUD, conditionExample, EXAMPLE_AUDIENCE, RIGHT_CONDITION, SUB } from "../examples";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

export const subjectLiteralWildcard: StatementRule = {
  id: "subject-literal-wildcard",
  on: "statement",
  severity: "error",
  title: "Wildcard under StringEquals",
  why:
    "StringEquals takes * and ? literally, so no one matches; and whoever changes it to StringLike opens the " +
    "role.",
  fix: "Write the whole subject, or use StringLike with a pattern that fixes the email domain.",
  good: RIGHT_CONDITION,
  bad: conditionExample({ StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: "*@data.example.com" } }),
  source: SOURCES.operators,
  check: (statement) =>
    statement.sub
      .filter((condition) => /^StringEquals(?:IgnoreCase)?$/.test(condition.test))
      .flatMap((condition) =>
        condition.values
          .filter((value) => /[*?]/.test(value))
          .map((value) =>
            violationAt(
              statement,
              `Condition.${condition.operator}`,
              `${condition.operator} takes ${quoted(value)} literally: no one matches.`,
            ),
          ),
      ),
};
