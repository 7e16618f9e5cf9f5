/** Why a trust policy refuses a request, the line nearest to success first. Pure. */
import type { ConditionTrace, Decision, StatementTrace } from "../trust/decide/decide";
import { stringLike } from "../trust/string-like";
import type { Reason } from "./issuer-reasons";
import { smallDifference } from "./small-differences";
import { listed } from "../text/words";
import type { Claims } from "../sts/web-identity";

/**
 * A reason and its distance from success: a typo is nearer than another network, and that is nearer than another
 * subject.
 */
interface Measured {
  readonly what: string;
  readonly fix: string;
  readonly key: string;
  readonly distance: number;
}

/** Distances, added up over a statement. */
const SMALL = 0.1;
const OTHER = 1;
const OTHER_SUBJECT = 2;
const BY_CLIENT_ID = 1.5;

/** A few are enough. */
const MOST_REASONS = 10;

/**
 * The reasons of a decision that refuses, nearest first. `audienceIsNamed`: the audience is a reason already.
 */
export function policyReasons(
  decision: Decision,
  claims: Claims,
  { audienceIsNamed }: { readonly audienceIsNamed: boolean },
): readonly Reason[] {
  const deny = decision.statements.find(({ effect, verdict }) => effect === "Deny" && verdict !== "no");
  if (deny !== undefined) {
    const [only, ...more] = deny.conditions;
    if (only?.operator === "StringEqualsIgnoreCase" && more.length === 0 && /:sub$/i.test(only.key))
      return [
        {
          what: `statement ${deny.index} denies the subject: it is suspended`,
          fix: "To let it in again, remove it from suspended, of the role or the federation.",
          statement: deny.index,
        },
      ];
    const open = deny.verdict === "unknown" ? " (what cannot be decided counts as denied)" : "";
    return [
      {
        what: `statement ${deny.index} explicitly denies the request${open}`,
        fix: "A Deny overrides every Allow: change that statement.",
        statement: deny.index,
      },
    ];
  }
  const allows = decision.statements.filter(({ effect }) => effect === "Allow");
  const elsewhere = namedElsewhere(allows, claims);
  const ranked = allows
    .filter(({ principal, action }) => principal === "yes" && action)
    .map((statement) => rankedStatement(statement, claims, audienceIsNamed))
    .sort((left, right) => left.distance - right.distance);
  const [nearest] = ranked;
  if (nearest === undefined) return [...elsewhere, ...uncoveredReasons(allows)].slice(0, MOST_REASONS);
  // what is much farther off than the nearest would mislead
  const near = ranked
    .filter(({ distance }) => distance <= nearest.distance + (nearest.distance === 0 ? 0 : OTHER))
    .flatMap(({ reasons }) => reasons);
  const all = nearest.distance < OTHER ? [...near, ...elsewhere] : [...elsewhere, ...near];
  const seen = new Set<string>();
  return all.filter(({ what }) => !seen.has(what) && seen.add(what) !== undefined).slice(0, MOST_REASONS);
}

function rankedStatement(
  statement: StatementTrace,
  claims: Claims,
  audienceIsNamed: boolean,
): { readonly distance: number; readonly reasons: readonly Reason[] } {
  const measured = statement.conditions
    .filter(({ verdict, key }) => verdict !== "yes" && !(audienceIsNamed && /:aud$/i.test(key)))
    .map((condition): Measured =>
      condition.finding === null
        ? conditionReason(condition, claims)
        : { what: condition.finding, fix: "Write the value out.", key: condition.key, distance: OTHER },
    )
    .sort((left, right) => left.distance - right.distance);
  return {
    distance: measured.reduce((total, { distance }) => total + distance, 0),
    reasons: measured.map(({ what, fix }) => ({ what, fix, statement: statement.index })),
  };
}

/** The policy names the subject under another issuer: the most common mix-up of workspace and account. */
function namedElsewhere(allows: readonly StatementTrace[], claims: Claims): readonly Reason[] {
  const { sub, iss } = claims;
  if (typeof sub !== "string") return [];
  return allows
    .filter(({ principal }) => principal === "no")
    .flatMap(({ index, conditions }): readonly Reason[] => {
      const own = conditions.find(
        ({ key, operator, expected }) =>
          /:sub$/i.test(key) &&
          expected.some((entry) =>
            operator === "StringEquals" ? entry === sub : operator === "StringLike" && stringLike(entry, sub),
          ),
      );
      if (own === undefined) return [];
      const issuer = `https://${own.key.slice(0, -":sub".length)}`;
      return [
        {
          what: `\`sub\` is trusted from ${issuer}; this token is from ${String(iss)}`,
          fix: `Get the token from ${issuer}/v1/token, or add a trust for the token's issuer.`,
          statement: index,
        },
      ];
    });
}

