import { EXAMPLE_SUBJECT, suppressionExample } from "../examples";
import type { SuppressionRule } from "../rule";
import { SOURCES } from "../sources";

export const ignoreUnused: SuppressionRule = {
  id: "ignore-unused",
  on: "suppression",
  severity: "warning",
  title: "Suppression of a rule that finds nothing",
  why: "What it suppressed is gone; left in place it hides the next finding of that rule.",
  fix: "Remove it.",
  good: suppressionExample("subject-email", { users: ["alice@example.com"] }),
  bad: suppressionExample("subject-email", { servicePrincipals: [EXAMPLE_SUBJECT] }),
  source: SOURCES.lintPage,
  check: (ignored, known, used) => (known && !used ? [{ message: `${ignored} finds nothing here.` }] : []),
};
