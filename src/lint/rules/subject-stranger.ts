import { quoted } from "../../text/text-rule";
import { letsIn } from "../../trust/parsed/admits";
import { subjectPatterns } from "../../trust/parsed/parse-role";
import { strangerLetIn } from "../../trust/strangers";
import { patternExample, RIGHT_CONDITION } from "../examples";
import { violationAt } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";
import { ONLY_WILDCARDS } from "../subjects";

const strangers = new Map<string, string | undefined>();

/** The stranger a pattern lets in; the same pattern is tried once however many roles have it. */
function strangerOf(value: string): string | undefined {
  if (!strangers.has(value)) strangers.set(value, strangerLetIn(value));
  return strangers.get(value);
}

export const subjectStranger: StatementRule = {
  id: "subject-stranger",
  on: "statement",
  severity: "error",
  title: "Pattern that matches outsiders",
  why:
    "Tried on random application IDs and on addresses that anybody can register at a public email provider. " +
    "Whoever can have such a sub in the issuer gets the role.",
  fix: 'Fix the email domain ("*@data.example.com"), or list the service principals.',
  good: RIGHT_CONDITION,
  bad: patternExample("*-*"),
  source: SOURCES.subJugation,
  check: (statement, role) =>
    subjectPatterns(statement)
      .filter((value) => !ONLY_WILDCARDS.test(value))
      .flatMap((value) => {
        const stranger = strangerOf(value);
        return stranger === undefined || !letsIn(role, statement, stranger)
          ? []
          : [
              violationAt(statement, "Condition", `${quoted(value)} lets strangers like ${stranger} in.`, {
                pattern: value,
              }),
            ];
      }),
};
