/** What doctor answers: its checks, the exit code they make, and the one next thing to do. Pure. */
import type { Check, CheckId, CheckStatus } from "./check";
import { CHECKS } from "./check";
import { shellWord } from "../text/escape";

/** What was asked for beside the issuers: decides what is worth doing next when nothing is wrong. */
export interface Asked {
  readonly config: string;
  /** The role named, or the federation's only one. */
  readonly role: string | null;
  /** Those looked at. */
  readonly roles: readonly string[];
  readonly aws: boolean;
  readonly account: boolean;
  readonly assume: boolean;
}

/** The document of `doctor --json`. */
export interface DoctorReport {
  readonly federation: string;
  readonly checks: readonly Check[];
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  /** The one next thing to do, in the imperative. */
  readonly next: string;
  readonly exitCode: 0 | 1 | 3;
}

export function reportOf(federation: string, checks: readonly Check[], asked: Asked): DoctorReport {
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  return {
    federation,
    checks,
    passed: count("pass"),
    failed: count("fail"),
    unknown: count("unknown"),
    next: nextOf(checks, asked),
    exitCode: exitCodeOf(checks),
  };
}

/**
 * 1: something is wrong. 3: nothing is, but something that AWS' answer hangs on could not be judged because the network
 * or AWS failed; a nightly run must not take that for peace. Else 0.
 */
export function exitCodeOf(checks: readonly Check[]): 0 | 1 | 3 {
  if (checks.some(({ status }) => status === "fail")) return 1;
  return checks.some(({ id, code }) => code !== null && !BESIDE.has(id)) ? 3 : 0;
}

/** Ways to what is judged, and what AWS never asks for: where they alone are unknown, all that counts is known. */
const BESIDE: ReadonlySet<CheckId> = new Set(["dns", "tls", "databricks-config"]);

const ORDER = Object.keys(CHECKS) as readonly CheckId[];

/**
 * The fix of what is wrong nearest the cause; then of what could not be judged for something outside; then the next
 * step.
 */
function nextOf(checks: readonly Check[], asked: Asked): string {
  const byCause = [...checks].sort((left, right) => ORDER.indexOf(left.id) - ORDER.indexOf(right.id));
  const wrong =
    byCause.find(({ status }) => status === "fail") ??
    byCause.find(({ status, code, fix }) => status === "unknown" && code !== null && fix !== null);
  if (wrong?.fix !== undefined && wrong.fix !== null) return `${wrong.subject}: ${wrong.fix}`;
  const config = shellWord(asked.config);
  const call = `databricks-aws-oidc doctor --config ${config}`;
  if (!asked.aws && !asked.account)
    return `See what is deployed: ${call} --aws${asked.role === null ? "" : ` --role ${asked.role}`}`;
  const role = asked.role ?? asked.roles[0] ?? "ROLE";
  if (!asked.assume) return `Make one real call: ${call} --role ${role} --assume`;
  return (
    `Use the role: databricks-aws-oidc credentials --config ${config} --role ${role} -- aws sts ` +
    `get-caller-identity`
  );
}
