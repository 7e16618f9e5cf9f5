import { quoted } from "../../text/text-rule";
import { AUDIENCE_GUARD, policyOf, RIGHT_STATEMENT, roleExample, statement, SUB } from "../examples";
import type { RoleRule } from "../rule";
import { SOURCES } from "../sources";

const WIDE = { pattern: "team-*", reason: "Every group of this name may read the public lake." };

export const subjectWidePattern: RoleRule = {
  id: "subject-wide-pattern",
  on: "role",
  severity: "note",
  title: "Pattern that is meant to be wide",
  why:
    "wideSubjectPatterns lets in everyone whom a pattern matches, whatever their email domain. The reason is shown, " +
    "so that a reviewer can tell whether it still holds.",
  fix: "Check that the reason still holds.",
  good: RIGHT_STATEMENT,
  bad: roleExample(
    { wideSubjectPatterns: [WIDE] },
    {
      policy: policyOf(statement({ Condition: { ...AUDIENCE_GUARD, StringLike: { [SUB]: WIDE.pattern } } })),
      widePatterns: [WIDE],
    },
  ),
  source: SOURCES.trustPage,
  check: ({ role }) =>
    role.widePatterns.map(({ pattern, reason, at }) => ({
      ...(at === undefined ? {} : { at }),
      message: `${quoted(pattern)} lets in everyone whom it matches, with the reason ${quoted(reason)}.`,
    })),
};
