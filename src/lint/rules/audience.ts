/** Rules on the audience: the `aud` guard of a statement. */
import { cloudOfHost } from "../../issuer/clouds";
import { quoted } from "../../text/text-rule";
import type { ParsedStatement } from "../../trust/parsed/parsed-role";
import { guarding, isForeignKey } from "../../trust/parsed/parse-role";
import { AUD, conditionExample, EXAMPLE_SUBJECT, GUARDS, SUB } from "../examples";
import type { Violation, LintRule } from "../rule";
import { SOURCES } from "../sources";

const GOOD = conditionExample(GUARDS);

/** A violation for each audience asked for that is `broken`. Null and negations ask for nothing. */
function audienceBreaches(
  statement: ParsedStatement,
  broken: (audience: string) => boolean,
  message: (audience: string) => string,
): readonly Violation[] {
  const violations: Violation[] = [];
  for (const { negated, test, operator, values } of statement.aud) {
    if (negated || test === "Null") continue;
    for (const value of values)
      if (broken(value))
        violations.push({ statement: statement.index, at: `Condition.${operator}`, message: message(value) });
  }
  return violations;
}

const hasWildcard = (audience: string): boolean => /[*?]/.test(audience);

/** Whether some condition stands on this claim under another issuer's name: then that is the mistake to tell. */
export function misnamed(statement: ParsedStatement, claim: "aud" | "sub"): boolean {
  return statement.conditions.some(
    ({ key }) => key.toLowerCase().endsWith(`:${claim}`) && isForeignKey(statement, key),
  );
}

export const AUDIENCE_RULES: readonly LintRule[] = [
  {
    id: "audience-missing",
    on: "statement",
    severity: "error",
    title: "No condition on the audience",
    why:
      "A token of that issuer made for any registered audience gets in. AWS stores a Databricks trust " +
      "without conditions and says nothing.",
    fix: "Add StringEquals on ISSUER_PATH:aud with the workspace ID (or the account ID, for an account issuer).",
    good: GOOD,
    bad: conditionExample({ StringEquals: { [SUB]: EXAMPLE_SUBJECT } }),
    source: SOURCES.federated,
    check: (statement) =>
      guarding(statement.aud).length > 0 || statement.providers.length === 0 || misnamed(statement, "aud")
        ? []
        : [
            {
              statement: statement.index,
              at: "Condition",
              message: `The statement has no condition on ${statement.providers[0]?.issuerPath ?? ""}:aud.`,
            },
          ],
  },
  {
    id: "audience-not-registered",
    on: "statement",
    severity: "error",
    title: "An audience the provider does not register",
    why: "STS refuses the token before it looks at the trust policy, so that line lets nobody in.",
    fix: "Add it to the provider's client IDs, or ask for one that stands there.",
    good: GOOD,
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
      return audienceBreaches(
        statement,
        (audience) => !hasWildcard(audience) && !clientIds.includes(audience),
        (audience) => `The provider does not register the audience ${quoted(audience)}${registered}.`,
      );
    },
  },
  {
    id: "audience-wildcard",
    on: "statement",
    severity: "error",
    title: "A wildcard in the audience",
    why:
      "Under StringLike every registered audience passes; under StringEquals the star is taken literally and " +
      "nobody gets in.",
    fix: "Write each audience out, under StringEquals.",
    good: GOOD,
    bad: conditionExample({ StringLike: { [AUD]: "*" }, StringEquals: { [SUB]: EXAMPLE_SUBJECT } }),
    source: SOURCES.operators,
    check: (statement) =>
      audienceBreaches(statement, hasWildcard, (audience) => `The audience ${quoted(audience)} holds a wildcard.`),
  },
  {
    id: "audience-sts",
    on: "statement",
    severity: "warning",
    title: "sts.amazonaws.com as Databricks' audience",
    why:
      "It is GitHub's audience and that of many examples. Databricks puts the workspace ID there (the " +
      "account ID at account level); a token with sts.amazonaws.com has not been seen.",
    fix: "Ask for the workspace ID, and register it as client ID.",
    good: GOOD,
    bad: conditionExample({ StringEquals: { [AUD]: "sts.amazonaws.com", [SUB]: EXAMPLE_SUBJECT } }),
    source: SOURCES.issuerPage,
    check: (statement) =>
      statement.providers.some(({ issuerPath }) => cloudOfHost(issuerPath.split("/", 1)[0] ?? "") !== null)
        ? audienceBreaches(
            statement,
            (audience) => audience === "sts.amazonaws.com",
            () => 'The audience is "sts.amazonaws.com"; Databricks puts the workspace ID there.',
          )
        : [],
  },
];
