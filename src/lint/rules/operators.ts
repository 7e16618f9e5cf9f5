/** Rules on condition operators: those that are true when the key is absent, and those that never are. */
import { quoted } from "../../text/text-rule";
import { compileCondition } from "../../trust/decide/conditions";
import type { ParsedCondition, ParsedStatement } from "../../trust/parsed/parsed-role";
import {
  AUD,
  AUDIENCE_GUARD,
  conditionExample,
  EXAMPLE_AUDIENCE,
  EXAMPLE_ISSUER,
  EXAMPLE_SUBJECT,
  GUARDS,
  SUB,
} from "../examples";
import type { Violation, LintRule, StatementRule } from "../rule";
import { SOURCES } from "../sources";

const GOOD = conditionExample(GUARDS);

type Told = (condition: ParsedCondition) => string;

/** A violation for each condition of `conditions` that is `broken`. */
function each(
  statement: ParsedStatement,
  conditions: readonly ParsedCondition[],
  broken: (condition: ParsedCondition) => boolean,
  message: Told,
): readonly Violation[] {
  return conditions.filter(broken).map((condition) => ({
    statement: statement.index,
    at: `Condition.${condition.operator}`,
    message: message(condition),
  }));
}

function guardRule(
  rule: Pick<StatementRule, "id" | "title" | "why" | "fix" | "source"> & {
    readonly bad: Readonly<Record<string, unknown>>;
    readonly broken: (condition: ParsedCondition) => boolean;
    readonly message: Told;
  },
): StatementRule {
  const { bad, broken, message, ...text } = rule;
  return {
    ...text,
    on: "statement",
    severity: "error",
    good: GOOD,
    bad: conditionExample(bad),
    check: (statement) => each(statement, [...statement.aud, ...statement.sub], broken, message),
  };
}

/** Claims a generic issuer has as condition keys. Databricks' own (client_id, scope) never become keys. */
const CLAIMS = new Set(["aud", "sub", "amr", "oaud", "email"]);
const ABSENT_KEYS = new Set(["sts:externalid", "sts:durationseconds", "aws:principalarn"]);
const UNPROTECTING_KEYS = new Set(["sts:rolesessionname", "aws:principalaccount", "aws:principaltype", "aws:userid"]);

function isAbsent(statement: ParsedStatement, key: string): boolean {
  if (/:(?:aud|sub)$/.test(key)) return false;
  const lower = key.toLowerCase();
  if (ABSENT_KEYS.has(lower)) return true;
  const claim = lower.slice(lower.lastIndexOf(":") + 1);
  return (
    statement.providers.some(({ issuerPath }) => lower === `${issuerPath.toLowerCase()}:${claim}`) && !CLAIMS.has(claim)
  );
}

