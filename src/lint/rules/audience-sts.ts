import { cloudOfHost } from "../../issuer/clouds";
import { AUD, conditionExample, EXAMPLE_SUBJECT, RIGHT_CONDITION, SUB } from "../examples";
import { audienceViolations } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

export const audienceSts: StatementRule = {
  id: "audience-sts",
  on: "statement",
  severity: "warning",
  title: "sts.amazonaws.com as the audience of Databricks tokens",
  why:
    "It is the audience of GitHub's tokens and of many examples. Databricks sets the workspace ID (at " +
    "account level, the account ID); a Databricks token with sts.amazonaws.com has not been seen.",
  fix: "Require the workspace ID, and register it as a client ID.",
  good: RIGHT_CONDITION,
  bad: conditionExample({ StringEquals: { [AUD]: "sts.amazonaws.com", [SUB]: EXAMPLE_SUBJECT } }),
  source: SOURCES.issuerPage,
  check: (statement) =>
    statement.providers.some(({ issuerPath }) => cloudOfHost(issuerPath.split("/", 1)[0] ?? "") !== null)
      ? audienceViolations(
          statement,
          (audience) => audience === "sts.amazonaws.com",
          () => 'The audience is "sts.amazonaws.com"; Databricks sets the workspace ID.',
        )
      : [],
};
