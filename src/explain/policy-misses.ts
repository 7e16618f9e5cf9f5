/** How near each line of a trust policy comes to letting a request in. Pure. */
import type { ConditionTrace, Decision, StatementTrace } from "../trust/decide/decide";
import { stringLike } from "../trust/string-like";
import type { Miss } from "./miss";
import { slipOf } from "./slips";

type Claims = Readonly<Record<string, unknown>>;

/**
 * A miss and how far off it is: a slip of the pen is nearer than another network, and that nearer than another
 * subject.
 */
interface Measured {
  readonly what: string;
  readonly fix: string;
  readonly key: string;
  readonly distance: number;
}

/** Added up over a statement. */
const SLIP = 0.1;
const OTHER = 1;
const OTHER_SUBJECT = 2;
const BY_CLIENT_ID = 1.5;

/** A few say it all. */
const MOST_MISSES = 10;

/**
 * The misses of a decision that lets nobody in, nearest first. `audienceIsTold`: the audience has been named already.
 */
export function policyMisses(
  decision: Decision,
  claims: Claims,
  { audienceIsTold }: { readonly audienceIsTold: boolean },
): readonly Miss[] {
  const deny = decision.statements.find(({ effect, verdict }) => effect === "Deny" && verdict !== "no");
  if (deny !== undefined) {
    const open = deny.verdict === "unknown" ? ", or may: what can not be decided counts as denied" : "";
    return [
      {
        what: `statement ${deny.index} denies explicitly${open}`,
        fix: "A Deny wins over every Allow; change that statement.",
        statement: deny.index,
      },
    ];
  }
  const allows = decision.statements.filter(({ effect }) => effect === "Allow");
  const elsewhere = namedElsewhere(allows, claims);
  const ranked = allows
    .filter(({ principal, action }) => principal === "yes" && action)
    .map((statement) => rankedStatement(statement, claims, audienceIsTold))
    .sort((left, right) => left.distance - right.distance);
  const [nearest] = ranked;
  if (nearest === undefined) return [...elsewhere, ...strangersMisses(allows)].slice(0, MOST_MISSES);
  // what is much farther off than the nearest only misleads
  const near = ranked
    .filter(({ distance }) => distance <= nearest.distance + (nearest.distance === 0 ? 0 : OTHER))
    .flatMap(({ misses }) => misses);
  const all = nearest.distance < OTHER ? [...near, ...elsewhere] : [...elsewhere, ...near];
  const seen = new Set<string>();
  return all.filter(({ what }) => !seen.has(what) && seen.add(what) !== undefined).slice(0, MOST_MISSES);
}

function rankedStatement(
  statement: StatementTrace,
  claims: Claims,
  audienceIsTold: boolean,
): { readonly distance: number; readonly misses: readonly Miss[] } {
  const measured = statement.conditions
    .filter(({ verdict, key }) => verdict !== "yes" && !(audienceIsTold && /:aud$/i.test(key)))
    .map((condition): Measured =>
      condition.finding === null
        ? conditionMiss(condition, claims)
        : { what: condition.finding, fix: "Write the value out.", key: condition.key, distance: OTHER },
    )
    .sort((left, right) => left.distance - right.distance);
  return {
    distance: measured.reduce((total, { distance }) => total + distance, 0),
    misses: measured.map(({ what, fix }) => ({ what, fix, statement: statement.index })),
  };
}

/** The subject stands in the policy, but under another issuer: the commonest mix-up of workspace and account. */
function namedElsewhere(allows: readonly StatementTrace[], claims: Claims): readonly Miss[] {
  const { sub, iss } = claims;
  if (typeof sub !== "string") return [];
  return allows
    .filter(({ principal }) => principal === "no")
    .flatMap(({ index, conditions }): readonly Miss[] => {
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
          what: `\`sub\` is trusted as one of ${issuer}; this token is of ${String(iss)}`,
          fix: `Get the token from ${issuer}/v1/token, or add a trust for the token's issuer.`,
          statement: index,
        },
      ];
    });
}

/** No Allow is about this provider and action: which comes near. */
function strangersMisses(allows: readonly StatementTrace[]): readonly Miss[] {
  const near = allows.flatMap(({ index, principal, action, source }): readonly Miss[] => {
    const federated = source.principals?.["Federated"] ?? [];
    const one = (what: string, fix: string): readonly Miss[] => [
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
      return one('has AWS: "*", which lets no web identity in', "Name the provider's ARN under Federated.");
    return [];
  });
  return near.length > 0
    ? near
    : [
        {
          what: "no statement of the trust policy is about this provider and action",
          fix: "Add a trust for this issuer to the role.",
          statement: null,
        },
      ];
}

function conditionMiss(condition: ConditionTrace, claims: Claims): Measured {
  const { operator, key, expected, actual } = condition;
  const claim = /:(aud|sub)$/i.exec(key)?.[1]?.toLowerCase();
  const label = `\`${claim ?? key}\``;
  const [value] = actual ?? [];
  const at = (distance: number, what: string, fix: string): Measured => ({ what, fix, key, distance });
  if (value === undefined)
    return at(
      OTHER,
      `${label} is not in the request`,
      `A caller whose request carries ${key} would match; try it with --context ${key}=….`,
    );
  if (/Not/.test(operator))
    return at(
      OTHER,
      `${label} is ${value}, which ${operator} keeps out`,
      "Call with another, or change the condition.",
    );
  const slip = slipOf(value, expected, operator);
  if (slip !== null)
    return at(
      SLIP,
      `${label} ${slip.what}`,
      slip.fix(
        claim === undefined ? `the request has ${JSON.stringify(value)}` : `the token has ${JSON.stringify(value)}`,
      ),
    );
  if (claim === "sub") return subjectMiss(value, condition, claims);
  const wanted = `${label} is ${value}; wanted: ${expected.slice(0, 5).join(", ")}`;
  if (claim === "aud")
    return at(OTHER, wanted, "Get a token for that audience, or add this one to the trust's audiences.");
  return at(OTHER, wanted, `Call from where ${key} matches, or change the condition.`);
}

function subjectMiss(value: string, { key, expected }: ConditionTrace, claims: Claims): Measured {
  const at = (distance: number, what: string, fix: string): Measured => ({ what, fix, key, distance });
  const clientId = claims["client_id"];
  if (typeof clientId === "string" && clientId !== value && expected.includes(clientId)) {
    return at(
      BY_CLIENT_ID,
      "`client_id` would match, but IAM sees `sub` only",
      `The token is of ${value}, got by that application. Name that subject if it is meant, or get the ` +
        `application's own token.`,
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
      "Add it under servicePrincipals, if it is meant to get in.",
    );
  return at(
    OTHER_SUBJECT,
    `\`sub\` is ${value}, which the role does not name`,
    "Add it to the trust, if it is meant to get in.",
  );
}
