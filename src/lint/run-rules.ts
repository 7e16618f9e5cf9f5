/** Runs every rule over providers and roles, and lets be what a written reason covers. */
import { issuerPathOf } from "../issuer/issuer";
import { parseRole, parseTarget } from "../trust/parsed/parse-role";
import type { ParsedRole, ParsedTarget } from "../trust/parsed/parsed-role";
import type { Violation, LintRule, Severity } from "./rule";
import { LINT_RULES } from "./all-rules";
import { shapeOf } from "./role-shape";
import type { LintIgnore, LintProvider, LintRole, LintTarget } from "../trust/parsed/target";

const PROVIDER_RULES = LINT_RULES.filter((rule) => rule.on === "provider");
const FEDERATION_RULES = LINT_RULES.filter((rule) => rule.on === "federation");
const PLAN_RULES = LINT_RULES.filter((rule) => rule.on === "plan");
const ERROR_RULES = LINT_RULES.filter((rule) => rule.severity === "error");

/**
 * One finding of `lint`. Plain data: safe to print as JSON.
 *
 * @example
 * ```ts
 * import type { Finding } from "databricks-aws-oidc";
 * const line = ({ path, message, fix, rule }: Finding): string => `${path}: ${message} ${fix} (${rule})`;
 * ```
 */
export interface Finding {
  /** The rule's ID, stable. */
  readonly rule: string;
  readonly severity: Severity;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What the federation calls the subjects that the message quotes; empty where none has a name. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** The next step, in the imperative. */
  readonly fix: string;
  /** Where, e.g. `roles.lake-reader.trusts[1]: Condition.StringLike`. */
  readonly path: string;
  /** Path of the role; null for a provider's finding. */
  readonly role: string | null;
  /** Index of the statement within the trust policy; null for the whole. */
  readonly statement: number | null;
  /** Why it is suppressed, as the federation file has it; null: it is not. */
  readonly ignored: string | null;
}

/**
 * Findings of everything in `target`, those that are let be included (`ignored` is their reason).
 *
 * @example
 * ```ts
 * import { lintTarget } from "databricks-aws-oidc";
 * const findings = lintTarget({
 *   providers: [],
 *   complete: false,
 *   givenProviderArns: [],
 *   givenIssuerPaths: [],
 *   deletedProviders: [],
 *   roles: [],
 *   ignores: [],
 * });
 * ```
 */
export function lintTarget(target: LintTarget): readonly Finding[] {
  const used = new Set<LintIgnore>();
  const roles = target.roles.map(parseRole);
  const findings: Finding[] = [];
  for (const provider of providersOf(target, roles)) lintProvider(provider, target, used, findings);
  for (const rule of FEDERATION_RULES)
    for (const violation of rule.check(target)) {
      const place = { path: violation.at ?? "", role: null, ignored: reasonOf(rule, target.ignores, used) };
      findings.push(finding(rule, violation, place));
    }
  lintParsedRoles(roles, target, used, findings);
  if (target.plan !== undefined)
    for (const rule of PLAN_RULES)
      for (const violation of rule.check(target.plan, target))
        findings.push(finding(rule, violation, { path: violation.path, role: null, ignored: null }));
  return findings;
}

/**
 * The errors alone, and without the providers: for roles whose providers have been checked. `faultless`: shapes in
 * which no error was found before, in a target that differs in its roles alone; those of this one are added.
 */
export function lintRoleErrors(target: LintTarget, faultless: Set<string>): readonly Finding[] {
  const findings: Finding[] = [];
  lintParsedRoles(target.roles.map(parseRole), target, new Set(), findings, ERROR_RULES, faultless);
  return findings;
}

function lintParsedRoles(
  roles: readonly ParsedRole[],
  target: LintTarget,
  used: Set<LintIgnore>,
  findings: Finding[],
  rules: readonly LintRule[] = LINT_RULES,
  faultless = new Set<string>(),
): void {
  const parsed = parseTarget(target);
  for (const role of roles) {
    const shape = shapeOf(role);
    if (shape !== undefined && faultless.has(shape)) continue;
    const found = lintRole(role, parsed, used, rules);
    if (shape !== undefined && found.length === 0) faultless.add(shape);
    findings.push(...found);
  }
  for (const ignore of new Set([...target.ignores, ...target.roles.flatMap((role) => role.ignores)]))
    lintSuppression(ignore, used.has(ignore), findings);
}

