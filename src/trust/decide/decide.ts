/**
 * Decides a request by a policy as AWS does: an explicit Deny wins, otherwise any Allow that matches lets in.
 * What can not be decided (an unknown operator, a `${…}` without a value) is a finding that names it, and never a yes.
 */
import type { PolicyCondition, PolicyDocument, PolicyStatement } from "./document";
import type { Operator } from "./operators";
import { operatorNamed } from "./operators";
import { stringLike } from "../string-like";

/** The keys of a request: lower-case name -> values. A key with no entry is missing. */
export type RequestKeys = ReadonlyMap<string, readonly string[]>;

export interface PolicyRequest {
  /** E.g. `sts:AssumeRoleWithWebIdentity`. */
  readonly action: string;
  /** Who asks: the provider's ARN for web identity, an ARN for AWS principals. */
  readonly principal: { readonly kind: "Federated" | "AWS"; readonly arn: string };
  readonly keys: RequestKeys;
}

/** `unknown`: it can not be decided from what is given. Never counts as yes. */
export type Verdict = "yes" | "no" | "unknown";

export interface ConditionTrace {
  readonly operator: string;
  readonly key: string;
  readonly expected: readonly string[];
  /** Null where the key is missing. */
  readonly actual: readonly string[] | null;
  readonly verdict: Verdict;
  /** Why it can not be decided, or what is odd about it. */
  readonly finding: string | null;
}

export interface StatementTrace {
  readonly index: number;
  readonly effect: "Allow" | "Deny";
  readonly verdict: Verdict;
  readonly principal: Verdict;
  readonly action: boolean;
  readonly conditions: readonly ConditionTrace[];
}

export interface Decision {
  readonly allowed: boolean;
  /** Index of the statement that decided; null where none matched. */
  readonly decidedBy: number | null;
  readonly statements: readonly StatementTrace[];
  /** Everything undecidable, once each. */
  readonly findings: readonly string[];
}

type Test = (request: PolicyRequest) => Verdict;

interface CompiledStatement {
  readonly effect: "Allow" | "Deny";
  readonly principal: Test;
  readonly action: (action: string) => boolean;
  readonly conditions: readonly Test[];
  readonly source: PolicyStatement;
}

/** A policy made ready for many decisions. */
export interface CompiledPolicy {
  readonly statements: readonly CompiledStatement[];
  readonly variables: boolean;
}

/** Prepares `policy`; policy variables exist from version 2012-10-17 on. */
export function compilePolicy(policy: PolicyDocument): CompiledPolicy {
  const variables = policy.version === "2012-10-17";
  return {
    variables,
    statements: policy.statements.map((source) => ({
      source,
      effect: source.effect,
      principal: compilePrincipal(source),
      action: compileAction(source),
      conditions: source.conditions.map((condition) => compileCondition(condition, variables)),
    })),
  };
}

/** Whether `policy` lets `request` in. Without a trace: for many decisions. */
export function decide(policy: CompiledPolicy, request: PolicyRequest): boolean {
  let allowed = false;
  for (const statement of policy.statements) {
    if (allowed && statement.effect === "Allow") continue;
    const verdict = verdictOf(statement, request);
    if (statement.effect === "Deny") {
      if (verdict !== "no") return false;
    } else if (verdict === "yes") allowed = true;
  }
  return allowed;
}

function verdictOf(statement: CompiledStatement, request: PolicyRequest): Verdict {
  if (!statement.action(request.action)) return "no";
  let verdict = statement.principal(request);
  if (verdict === "no") return "no";
  for (const condition of statement.conditions) {
    const next = condition(request);
    if (next === "no") return "no";
    if (next === "unknown") verdict = "unknown";
  }
  return verdict;
}

/** The decision with every statement and condition judged, for people. Agrees with `decide`. */
export function explainDecision(policy: CompiledPolicy, request: PolicyRequest): Decision {
  const statements = policy.statements.map((statement): StatementTrace => ({
    index: statement.source.index,
    effect: statement.effect,
    verdict: verdictOf(statement, request),
    principal: statement.principal(request),
    action: statement.action(request.action),
    conditions: statement.source.conditions.map((condition, at) => ({
      operator: condition.operator,
      key: condition.key,
      expected: condition.values,
      actual: request.keys.get(condition.key.toLowerCase()) ?? null,
      verdict: statement.conditions[at]?.(request) ?? "unknown",
      finding: findingOf(condition, request.keys, policy.variables),
    })),
  }));
  const deny = statements.find(({ effect, verdict }) => effect === "Deny" && verdict !== "no");
  const allow = statements.find(({ effect, verdict }) => effect === "Allow" && verdict === "yes");
  return {
    allowed: deny === undefined && allow !== undefined,
    decidedBy: (deny ?? allow)?.index ?? null,
    statements,
    findings: [...new Set(statements.flatMap(({ conditions }) => conditions.flatMap(({ finding }) => finding ?? [])))],
  };
}

function compileAction(statement: PolicyStatement): (action: string) => boolean {
  const patterns = statement.actions.map((action) => action.toLowerCase());
  const known = new Map<string, boolean>();
  return (action) => {
    let matches = known.get(action);
    if (matches === undefined) {
      const lower = action.toLowerCase();
      matches = patterns.some((pattern) => stringLike(pattern, lower)) !== statement.notAction;
      known.set(action, matches);
    }
    return matches;
  };
}

