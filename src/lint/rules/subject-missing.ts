import { violationAt } from "../guards";
import { isOpenToSubjects } from "../../trust/parsed/openness";
import { guarding } from "../../trust/parsed/parse-role";
import { AUDIENCE_GUARD, conditionExample, RIGHT_CONDITION } from "../examples";
import { misnamed } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

export const subjectMissing: StatementRule = {
  id: "subject-missing",
  on: "statement",
  severity: "error",
  title: "No condition on the subject",
  why:
    "Every user and every service principal of the issuer gets in. It is the most common vulnerability of " +
    "its kind, and AWS stores such a policy without a warning.",
  fix: "Add StringEquals on the issuer's sub key with the service principals' application IDs.",
  good: RIGHT_CONDITION,
  bad: conditionExample(AUDIENCE_GUARD),
  source: `${SOURCES.keysAttached}; ${SOURCES.tinder}`,
  check: (statement, role) => {
    if (guarding(statement.sub).length > 0 || statement.providers.length === 0 || misnamed(statement, "sub")) return [];
    const [provider] = statement.providers;
    return isOpenToSubjects(role, statement)
      ? [
          violationAt(
            statement,
            "Condition",
            `The statement has no condition on ${provider?.issuerPath ?? ""}:sub: any identity of that issuer gets in.`,
          ),
        ]
      : [];
  },
};
