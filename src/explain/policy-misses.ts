/** How near each line of a trust policy comes to letting a request in. Pure. */
import type { ConditionTrace, Decision, StatementTrace } from "../trust/decide/decide";
import { stringLike } from "../trust/string-like";
import type { Miss } from "./nearest-miss";

type Claims = Readonly<Record<string, unknown>>;

/** A miss and how far off it is: a slip of the pen is nearer than another value. */
interface Measured extends Miss { readonly distance: number }

/** Added up over a statement, so that one slip is nearer than one other value, and that nearer than two. */
const SLIP = 0.1;
const OTHER = 1;

/** A few say it all. */
const MOST_MISSES = 10;

/** The misses of a decision that lets nobody in, nearest first. `audienceIsTold`: the audience has been named already. */
export function policyMisses(decision: Decision, claims: Claims, { audienceIsTold }: { readonly audienceIsTold: boolean }): readonly Miss[] {
  const deny = decision.statements.find(({ effect, verdict }) => effect === "Deny" && verdict !== "no");
  if (deny !== undefined) {
    const open = deny.verdict === "unknown" ? ", or may: what can not be decided counts as denied" : "";
    return [{ what: `statement ${deny.index} denies explicitly${open}`, fix: "A Deny wins over every Allow; change that statement." }];
  }
  const allows = decision.statements.filter(({ effect }) => effect === "Allow");
  const about = allows.filter(({ principal, action }) => principal === "yes" && action);
  if (about.length === 0) return strangersMisses(allows);
  const ranked = about
    .map((statement) => statementMisses(statement, claims))
    .sort((left, right) => sum(left) - sum(right))
    .flatMap((misses) => [...misses].sort((left, right) => left.distance - right.distance))
    .filter(({ key }) => !(audienceIsTold && /:aud$/i.test(key)));
  const seen = new Set<string>();
  return ranked.filter(({ what }) => !seen.has(what) && seen.add(what) !== undefined).slice(0, MOST_MISSES).map(({ what, fix }) => ({ what, fix }));
}

function sum(misses: readonly Measured[]): number {
  return misses.reduce((total, { distance }) => total + distance, 0);
}

/** No Allow is about this provider and action: which comes near. */
function strangersMisses(allows: readonly StatementTrace[]): readonly Miss[] {
  const near = allows.flatMap(({ index, principal, action, source }): readonly Miss[] => {
    const federated = source.principals?.["Federated"] ?? [];
    if (principal === "yes" && !action) return [{ what: `statement ${index} allows ${source.actions.join(", ")}, not sts:AssumeRoleWithWebIdentity`, fix: "Name the action sts:AssumeRoleWithWebIdentity." }];
    if (principal === "unknown") return [{ what: `statement ${index} does not name the provider by its ARN`, fix: "Write the provider's ARN out under Federated." }];
    if (action && federated.length > 0) return [{ what: `statement ${index} trusts ${federated.slice(0, 3).join(", ")}, which is another provider`, fix: "Compare it with the ARN of the token's provider: account, case and slashes count." }];
    if (action && (source.principals?.["AWS"] ?? []).includes("*")) return [{ what: `statement ${index} has AWS: "*", which lets no web identity in`, fix: "Name the provider's ARN under Federated." }];
    return [];
  });
  return near.length > 0 ? near.slice(0, MOST_MISSES) : [{ what: "no statement of the trust policy is about this provider and action", fix: "Add a trust for this issuer to the role." }];
}

function statementMisses(statement: StatementTrace, claims: Claims): readonly (Measured & { readonly key: string })[] {
  return statement.conditions
    .filter(({ verdict }) => verdict !== "yes")
    .map((condition) => ({ key: condition.key, ...(condition.finding === null ? conditionMiss(condition, claims) : { what: condition.finding, fix: "Write the value out.", distance: OTHER }) }));
}

