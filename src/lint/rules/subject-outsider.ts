import { quoted } from "../../text/text-rule";
import { isOpenToSubjects, outsiderOf } from "../../trust/parsed/openness";
import { subjectPatterns } from "../../trust/parsed/parse-role";
import { hasWildcard, instanceOf, isOnlyWildcards, literalEnds } from "../../trust/string-like";
import { patternExample, RIGHT_CONDITION } from "../examples";
import { violationAt } from "../guards";
import { isPublicMailDomain } from "../public-mail-domains";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

/** The one email domain of everyone who matches the pattern; undefined where there is none. */
function domainOf(pattern: string): string | undefined {
  const { tail } = literalEnds(pattern);
  const domain = tail.slice(tail.lastIndexOf("@") + 1);
  return tail.includes("@") && /^[^.@\s]+(?:\.[^.@\s]+)+$/.test(domain) ? domain : undefined;
}

export const subjectOutsider: StatementRule = {
  id: "subject-outsider",
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
  check: (statement, role, { target: { emailDomains = [] } }) => {
    const patterns = subjectPatterns(statement).filter((value) => !isOnlyWildcards(value));
    const domains = [...new Set(patterns.flatMap((value) => domainOf(value) ?? []))];
    return patterns.flatMap((pattern) => {
      const domain = domainOf(pattern);
      const who =
        domain === undefined
          ? outsiderOf(role, statement, pattern, domains, [exampleOf(pattern)])
          : isPublicMailDomain(domain) && !emailDomains.includes(domain) && isOpenToSubjects(role, statement, pattern)
            ? instanceOf(pattern, "mallory")
            : null;
      const message = `${quoted(pattern)} lets in outsiders like ${quoted(who ?? "")}.`;
      return who === null ? [] : [violationAt(statement, "Condition", message, { pattern })];
    });
  },
};

/** An identity of another organization that the pattern may match. */
function exampleOf(pattern: string): string {
  return instanceOf(pattern, hasWildcard(pattern.split("@")[0] ?? "") ? "mallory@gmail.com" : "gmail.com");
}
