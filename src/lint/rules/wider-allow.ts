import { quoted } from "../../text/text-rule";
import { letsIn, letsInWithoutContext } from "../../trust/parsed/admits";
import { exactSubjects } from "../../trust/parsed/parse-role";
import type { ParsedRole, ParsedStatement } from "../../trust/parsed/parsed-role";
import { STRANGERS } from "../../trust/strangers";
import { policyExample, statement, TWO_STATEMENTS } from "../examples";
import { SUBJECT_ONE_OFFICE } from "../networks";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";

/** What makes `wide` worth more than `narrow`: somebody it lets in where `narrow` would not. */
function widerThan(role: ParsedRole, wide: ParsedStatement, narrow: ParsedStatement): string | undefined {
  const stranger = STRANGERS[STRANGERS.length - 1] ?? "";
  if (letsIn(role, wide, stranger) && !letsIn(role, narrow, stranger))
    return `${stranger}, a stranger to statement ${narrow.index}`;
  const guarded = exactSubjects(narrow).find(
    (subject) => !letsInWithoutContext(role, narrow, subject) && letsInWithoutContext(role, wide, subject),
  );
  return guarded === undefined
    ? undefined
    : `${quoted(guarded)} without the further conditions of statement ${narrow.index}`;
}

export const widerAllow: RoleRule = {
  id: "wider-allow",
  on: "role",
  severity: "error",
  title: "Another Allow is wider",
  why:
    "Statements are a union: a role is as open as its widest statement, whatever a stricter one beside it " +
    "requires.",
  fix: "Remove the wider statement, or give it the same guards.",
  good: TWO_STATEMENTS,
  bad: policyExample(statement({ Condition: SUBJECT_ONE_OFFICE }), statement()),
  source: SOURCES.logic,
  check: (role) => {
    const allows = role.statements.filter(
      (candidate) => candidate.letsWebIdentitiesIn && candidate.providers.length > 0,
    );
    return allows.flatMap((wide): readonly Violation[] => {
      for (const narrow of allows) {
        if (
          narrow === wide ||
          !narrow.providers.some(({ issuerPath }) => wide.providers.some((other) => other.issuerPath === issuerPath))
        )
          continue;
        const who = widerThan(role, wide, narrow);
        if (who !== undefined) return [{ statement: wide.index, message: `The statement lets in ${who}.` }];
      }
      return [];
    });
  },
};