/** The providers, and those that roles trust though they are not listed. */
function providersOf(target: LintTarget, roles: readonly ParsedRole[]): readonly LintProvider[] {
  const byIssuer = new Map<string, LintProvider>(
    target.providers.map((provider) => [issuerPathOf(provider.url), provider]),
  );
  for (const { role, statements } of roles) {
    for (const statement of statements) {
      for (const { issuerPath, accountId } of statement.providers) {
        if (!byIssuer.has(issuerPath))
          byIssuer.set(issuerPath, {
            url: `https://${issuerPath}`,
            clientIds: null,
            accountId,
            path: placeOf(role, { message: "", statement: statement.index, at: "Principal.Federated" }),
          });
      }
    }
  }
  return [...byIssuer.values()];
}

function lintProvider(provider: LintProvider, target: LintTarget, used: Set<LintIgnore>, findings: Finding[]): void {
  for (const rule of PROVIDER_RULES) {
    for (const violation of rule.check(provider))
      findings.push(
        finding(rule, violation, { path: provider.path, role: null, ignored: reasonOf(rule, target.ignores, used) }),
      );
  }
}

function lintRole(
  parsed: ParsedRole,
  target: ParsedTarget,
  used: Set<LintIgnore>,
  rules: readonly LintRule[],
): readonly Finding[] {
  const { role } = parsed;
  const findings: Finding[] = [];
  const ignores = target.target.ignores.length === 0 ? role.ignores : [...role.ignores, ...target.target.ignores];
  const take = (rule: LintRule, violations: readonly Violation[]): void => {
    for (const violation of violations) {
      if (role.widePatterns.some(({ pattern }) => pattern === violation.pattern)) continue;
      findings.push(
        finding(rule, violation, {
          path: placeOf(role, violation),
          role: role.path,
          ignored: reasonOf(rule, ignores, used),
        }),
      );
    }
  };
  for (const rule of rules) {
    if (rule.on === "role") take(rule, rule.check(parsed, target));
    else if (rule.on === "statement")
      for (const statement of parsed.statements)
        if (statement.letsWebIdentitiesIn) take(rule, rule.check(statement, parsed, target));
  }
  return findings;
}

function lintSuppression(ignore: LintIgnore, used: boolean, findings: Finding[]): void {
  const known = LINT_RULES.some((rule) => rule.id === ignore.ignore);
  for (const rule of LINT_RULES) {
    if (rule.on !== "suppression") continue;
    for (const violation of rule.check(ignore.ignore, known, used))
      findings.push(finding(rule, violation, { path: ignore.path, role: null, ignored: null }));
  }
}

function finding(rule: LintRule, violation: Violation, place: Pick<Finding, "path" | "role" | "ignored">): Finding {
  return {
    rule: rule.id,
    severity: rule.severity,
    message: violation.message,
    fix: rule.fix,
    statement: violation.statement ?? null,
    ...place,
  };
}

function reasonOf(rule: LintRule, ignores: readonly LintIgnore[], used: Set<LintIgnore>): string | null {
  const found = ignores.find((ignore) => ignore.ignore === rule.id);
  if (found === undefined) return null;
  used.add(found);
  return found.reason;
}

function placeOf(role: LintRole, violation: Violation): string {
  if (violation.statement === undefined) return violation.at === undefined ? role.path : `${role.path}.${violation.at}`;
  const place =
    role.statementPaths[violation.statement] ??
    `${role.path}${role.path === "" ? "" : ": "}Statement[${violation.statement}]`;
  return violation.at === undefined ? place : `${place}.${violation.at}`;
}

/** Findings of several targets of one document: what they share is said once, and a suppression used in one is used. */
export function mergedFindings(targets: readonly LintTarget[]): readonly Finding[] {
  const findings = new Map<string, Finding>();
  const used = new Set<string>();
  for (const target of targets) {
    const found = lintTarget(target);
    const unused = new Set(found.filter((finding) => finding.rule === "ignore-unused").map((finding) => finding.path));
    for (const { path } of [...target.ignores, ...target.roles.flatMap((role) => role.ignores)])
      if (!unused.has(path)) used.add(path);
    for (const finding of found) findings.set(JSON.stringify([finding.rule, finding.path, finding.message]), finding);
  }
  return [...findings.values()].filter((finding) => finding.rule !== "ignore-unused" || !used.has(finding.path));
}
