/**
 * Whether what a role is given lets it do something to a resource: as far as the self-assumption of Unity Catalog
 * needs it. Pure.
 */
import { actionCovers, asRecord, records } from "../../trust/parsed/parse-role";
import type { LintRole } from "../../trust/parsed/target";
import { stringLike } from "../../trust/string-like";

/** Allow without conditions, Deny in any case. What is not known (AWS' own managed policies) allows nothing. */
export function identityPolicyAllows(role: LintRole, action: string, resource: string): boolean {
  let allowed = false;
  for (const statement of Object.values(role.policies).flatMap(statementsOf)) {
    if (!texts(statement["Action"]).some((name) => actionCovers(name, action))) continue;
    if (!texts(statement["Resource"]).some((arn) => stringLike(arn, resource))) continue;
    if (statement["Effect"] === "Deny") return false;
    if (statement["Effect"] === "Allow" && statement["Condition"] === undefined) allowed = true;
  }
  return allowed;
}

function statementsOf(policy: unknown): readonly Readonly<Record<string, unknown>>[] {
  const raw = asRecord(policy)?.["Statement"];
  return records(Array.isArray(raw) ? raw : [raw]);
}

function texts(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === "string");
}
