/** Which versions may follow one, for the changes between them. */
import inc from "semver/functions/inc";
import compare from "semver/functions/compare";
import parse from "semver/functions/parse";
import type { Step } from "./change";

/**
 * The least version that may follow `previous` with changes of `step`. Below 1.0.0 the second number plays the major's
 * part and the third that of minor and patch: so Cargo, npm's `^` and most registries read it. A pre-release promises
 * nothing, so the release it announces may follow with any change.
 */
export function leastVersion(previous: string, step: Step): string {
  const read = parse(previous);
  if (read === null) throw new RangeError(`${previous} is no version`);
  if (read.prerelease.length > 0) return `${read.major}.${read.minor}.${read.patch}`;
  const taken = read.major > 0 ? step : step === "major" ? "minor" : "patch";
  return inc(previous, taken) ?? previous;
}

/**
 * Whether `version` may follow `previous` with changes of `step`. A pre-release is judged by the release it
 * announces.
 */
export function mayFollow(version: string, previous: string, step: Step): boolean {
  const read = parse(version);
  if (read === null || compare(version, previous) <= 0) return false;
  return compare(`${read.major}.${read.minor}.${read.patch}`, leastVersion(previous, step)) >= 0;
}
