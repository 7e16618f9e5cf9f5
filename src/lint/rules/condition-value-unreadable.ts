import { quoted } from "../../text/text-rule";
import { compileCondition } from "../../trust/decide/conditions";
import { conditionExample, GUARDS } from "../examples";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";

export const conditionValueUnreadable: RoleRule = {
  id: "condition-value-unreadable",
  on: "role",
  severity: "error",
  title: "Value that its operator cannot compare",
  why:
    "A word under NumericLessThan, an invalid address, Null with a value other than true or false: IAM " +
    "rejects the policy, or the line means something other than intended.",
  fix: "Use a value of the operator's type, or an operator of the value's type.",
  good: conditionExample({ ...GUARDS, NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }),
  bad: conditionExample({ ...GUARDS, NotIpAddress: { "aws:SourceIp": "203.0.113.0-255" } }),
  source: SOURCES.operators,
  check: ({ statements, version }) =>
    statements.flatMap((statement) =>
      statement.conditions
        .filter(({ known }) => known)
        .flatMap((condition): readonly Violation[] => {
          // guard-policy-variable reports a variable in a guard; whether Bool accepts one is not documented
          const why = compileCondition(condition, version === "2012-10-17").neverDecided;
          const reported =
            why === null ||
            (condition.values.some((value) => value.includes("${")) &&
              (condition.test === "Bool" || statement.aud.includes(condition) || statement.sub.includes(condition)));
          return reported
            ? []
            : [
                {
                  statement: statement.index,
                  at: `Condition.${condition.operator}`,
                  message: `On ${quoted(condition.key)}, ${why}.`,
                },
              ];
        }),
    ),
};
