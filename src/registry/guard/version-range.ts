/** Terraform's version constraints, compared as sets of versions. */
import subset from "semver/ranges/subset";

export type RangeChange = "same" | "narrower" | "wider";

/** How `after` stands to `before`. What neither can be shown to be counts as narrower. */
export function compareRanges(before: string, after: string): RangeChange {
  if (before === after) return "same";
  const [old, now] = [semverRange(before), semverRange(after)];
  if (old === undefined || now === undefined || !subset(old, now)) return "narrower";
  return subset(now, old) ? "same" : "wider";
}

/** A constraint in the language of semver; undefined for one it cannot say (`!=`, or none of Terraform's). */
function semverRange(constraint: string): string | undefined {
  const parts = constraint.split(",").map((part) => {
    const [, operator = "", version = ""] = /^\s*(=|>=|<=|>|<|~>|)\s*v?([0-9]+(?:\.[0-9]+){0,2}(?:-[0-9A-Za-z.-]+)?)\s*$/.exec(part) ?? [];
    if (version === "") return undefined;
    const [core = "", ...pre] = version.split("-");
    const numbers = core.split(".");
    const full = [...[...numbers, "0", "0"].slice(0, 3).join("."), ...(pre.length > 0 ? [`-${pre.join("-")}`] : [])].join("");
    if (operator !== "~>") return `${operator}${full}`;
    // the last number given may grow, those before it may not
    const [major = "0", minor = "0"] = numbers;
    if (numbers.length === 1) return `>=${full}`;
    return `>=${full} <${numbers.length === 2 ? `${Number(major) + 1}.0.0` : `${major}.${Number(minor) + 1}.0`}`;
  });
  return parts.includes(undefined) ? undefined : parts.join(" ");
}
