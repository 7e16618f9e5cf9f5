/** The report of doctor: its checks, the exit code, the one next step; as a document and as text. Pure. */
import { shellWord, visible } from "../text/escape";
import { type Check, type CheckId, CHECKS, type CheckStatus } from "./check";

/** What was checked beside the issuers: decides the next step when nothing is wrong. */
export interface Coverage {
  readonly config: string;
  /** Given where `config` is a plan. */
  readonly plan?: string | undefined;
  /** The role named, or the federation's only one. */
  readonly role: string | null;
  /** Those checked. */
  readonly roles: readonly string[];
  readonly aws: boolean;
  readonly all: boolean;
  readonly assume: boolean;
}

/** The document of `doctor --json`. */
export interface DoctorReport {
  readonly federation: string;
  readonly checks: readonly Check[];
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  /** The one next step, in the imperative. */
  readonly next: string;
  readonly exitCode: 0 | 1 | 3;
}

export function reportOf(federation: string, checks: readonly Check[], coverage: Coverage): DoctorReport {
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  return {
    federation,
    checks,
    passed: count("pass"),
    failed: count("fail"),
    unknown: count("unknown"),
    next: nextStep(checks, coverage),
    exitCode: exitCodeOf(checks),
  };
}

/** Checks that AWS' answer does not depend on. */
const BESIDE: ReadonlySet<CheckId> = new Set(["dns", "tls", "databricks-config"]);

/**
 * 1: something is wrong. 3: nothing is, but something that AWS' answer depends on could not be checked because the
 * network or AWS failed, so a nightly run must not pass. Else 0.
 */
export function exitCodeOf(checks: readonly Check[]): 0 | 1 | 3 {
  if (checks.some(({ status }) => status === "fail")) return 1;
  return checks.some(({ id, code }) => code !== null && !BESIDE.has(id)) ? 3 : 0;
}

const ORDER = Object.keys(CHECKS) as readonly CheckId[];

/** The fix of the fault nearest the cause; then of what could not be checked; then the next step. */
function nextStep(checks: readonly Check[], { config, plan, role, roles, aws, all, assume }: Coverage): string {
  const byCause = [...checks].sort((left, right) => ORDER.indexOf(left.id) - ORDER.indexOf(right.id));
  const wrong =
    byCause.find(({ status }) => status === "fail") ??
    byCause.find(({ status, code, fix }) => status === "unknown" && code !== null && fix !== null);
  if (wrong?.fix !== undefined && wrong.fix !== null) return `${wrong.subject}: ${wrong.fix}`;
  const options = `--${plan === undefined ? "config" : "plan"} ${shellWord(config)}`;
  if (!aws && !all)
    return `See what is deployed: databricks-aws-oidc doctor ${options} --aws${role === null ? "" : ` --role ${role}`}`;
  const tried = `${options} --role ${role ?? roles[0] ?? "ROLE"}`;
  if (!assume) return `Make one real call: databricks-aws-oidc doctor ${tried} --assume`;
  return plan === undefined
    ? `Use the role: databricks-aws-oidc credentials ${tried} -- aws sts get-caller-identity`
    : `Use the role: databricks-aws-oidc generate client ${tried} --for notebook --out client`;
}

const MARKS: Readonly<Record<CheckStatus, string>> = { pass: "✓", fail: "✗", unknown: "?" };
const WIDTH = 19;

/** For a person: by subject, a mark on every line, what was seen, and what to do; the next step last. */
export function doctorText(report: DoctorReport): string {
  const lines: string[] = [];
  for (const subject of new Set(report.checks.map((check) => check.subject))) {
    if (lines.length > 0) lines.push("");
    lines.push(subject);
    // one cause often stops several checks: its fix is shown once
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
