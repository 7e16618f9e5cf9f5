import { quoted } from "../../text/text-rule";
import { compare } from "../../trust/exact/compare";
import type { Domain } from "../../trust/exact/domain";
import { aloneIn } from "../../trust/exact/who";
import { isOpenToSubjects } from "../../trust/parsed/openness";
import { exactSubjects, subjectPatterns } from "../../trust/parsed/parse-role";
import { isOnlyWildcards } from "../../trust/string-like";
import type { ParsedRole, ParsedStatement } from "../../trust/parsed/parsed-role";
import { FROM_OFFICE, GUARDS, policyExample, statement, TWO_STATEMENTS } from "../examples";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";

function isForEveryIdentity(role: ParsedRole, statement: ParsedStatement): boolean {
  return subjectPatterns(statement).every(isOnlyWildcards) && isOpenToSubjects(role, statement);
}

/**
 * What `wide` lets in and `narrow` is there to exclude: anyone, or a subject of `narrow` in a request that has none of
 * the keys of its further conditions.
 */
function widerThan(role: ParsedRole, wide: ParsedStatement, narrow: ParsedStatement): string | undefined {
  if (isForEveryIdentity(role, wide) && !isForEveryIdentity(role, narrow))
    return `every identity of the issuer, which statement ${narrow.index} excludes`;
  const further = narrow.conditions.filter((own) => !narrow.aud.includes(own) && !narrow.sub.includes(own));
  const subjects = exactSubjects(narrow);
  if (further.length === 0 || subjects.length === 0) return undefined;
  const fixed = new Map<string, Domain | "missing">(further.map(({ key }) => [key.toLowerCase(), "missing"]));
  for (const { key } of narrow.sub) fixed.set(key.toLowerCase(), { kind: "values", values: subjects });
  for (const { key, values } of narrow.aud) fixed.set(key.toLowerCase(), { kind: "values", values });
  const answer = compare(aloneIn(role, wide), aloneIn(role, narrow), { fixed });
  if (answer.kind !== "wider") return undefined;
  const [subject = ""] = answer.witness.claims["sub"] ?? [];
  return `${quoted(subject)} without the further conditions of statement ${narrow.index}`;
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
  bad: policyExample(statement({ Condition: { ...GUARDS, ...FROM_OFFICE } }), statement()),
  source: SOURCES.logic,
  check: (role) => {
    const meant = new Set(role.role.widePatterns.map(({ pattern }) => pattern));
    const allows = role.statements.filter(
      (candidate) => candidate.letsWebIdentitiesIn && candidate.providers.length > 0,
    );
    return allows.flatMap((wide): readonly Violation[] => {
      const patterns = subjectPatterns(wide);
      if (patterns.length > 0 && patterns.every((pattern) => meant.has(pattern))) return [];
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
