/**
 * Decides a request by a policy as AWS does: an explicit Deny wins, otherwise any Allow that matches lets in.
 * What cannot be decided (an unknown operator, a `${…}` without a value) is a finding that names it, and never a yes.
 */
import type { CompiledCondition, Reading, Verdict } from "./conditions";
import { compileCondition } from "./conditions";
import type { PolicyDocument, PolicyStatement } from "./document";
import { quoted } from "../../text/text-rule";
import { stringLike } from "../string-like";
import type { RequestKeys } from "./variables";

export type { Reading, Verdict } from "./conditions";
export type { RequestKeys } from "./variables";

/**
 * One request to STS, as a trust policy sees it.
 *
 * @example
 * ```ts
 * import type { PolicyRequest } from "databricks-aws-oidc";
 * const request: PolicyRequest = {
 *   action: "sts:AssumeRoleWithWebIdentity",
 *   principal: {
 *     kind: "Federated" as const,
 *     arn: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
 *   },
 *   keys: new Map([["mycompany.cloud.databricks.com/oidc:sub", ["alice@example.com"]]]),
 * };
 * ```
 */
export interface PolicyRequest {
  /** E.g. `sts:AssumeRoleWithWebIdentity`. */
  readonly action: string;
  /** Who asks: the provider's ARN for web identity, an ARN for AWS principals, a name like `ec2.amazonaws.com`. */
  readonly principal: { readonly kind: "Federated" | "AWS" | "Service"; readonly arn: string };
  readonly keys: RequestKeys;
}

export interface ConditionTrace {
  readonly operator: string;
  readonly key: string;
  readonly expected: readonly string[];
  /** Null where the key is missing. */
  readonly actual: readonly string[] | null;
  readonly verdict: Verdict;
  /** Why it cannot be decided, or what is odd about it. */
  readonly finding: string | null;
}

export interface StatementTrace {
  readonly index: number;
  readonly effect: "Allow" | "Deny";
  readonly verdict: Verdict;
  readonly principal: Verdict;
  readonly action: boolean;
  /** The statement as read: whom and what it is about. */
  readonly source: PolicyStatement;
  readonly conditions: readonly ConditionTrace[];
}

/**
 * Whether a request is allowed, and the verdict of every statement.
 *
 * @example
 * ```ts
 * import type { Decision } from "databricks-aws-oidc";
 * const why = ({ allowed, decidedBy }: Decision): string => `${allowed ? "allowed" : "refused"} by ${decidedBy}`;
 * ```
 */
export interface Decision {
  readonly allowed: boolean;
  /** Index of the statement that decided; null where none matched. */
  readonly decidedBy: number | null;
  readonly statements: readonly StatementTrace[];
  /** Everything undecidable, once each. */
  readonly findings: readonly string[];
}

type Test = (request: PolicyRequest, reading?: Reading) => Verdict;

export interface CompiledStatement {
  readonly effect: "Allow" | "Deny";
  readonly principal: Test;
  readonly action: (action: string) => boolean;
  readonly conditions: readonly CompiledCondition[];
  readonly source: PolicyStatement;
}

/** A policy made ready for many decisions. */
export interface CompiledPolicy {
  readonly statements: readonly CompiledStatement[];
}

/**
 * Prepares `policy`; policy variables exist from version 2012-10-17 on.
 *
 * @example
 * ```ts
 * import { compilePolicy, readPolicy } from "databricks-aws-oidc";
 * const read = readPolicy('{"Version":"2012-10-17","Statement":[]}');
 * const compiled = read.ok ? compilePolicy(read.policy) : null;
 * ```
 */
export function compilePolicy(policy: PolicyDocument): CompiledPolicy {
  const variables = policy.version === "2012-10-17";
  return {
    statements: policy.statements.map((source) => ({
      source,
      effect: source.effect,
      principal: compilePrincipal(source),
      action: compileAction(source),
      conditions: source.conditions.map((condition) => compileCondition(condition, variables)),
    })),
  };
}

