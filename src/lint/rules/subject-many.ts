import { exactSubjects, subjectPatterns } from "../../trust/parsed/parse-role";
import { AUD, conditionExample, EXAMPLE_AUDIENCE, OTHER_SUBJECT, RIGHT_CONDITION, SUB } from "../examples";
import type { RoleRule } from "../rule";
import { SOURCES } from "../sources";

const MANY_SUBJECTS = 10;

export const subjectMany: RoleRule = {
  id: "subject-many",
  on: "role",
  severity: "warning",
  title: `More than ${MANY_SUBJECTS} subjects`,
  why: "CloudTrail shows little about a role that so many share, and no one reviews such a list.",
  fix: "Give each team its own role.",
  good: RIGHT_CONDITION,
  bad: conditionExample({
    StringEquals: {
      [AUD]: EXAMPLE_AUDIENCE,
      [SUB]: Array.from({ length: 11 }, (_, index) => `${OTHER_SUBJECT.slice(0, -2)}${10 + index}`),
    },
  }),
  source: SOURCES.trustPage,
  check: ({ statements }) => {
    const subjects = new Set(
      statements
        .filter((statement) => statement.letsWebIdentitiesIn)
        .flatMap((statement) => [...exactSubjects(statement), ...subjectPatterns(statement)]),
    );
    return subjects.size > MANY_SUBJECTS ? [{ message: `The role has ${subjects.size} subjects.` }] : [];
  },
};
