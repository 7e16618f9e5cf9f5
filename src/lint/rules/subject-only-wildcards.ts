import { quoted } from "../../text/text-rule";
import { readsWildcards } from "../../trust/parsed/parse-role";
import { patternExample, RIGHT_CONDITION } from "../examples";
import { isOpenToSubjects } from "../../trust/parsed/openness";
import { isOnlyWildcards } from "../../trust/string-like";
import { violationAt } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

export const subjectOnlyWildcards: StatementRule = {
  id: "subject-only-wildcards",
  on: "statement",
  severity: "error",
  title: "Subject of wildcards alone",
  why: "It excludes no one: any identity of the issuer can assume the role. An empty list lets no one in.",
  fix: "List the service principals, or at least the email domain.",
  good: RIGHT_CONDITION,
  bad: patternExample("*"),
  source: SOURCES.ohMyDc,
  check: (statement, role) =>
    statement.sub.flatMap((condition) => {
      if (condition.values.length === 0)
        return [violationAt(statement, `Condition.${condition.operator}`, "The list of subjects is empty.")];
      return condition.values
        .filter(
          (value) => readsWildcards(condition) && isOnlyWildcards(value) && isOpenToSubjects(role, statement, value),
        )
        .map((value) =>
          violationAt(
            statement,
            `Condition.${condition.operator}`,
            `The subject ${quoted(value)} matches every identity of the issuer.`,
            { pattern: value },
          ),
        );
    }),
};
