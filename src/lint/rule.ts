/** A rule as data: what it is called, why it exists, an example each way, and the check itself. */
import type { ParsedRole, ParsedStatement, ParsedTarget } from "../trust/parsed/parsed-role";
import type { LintProvider, LintRole, LintTarget, PlanFacts } from "../trust/parsed/target";

/** A note asks for nothing but to be read. */
export type Severity = "error" | "warning" | "note";

/** One place where a rule is broken. */
export interface Violation {
  /** What is wrong, in one sentence, with the offending value. */
  readonly message: string;
  /** Index of the statement within its policy. */
  readonly statement?: number;
  /** The place below the role, provider or statement, e.g. `Condition.StringLike`. */
  readonly at?: string;
  /** The subject pattern it is about: not reported where it is one of `wideSubjectPatterns`. */
  readonly pattern?: string;
}

/** What a page shows and a test runs: `shown` is a cut-out a reader recognizes, `target` the whole. */
export interface LintExample {
  readonly shown: unknown;
  readonly target: LintTarget;
}

interface RuleText {
  /** Stable, kebab-case; never re-used. */
  readonly id: string;
  readonly severity: Severity;
  /** What it catches, as a short sentence. */
  readonly title: string;
  readonly why: string;
  /** What to do, in the imperative. */
  readonly fix: string;
  readonly good: LintExample;
  readonly bad: LintExample;
  /** Where the rule comes from. */
  readonly source: string;
}

/** Checks one provider. */
export interface ProviderRule extends RuleText {
  readonly on: "provider";
  readonly check: (provider: LintProvider) => readonly Violation[];
}

/** Checks one Allow statement that lets web identities in. */
export interface StatementRule extends RuleText {
  readonly on: "statement";
  readonly check: (statement: ParsedStatement, role: ParsedRole, target: ParsedTarget) => readonly Violation[];
}

/** Checks a whole role. */
export interface RoleRule extends RuleText {
  readonly on: "role";
  readonly check: (role: ParsedRole, target: ParsedTarget) => readonly Violation[];
}

/** Checks what a federation says of all its roles. */
export interface FederationRule extends RuleText {
  readonly on: "federation";
  /** `at` is the place in the federation file. */
  readonly check: (target: LintTarget) => readonly Violation[];
}

/** Checks the suppressions, after everything else. */
export interface SuppressionRule extends RuleText {
  readonly on: "suppression";
  readonly check: (ignored: string, known: boolean, used: boolean) => readonly Violation[];
}

/** Checks what only a plan says. */
export interface PlanRule extends RuleText {
  readonly on: "plan";
  readonly check: (
    plan: PlanFacts,
    target: LintTarget,
  ) => readonly (Pick<Violation, "message"> & Pick<LintRole, "path">)[];
}

export type LintRule = ProviderRule | StatementRule | RoleRule | PlanRule | FederationRule | SuppressionRule;
