/** A lint report as SARIF 2.1.0, for code scanning. */
import type { LintRule } from "../rule";
import { LINT_RULES, RULE_GROUPS } from "../all-rules";
import type { LintReport, PlacedFinding } from "../lint-documents";

const REPOSITORY_PAGE = "docs/lint-rules.md";

/** A SARIF log of one run. `version` is this program's. Every result has a file, so that code scanning takes it. */
export function lintSarif(report: LintReport, version: string): Readonly<Record<string, unknown>> {
  const index = new Map(LINT_RULES.map((rule, at) => [rule.id, at]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "databricks-aws-oidc", semanticVersion: version, rules: LINT_RULES.map(ruleOf) } },
        columnKind: "utf16CodeUnits",
        results: [...report.findings, ...report.ignored].map((finding) =>
          resultOf(finding, index.get(finding.rule) ?? -1),
        ),
      },
    ],
  };
}

const SECURITY = { error: "8.0", warning: "4.5", note: "1.0" } as const;

function ruleOf(rule: LintRule): Readonly<Record<string, unknown>> {
  const group = Object.entries(RULE_GROUPS).find(([, rules]) => rules.includes(rule))?.[0] ?? "";
  return {
    id: rule.id,
    name: rule.id
      .split("-")
      .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
      .join(""),
    shortDescription: { text: `${rule.title}.` },
    fullDescription: { text: rule.why },
    help: {
      text: `${rule.why} ${rule.fix}`,
      markdown: `${rule.why}\n\n**${rule.fix}**\n\nSee \`${REPOSITORY_PAGE}#${rule.id}\`; from ${rule.source}`,
    },
    defaultConfiguration: { level: rule.severity },
    // GitHub sorts security alerts by this number: above 7 high, above 4 medium.
    properties: {
      tags: ["security", "aws-iam", group.toLowerCase().replace(/ /g, "-")],
      "security-severity": SECURITY[rule.severity],
    },
  };
}

function resultOf(finding: PlacedFinding, ruleIndex: number): Readonly<Record<string, unknown>> {
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: finding.severity,
    message: { text: `${finding.path}: ${finding.message} ${finding.fix}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(finding.file) },
          region: { startLine: finding.line ?? 1, startColumn: finding.column ?? 1 },
        },
        logicalLocations: [{ fullyQualifiedName: finding.path }],
      },
    ],
    // The same finding keeps its identity when lines move.
    partialFingerprints: { "findingPath/v1": `${finding.rule}|${finding.path}` },
    ...(finding.ignored === null ? {} : { suppressions: [{ kind: "inSource", justification: finding.ignored }] }),
  };
}

/** A path as a relative or file URI. */
function uriOf(file: string): string {
  const path = file.replace(/\\/g, "/").split("/").map(encodeURIComponent).join("/");
  return /^(?:\/|[A-Za-z]%3A\/)/.test(path)
    ? `file://${path.startsWith("/") ? "" : "/"}${path}`
    : path.replace(/^\.\//, "");
}
