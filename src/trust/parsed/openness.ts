/** Whom a statement of a role lets in, with all Denies of its policy, decided for all requests (`trust/exact`). */
import type { Caller } from "../exact/callers";
import type { CompareOptions, Fixed } from "../exact/compare";
import { compare } from "../exact/compare";
import type { Domain } from "../exact/domain";
import { guards, isOpen } from "../exact/guards";
import { aloneIn } from "../exact/who";
import type { PolicyDocument } from "../decide/document";
import { hasVariables } from "../decide/variables";
import type { ParsedCondition, ParsedRole, ParsedStatement } from "./parsed-role";

const ANY: Domain = { kind: "any" };

/** Whether a condition lists by itself who gets in, so that the engine need not be asked. */
function lists({ operator, values }: ParsedCondition): boolean {
  return operator === "StringEquals" && values.length > 0 && !values.some(hasVariables);
}

function ofProvider(arn: string): (caller: Caller) => boolean {
  return (caller) => caller.arn === arn && caller.action === "sts:AssumeRoleWithWebIdentity";
}

/**
 * Whether an identity that no statement of the role names exactly gets in by the statement, with a subject that
 * matches `pattern`.
 */
export function isOpenToSubjects(role: ParsedRole, statement: ParsedStatement, pattern = "*"): boolean {
  if (pattern === "*" && statement.sub.some(lists)) return false;
  const except = role.statements.flatMap(({ sub }) => sub.flatMap(({ values }) => values));
  const domain: Domain = { kind: "patterns", patterns: [pattern], except };
  return statement.providers.some(({ arn, issuerPath }) => {
    const fixed: Fixed = new Map([[`${issuerPath}:sub`.toLowerCase(), domain]]);
    return (
      compare(aloneIn(role, forPattern(statement, pattern)), [], { callers: ofProvider(arn), fixed }).kind !== "none"
    );
  });
}

/**
 * `statement` without the subject values beside `pattern`: the same for all subjects that match `pattern`. A list of
 * hundreds of patterns, each of which is looked at, would otherwise take the square of their number.
 */
function forPattern(statement: ParsedStatement, pattern: string): ParsedStatement {
  if (hasVariables(pattern)) return statement;
  const conditions = statement.conditions.map((condition) =>
    condition.operator === "StringLike" && statement.sub.includes(condition) && condition.values.includes(pattern)
      ? { ...condition, values: [pattern] }
      : condition,
  );
  return { ...statement, conditions };
}

/**
 * A subject that matches `pattern` and gets in by the statement, though no statement of the role names it and its email
 * address is of none of `domains`; null where there is none. `examples` are tried first.
 */
export function outsiderOf(
  role: ParsedRole,
  statement: ParsedStatement,
  pattern: string,
  domains: readonly string[],
  examples: readonly string[],
): string | null {
  const except = role.statements.flatMap(({ sub }) => sub.flatMap(({ values }) => values));
  for (const { arn, issuerPath } of statement.providers) {
    const key = `${issuerPath}:sub`;
    const insiders = { operator: "StringLike", key, values: domains.map((domain) => `*@${domain}`) };
    const inside: PolicyDocument = { version: null, statements: [{ ...statement, index: 0, conditions: [insiders] }] };
    const asked: readonly Domain[] = [
      { kind: "values", values: examples.filter((example) => !except.includes(example)) },
      { kind: "patterns", patterns: [pattern], except },
    ];
    for (const domain of asked) {
      const fixed: Fixed = new Map([[key.toLowerCase(), domain]]);
      const found = compare(aloneIn(role, forPattern(statement, pattern)), domains.length === 0 ? [] : inside, {
        callers: ofProvider(arn),
        fixed,
      });
      if (found.kind === "wider") return found.witness.claims["sub"]?.[0] ?? pattern;
      if (found.kind === "cannot tell") return pattern;
    }
  }
  return null;
}

/**
 * Whether the condition changes nothing beside one that lists the same claim exactly: then it cannot be the mistake
 * that opens the role.
 */
