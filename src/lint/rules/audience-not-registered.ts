import { quoted } from "../../text/text-rule";
import { hasWildcard } from "../../trust/string-like";
import { AUD, conditionExample, EXAMPLE_SUBJECT, RIGHT_CONDITION, SUB } from "../examples";
import { audienceViolations } from "../guards";
import type { StatementRule } from "../rule";
import { SOURCES } from "../sources";

export const audienceNotRegistered: StatementRule = {
  id: "audience-not-registered",
  on: "statement",
  severity: "error",
  title: "Audience that the provider does not register",
  why: "STS refuses the token before it evaluates the trust policy, so no one gets in by this line.",
  fix: "Add it to the provider's client IDs, or use one that is registered.",
  good: RIGHT_CONDITION,
  bad: conditionExample({ StringEquals: { [AUD]: "7770000000000001", [SUB]: EXAMPLE_SUBJECT } }),
  source: SOURCES.createProvider,
  check: (statement, _, target) => {
    const [provider, ...others] = statement.providers;
    const clientIds =
      provider === undefined || others.length > 0
        ? null
        : (target.providers.get(provider.issuerPath)?.clientIds ?? null);
    if (clientIds === null) return [];
    const registered = clientIds.length === 0 ? "" : `, only ${clientIds.map(quoted).join(", ")}`;
    return audienceViolations(
      statement,
      (audience) => !hasWildcard(audience) && !clientIds.includes(audience),
      (audience) => `The provider does not register the audience ${quoted(audience)}${registered}.`,
    );
  },
};
