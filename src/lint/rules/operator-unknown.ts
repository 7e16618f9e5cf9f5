import { quoted } from "../../text/text-rule";
import { conditionExample, GUARDS, RIGHT_CONDITION } from "../examples";
import { conditionViolations } from "../guards";
import type { RoleRule } from "../rule";
import { SOURCES } from "../sources";

export const operatorUnknown: RoleRule = {
  id: "operator-unknown",
  on: "role",
  severity: "error",
  title: "Unknown condition operator",
  why: "IAM rejects the policy, or the condition is not the intended one.",
  fix: "Use an IAM operator with its capital letters: StringEquals, StringLike, IpAddress.",
  good: RIGHT_CONDITION,
  bad: conditionExample({ ...GUARDS, StringMatches: { "aws:SourceVpc": "vpc-0123" } }),
  source: SOURCES.operators,
  check: ({ statements }) =>
    statements.flatMap((statement) =>
      conditionViolations(
        statement,
        statement.conditions,
        ({ known }) => !known,
        ({ operator }) => `${quoted(operator)} is not an IAM condition operator.`,
      ),
    ),
};
