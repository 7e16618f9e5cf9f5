/** Rules on suppressions: a finding is only let be by a rule's name and a written reason. */
import { policyOf, roleExample, statement } from "../examples";
import { AUD, EXAMPLE_AUDIENCE, SUB } from "../examples";
import type { LintRule } from "../rule";
import { SOURCES } from "../sources";

const USER = policyOf(
  statement({ Condition: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: "alice@example.com" } } }),
);
const REASON = "The data team's lead debugs with her own account.";
const ignoring = (ignore: string): { readonly ignore: string; readonly reason: string } => ({ ignore, reason: REASON });
const GOOD = roleExample(
  { users: ["alice@example.com"], lint: [ignoring("subject-email")] },
  { policy: USER, ignores: [{ ...ignoring("subject-email"), path: "roles.lake-reader.lint[0]" }] },
);

export const SUPPRESSION_RULES: readonly LintRule[] = [
  {
    id: "ignore-unknown",
    on: "suppression",
    severity: "error",
    title: "A suppression of a rule that does not exist",
    why: "It lets nothing be, and its author believes otherwise.",
    fix: "Write the ID as it stands in the finding.",
    good: GOOD,
    bad: roleExample(
      { lint: [ignoring("subject-mail")] },
      { ignores: [{ ...ignoring("subject-mail"), path: "roles.lake-reader.lint[0]" }] },
    ),
    source: SOURCES.lintPage,
    check: (ignored, known) => (known ? [] : [{ message: `There is no rule ${JSON.stringify(ignored)}.` }]),
  },
  {
    id: "ignore-unused",
    on: "suppression",
    severity: "warning",
    title: "A suppression of nothing",
    why: "What it let be is gone; left standing it hides the next finding of that rule.",
    fix: "Remove it.",
    good: GOOD,
    bad: roleExample(
      { servicePrincipals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"], lint: [ignoring("subject-email")] },
      { ignores: [{ ...ignoring("subject-email"), path: "roles.lake-reader.lint[0]" }] },
    ),
    source: SOURCES.lintPage,
    check: (ignored, known, used) => (known && !used ? [{ message: `${ignored} finds nothing here.` }] : []),
  },
];
