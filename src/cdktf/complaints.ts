import type { Construct } from "constructs";
import type { Problem } from "../errors";
import { formatProblem } from "../errors";
import type { Finding } from "../lint/run-rules";

/**
 * Lets CDKTF print `problems` at synthesis, together with those of every other construct, instead of throwing the
 * first. One line each: `place: what is wrong. What to do. [code]`.
 */
export function complainAtSynthesis(construct: Construct, problems: readonly Problem[]): void {
  if (problems.length > 0) complainAtSynthesisLazily(construct, () => problems);
}

/** The same for complaints that are only known when everything is there. */
export function complainAtSynthesisLazily(construct: Construct, problems: () => readonly Problem[]): void {
  construct.node.addValidation({ validate: () => problems().map(formatProblem) });
}

/** The same for findings of lint, which have a rule in place of a code. */
export function complainOfFindings(construct: Construct, findings: () => readonly Finding[]): void {
  construct.node.addValidation({
    validate: () => findings().map(({ path, message, fix, rule }) => `${path}: ${message} ${fix} [${rule}]`),
  });
}
