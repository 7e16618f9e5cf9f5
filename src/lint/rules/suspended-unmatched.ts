import { quoted } from "../../text/text-rule";
import { targetOf } from "../examples";
import type { FederationRule, LintExample } from "../rule";

function suspending(entry: string, isMatched: boolean): LintExample {
  return {
    shown: { suspended: [entry], subjectPatterns: ["*@data.example.com"] },
    target: { ...targetOf({}), suspended: [{ path: "suspended[0]", entry, isMatched }] },
  };
}

export const suspendedUnmatched: FederationRule = {
  id: "suspended-unmatched",
  on: "federation",
  severity: "warning",
  title: "A suspended entry that concerns no one",
  why:
    "Where a role has a pattern, any entry is taken, as it may be a subject of that pattern. One that no trust names " +
    "and no pattern matches is more often a misspelled name or subject, and the identity that was meant still gets in.",
  fix: "Correct the entry, or remove it.",
  good: suspending("alice@data.example.com", true),
  bad: suspending("nightly-elt", false),
  source: "docs/suspending.md",
  check: ({ suspended = [] }) =>
    suspended.flatMap(({ path, entry, isMatched }) =>
      isMatched ? [] : [{ at: path, message: `No trust names ${quoted(entry)}, and no pattern matches it.` }],
    ),
};
