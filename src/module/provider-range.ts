/** Whether a profile's version range suits the modules. Reads ranges as Terraform does. */
import type { Problem } from "../errors";
import { AWS_PROVIDER_RANGE } from "../federation/aws-provider";

type Version = readonly [major: number, minor: number, patch: number];

interface Clause {
  readonly sign: string;
  readonly version: Version;
  /** How many of its numbers were written: `~> 5.90` has two. */
  readonly written: number;
}

/**
 * Complaints about `range`, which must be written as Terraform writes ranges: that no version is in it for which the
 * modules are written, or that older ones are, whose OIDC provider needs a thumbprint. Code: profile-invalid.
 */
export function providerRangeProblems(range: string | undefined): readonly Problem[] {
  if (range === undefined) return [];
  const own = clauses(AWS_PROVIDER_RANGE);
  const chosen = clauses(range);
  const oldest = own[0]?.version ?? [0, 0, 0];
  // Ranges begin and end at the versions they name, so these and their neighbours stand for all.
  const named = [...own, ...chosen].map(({ version }) => version);
  const near = [[0, 0, 0] as const, ...named.flatMap((version) => chosen.map((_, step): Version => [version[0], version[1], version[2] + step])), ...named.map(next)];
  const taken = near.filter((version) => chosen.every((clause) => keeps(version, clause)));
  const older = taken.find((version) => compare(version, oldest) < 0);
  if (older !== undefined) {
    return [{ code: "profile-invalid", message: `The range takes hashicorp/aws ${older.join(".")}, which is older than the modules are written for.`, path: "providerRange", fix: `Stay in ${AWS_PROVIDER_RANGE}.` }];
  }
  if (taken.some((version) => own.every((clause) => keeps(version, clause)))) return [];
  return [{ code: "profile-invalid", message: "The range takes no version of hashicorp/aws that the modules are written for.", path: "providerRange", fix: `Stay in ${AWS_PROVIDER_RANGE}.` }];
}

function clauses(range: string): readonly Clause[] {
  return range.split(",").map((text) => {
    const [, sign = "", numbers = ""] = /^\s*([=!<>~]*)\s*v?([0-9.]+)/.exec(text) ?? [];
    const parts = numbers.split(".").map(Number);
    return { sign: sign === "" ? "=" : sign, version: [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0], written: parts.length };
  });
}

function next([major, minor, patch]: Version): Version {
  return [major, minor, patch + 1];
}

function compare(left: Version, right: Version): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

function keeps(version: Version, { sign, version: bound, written }: Clause): boolean {
  const order = compare(version, bound);
  switch (sign) {
    case "=": return order === 0;
    case "!=": return order !== 0;
    case ">": return order > 0;
    case ">=": return order >= 0;
    case "<": return order < 0;
    case "<=": return order <= 0;
    // The last number written may grow, those before it may not.
    default: return order >= 0 && bound.slice(0, written - 1).every((part, index) => version[index] === part);
  }
}
