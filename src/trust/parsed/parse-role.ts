/** A trust policy from any source, parsed for the rules: who is trusted, and which conditions are its guards. */
import { issuerPathOf, parseProviderArn } from "../../issuer/issuer";
import { ACCOUNT_ID_PLACEHOLDER, PARTITION_PLACEHOLDER } from "../build";
import type { PolicyCondition, PolicyStatement } from "../decide/document";
import { claimOf } from "../exact/facts";
import { readPolicy } from "../decide/document";
import { repeatedMember } from "../decide/repeated-member";
import { operatorNamed } from "../decide/operators";
import { remember } from "../../text/remember";
import { hasWildcard, stringLike } from "../string-like";
import { PARTITIONS } from "../../issuer/rules";
import type { ParsedCondition, ParsedRole, ParsedStatement, ParsedTarget, TrustedProvider } from "./parsed-role";
import type { LintRole, LintTarget } from "./target";
import { TRUST_POLICY_DEFAULT_QUOTA, TRUST_POLICY_READ_LIMIT } from "../rules";
import { unityCatalogStatements } from "./unity-catalog-pair";
import { asRecord, type Members, oneOrMore, records } from "../../text/members";

export function parseTarget(target: LintTarget): ParsedTarget {
  return { target, providers: new Map(target.providers.map((provider) => [issuerPathOf(provider.url), provider])) };
}

const parsedRoles = new WeakMap<LintRole, ParsedRole>();

/** Each role is read once, however often it is asked for. */
export function parseRole(role: LintRole): ParsedRole {
  let parsed = parsedRoles.get(role);
  if (parsed === undefined) {
    parsed = parse(role);
    parsedRoles.set(role, parsed);
  }
  return parsed;
}

function parse(role: LintRole): ParsedRole {
  const characters = charactersOf(role.policy);
  const read =
    characters > TRUST_POLICY_READ_LIMIT
      ? {
          ok: false as const,
          why: `it is longer than ${TRUST_POLICY_READ_LIMIT} characters, and is not checked further`,
        }
      : readPolicy(role.policy);
  if (!read.ok)
    return {
      role,
      characters,
      version: null,
      statements: [],
      malformed: [`The trust policy cannot be read: ${read.why}.`],
    };
  const statements = read.policy.statements.map(parseStatement);
  const pair = unityCatalogStatements(statements, role);
  return {
    role,
    characters,
    version: read.policy.version,
    malformed: [],
    statements:
      pair.size === 0
        ? statements
        : statements.map((statement) => ({ ...statement, unityCatalog: pair.has(statement.index) })),
  };
}

function charactersOf(policy: unknown): number {
  try {
    const text = JSON.stringify(policy) ?? "";
    return text.length <= TRUST_POLICY_DEFAULT_QUOTA ? text.length : [...text].length;
  } catch {
    return 0; // reported by policy-malformed
  }
}

function parseStatement(source: PolicyStatement): ParsedStatement {
  const trusted = source.notPrincipal
    ? []
    : Object.entries(source.principals ?? {}).flatMap(([kind, values]) => values.map((value) => ({ kind, value })));
  const providers = trusted.flatMap(({ kind, value }) => (kind === "Federated" ? (trustedProvider(value) ?? []) : []));
  const conditions = source.conditions.map(parseCondition);
  const guard = (claim: string): readonly ParsedCondition[] =>
    conditions.filter(({ key }) =>
      providers.some(
        ({ issuerPath }) =>
          key.length === issuerPath.length + claim.length + 1 &&
          key.toLowerCase() === `${issuerPath}:${claim}`.toLowerCase(),
      ),
    );
  const { index, sid, effect, principals, notPrincipal, actions, notAction, hasResource } = source;
  return {
    index,
    sid,
    effect,
    principals,
    notPrincipal,
    actions,
    notAction,
    hasResource,
    trusted,
    providers,
    conditions,
    aud: guard("aud"),
    sub: guard("sub"),
    letsWebIdentitiesIn:
      source.effect === "Allow" &&
      source.actions.some((action) => actionCovers(action, "sts:AssumeRoleWithWebIdentity")) !== source.notAction,
    unityCatalog: false,
  };
}

type OperatorFacts = Pick<ParsedCondition, "test" | "set" | "ifExists" | "negated" | "known">;

