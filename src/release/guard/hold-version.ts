/** Refuses a version that is too small a step for what changed. */
import type { Problem } from "../../errors";
import { refuse } from "../../errors";
import type { ReleaseChange, Step } from "./change";
import { largestStep } from "./change";
import { leastVersion, mayFollow } from "./least-version";

/** Reasons shown; a rewrite has hundreds. */
const REASONS = 30;

/**
 * Throws InputError version-step-too-small: first the least version, then each change that asks for more than
 * `version` gives.
 */
export function holdVersion(version: string, previous: string, changes: readonly ReleaseChange[]): void {
  const step = largestStep(changes);
  if (mayFollow(version, previous, step)) return;
  const least = leastVersion(previous, step);
  const code = "version-step-too-small";
  const fix = `Release it as ${least} or later, or take the change back.`;
  if (!mayFollow(version, previous, "patch")) {
    refuse([
      {
        code,
        message: `Version ${version} does not come after ${previous}, the last release.`,
        path: "--version",
        fix: `Release it as ${least} or later.`,
      },
    ]);
  }
  const reasons = changes.filter((change) => !mayFollow(version, previous, change.step));
  refuse([
    {
      code,
      message:
        `Version ${version} is too small a step after ${previous}: this release ` + `needs ${least} (${words(step)}).`,
      path: "--version",
      fix,
    },
    ...reasons.slice(0, REASONS).map(({ module, path, says, step: asked }): Problem => ({
      code,
      message: `${words(asked)}: ${says}`,
      path: [module, path].filter((part) => part !== "").join(" "),
      fix,
    })),
    ...(reasons.length <= REASONS
      ? []
      : [
          {
            code,
            message: `And ${reasons.length - REASONS} changes more; release notes lists all.`,
            path: "--version",
            fix,
          } as const,
        ]),
  ]);
}

function words(step: Step): string {
  return { major: "breaking", minor: "an addition", patch: "a fix" }[step];
}
