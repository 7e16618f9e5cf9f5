/** A report for a person: by subject, a mark on every line, what was seen, and what to do; the next thing last. */
import { visible } from "../text/escape";
import type { CheckStatus } from "./check";
import type { DoctorReport } from "./report";

const MARKS: Readonly<Record<CheckStatus, string>> = { pass: "✓", fail: "✗", unknown: "?" };
const WIDTH = 19;

export function doctorText(report: DoctorReport): string {
  const lines: string[] = [];
  for (const subject of new Set(report.checks.map((check) => check.subject))) {
    if (lines.length > 0) lines.push("");
    lines.push(subject);
    // one cause often keeps several checks from being judged: what to do about it is said once
    const fixes = new Set<string | null>([null]);
    for (const check of report.checks) {
      if (check.subject !== subject) continue;
      lines.push(`  ${MARKS[check.status]} ${check.id.padEnd(WIDTH)}${check.evidence}`);
      if (!fixes.has(check.fix)) lines.push(`    ${"".padEnd(WIDTH)}fix: ${check.fix ?? ""}`);
      fixes.add(check.fix);
    }
  }
  lines.push("", `${report.passed} passed, ${report.failed} failed, ${report.unknown} unknown`, `next: ${report.next}`);
  return lines.map(visible).join("\n");
}
