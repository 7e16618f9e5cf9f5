import { guarding } from "../../trust/parsed/parse-role";
import { conditionExample, EXAMPLE_SUBJECT, RIGHT_CONDITION, SUB } from "../examples";
import { misnamed } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

export const audienceMissing: StatementRule = {
  id: "audience-missing",
  on: "statement",
  severity: "error",
  title: "No condition on the audience",
  why:
    "A token of the issuer is accepted whatever registered audience it was issued for. AWS stores such a " +
    "trust policy without a warning.",
  fix: "Add StringEquals on the issuer's aud key with the workspace ID (at account level, the account ID).",
  good: RIGHT_CONDITION,
  bad: conditionExample({ StringEquals: { [SUB]: EXAMPLE_SUBJECT } }),
  source: SOURCES.federated,
  check: (statement) =>
    guarding(statement.aud).length > 0 || statement.providers.length === 0 || misnamed(statement, "aud")
      ? []
      : [
          {
            statement: statement.index,
            at: "Condition",
            message: `The statement has no condition on ${statement.providers[0]?.issuerPath ?? ""}:aud.`,
          },
        ],
};
