import { quoted } from "../../text/text-rule";
import { suppressionExample } from "../examples";
import type { SuppressionRule } from "../rule";
import { SOURCES } from "../sources";

export const ignoreUnknown: SuppressionRule = {
  id: "ignore-unknown",
  on: "suppression",
  severity: "error",
  title: "Suppression of an unknown rule",
  why: "It suppresses nothing, and its author believes otherwise.",
  fix: "Use the rule ID that the finding shows.",
  good: suppressionExample("subject-email", { users: ["alice@example.com"] }),
  bad: suppressionExample("subject-mail", { users: ["alice@example.com"] }),
  source: SOURCES.lintPage,
  check: (ignored, known) => (known ? [] : [{ message: `${quoted(ignored)} is not a rule of lint.` }]),
};
