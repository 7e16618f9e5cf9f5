/** The page docs/lint-rules.md, made from the rules themselves. */
import { markdownTable } from "../text/table";
import type { LintRule } from "./rule";
import { RULE_GROUPS } from "./all-rules";

const HEAD =
  `<!-- Generated from src/lint by scripts/generate-docs.ts. Do not edit: npm run generate. -->
# Lint rules

Every rule of [\`lint\`](lint.md), with one example it catches and one it lets pass. IDs are stable. An *error* ` +
  `ends the command with exit
code 1; *warnings* do so with \`--max-warnings\`; a *note* is only shown. ` +
  `The same rules run over federation files, policies, plans and ` +
  `inside the CDKTF constructs
(errors only). Both examples of every rule are run in the tests.
`;

/** The whole page as Markdown, with a table of all rules and a section for each. */
export function lintRulesPage(): string {
  const groups = Object.entries(RULE_GROUPS).flatMap(([group, rules]) => [`## ${group}`, ...rules.map(section)]);
  return `${[HEAD.trimEnd(), table(), ...groups].join("\n\n")}\n`;
}

function table(): string {
  const rows = Object.values(RULE_GROUPS)
    .flat()
    .map((rule) => [`[\`${rule.id}\`](#${rule.id})`, rule.severity, rule.title]);
  return markdownTable(["rule", "severity", "what it catches"], rows);
}

const SEVERITY_WORDS = { error: "Error", warning: "Warning", note: "Note" } as const;

function section(rule: LintRule): string {
  return [
    `### ${rule.id}`,
    `**${SEVERITY_WORDS[rule.severity]}.** ${rule.title}. ${rule.why}`,
    `To do: ${rule.fix}`,
    `Caught:\n\n${json(rule.bad.shown)}`,
    `Fine:\n\n${json(rule.good.shown)}`,
    `From: ${linked(rule.source)}`,
  ].join("\n\n");
}

/** Short things on one line; a longer one over several, lists of plain values still on one. */
function json(value: unknown): string {
  return `\`\`\`json\n${laidOut(value, "")}\n\`\`\``;
}

function laidOut(value: unknown, indent: string): string {
  const short = oneLine(value);
  if (short.length + indent.length <= 110 || typeof value !== "object" || value === null) return short;
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object")) {
      const shown = value.length > 3 ? [...value.slice(0, 2), `… ${value.length - 2} more`] : value;
      return `[${shown.map((item) => JSON.stringify(item)).join(", ")}]`;
    }
    return `[\n${value.map((item) => `${deeper}${laidOut(item, deeper)}`).join(",\n")}\n${indent}]`;
  }
  return `{\n${Object.entries(value)
    .map(([key, member]) => `${deeper}${JSON.stringify(key)}: ${laidOut(member, deeper)}`)
    .join(",\n")}\n${indent}}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${oneLine(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function linked(source: string): string {
  return source
    .split("; ")
    .map((one) => {
      if (one.startsWith("docs/")) return `[${one.slice("docs/".length)}](${one.slice("docs/".length)})`;
      return one.startsWith("https://") ? `<${one}>` : one;
    })
    .join("; ");
}