function conditionMiss({ operator, key, expected, actual }: ConditionTrace, claims: Claims): Measured {
  const name = key.split(":").at(-1) ?? key;
  const label = `\`${/:(?:aud|sub)$/i.test(key) ? name : key}\``;
  const [value] = actual ?? [];
  const other = (what: string, fix: string): Measured => ({ what, fix, distance: OTHER });
  if (value === undefined) return other(`${label} is not in the request`, `A caller whose request carries ${key} would match; see the condition.`);
  if (/Not/.test(operator)) return other(`${label} is ${value}, which ${operator} keeps out`, "Call with another, or change the condition.");
  const slip = slipOf(value, expected, operator);
  if (slip !== null) return { what: `${label} ${slip}`, fix: `Make the two equal: the token has ${JSON.stringify(value)}.`, distance: SLIP };
  if (!/:sub$/i.test(key)) return other(`${label} is ${value}; wanted: ${expected.slice(0, 5).join(", ")}`, `Call from where ${key} matches, or change the condition.`);
  if (typeof claims["client_id"] === "string" && expected.includes(claims["client_id"])) {
    return { what: "`client_id` would match, but IAM sees `sub` only", fix: `Name the subject ${JSON.stringify(value)}.`, distance: 2 * SLIP };
  }
  if (value.includes("@") && expected.every((entry) => !entry.includes("@"))) return other(`the token is a user's (${value}); the role trusts service principals`, "Use a service principal's token, or add the user under users.");
  if (!value.includes("@") && expected.every((entry) => entry.includes("@"))) return other(`the token is a service principal's (${value}); the role trusts users`, "Add it under servicePrincipals.");
  return other(`\`sub\` is ${value}, which the role does not name`, "Add it to the trust, if it is meant to get in.");
}

/** How `value` differs from the nearest of `expected`, where that is by little; null where nothing is near. */
function slipOf(value: string, expected: readonly string[], operator: string): string | null {
  const like = /StringLike/.test(operator);
  const matches = (entry: string, text: string): boolean => (like ? stringLike(entry, text) : entry === text);
  const found = (near: (entry: string) => boolean): boolean => expected.some(near);
  if (found((entry) => matches(entry.toLowerCase(), value.toLowerCase()))) return "differs in case";
  if (found((entry) => matches(entry.trim(), value.trim()))) return "differs in white space";
  if (found((entry) => matches(entry.normalize("NFKC"), value.normalize("NFKC")) || matches(entry, lookAlike(value)) || lookAlike(entry) === value)) return "differs in a look-alike character";
  if (found((entry) => matches(entry, value.replace(/\/+$/, "")) || matches(entry.replace(/\/+$/, ""), value))) return "differs in a trailing slash";
  const pattern = like ? undefined : expected.find((entry) => /[*?]/.test(entry) && stringLike(entry, value));
  if (pattern !== undefined) return `would match ${pattern} as a pattern, but ${operator} takes * literally`;
  const typo = expected.find((entry) => value.length > 6 && differsByOne(value, entry));
  return typo === undefined ? null : `is one character off ${typo}`;
}

/** One character changed, left out, added, or two neighbours swapped. */
function differsByOne(left: string, right: string): boolean {
  if (Math.abs(left.length - right.length) > 1) return false;
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  const tails = (skipLeft: number, skipRight: number): boolean => left.slice(at + skipLeft) === right.slice(at + skipRight);
  const swapped = left[at] === right[at + 1] && left[at + 1] === right[at] && tails(2, 2);
  return left !== right && (tails(1, 1) || tails(1, 0) || tails(0, 1) || swapped);
}

/** Letters of other scripts that look Latin, and invisible characters, undone. */
function lookAlike(text: string): string {
  const latin: Readonly<Record<string, string>> = { а: "a", е: "e", о: "o", р: "p", с: "c", х: "x", у: "y", і: "i", ѕ: "s", ο: "o", α: "a", ı: "i", ӏ: "l" };
  return text.replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, "").replace(/[^\x00-\x7f]/g, (character) => latin[character] ?? character);
}
