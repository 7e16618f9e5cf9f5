/** Terraform's version constraints, compared as sets of versions. */
import subset from "semver/ranges/subset";
import { semverRange } from "../../module/version-range";

export type RangeChange = "same" | "narrower" | "wider";

/** How `after` stands to `before`. What neither can be shown to be counts as narrower. */
export function compareRanges(before: string, after: string): RangeChange {
  if (before === after) return "same";
  const [old, now] = [semverRange(before), semverRange(after)];
  if (old === undefined || now === undefined || !subset(old, now)) return "narrower";
  return subset(now, old) ? "same" : "wider";
}
