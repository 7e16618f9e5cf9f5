import { violationAt } from "../guards";
import { quoted } from "../../text/text-rule";
import { exactSubjects } from "../../trust/parsed/parse-role";
import { AUD, conditionExample, EXAMPLE_AUDIENCE, RIGHT_CONDITION, SUB } from "../examples";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";
import { isEmail } from "../user-sessions";

export const subjectEmail: StatementRule = {
  id: "subject-email",
  on: "statement",
  severity: "warning",
  title: "Email address as subject",
  why:
    "Addresses are renamed and reassigned, IAM compares their case, and any application that received a " +
    "user's token can replay it.",
  fix: "Trust a service principal, or write in the federation file why users get in.",
  good: RIGHT_CONDITION,
  bad: conditionExample({ StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: "alice@example.com" } }),
  source: SOURCES.subJugation,
  check: (statement) => {
    const users = exactSubjects(statement).filter(isEmail);
    const others = users.length > 1 ? ` and ${users.length - 1} more` : "";
    return users.length === 0
      ? []
      : [
          violationAt(
            statement,
            "Condition",
            `${quoted(users[0] ?? "")}${others} ${users.length > 1 ? "are email addresses" : "is an email address"}.`,
          ),
        ];
  },
};
