import { quoted } from "../../text/text-rule";
import { hasWildcard } from "../../trust/string-like";
import { AUD, conditionExample, EXAMPLE_SUBJECT, RIGHT_CONDITION, SUB } from "../examples";
import { audienceViolations } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

export const audienceWildcard: StatementRule = {
  id: "audience-wildcard",
  on: "statement",
  severity: "error",
  title: "Wildcard in the audience",
  why:
    "Under StringLike every registered audience matches; under StringEquals the wildcard is taken literally " +
    "and no one gets in.",
  fix: "List each audience under StringEquals.",
  good: RIGHT_CONDITION,
  bad: conditionExample({ StringLike: { [AUD]: "*" }, StringEquals: { [SUB]: EXAMPLE_SUBJECT } }),
  source: SOURCES.operators,
  check: (statement) =>
    audienceViolations(statement, hasWildcard, (audience) => `The audience ${quoted(audience)} contains a wildcard.`),
};
