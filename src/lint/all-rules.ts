/** Every rule, in the order of the page docs/lint-rules.md. */
import type { LintRule } from "./rule";
import { AUDIENCE_RULES } from "./rules/audience";
import { ISSUER_RULES } from "./rules/issuer";
import { OPERATOR_RULES } from "./rules/operators";
import { ROLE_RULES } from "./rules/role";
import { STRUCTURE_RULES } from "./rules/structure";
import { SUBJECT_RULES } from "./rules/subject";
import { SUPPRESSION_RULES } from "./rules/suppression";

/** Group title -> its rules. */
export const RULE_GROUPS: Readonly<Record<string, readonly LintRule[]>> = {
  Structure: STRUCTURE_RULES,
  Issuer: ISSUER_RULES,
  Audience: AUDIENCE_RULES,
  Subject: SUBJECT_RULES,
  Operators: OPERATOR_RULES,
  "Whole role": ROLE_RULES,
  Suppressions: SUPPRESSION_RULES,
};

export const LINT_RULES: readonly LintRule[] = Object.values(RULE_GROUPS).flat();
