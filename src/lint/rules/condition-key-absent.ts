import { quoted } from "../../text/text-rule";
import type { ParsedStatement } from "../../trust/parsed/parsed-role";
import { conditionExample, EXAMPLE_ISSUER, GUARDS, RIGHT_CONDITION } from "../examples";
import { conditionViolations } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

/** Claims a generic issuer has as condition keys. Databricks' own (client_id, scope) never become keys. */
const CLAIMS = new Set(["aud", "sub", "amr", "oaud", "email"]);

const ABSENT_KEYS = new Set(["sts:externalid", "sts:durationseconds", "aws:principalarn"]);

function isAbsent(statement: ParsedStatement, key: string): boolean {
  if (/:(?:aud|sub)$/.test(key)) return false;
  const lower = key.toLowerCase();
  if (ABSENT_KEYS.has(lower)) return true;
  const claim = lower.slice(lower.lastIndexOf(":") + 1);
  return (
    statement.providers.some(({ issuerPath }) => lower === `${issuerPath.toLowerCase()}:${claim}`) && !CLAIMS.has(claim)
  );
}

export const conditionKeyAbsent: StatementRule = {
  id: "condition-key-absent",
  on: "statement",
  severity: "warning",
  title: "Condition key that is never in the request",
  why:
    "From a Databricks token IAM derives the keys aud, sub, amr, oaud and email only, and a web identity " +
    "request has no external ID, duration or caller ARN. A plain operator on such a key is never true; a " +
    "negation, IfExists or ForAllValues always.",
  fix: "Remove the condition: IAM can check only what sub and aud say.",
  good: RIGHT_CONDITION,
  bad: conditionExample({ ...GUARDS, StringLike: { [`${EXAMPLE_ISSUER}:scope`]: "*all-apis*" } }),
  source: SOURCES.keys,
  check: (statement) =>
    conditionViolations(
      statement,
      statement.conditions,
      ({ key }) => isAbsent(statement, key),
      ({ key }) => `No web identity request has ${quoted(key)}.`,
    ),
};
