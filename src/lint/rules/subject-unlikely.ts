import { plainGithubSubject } from "../../issuer/github-subject";
import { satisfies, quoted, quotedAscii } from "../../text/text-rule";
import { exactSubjects, subjectPatterns } from "../../trust/parsed/parse-role";
import { SERVICE_PRINCIPAL, SUBJECT } from "../../trust/rules";
import { AUD, conditionExample, EXAMPLE_AUDIENCE, RIGHT_CONDITION, SUB } from "../examples";
import { violationAt } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

/** Why Databricks signs no such subject, or undefined for one it may. */
function unlikely(subject: string): string | undefined {
  if (subject.includes("${") || satisfies(SERVICE_PRINCIPAL, subject)) return undefined;
  if (satisfies(SERVICE_PRINCIPAL, subject.toLowerCase()))
    return "is a service principal's ID in upper case, and IAM compares case";
  if (subject === "") return "is empty";
  if (subject.trim() !== subject) return "has white space at its ends";
  const github = plainGithubSubject(subject);
  if (github !== null) {
    const other =
      github === subject ? "newer repositories have repo:OWNER@ID/REPO@ID:…" : `before, it was ${quoted(github)}`;
    return `is GitHub's (${other}); Databricks exchanges such a token for one that names a service principal`;
  }
  return satisfies(SUBJECT, subject.replace(/[*?{]/g, "x"))
    ? undefined
    : "contains an invisible or look-alike character";
}

export const subjectUnlikely: StatementRule = {
  id: "subject-unlikely",
  on: "statement",
  severity: "warning",
  title: "Subject that Databricks does not sign",
  why:
    "Application IDs are in lower case, and no subject is empty, begins or ends in white space, or contains " +
    "invisible characters or look-alikes of other scripts. A subject of GitHub Actions, in either of its forms, " +
    "belongs in Databricks' own federation policy, not here. Such a line lets no one in, or a different " +
    "identity than it seems to name.",
  fix:
    "Copy the application ID or the address again from Databricks; in place of a GitHub subject write the " +
    "application ID of the service principal whose federation policy names it.",
  good: RIGHT_CONDITION,
  bad: conditionExample({ StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: "\u0430lice@example.com" } }),
  source: SOURCES.trustPage,
  check: (statement) =>
    [...exactSubjects(statement), ...subjectPatterns(statement)].flatMap((value) => {
      const why = unlikely(value);
      return why === undefined ? [] : [violationAt(statement, "Condition", `${quotedAscii(value)} ${why}.`)];
    }),
};
