/** Whether a profile's version range suits the modules. Reads ranges as Terraform does. */
import inc from "semver/functions/inc";
import lt from "semver/functions/lt";
import satisfies from "semver/functions/satisfies";
import type { Problem } from "../errors";
import { AWS_PROVIDER_RANGE } from "../federation/aws-provider";
import { semverRange } from "./version-range";

interface Clause {
  /** In the language of semver, which has no `!=`. */
  readonly range: string;
  /** `!=`: the versions outside of it. */
  readonly excluded: boolean;
  /** The version it names, with all three numbers. */
  readonly version: string;
}

/**
 * Problems of `range`, which must be written as Terraform writes ranges: that no version is in it for which the
 * modules are written, or that older ones are, whose OIDC provider needs a thumbprint. Code: profile-invalid.
 */
export function providerRangeProblems(range: string | undefined): readonly Problem[] {
  if (range === undefined) return [];
  const own = clauses(AWS_PROVIDER_RANGE);
  const chosen = clauses(range);
  const oldest = own[0]?.version ?? "0.0.0";
  // Ranges begin and end at the versions they name, so these and the next few stand for all: a clause takes out one
  // at most.
  const near = ["0.0.0", ...[...own, ...chosen].flatMap(({ version }) => fromOn(version, chosen.length))];
  const taken = near.filter((version) => isIn(version, chosen));
  const older = taken.find((version) => lt(version, oldest));
  if (older !== undefined) {
    return [
      {
        code: "profile-invalid",
        message: `The range takes hashicorp/aws ${older}, which is older than the modules are written for.`,
        path: "providerRange",
        fix: `Stay in ${AWS_PROVIDER_RANGE}.`,
      },
    ];
  }
  if (taken.some((version) => isIn(version, own))) return [];
  return [
    {
      code: "profile-invalid",
      message: "The range takes no version of hashicorp/aws that the modules are written for.",
      path: "providerRange",
      fix: `Stay in ${AWS_PROVIDER_RANGE}.`,
    },
  ];
}

function isIn(version: string, clauses: readonly Clause[]): boolean {
  return clauses.every(({ range, excluded }) => satisfies(version, range) !== excluded);
}

/** Releases alone: what is said of a pre-release is taken for the release. */
function clauses(range: string): readonly Clause[] {
  return range.split(",").map((text) => {
    const [, sign = "", written = ""] = /^([=!<>~]*)\s*v?([0-9.]+)/.exec(text.trim()) ?? [];
    const numbers = written.split(".").map(Number);
    const excluded = sign === "!=";
    return {
      range: semverRange(`${excluded ? "" : sign}${numbers.join(".")}`) ?? "",
      excluded,
      version: [...numbers, 0, 0].slice(0, 3).join("."),
    };
  });
}

/** `version` and the `steps` patches after it. */
function fromOn(version: string, steps: number): readonly string[] {
  const versions = [version];
  for (let step = 0; step < steps; step += 1) versions.push(inc(versions[step] ?? version, "patch") ?? version);
  return versions;
}