const operatorFacts = remember((name: string): OperatorFacts => {
  const operator = operatorNamed(name);
  return {
    test: operator?.base ?? name,
    set: operator?.set ?? null,
    ifExists: operator?.ifExists ?? false,
    negated: operator?.negated ?? false,
    known: operator !== null || name === "Null",
  };
});

function parseCondition({ operator, key, values }: PolicyCondition): ParsedCondition {
  const { test, set, ifExists, negated, known } = operatorFacts(operator);
  return { operator, key, values, test, set, ifExists, negated, known };
}

/** Whether an action of a policy covers `name`: case does not count, `*` and `?` are wildcards. */
export function actionCovers(action: string, name: string): boolean {
  return action === name || stringLike(action.toLowerCase(), name.toLowerCase());
}

const isUnknown = (part: string): boolean =>
  part === PARTITION_PLACEHOLDER || part === ACCOUNT_ID_PLACEHOLDER || part.startsWith("${");

/**
 * The OIDC provider that an ARN names, or undefined for anything else. Unknown accounts may be `${…}` or
 * placeholders.
 */
export const trustedProvider = remember((arn): TrustedProvider | undefined => {
  const found = parseProviderArn(arn);
  if (found === undefined || hasWildcard(found.issuerPath)) return undefined;
  const { partition, account, issuerPath } = found;
  const accountId = /^[0-9]{12}$/.test(account) ? account : null;
  if (!isUnknown(partition) && !(PARTITIONS as readonly string[]).includes(partition)) return undefined;
  return accountId === null && !isUnknown(account) ? undefined : { arn, accountId, issuerPath };
});

/**
 * A policy's text, parsed. One that is no JSON, or that parsing would cut (a name twice in one object), stays text:
 * it does not read.
 */
export function parsedPolicy(text: string): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    return repeatedMember(text, value) === undefined ? value : text;
  } catch {
    return text;
  }
}

/**
 * Whether a condition key is named after another issuer than the statement's: then it is never in a request of
 * theirs. A
 * scheme makes it another one too. AWS's own keys (`aws:…`, `sts:…`) are named after no issuer.
 */
export function isForeignKey(statement: Pick<ParsedStatement, "providers">, key: string): boolean {
  if (/^https?:\/\//i.test(key)) return true;
  const claim = claimOf(key.toLowerCase());
  // a word before an issuer (`aws:PrincipalTag/…`) is no host, a port behind one is
  if (claim === null || (claim.issuerPath.includes(":") && !/[./]/.test(key.split(":", 1)[0] ?? ""))) return false;
  const prefix = claim.issuerPath;
  return !statement.providers.some(({ issuerPath }) => issuerPath.toLowerCase() === prefix);
}

/** Whether a permissions boundary limits anything: AWS' AdministratorAccess does not. */
export function isLimitingBoundary(arn: unknown): boolean {
  return typeof arn === "string" && arn !== "" && !arn.endsWith(":iam::aws:policy/AdministratorAccess");
}

/** The texts of a member that IAM takes as one text or a list of them. */
export function textsOf(value: unknown): readonly string[] {
  return oneOrMore(value).filter((item) => typeof item === "string");
}

/** The statements of a policy, of which IAM takes one in place of a list. */
export function statementsIn(policy: unknown): readonly Members[] {
  return records(oneOrMore(asRecord(policy)?.["Statement"]));
}

/** Conditions that ask something of a claim's value: `Null` only asks whether there is one, and every token has. */
export function guarding(conditions: readonly ParsedCondition[]): readonly ParsedCondition[] {
  return conditions.filter(({ test }) => test !== "Null");
}

/** Subject patterns of a statement: values that are read with wildcards. */
export function subjectPatterns(statement: ParsedStatement): readonly string[] {
  return statement.sub
    .filter(readsWildcards)
    .flatMap((condition) => condition.values.filter((value) => /[*?]/.test(value)));
}

/** Subjects a statement names exactly, under positive operators. */
export function exactSubjects(statement: ParsedStatement): readonly string[] {
  return statement.sub
    .filter((condition) => !condition.negated && condition.known && condition.test !== "Null")
    .flatMap((condition) => condition.values.filter((value) => !/[*?]/.test(value)));
}

/** Whether `*` and `?` in the condition's values match other characters, in a condition that lets callers in. */
export function readsWildcards(condition: ParsedCondition): boolean {
  return condition.test === "StringLike" || condition.test === "ArnLike" || condition.test === "ArnEquals";
}
