/** An explanation for a person: the nearest miss first, then the policy with a tick or a cross on every line. */
import { visible } from "../text/escape";
import type { ExplainedCondition, ExplainedLine, Explanation } from "./explain";

/** `explanation` as lines of text. Holds claims of the token (issuer, audience, subject), never the token. */
export function explanationText(explanation: Explanation, role: string): string {
  const lines: string[] = [];
  const who = explanation.subject ?? "(no subject)";
  lines.push(explanation.allowed ? `✓ ${who} gets ${role}` : `✗ ${who} does not get ${role}`);
  if (explanation.error !== null) lines.push(`  AWS says ${explanation.error.code}: ${explanation.error.message}`);
  if (explanation.basis === "expected") lines.push(`  expected, not recorded: ${explanation.unrecorded.join("; ")}`);
  if (explanation.misses.length > 0) {
    lines.push("", "nearest miss:");
    const several = explanation.statements.filter(({ effect }) => effect === "Allow").length > 1;
    for (const { what, statement } of explanation.misses)
      lines.push(
        `  ${several && statement !== null && !what.startsWith("statement ") ? `statement ${statement}: ` : ""}${what}`,
      );
  }
  lines.push(
    "",
    "the token:",
    `  issuer    ${explanation.issuer ?? "none"}`,
    `  audience  ${explanation.audience ?? "none"}`,
    `  subject   ${explanation.subject ?? "none"}`,
  );
  if (!explanation.signatureChecked) lines.push("  signature not checked (no key set given)");
  if (explanation.statements.length > 0) lines.push("", "the trust policy:");
  for (const statement of explanation.statements) {
    const decided = statement.index === explanation.decidedBy ? " decided" : "";
    lines.push(`  ${mark(statement.matched)} statement ${statement.index} (${statement.effect})${decided}`);
    lines.push(
      `    ${mark(statement.principal.matched)} Principal ${listed(statement.principal)}`,
      `    ${mark(statement.action.matched)} Action ${listed(statement.action)}`,
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

function listed({ expected }: ExplainedLine): string {
  return expected.length > 4
    ? `${expected.slice(0, 4).join(", ")}, and ${expected.length - 4} more`
    : expected.join(", ") || "none";
}

function conditionLines(condition: ExplainedCondition): readonly string[] {
  const shown = condition.expected
    .slice(0, 8)
    .map((value) => JSON.stringify(value))
    .join(", ");
  const more = condition.expected.length > 8 ? `, and ${condition.expected.length - 8} more` : "";
  const actual =
    condition.actual === null
      ? "not in the request"
      : condition.actual.map((value) => JSON.stringify(value)).join(", ");
  return [
    `    ${mark(condition.matched)} ${condition.operator} ${condition.key}`,
    `        wanted  ${shown}${more}`,
    `        is      ${actual}`,
  ];
}

function mark(yes: boolean): string {
  return yes ? "✓" : "✗";
}
