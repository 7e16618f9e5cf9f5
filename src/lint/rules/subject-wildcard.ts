import { quoted } from "../../text/text-rule";
import { subjectPatterns } from "../../trust/parsed/parse-role";
import { isOnlyWildcards } from "../../trust/string-like";
import { patternExample, RIGHT_CONDITION } from "../examples";
import { violationAt } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

export const subjectWildcard: StatementRule = {
  id: "subject-wildcard",
  on: "statement",
  severity: "warning",
  title: "Subject with a wildcard",
  why:
    "Who gets in depends on whoever assigns names in the issuer, now and later. One of wideSubjectPatterns, which " +
    "has a reason, is not reported.",
  fix: "List the subjects, or accept the finding under lint, with the reason.",
  good: RIGHT_CONDITION,
  bad: patternExample("*@data.example.com"),
  source: SOURCES.subJugation,
  check: (statement) =>
    subjectPatterns(statement)
      .filter((value) => !isOnlyWildcards(value))
      .map((value) => violationAt(statement, "Condition", `${quoted(value)} is a pattern.`, { pattern: value })),
};