/** No Allow covers this provider and action: which ones are similar. */
function uncoveredReasons(allows: readonly StatementTrace[]): readonly Reason[] {
  const near = allows.flatMap(({ index, principal, action, source }): readonly Reason[] => {
    const federated = source.principals?.["Federated"] ?? [];
    const one = (what: string, fix: string): readonly Reason[] => [
      { what: `statement ${index} ${what}`, fix, statement: index },
    ];
    if (principal === "yes" && !action)
      return one(
        `allows ${source.actions.join(", ")}, not sts:AssumeRoleWithWebIdentity`,
        "Name the action sts:AssumeRoleWithWebIdentity.",
      );
    if (principal === "unknown")
      return one("does not name the provider by its ARN", "Write the provider's ARN out under Federated.");
    if (action && federated.length > 0)
      return one(
        `trusts ${federated.slice(0, 3).join(", ")}, which is another provider`,
        "Compare it with the ARN of the token's provider: account, case and slashes count.",
      );
    if (action && (source.principals?.["AWS"] ?? []).includes("*"))
      return one('has AWS: "*", which does not allow web identities', "Name the provider's ARN under Federated.");
    return [];
  });
  return near.length > 0
    ? near
    : [
        {
          what: "no statement of the trust policy covers this provider and action",
          fix: "Add a trust for this issuer to the role.",
          statement: null,
        },
      ];
}

function conditionReason(condition: ConditionTrace, claims: Claims): Measured {
  const { operator, key, expected, actual } = condition;
  const claim = /:(aud|sub)$/i.exec(key)?.[1]?.toLowerCase();
  const label = `\`${claim ?? key}\``;
  const [value] = actual ?? [];
  const at = (distance: number, what: string, fix: string): Measured => ({ what, fix, key, distance });
  if (value === undefined)
    return at(
      OTHER,
      `${label} is not in the request`,
      `A request that has ${key} may match: try it with --context ${key}=….`,
    );
  if (/Not/.test(operator))
    return at(OTHER, `${label} is ${value}, which ${operator} excludes`, "Use another value, or change the condition.");
  const difference = smallDifference(value, expected, operator);
  if (difference !== null)
    return at(
      SMALL,
      `${label} ${difference.what}`,
      difference.fix(
        claim === undefined ? `the request has ${JSON.stringify(value)}` : `the token has ${JSON.stringify(value)}`,
      ),
    );
  if (claim === "sub") return subjectReason(value, condition, claims);
  const expectation = `${label} is ${value}; expected: ${listed(expected, 5)}`;
  if (claim === "aud")
    return at(OTHER, expectation, "Get a token for that audience, or add this one to the trust's audiences.");
  return at(OTHER, expectation, `Call from where ${key} matches, or change the condition.`);
}

function subjectReason(value: string, { key, expected }: ConditionTrace, claims: Claims): Measured {
  const at = (distance: number, what: string, fix: string): Measured => ({ what, fix, key, distance });
  const clientId = claims["client_id"];
  if (typeof clientId === "string" && clientId !== value && expected.includes(clientId)) {
    return at(
      BY_CLIENT_ID,
      "`client_id` would match, but IAM compares `sub` only",
      `The token belongs to ${value}; that application only requested it. If that identity should have access, add ` +
        `it to the trust; otherwise get the application's own token.`,
    );
  }
  if (value.includes("@") && expected.every((entry) => !entry.includes("@")))
    return at(
      OTHER_SUBJECT,
      `the token is a user's (${value}); the role trusts service principals`,
      "Use a service principal's token, or add the user under users.",
    );
  if (!value.includes("@") && expected.every((entry) => entry.includes("@")))
    return at(
      OTHER_SUBJECT,
      `the token is a service principal's (${value}); the role trusts users`,
      "If it should have access, add it under servicePrincipals.",
    );
  return at(
    OTHER_SUBJECT,
    `\`sub\` is ${value}, which the role does not trust`,
    "If it should have access, add it to the trust.",
  );
}
