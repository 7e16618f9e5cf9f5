import { quoted } from "../../text/text-rule";
import { subjectPatterns } from "../../trust/parsed/parse-role";
import { literalEnds, stringLike } from "../../trust/string-like";
import { patternExample, RIGHT_CONDITION } from "../examples";
import { violationAt } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

/**
 * A subject that a pattern matches because its fixed text begins or ends within a word or a domain; undefined where it
 * does neither. An open end behind a domain counts: `*@example.com*` is also `x@example.com.evil.example`.
 */
function nearMiss(value: string): string | undefined {
  const { head, tail } = literalEnds(value);
  const filled = value.replace(/[*?]/g, "x");
  const candidates: string[] = [];
  const at = value.lastIndexOf("@");
  const star = value.indexOf("*", at);
  if (/[A-Za-z0-9]$/.test(head)) candidates.push(`${head}x${tail}`, filled);
  else if (at >= 0 && star > at + 1 && !value.slice(at, star).includes("?"))
    candidates.push(`${filled.slice(0, star)}${value[star - 1] === "." ? "" : "."}evil.example${tail}`, filled);
  else if (head === "" && /^[A-Za-z0-9]/.test(tail)) candidates.push(`mallory@evil${tail}`, filled);
  return candidates.find((someone) => stringLike(value, someone));
}

export const subjectPatternNoDelimiter: StatementRule = {
  id: "subject-pattern-no-delimiter",
  on: "statement",
  severity: "warning",
  title: "Pattern that ends within a word",
  why: `"data*" also matches "database-team", and "*example.com" also matches "mallory@evilexample.com".`,
  fix: `End (or begin) the fixed part with its delimiter: "data-*", "*@example.com".`,
  good: RIGHT_CONDITION,
  bad: patternExample("*data.example.com"),
  source: SOURCES.ohMyDc,
  check: (statement) =>
    subjectPatterns(statement).flatMap((value) => {
      const someone = nearMiss(value);
      return someone === undefined
        ? []
        : [
            violationAt(statement, "Condition", `${quoted(value)} also matches ${quoted(someone)}.`, {
              pattern: value,
            }),
          ];
    }),
};
