/** Refuses a version that is too small a step for what changed. */
import inc from "semver/functions/inc";
import compare from "semver/functions/compare";
import parse from "semver/functions/parse";
import { type Problem, refuse } from "../../errors";
import { largestStep, type ReleaseChange, type Step } from "./change";

/** How many reasons are listed; a rewrite has hundreds. */
const REASONS = 30;

/**
 * Throws InputError version-step-too-small: first the least version, then each change that needs more than
 * `version`.
 */
export function holdVersion(version: string, previous: string, changes: readonly ReleaseChange[]): void {
  const step = largestStep(changes);
  if (mayFollow(version, previous, step)) return;
  const least = leastVersion(previous, step);
  const fix = `Release it as ${least} or later, or revert the change.`;
  const problem = (message: string, path = "--version", todo = fix): Problem => ({
    code: "version-step-too-small",
    message,
    path,
    fix: todo,
  });
  if (!mayFollow(version, previous, "patch"))
    refuse([
      problem(
        `Version ${version} does not come after ${previous}, the last release.`,
        "--version",
        `Release it as ${least} or later.`,
      ),
    ]);
  const reasons = changes.filter((change) => !mayFollow(version, previous, change.step));
  refuse([
    problem(`Version ${version} is too small an increment after ${previous}: needs ${least} (${words(step)}).`),
    ...reasons
      .slice(0, REASONS)
      .map((change) => problem(`${words(change.step)}: ${change.message}`, `${change.module} ${change.path}`.trim())),
    ...(reasons.length > REASONS
      ? [problem(`${reasons.length - REASONS} more changes need it too; release notes lists all.`)]
      : []),
  ]);
}

function words(step: Step): string {
  return { major: "breaking", minor: "an addition", patch: "a fix" }[step];
}

/**
 * The least version that may follow `previous` with changes of `step`. Below 1.0.0 the second number counts as major
 * and the third as minor and patch, as for Cargo, npm's `^` and most registries. After a pre-release its own release
 * may follow with any change.
 */
export function leastVersion(previous: string, step: Step): string {
  const read = parse(previous);
  if (read === null) throw new RangeError(`${previous} is not a version`);
  if (read.prerelease.length > 0) return `${read.major}.${read.minor}.${read.patch}`;
  const taken = read.major > 0 ? step : step === "major" ? "minor" : "patch";
  return inc(previous, taken) ?? previous;
}

/**
 * Whether `version` may follow `previous` with changes of `step`. A pre-release counts as its release.
 */
export function mayFollow(version: string, previous: string, step: Step): boolean {
  const read = parse(version);
  if (read === null || compare(version, previous) <= 0) return false;
  return compare(`${read.major}.${read.minor}.${read.patch}`, leastVersion(previous, step)) >= 0;
}
