/** What doctor answers: its checks, the exit code they make, and the one next thing to do. Pure. */
import type { Check, CheckId, CheckStatus } from "./check";
import { CHECKS } from "./check";

/** What was asked for beside the issuers: decides what is worth doing next when nothing is wrong. */
export interface Asked {
  readonly config: string;
  /** The role named, or the federation's only one. */
  readonly role: string | null;
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
  return { federation, checks, passed: count("pass"), failed: count("fail"), unknown: count("unknown"), next: nextOf(checks, asked), exitCode: exitCodeOf(checks) };
}

/**
 * 1: something is wrong. 3: nothing is, but of some subject (an issuer, a role, an account) nothing at all could be
 * judged because something outside failed; a nightly run must not take that for peace. Else 0.
 */
export function exitCodeOf(checks: readonly Check[]): 0 | 1 | 3 {
  if (checks.some(({ status }) => status === "fail")) return 1;
  const judged = (of: string): boolean => checks.some(({ id, subject, status }) => subject === of && status !== "unknown" && !WAYS.has(id));
  const silent = checks.some(({ subject, code }) => code !== null && !judged(subject));
  return silent ? 3 : 0;
}

/** Ways to what is judged: that a name resolves says nothing about the issuer. */
const WAYS: ReadonlySet<CheckId> = new Set(["dns", "tls"]);

const ORDER = Object.keys(CHECKS) as readonly CheckId[];

/** The fix of what is wrong nearest the cause; then of what could not be judged for something outside; then the next step. */
function nextOf(checks: readonly Check[], asked: Asked): string {
  const byCause = [...checks].sort((left, right) => ORDER.indexOf(left.id) - ORDER.indexOf(right.id));
  const wrong = byCause.find(({ status }) => status === "fail") ?? byCause.find(({ status, code, fix }) => status === "unknown" && code !== null && fix !== null);
  if (wrong?.fix !== undefined && wrong.fix !== null) return `${wrong.subject}: ${wrong.fix}`;
  const call = `databricks-aws-oidc doctor --config ${asked.config}`;
  if (!asked.aws && !asked.account) return `See what is deployed: ${call} --aws${asked.role === null ? "" : ` --role ${asked.role}`}`;
  const role = asked.role ?? "ROLE";
  if (!asked.assume) return `Make one real call: ${call} --role ${role} --assume`;
  return `Use the role: databricks-aws-oidc credentials --config ${asked.config} --role ${role} -- aws sts get-caller-identity`;
}
