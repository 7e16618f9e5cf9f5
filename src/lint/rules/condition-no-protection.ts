import { quoted } from "../../text/text-rule";
import { conditionExample, GUARDS, RIGHT_CONDITION } from "../examples";
import { conditionViolations } from "../guards";
import { allowsEveryValue } from "../../trust/parsed/openness";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

const UNPROTECTING_KEYS = new Set(["sts:rolesessionname", "aws:principalaccount", "aws:principaltype", "aws:userid"]);

export const conditionNoProtection: StatementRule = {
  id: "condition-no-protection",
  on: "statement",
  severity: "warning",
  title: "Condition that excludes no one",
  why:
    "The caller chooses sts:RoleSessionName; aws:PrincipalAccount, aws:PrincipalType and aws:userid are the " +
    "same for every web identity.",
  fix: "Guard with sub and aud; add a network condition (aws:SourceIp, aws:SourceVpce) as a second guard.",
  good: RIGHT_CONDITION,
  bad: conditionExample({ StringEquals: { ...GUARDS.StringEquals, "sts:RoleSessionName": "nightly" } }),
  source: SOURCES.globalKeys,
  check: (statement, { version }) =>
    conditionViolations(
      statement,
      statement.conditions,
      (condition) =>
        UNPROTECTING_KEYS.has(condition.key.toLowerCase()) ||
        (!statement.aud.includes(condition) &&
          !statement.sub.includes(condition) &&
          condition.values.length > 0 &&
          allowsEveryValue(statement, version, condition)),
      ({ operator, key }) => `${operator} on ${quoted(key)} excludes no Databricks identity.`,
    ),
};