export const OPERATOR_RULES: readonly LintRule[] = [
  guardRule({
    id: "guard-for-all-values",
    title: "ForAllValues on a guard",
    why:
      "ForAllValues is true when the key is absent, so a token without it gets in. GitHub's own " +
      "documentation once taught it.",
    fix: "Use StringEquals.",
    source: SOURCES.sets,
    bad: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE }, "ForAllValues:StringEquals": { [SUB]: EXAMPLE_SUBJECT } },
    broken: (condition) => condition.set === "all",
    message: ({ operator, key }) => `${operator} on ${quoted(key)} is true when the key is absent.`,
  }),
  guardRule({
    id: "guard-if-exists",
    title: "IfExists on a guard",
    why: "IfExists is true when the key is absent.",
    fix: "Use the operator without IfExists.",
    source: SOURCES.operators,
    bad: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE }, StringEqualsIfExists: { [SUB]: EXAMPLE_SUBJECT } },
    broken: (condition) => condition.ifExists,
    message: ({ operator, key }) => `${operator} on ${quoted(key)} is true when the key is absent.`,
  }),
  guardRule({
    id: "guard-negated",
    title: "A guard that says who does not get in",
    why: "Everybody else does, and those who are yet to come too; a negation is also true when the key is absent.",
    fix: "Name those who do get in, with StringEquals.",
    source: SOURCES.operators,
    bad: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE }, StringNotEquals: { [SUB]: EXAMPLE_SUBJECT } },
    broken: (condition) => condition.negated,
    message: ({ operator, key }) => `${operator} on ${quoted(key)} lets in everybody it does not name.`,
  }),
  guardRule({
    id: "guard-null",
    title: "A guard that asks for the claim's absence",
    why: 'Null "true" lets in tokens that lack the claim: the opposite of a guard.',
    fix: "Use StringEquals.",
    source: SOURCES.operators,
    bad: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: EXAMPLE_SUBJECT }, Null: { [SUB]: "true" } },
    broken: (condition) =>
      condition.test === "Null" && condition.values.some((value) => value.toLowerCase() === "true"),
    message: ({ key }) => `Null asks that ${quoted(key)} be absent.`,
  }),
  guardRule({
    id: "guard-not-text",
    title: "A guard that is not compared as text",
    why:
      "Subjects and audiences are texts. Compared as numbers, dates, ARNs or bytes they match nobody, or " +
      "somebody else than the line seems to say.",
    fix: "Use StringEquals.",
    source: SOURCES.operators,
    bad: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE }, NumericGreaterThan: { [SUB]: "0" } },
    broken: (condition) => condition.known && condition.test !== "Null" && !condition.test.startsWith("String"),
    message: ({ operator, key }) => `${operator} does not compare ${quoted(key)} as text.`,
  }),
  guardRule({
    id: "guard-policy-variable",
    title: "A policy variable in a guard",
    why: "IAM puts something else in its place when the call is made, so who gets in does not stand in the policy.",
    fix: "Write the value out.",
    source: SOURCES.operators,
    bad: { ...AUDIENCE_GUARD, StringLike: { [SUB]: "${aws:username}@example.com" } },
    broken: (condition) => condition.values.some((value) => value.includes("${")),
    message: ({ key, values }) =>
      `${quoted(values.find((value) => value.includes("${")) ?? "")} on ${quoted(key)} is decided only when the ` +
      `call is made.`,
  }),
  {
    id: "operator-unknown",
    on: "role",
    severity: "error",
    title: "An operator IAM does not know",
    why: "IAM refuses the policy, or the condition is not the one that was meant.",
    fix: "Use IAM's operators with their capitals: StringEquals, StringLike, IpAddress.",
    good: GOOD,
    bad: conditionExample({ ...GUARDS, StringMatches: { "aws:SourceVpc": "vpc-0123" } }),
    source: SOURCES.operators,
    check: ({ statements }) =>
      statements.flatMap((statement) =>
        each(
          statement,
          statement.conditions,
          ({ known }) => !known,
          ({ operator }) => `IAM knows no operator ${quoted(operator)}.`,
        ),
      ),
  },
  {
    id: "condition-value-unreadable",
    on: "role",
    severity: "error",
    title: "A value the operator cannot compare",
    why:
      "A word under NumericLessThan, an address that is none, Null with anything but true or false: IAM " +
      "refuses the policy, or the line says something else than was meant.",
    fix: "Write a value of the operator's kind, or use the operator for the value.",
    good: conditionExample({ ...GUARDS, NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }),
    bad: conditionExample({ ...GUARDS, NotIpAddress: { "aws:SourceIp": "203.0.113.0-255" } }),
    source: SOURCES.operators,
    check: ({ statements, version }) =>
      statements.flatMap((statement) =>
        statement.conditions
          .filter(({ known }) => known)
          .flatMap((condition): readonly Violation[] => {
            // a variable in a guard is told by guard-policy-variable; whether Bool takes one is not sure
            const why = compileCondition(condition, version === "2012-10-17").neverDecided;
            const told =
              why === null ||
              (condition.values.some((value) => value.includes("${")) &&
                (condition.test === "Bool" || statement.aud.includes(condition) || statement.sub.includes(condition)));
            return told
              ? []
              : [
                  {
                    statement: statement.index,
                    at: `Condition.${condition.operator}`,
                    message: `On ${quoted(condition.key)}, ${why}.`,
                  },
                ];
          }),
      ),
  },
  {
    id: "condition-empty",
    on: "statement",
    severity: "error",
    title: "A condition without values",
    why: "A positive operator is then never true and a negated one always: the line says nothing of what was meant.",
    fix: "Give at least one value, or remove the condition.",
    good: GOOD,
    bad: conditionExample({ StringEquals: { [AUD]: [], [SUB]: EXAMPLE_SUBJECT } }),
    source: SOURCES.operators,
    // an empty list of subjects is told by subject-only-wildcards
    check: (statement) =>
      each(
        statement,
        statement.conditions.filter((condition) => !statement.sub.includes(condition)),
        ({ values }) => values.length === 0,
        ({ operator, key }) => `${operator} on ${quoted(key)} has no values.`,
      ),
  },
  {
    id: "subject-ignore-case",
    on: "statement",
    severity: "warning",
    title: "The subject compared without case",
    why: "Alice@example.com and alice@example.com may be two people to Databricks; IAM would take one for the other.",
    fix: "Use StringEquals and the subject as Databricks writes it.",
    good: GOOD,
    bad: conditionExample({ ...AUDIENCE_GUARD, StringEqualsIgnoreCase: { [SUB]: EXAMPLE_SUBJECT } }),
    source: SOURCES.operators,
    check: (statement) =>
      each(
        statement,
        statement.sub,
        ({ test }) => test === "StringEqualsIgnoreCase",
        ({ key }) => `${quoted(key)} is compared without case.`,
      ),
  },
  {
    id: "string-like-no-wildcard",
    on: "statement",
    severity: "warning",
    title: "StringLike without a wildcard",
    why: "It does what StringEquals does, until somebody adds a star.",
    fix: "Use StringEquals.",
    good: GOOD,
    bad: conditionExample({ ...AUDIENCE_GUARD, StringLike: { [SUB]: EXAMPLE_SUBJECT } }),
    source: SOURCES.trustPage,
    check: (statement) =>
      each(
        statement,
        [...statement.aud, ...statement.sub],
        ({ test, values }) =>
          test === "StringLike" && values.length > 0 && !values.some((value) => /[*?]|\$\{/.test(value)),
        ({ key }) => `StringLike on ${quoted(key)} holds no wildcard.`,
      ),
  },
  {
    id: "condition-key-absent",
    on: "statement",
    severity: "warning",
    title: "A condition key that is never there",
    why:
      "Of a Databricks token IAM makes aud, sub, amr, oaud and email keys and nothing else, and a " +
      "web-identity call carries no external ID, duration or caller's ARN. A plain operator on such a key is " +
      "never true; a negated one, IfExists or ForAllValues always.",
    fix: "Remove the condition: what sub and aud cannot say, IAM cannot check.",
    good: GOOD,
    bad: conditionExample({ ...GUARDS, StringLike: { [`${EXAMPLE_ISSUER}:scope`]: "*all-apis*" } }),
    source: SOURCES.keys,
    check: (statement) =>
      each(
        statement,
        statement.conditions,
        ({ key }) => isAbsent(statement, key),
        ({ key }) => `No web-identity request carries ${quoted(key)}.`,
      ),
  },
  {
    id: "condition-no-protection",
    on: "statement",
    severity: "warning",
    title: "A condition that keeps nobody out",
    why:
      "The caller chooses sts:RoleSessionName, and aws:PrincipalAccount, aws:PrincipalType and aws:userid " +
      "are the same for every OIDC caller.",
    fix: "Guard with sub and aud; a network condition (aws:SourceIp, aws:SourceVpce) is a real second one.",
    good: GOOD,
    bad: conditionExample({ StringEquals: { ...GUARDS.StringEquals, "sts:RoleSessionName": "nightly" } }),
    source: SOURCES.globalKeys,
    check: (statement) =>
      each(
        statement,
        statement.conditions,
        ({ key }) => UNPROTECTING_KEYS.has(key.toLowerCase()),
        ({ key }) => `${quoted(key)} keeps no Databricks identity out.`,
      ),
  },
];
