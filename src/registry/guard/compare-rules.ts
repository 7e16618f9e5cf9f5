/** Rules that Terraform enforces, before and after: which are new, changed, gone, or only worded otherwise. */
import type { ContractRule } from "../../module/contract";

export interface RuleDifference {
  readonly what: "added" | "changed" | "removed" | "reworded";
  readonly before: ContractRule | undefined;
  readonly after: ContractRule | undefined;
}

/** Rules are the same by their condition; one whose condition changed is found by its code. */
export function compareRules(before: readonly ContractRule[], after: readonly ContractRule[]): readonly RuleDifference[] {
  const differences: RuleDifference[] = [];
  const left = [...before];
  const fresh: ContractRule[] = [];
  for (const rule of after) {
    const index = left.findIndex((candidate) => spaceless(candidate.condition) === spaceless(rule.condition));
    if (index < 0) {
      fresh.push(rule);
      continue;
    }
    const [same] = left.splice(index, 1);
    if (same?.message !== rule.message || same.code !== rule.code) differences.push({ what: "reworded", before: same, after: rule });
  }
  for (const rule of fresh) {
    const index = left.findIndex(({ code }) => code === rule.code);
    const [old] = index < 0 ? [] : left.splice(index, 1);
    differences.push({ what: old === undefined ? "added" : "changed", before: old, after: rule });
  }
  return [...differences, ...left.map((rule): RuleDifference => ({ what: "removed", before: rule, after: undefined }))];
}

/** Whether `rule` holds for whoever leaves `attribute` out: it begins by asking whether it is null. */
export function holdsWithout(rule: ContractRule, attribute: string): boolean {
  const condition = rule.condition.replace(/\s+/g, " ");
  const asks = new RegExp(`^(?:alltrue\\(\\[ for \\w+ in [\\w.]+ : )?[\\w.]+\\.${attribute} == null \\? true : `).exec(condition);
  if (asks === null) return false;
  // what follows the loop could ask for more
  return !asks[0].startsWith("alltrue") || (condition.endsWith(" ])") && !condition.includes("]) "));
}

function spaceless(condition: string): string {
  return condition.replace(/\s+/g, " ").trim();
}
