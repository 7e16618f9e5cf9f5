/** A range of versions, as Terraform's `version` arguments take it. */
import type { Form } from "../text/form";
import { anyOf, DIGITS, LETTERS } from "../text/form";
import { textRule } from "../text/text-rule";

/** Up to nine digits: more than any version has. */
const NUMBER: Form = { characters: DIGITS, min: 1, max: 9 };
const SPACES: Form = { form: " ", min: 0, max: Infinity };
const ONE: readonly Form[] = [
  { form: { sequence: [{ either: ["=", "!=", ">=", "<=", ">", "<", "~>"] }, SPACES] }, min: 0, max: 1 },
  { form: "v", min: 0, max: 1 },
  NUMBER,
  { form: { sequence: [".", NUMBER] }, min: 0, max: 2 },
  { form: { sequence: ["-", { characters: anyOf(DIGITS, LETTERS, ".-"), min: 1, max: 60 }] }, min: 0, max: 1 },
];

export const VERSION_RANGE = textRule({
  code: "module-source-invalid",
  form: {
    sequence: [...ONE, { form: { sequence: [SPACES, ",", SPACES, ...ONE] }, min: 0, max: Infinity }],
  },
  maxLength: 200,
  says: "a version range as Terraform writes it",
  example: ">= 5.81.0, < 6.0.0",
});

/** A constraint in the language of semver; undefined for one it cannot say (`!=`, or none of Terraform's). */
export function semverRange(constraint: string): string | undefined {
  const parts = constraint.split(",").map((part) => {
    const [, operator = "", version = ""] =
      /^(=|>=|<=|>|<|~>|)\s*v?([0-9]+(?:\.[0-9]+){0,2}(?:-[0-9A-Za-z.-]+)?)$/.exec(part.trim()) ?? [];
    if (version === "") return undefined;
    const [core = "", ...pre] = version.split("-");
    const numbers = core.split(".");
    const full = [
      ...[...numbers, "0", "0"].slice(0, 3).join("."),
      ...(pre.length > 0 ? [`-${pre.join("-")}`] : []),
    ].join("");
    if (operator !== "~>") return `${operator}${full}`;
    // the last number given may grow, those before it may not
    const [major = "0", minor = "0"] = numbers;
    if (numbers.length === 1) return `>=${full}`;
    return `>=${full} <${numbers.length === 2 ? `${Number(major) + 1}.0.0` : `${major}.${Number(minor) + 1}.0`}`;
  });
  return parts.includes(undefined) ? undefined : parts.join(" ");
}

/**
 * The range of the releases that break nothing for a caller of `version`: `~> 1.2` from 1.0.0 on, `~> 0.1.0` below,
 * where the
 * second number plays the major's part, and a pre-release alone.
 */
export function compatibleRange(version: string): string {
  const [major, minor] = version.split(".");
  return version.includes("-") ? version : `~> ${major}.${minor}${major === "0" ? ".0" : ""}`;
}
