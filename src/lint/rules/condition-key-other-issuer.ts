import { quotedAscii } from "../../text/text-rule";
import { isForeignKey } from "../../trust/parsed/parse-role";
import { AUD, conditionExample, EXAMPLE_AUDIENCE, EXAMPLE_SUBJECT, GUARDS } from "../examples";
import type { StatementRule, Violation } from "../rule";
import { SOURCES } from "../sources";

export const conditionKeyOtherIssuer: StatementRule = {
  id: "condition-key-other-issuer",
  on: "statement",
  severity: "error",
  title: "Condition key of another issuer",
  why:
    "Keys are named after the issuer's path. A key with another prefix is never in the request: a plain " +
    "operator then matches no one, IfExists or a negation everyone.",
  fix: "Use the provider's own issuer path as the prefix, without https:// and without a trailing slash.",
  good: conditionExample(GUARDS),
  bad: conditionExample({
    StringEquals: { [AUD]: EXAMPLE_AUDIENCE, "other.cloud.databricks.com/oidc:sub": EXAMPLE_SUBJECT },
  }),
  source: SOURCES.keys,
  check: (statement) => {
    const own = [...new Set(statement.providers.map((provider) => provider.issuerPath))];
    if (own.length === 0) return [];
    return statement.conditions
      .filter(({ key }) => isForeignKey(statement, key))
      .map((condition): Violation => ({
        statement: statement.index,
        at: `Condition.${condition.operator}`,
        message: `${quotedAscii(condition.key)} is not a condition key of ${own.join(", ")}.`,
      }));
  },
};
