/** An explanation for a person: the nearest reason first, then the policy with a tick or a cross on every line. */
import { visible } from "../text/escape";
import { listed, withNames } from "../text/words";
import type { ExplainedCondition, ExplainedLine, Explanation } from "./explain";

/**
 * `explanation` as lines of text; `names` are what the federation calls the token's subject. Holds claims of the token
 * (issuer, audience, subject), never the token.
 */
export function explanationText(explanation: Explanation, role: string, names: readonly string[] = []): string {
  const lines: string[] = [];
  const who = explanation.subject === null ? "(no subject)" : withNames(explanation.subject, names);
  lines.push(explanation.allowed ? `✓ ${who} can assume ${role}` : `✗ ${who} cannot assume ${role}`);
  if (explanation.error !== null)
    lines.push(`  AWS would return ${explanation.error.code}: ${explanation.error.message}`);
  if (explanation.basis === "expected") lines.push(`  expected, not recorded: ${explanation.unrecorded.join("; ")}`);
  if (explanation.reasons.length > 0) {
    lines.push("", "reasons, nearest first:");
    const several = explanation.statements.filter(({ effect }) => effect === "Allow").length > 1;
    for (const { what, statement } of explanation.reasons)
      lines.push(
        `  ${several && statement !== null && !what.startsWith("statement ") ? `statement ${statement}: ` : ""}${what}`,
      );
  }
  lines.push(
    "",
    "the token:",
    `  issuer    ${explanation.issuer ?? "none"}`,
    `  audience  ${explanation.audience ?? "none"}`,
    `  subject   ${explanation.subject === null ? "none" : who}`,
  );
  if (!explanation.signatureChecked) lines.push("  signature not checked (no key set given)");
  if (explanation.statements.length > 0) lines.push("", "the trust policy:");
  for (const statement of explanation.statements) {
    const decided = statement.index === explanation.decidedBy ? " decided" : "";
    lines.push(`  ${mark(statement.matched)} statement ${statement.index} (${statement.effect})${decided}`);
    lines.push(
      `    ${mark(statement.principal.matched)} Principal ${expectedText(statement.principal)}`,
      `    ${mark(statement.action.matched)} Action ${expectedText(statement.action)}`,
    );
    for (const condition of statement.conditions) lines.push(...conditionLines(condition));
  }
  if (explanation.statements.some(({ action }) => action.expected.includes("sts:AssumeRole"))) {
    lines.push(
      "",
      "Unity Catalog assumes this role too, as Databricks' own role and without a token: explain --mechanisms.",
    );
  }
  for (const finding of explanation.findings) lines.push(`  ? ${finding}`);
  if (explanation.fix !== null) lines.push("", `next: ${explanation.fix}`);
  return lines.map(visible).join("\n");
}

function expectedText({ expected }: ExplainedLine): string {
  return listed(expected, 4) || "none";
}

function conditionLines(condition: ExplainedCondition): readonly string[] {
  const inQuotes = (values: readonly string[], most: number): string =>
    listed(
      values.map((value) => JSON.stringify(value)),
      most,
    );
  return [
    `    ${mark(condition.matched)} ${condition.operator} ${condition.key}`,
    `        expected  ${inQuotes(condition.expected, 8)}`,
    `        actual    ${condition.actual === null ? "not in the request" : inQuotes(condition.actual, Infinity)}`,
  ];
}

function mark(yes: boolean): string {
  return yes ? "✓" : "✗";
}
