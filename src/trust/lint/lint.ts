/** Runs every rule over providers and roles, and lets be what a written reason covers. */
import { issuerPathOf } from "../../issuer/issuer";
import { examineRole, examineTarget } from "./examine";
import type { ExaminedRole, ExaminedTarget } from "./examine";
import type { Breach, LintRule, Severity } from "./rule";
import { LINT_RULES } from "./rules";
import type { LintIgnore, LintProvider, LintRole, LintTarget } from "./target";

/** One complaint of `lint`. Plain data: safe to print as JSON. */
export interface Finding {
  /** The rule's ID, stable. */
  readonly rule: string;
  readonly severity: Severity;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** The next step, in the imperative. */
  readonly fix: string;
  /** Where, e.g. `roles.lake-reader.trusts[1]: Condition.StringLike`. */
  readonly path: string;
  /** Path of the role; null for a provider's finding. */
  readonly role: string | null;
  /** Index of the statement within the trust policy; null for the whole. */
  readonly statement: number | null;
  /** The reason why it is let be, as the federation file has it; null: it stands. */
  readonly ignored: string | null;
}

/** Findings of everything in `target`, those that are let be included (`ignored` is their reason). */
export function lintTarget(target: LintTarget): readonly Finding[] {
  const examined = examineTarget(target);
  const used = new Set<LintIgnore>();
  const roles = target.roles.map(examineRole);
  const findings: Finding[] = [];
  for (const provider of providersOf(target, roles)) findings.push(...lintProvider(provider, target, used));
  for (const role of roles) findings.push(...lintRole(role, examined, used));
  const ignores = [...target.ignores, ...target.roles.flatMap((role) => role.ignores)];
  for (const ignore of new Set(ignores)) findings.push(...lintSuppression(ignore, used.has(ignore)));
  return findings;
}

/** The providers, and those that roles trust without anybody having listed them. */
function providersOf(target: LintTarget, roles: readonly ExaminedRole[]): readonly LintProvider[] {
  const byIssuer = new Map<string, LintProvider>(target.providers.map((provider) => [issuerPathOf(provider.url), provider]));
  for (const { role, statements } of roles) {
    for (const statement of statements) {
      for (const { issuerPath, accountId } of statement.providers) {
        if (!byIssuer.has(issuerPath)) byIssuer.set(issuerPath, { url: `https://${issuerPath}`, clientIds: null, accountId, path: placeOf(role, { message: "", statement: statement.index, at: "Principal.Federated" }) });
      }
    }
  }
  return [...byIssuer.values()];
}

function lintProvider(provider: LintProvider, target: LintTarget, used: Set<LintIgnore>): readonly Finding[] {
  return LINT_RULES.flatMap((rule) => (rule.on === "provider" ? rule.check(provider) : []).map((breach) => finding(rule, breach, {
    path: provider.path,
    role: null,
    ignored: reasonOf(rule, target.ignores, used),
  })));
}

function lintRole(role: ExaminedRole, target: ExaminedTarget, used: Set<LintIgnore>): readonly Finding[] {
  const allows = role.statements.filter((statement) => statement.letsWebIdentitiesIn);
  const ignores = [...role.role.ignores, ...target.target.ignores];
  return LINT_RULES.flatMap((rule): readonly Finding[] => {
    const breaches = rule.on === "role" ? rule.check(role, target) : rule.on === "statement" ? allows.flatMap((statement) => rule.check(statement, role, target)) : [];
    return breaches
      .filter(({ pattern }) => pattern === undefined || !role.role.meantPatterns.includes(pattern))
      .map((breach) => finding(rule, breach, { path: placeOf(role.role, breach), role: role.role.path, ignored: reasonOf(rule, ignores, used) }));
  });
}

function lintSuppression(ignore: LintIgnore, used: boolean): readonly Finding[] {
  const known = LINT_RULES.some((rule) => rule.id === ignore.ignore);
  return LINT_RULES.flatMap((rule) => (rule.on === "suppression" ? rule.check(ignore.ignore, known, used) : [])
    .map((breach) => finding(rule, breach, { path: ignore.path, role: null, ignored: null })));
}

function finding(rule: LintRule, breach: Breach, place: Pick<Finding, "path" | "role" | "ignored">): Finding {
  return { rule: rule.id, severity: rule.severity, message: breach.message, fix: rule.fix, statement: breach.statement ?? null, ...place };
}

function reasonOf(rule: LintRule, ignores: readonly LintIgnore[], used: Set<LintIgnore>): string | null {
  const found = ignores.find((ignore) => ignore.ignore === rule.id);
  if (found === undefined) return null;
  used.add(found);
  return found.reason;
}

function placeOf(role: LintRole, breach: Breach): string {
  if (breach.statement === undefined) return breach.at === undefined ? role.path : `${role.path}.${breach.at}`;
  const place = role.statementPaths[breach.statement] ?? `${role.path}${role.path === "" ? "" : ": "}Statement[${breach.statement}]`;
  return breach.at === undefined ? place : `${place}.${breach.at}`;
}
