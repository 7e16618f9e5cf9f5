import { quoted } from "../../text/text-rule";
import { isOpenToSubjects } from "../../trust/parsed/openness";
import { subjectPatterns } from "../../trust/parsed/parse-role";
import { PUBLIC_MAIL_DOMAINS } from "../../trust/strangers";
import { hasWildcard, instanceOf, isOnlyWildcards, literalEnds } from "../../trust/string-like";
import { patternExample, RIGHT_CONDITION } from "../examples";
import { violationAt } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

/** The one email domain of everybody who matches the pattern; undefined where there is none. */
function domainOf(pattern: string): string | undefined {
  const { tail } = literalEnds(pattern);
  const domain = tail.slice(tail.lastIndexOf("@") + 1);
  return tail.includes("@") && /^[^.@\s]+(?:\.[^.@\s]+)+$/.test(domain) ? domain.toLowerCase() : undefined;
}

/** Somebody outside the organization whom the pattern matches; undefined where it fixes a private email domain. */
function outsider(pattern: string): string | undefined {
  const domain = domainOf(pattern);
  if (domain !== undefined) return PUBLIC_MAIL_DOMAINS.includes(domain) ? instanceOf(pattern, "mallory") : undefined;
  return instanceOf(pattern, hasWildcard(pattern.split("@")[0] ?? "") ? "mallory@gmail.com" : "gmail.com");
}

export const subjectStranger: StatementRule = {
  id: "subject-stranger",
  on: "statement",
  severity: "error",
  title: "Pattern that matches outsiders",
  why:
    "It does not fix one email domain, or fixes that of a public email provider. Whoever can have such a sub in the " +
    "issuer gets the role.",
  fix: 'Fix the email domain ("*@data.example.com"), or list the service principals.',
  good: RIGHT_CONDITION,
  bad: patternExample("*-*"),
  source: SOURCES.subJugation,
  check: (statement, role) =>
    subjectPatterns(statement)
      .filter((value) => !isOnlyWildcards(value))
      .flatMap((value) => {
        const who = outsider(value);
        return who === undefined || !isOpenToSubjects(role, statement, value)
          ? []
          : [
              violationAt(statement, "Condition", `${quoted(value)} lets in outsiders like ${who}.`, {
                pattern: value,
              }),
            ];
      }),
};
