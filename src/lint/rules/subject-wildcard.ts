import { quoted } from "../../text/text-rule";
import { subjectPatterns } from "../../trust/parsed/parse-role";
import { PUBLIC_MAIL_DOMAINS } from "../../trust/strangers";
import { instanceOf } from "../../trust/string-like";
import { patternExample, RIGHT_CONDITION } from "../examples";
import { violationAt } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";
import { letsEverybodyIn } from "../subjects";

/** A pattern that fixes the beginning alone also matches an address that anybody can register. */
function openEnd(value: string): string {
  const mailbox = `${instanceOf(value, "")}mallory@${PUBLIC_MAIL_DOMAINS[0] ?? ""}`;
  return value.endsWith("*") && !value.includes("@") ? `, and also matches ${mailbox}` : "";
}

export const subjectWildcard: StatementRule = {
  id: "subject-wildcard",
  on: "statement",
  severity: "warning",
  title: "Subject with a wildcard",
  why:
    "Who gets in depends on whoever assigns names in the issuer, now and later. A pattern with a written " +
    "reason is not reported.",
  fix: "List the subjects, or write the reason beside the pattern: { pattern, reason }.",
  good: RIGHT_CONDITION,
  bad: patternExample("*@data.example.com"),
  source: SOURCES.subJugation,
  check: (statement, role) =>
    subjectPatterns(statement)
      .filter((value) => !letsEverybodyIn(role, statement, value))
      .map((value) =>
        violationAt(statement, "Condition", `${quoted(value)} is a pattern${openEnd(value)}.`, { pattern: value }),
      ),
};
