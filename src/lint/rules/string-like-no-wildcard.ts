import { quoted } from "../../text/text-rule";
import { AUDIENCE_GUARD, conditionExample, EXAMPLE_SUBJECT, RIGHT_CONDITION, SUB } from "../examples";
import { conditionViolations } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

export const stringLikeNoWildcard: StatementRule = {
  id: "string-like-no-wildcard",
  on: "statement",
  severity: "warning",
  title: "StringLike without a wildcard",
  why: "It does what StringEquals does, until someone adds a wildcard.",
  fix: "Use StringEquals.",
  good: RIGHT_CONDITION,
  bad: conditionExample({ ...AUDIENCE_GUARD, StringLike: { [SUB]: EXAMPLE_SUBJECT } }),
  source: SOURCES.trustPage,
  check: (statement) =>
    conditionViolations(
      statement,
      [...statement.aud, ...statement.sub],
      ({ test, values }) =>
        test === "StringLike" && values.length > 0 && !values.some((value) => /[*?]|\$\{/.test(value)),
      ({ key }) => `StringLike on ${quoted(key)} has no wildcard.`,
    ),
};