/**
 * Whether `policy` lets `request` in. Without a trace: for many decisions.
 *
 * @example
 * ```ts
 * import { compilePolicy, decide, readPolicy } from "databricks-aws-oidc";
 * const read = readPolicy({
 *   Version: "2012-10-17",
 *   Statement: [
 *     {
 *       Effect: "Allow",
 *       Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc" },
 *       Action: "sts:AssumeRoleWithWebIdentity",
 *       Condition: { StringEquals: { "mycompany.cloud.databricks.com/oidc:sub": "alice@example.com" } },
 *     },
 *   ],
 * });
 * const allowed = read.ok && decide(compilePolicy(read.policy), {
 *   action: "sts:AssumeRoleWithWebIdentity",
 *   principal: {
 *     kind: "Federated" as const,
 *     arn: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
 *   },
 *   keys: new Map([["mycompany.cloud.databricks.com/oidc:sub", ["alice@example.com"]]]),
 * }); // true
 * ```
 */
export function decide(policy: CompiledPolicy, request: PolicyRequest): boolean {
  return verdict(policy, request) === "yes";
}

/**
 * The same in three answers: `unknown` where what cannot be decided might let in, and nothing else settles it. For
 * those who ask whether one policy is wider than another; for the question whether a caller gets in it counts as a no.
 * `reading` answers what is open.
 */
export function verdict(policy: CompiledPolicy, request: PolicyRequest, reading?: Reading): Verdict {
  let allowed: Verdict = "no";
  let deniedPerhaps = false;
  for (const statement of policy.statements) {
    if (statement.effect === "Allow" && allowed === "yes") continue;
    const matches = verdictOf(statement, request, reading);
    if (matches === "no") continue;
    if (statement.effect === "Allow") allowed = matches;
    else if (matches === "yes") return "no";
    else deniedPerhaps = true;
  }
  return allowed === "yes" && deniedPerhaps ? "unknown" : allowed;
}

function verdictOf(statement: CompiledStatement, request: PolicyRequest, reading?: Reading): Verdict {
  if (!statement.action(request.action)) return "no";
  let verdict = statement.principal(request, reading);
  if (verdict === "no") return "no";
  for (const condition of statement.conditions) {
    const next = condition.evaluate(request.keys, reading);
    if (next === "no") return "no";
    if (next === "unknown") verdict = "unknown";
  }
  return verdict;
}

/**
 * The decision with every statement and condition evaluated, for people. Agrees with `decide`.
 *
 * @example
 * ```ts
 * import { compilePolicy, explainDecision } from "databricks-aws-oidc";
 * const { allowed, statements } = explainDecision(compilePolicy({ version: "2012-10-17", statements: [] }), {
 *   action: "sts:AssumeRoleWithWebIdentity",
 *   principal: {
 *     kind: "Federated" as const,
 *     arn: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
 *   },
 *   keys: new Map([["mycompany.cloud.databricks.com/oidc:sub", ["alice@example.com"]]]),
 * });
 * ```
 */
export function explainDecision(policy: CompiledPolicy, request: PolicyRequest): Decision {
  const statements = policy.statements.map((statement): StatementTrace => ({
    index: statement.source.index,
    effect: statement.effect,
    verdict: verdictOf(statement, request),
    principal: statement.principal(request),
    action: statement.action(request.action),
    source: statement.source,
    conditions: statement.source.conditions.map((condition, at) => ({
      operator: condition.operator,
      key: condition.key,
      expected: condition.values,
      actual: present(request.keys.get(condition.key.toLowerCase())),
      verdict: statement.conditions[at]?.evaluate(request.keys) ?? "unknown",
      finding: statement.conditions[at]?.finding(request.keys) ?? null,
    })),
  }));
  const deny = statements.find(({ effect, verdict }) => effect === "Deny" && verdict !== "no");
  const allow = statements.find(({ effect, verdict }) => effect === "Allow" && verdict === "yes");
  return {
    allowed: deny === undefined && allow !== undefined,
    decidedBy: (deny ?? allow)?.index ?? null,
    statements,
    findings: [
      ...new Set(
        statements.flatMap((trace) => [
          ...(trace.principal === "unknown" ? [principalFinding(trace.source)] : []),
          ...trace.conditions.flatMap(({ finding }) => finding ?? []),
        ]),
      ),
    ],
  };
}

