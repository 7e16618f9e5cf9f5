/**
 * A lint report as Markdown, for a pull request's comment or a job's summary: who gains and who loses a role first,
 * then the findings. All that others wrote is code, so that it neither mentions anyone nor becomes markup.
 */
import { markdownCode } from "../../text/escape";
import { counted } from "../../text/words";
import { LINT_RULES } from "../all-rules";
import { shellLine } from "../explain-command";
import type { LintReport, PlacedChange, PlacedFinding, PlacedIdentity } from "../lint-documents";
import { identityText, placeOf, totals } from "./text";

const TITLES: ReadonlyMap<string, string> = new Map(LINT_RULES.map(({ id, title }) => [id, title]));

/** The whole report; each line stands by itself, so that a long one may be cut after any line. */
export function lintMarkdown(report: LintReport): string {
  const unknown = report.files.flatMap(({ unknownPolicies }) => unknownPolicies);
  return [
    ...(report.compared ? [changesTitle(report), ...listOf(report.changes.flatMap(changeLines))] : []),
    `**${totals(report)}**`,
    ...listOf(report.findings.flatMap(findingLines)),
    ...(unknown.length === 0
      ? []
      : ["Skipped, because their policies are known only after apply:", ...listOf(unknown.map((path) => item(path)))]),
    ...(report.ignored.length === 0
      ? []
      : [
          "Suppressed, each with a written reason:",
          ...listOf(report.ignored.map(({ path, rule, ignored }) => item(`${path} [${rule}]: ${ignored ?? ""}`))),
        ]),
  ].join("\n\n");
}

/** Lines of a list, as one block; none of no lines. */
function listOf(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function item(text: string): string {
  return `- ${markdownCode(text)}`;
}

function changesTitle({ changes }: LintReport): string {
  const gained = changes.reduce((sum, change) => sum + change.gained.length, 0);
  const lost = changes.reduce((sum, change) => sum + change.lost.length, 0);
  return gained + lost === 0
    ? "**No one gains or loses a role.**"
    : `**Who gets in changes: ${gained} gained, ${lost} lost, in ${counted(changes.length, "role")}.**`;
}

function changeLines({ role, change, gained, lost }: PlacedChange): readonly string[] {
  return [
    `- ${markdownCode(role)} (${change})${gained.length + lost.length === 0 ? ": no one gains or loses it" : ""}`,
    ...gained.flatMap((identity) => identityLines("**gains it**", identity)),
    ...lost.flatMap((identity) => identityLines("loses it", identity)),
  ];
}

function identityLines(word: string, identity: PlacedIdentity): readonly string[] {
  return [
    `  - ${word}: ${markdownCode(identityText(identity))}`,
    ...(identity.explain === null ? [] : [`    - to see it: ${markdownCode(shellLine(identity.explain))}`]),
  ];
}

function findingLines(finding: PlacedFinding): readonly string[] {
  const { severity, rule, path, message, fix } = finding;
  return [
    `- **${severity}**: ${TITLES.get(rule) ?? "Finding"} (${markdownCode(rule)}), ${markdownCode(placeOf(finding))}`,
    `  - ${markdownCode(`${path}: ${message} ${fix}`)}`,
  ];
}