export function isRedundant(role: ParsedRole, statement: ParsedStatement, condition: ParsedCondition): boolean {
  const key = condition.key.toLowerCase();
  return (
    statement.conditions.some((other) => other !== condition && other.key.toLowerCase() === key && lists(other)) &&
    guards(role, statement.index, statement.conditions.indexOf(condition)).kind === "nothing"
  );
}

const NETWORK_KEYS: ReadonlySet<string> = new Set([
  "aws:sourceip",
  "aws:vpcsourceip",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:sourcevpcarn",
  "aws:vpceaccount",
  "aws:vpceorgid",
  "aws:vpceorgpaths",
]);

/** Whether a condition is about where a request comes from. */
function isNetworkKey(key: string): boolean {
  return NETWORK_KEYS.has(key.toLowerCase());
}

/**
 * The address inside a VPC is free to choose: whoever has a VPC can give it the same block. So it narrows a VPC and
 * cannot replace one (AWS: use it with aws:SourceVpc, aws:SourceVpce or aws:SourceVpcArn).
 */
const FREE_KEY = "aws:vpcsourceip";

const OUTSIDE_VPC = ["aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn"].map(
  (key) => [key, "missing"] as const,
);
const one = (value: string): Domain => ({ kind: "values", values: [value] });
/** Requests from the internet by either family, and through an endpoint of some VPC: those have no public address. */
const PLACES: readonly Fixed[] = [
  new Map<string, Domain | "missing">([["aws:sourceip", { kind: "address", family: 4 }], ...OUTSIDE_VPC]),
  new Map<string, Domain | "missing">([["aws:sourceip", { kind: "address", family: 6 }], ...OUTSIDE_VPC]),
  new Map<string, Domain | "missing">([
    ["aws:sourceip", "missing"],
    ["aws:sourcevpc", one("vpc-0f0f0f0f0f0f0f0f0")],
    ["aws:sourcevpce", one("vpce-0f0f0f0f0f0f0f0f0")],
    ["aws:sourcevpcarn", one("arn:aws:ec2:us-east-1:999988887777:vpc/vpc-0f0f0f0f0f0f0f0f0")],
  ]),
];

/** Whether the statement lets web identities in from everywhere on the internet, or through any VPC endpoint. */
export function isOpenToNetworks(role: ParsedRole, statement: ParsedStatement): boolean {
  if (!statement.conditions.some(({ key }) => isNetworkKey(key))) return true;
  const alone = aloneIn(role, statement);
  const anywhere = aloneIn(role, {
    ...statement,
    conditions: statement.conditions.filter(({ key }) => !isNetworkKey(key) || key.toLowerCase() === FREE_KEY),
  });
  return PLACES.some((fixed) => {
    const options: CompareOptions = { fixed, callers: ({ kind }) => kind === "Federated" };
    return compare(alone, [], options).kind !== "none" && compare(anywhere, alone, options).kind !== "wider";
  });
}

/** Whether a condition beside the guards, taken alone, excludes no value of its key. */
export function allowsEveryValue(
  statement: ParsedStatement,
  version: string | null,
  condition: ParsedCondition,
): boolean {
  const alone = { version, statements: [{ ...statement, index: 0, conditions: [condition] }] };
  const domains: readonly Domain[] =
    condition.test === "IpAddress"
      ? [
          { kind: "address", family: 4 },
          { kind: "address", family: 6 },
        ]
      : [ANY];
  return domains.some((domain) =>
    isOpen(alone, 0, { key: condition.key, domain }, { callers: ({ kind }) => kind === "Federated" }),
  );
}

/** Whether AWS principals get in by the statement whatever external ID they send: a confused deputy. */
export function isOpenToExternalIds(role: ParsedRole, statement: ParsedStatement): boolean {
  return isOpen(
    role,
    statement.index,
    { key: "sts:ExternalId", domain: ANY },
    { callers: ({ kind, action }) => kind === "AWS" && action === "sts:AssumeRole" },
  );
}