function present(values: readonly string[] | undefined): readonly string[] | null {
  return values === undefined || values.length === 0 ? null : values;
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
  const named = (kind: string): ReadonlySet<string> =>
    new Set(Object.entries(principals).flatMap(([name, arns]) => (name === kind ? arns : [])));
  const federated = named("Federated");
  const aws = named("AWS");
  const services = named("Service");
  const lists = (request: PolicyRequest, reading: Reading): boolean | null => {
    const { kind, arn } = request.principal;
    if (kind === "Federated") {
      if (federated.has(arn)) return true;
      // Recorded: AWS: "*" lets no OIDC caller in. Whether it keeps one out is not recorded, so nothing rests on it.
      const asAnyPrincipal =
        aws.has("*") && statement.effect === "Deny" && reading(`a Deny for AWS "*" keeps out web identities`, true);
      return asAnyPrincipal === false ? matchesPattern(federated, arn, reading) : asAnyPrincipal;
    }
    if (kind === "Service") {
      if (services.has(arn)) return true;
      const asAnyPrincipal = aws.has("*") && reading(`AWS "*" stands for services too`, true);
      return asAnyPrincipal === false ? matchesPattern(services, arn, reading) : asAnyPrincipal;
    }
    if (aws.has("*") || aws.has(arn)) return true;
    const [, partition = "", , , account = ""] = arn.split(":", 5);
    return aws.has(`arn:${partition}:iam::${account}:root`) || aws.has(account);
  };
  const answer = (truth: boolean | null): Verdict => (truth === null ? "unknown" : truth ? "yes" : "no");
  if (!statement.notPrincipal) return (request, reading = LEFT_OPEN) => answer(lists(request, reading));
  // AWS advises against NotPrincipal; with Allow it would let in whoever is not listed, which is never what a trust
  // means.
  return (request, reading = LEFT_OPEN) => {
    const listed = lists(request, reading);
    if (listed !== false) return listed === true ? "no" : "unknown";
    return statement.effect === "Deny" ? "yes" : answer(reading("an Allow with NotPrincipal lets in the others", true));
  };
}

const LEFT_OPEN: Reading = () => null;

/** Whether a name with wildcards matches several principals is not recorded. */
function matchesPattern(names: ReadonlySet<string>, arn: string, reading: Reading): boolean | null {
  let open = false;
  for (const name of names) {
    if (!/[*?]/.test(name) || !stringLike(name, arn)) continue;
    const answer = reading(`${JSON.stringify(name)} stands for ${JSON.stringify(arn)}`, true);
    if (answer === true) return true;
    open ||= answer === null;
  }
  return open ? null : false;
}

function principalFinding(statement: PolicyStatement): string {
  if (statement.notPrincipal && statement.effect === "Allow")
    return `statement ${statement.index}: an Allow with NotPrincipal cannot be evaluated`;
  if (statement.principals?.["AWS"]?.includes("*") === true)
    return `statement ${statement.index}: whether a Deny for AWS: "*" keeps out web identities is not recorded`;
  const patterns = (statement.principals?.["Federated"] ?? []).filter((name) => /[*?]/.test(name));
  return (
    `statement ${statement.index}: ${patterns.slice(0, 3).map(quoted).join(", ")} is not a provider's ARN; ` +
    `whether it matches several providers is not recorded`
  );
}