function compilePrincipal(statement: PolicyStatement): Test {
  const { principals } = statement;
  if (principals === null) return () => "no";
  const named = (kind: "Federated" | "AWS"): ReadonlySet<string> => new Set(Object.entries(principals).flatMap(([name, arns]) => (name === kind ? arns : [])));
  const federated = named("Federated");
  const aws = named("AWS");
  const lists = (request: PolicyRequest): Verdict => {
    const { kind, arn } = request.principal;
    if (kind === "Federated") {
      if (federated.has(arn)) return "yes";
      // Recorded: AWS: "*" lets no OIDC caller in. A Deny for everyone is still taken to mean everyone.
      if (aws.has("*") && statement.effect === "Deny") return "yes";
      return [...federated].some((name) => /[*?]/.test(name) && stringLike(name, arn)) ? "unknown" : "no";
    }
    if (aws.has("*") || aws.has(arn)) return "yes";
    const [, partition = "", , , account = ""] = arn.split(":");
    return aws.has(`arn:${partition}:iam::${account}:root`) || aws.has(account) ? "yes" : "no";
  };
  if (!statement.notPrincipal) return lists;
  // AWS advises against NotPrincipal; with Allow it would let in whoever is not listed, which is never what a trust means.
  return (request) => (lists(request) === "yes" ? "no" : statement.effect === "Deny" ? "yes" : "unknown");
}

const VARIABLE = /\$\{([^}]*)\}/g;

function compileCondition(condition: PolicyCondition, variables: boolean): Test {
  const key = condition.key.toLowerCase();
  if (condition.operator === "Null") {
    const [wanted, ...others] = condition.values.map((value) => value.toLowerCase());
    if (others.length > 0 || (wanted !== "true" && wanted !== "false")) return () => "unknown";
    return ({ keys }) => (((keys.get(key)?.length ?? 0) === 0) === (wanted === "true") ? "yes" : "no");
  }
  const operator = operatorNamed(condition.operator);
  if (operator === null) return () => "unknown";
  const literal = !variables || !condition.values.some((value) => value.includes("${"));
  if (literal && operator.base === "StringEquals" && operator.set === null) return exactTest(key, condition.values, operator.ifExists);
  if (literal) return ({ keys }) => judge(operator, keys.get(key), condition.values);
  if (!operator.variables) return () => "unknown";
  return ({ keys }) => {
    const values = condition.values.map((value) => resolved(value, keys, isLike(operator)));
    const known = values.filter((value) => value !== null);
    const verdict = judge(operator, keys.get(key), known);
    // with values missing, only an answer that further values could not change stands
    return known.length === values.length || (verdict === "yes") !== operator.negated ? verdict : "unknown";
  };
}

/** The commonest condition of all, on a set: constant time however many subjects there are. */
function exactTest(key: string, values: readonly string[], ifExists: boolean): Test {
  const expected = new Set(values);
  return ({ keys }) => {
    const actual = keys.get(key);
    if (actual === undefined || actual.length === 0) return ifExists ? "yes" : "no";
    for (const value of actual) if (expected.has(value)) return "yes";
    return "no";
  };
}

function judge(operator: Operator, actual: readonly string[] | undefined, expected: readonly string[]): Verdict {
  const missing = actual === undefined || actual.length === 0;
  if (missing) {
    if (operator.ifExists || operator.set === "all") return "yes";
    return operator.set === "any" ? "no" : operator.negated ? "yes" : "no";
  }
  const holds = (value: string): boolean => expected.some((wanted) => operator.compare(value, wanted)) !== operator.negated;
  const yes = operator.set === "all" || (operator.set === null && operator.negated) ? actual.every(holds) : actual.some(holds);
  return yes ? "yes" : "no";
}

/** Whether the operator reads `*` and `?` in its values. */
function isLike(operator: Operator): boolean {
  return /Like$|^Arn/.test(operator.base);
}

/**
 * `value` with its variables replaced, or null where one has no single value. `${*}`, `${?}` and `${$}` stand for
 * themselves. Where the operator reads wildcards, a wildcard that comes out of a variable is left undecided: whether
 * AWS would read it as one is not recorded.
 */
function resolved(value: string, keys: RequestKeys, like: boolean): string | null {
  let whole = true;
  const text = value.replace(VARIABLE, (_, inner: string) => {
    if (inner === "$") return inner;
    if (inner === "*" || inner === "?") {
      if (like) whole = false;
      return inner;
    }
    const [name = "", fallback] = inner.split(",", 2).map((part) => part.trim());
    const actual = keys.get(name.toLowerCase());
    if (actual !== undefined && actual.length === 1) {
      const [text = ""] = actual;
      if (like && /[*?]/.test(text)) whole = false;
      return text;
    }
    const quoted = fallback === undefined ? null : /^'(.*)'$/s.exec(fallback);
    if (actual === undefined && quoted !== null) return quoted[1] ?? "";
    whole = false;
    return "";
  });
  return whole ? text : null;
}

function findingOf(condition: PolicyCondition, keys: RequestKeys, variables: boolean): string | null {
  if (condition.operator === "Null") {
    return condition.values.length === 1 && /^(?:true|false)$/i.test(condition.values[0] ?? "") ? null : "Null takes one value, true or false";
  }
  const operator = operatorNamed(condition.operator);
  if (operator === null) return `${condition.operator} is no operator of IAM`;
  if (!variables) return null;
  const undecided = condition.values.find((value) => value.includes("${") && (!operator.variables || resolved(value, keys, isLike(operator)) === null));
  return undecided === undefined ? null : `${undecided} can not be decided from what is known of the request`;
}
