/** Rules on the subject: the `sub` guard of a statement. Patterns are judged by trying people on them. */
import { firstLetIn } from "../trust/parsed/admits";
import type { ParsedRole, ParsedStatement } from "../trust/parsed/parsed-role";
import { STRANGERS } from "../trust/strangers";
import { likeMatcher } from "../trust/string-like";

export const ONLY_WILDCARDS = /^[*?]+$/;

/** Whether a value of wildcards alone is what decides: beside another guard, or a Deny, it may let nobody in. */
export function letsEverybodyIn(role: ParsedRole, statement: ParsedStatement, value: string): boolean {
  if (!ONLY_WILDCARDS.test(value)) return false;
  const few = value.replace(/\*/g, "").replace(/\?/g, "x");
  return firstLetIn(role, statement, [few, ...STRANGERS.filter(likeMatcher(value))]) !== undefined;
}

/** Whether a subject is written like a user's. */
export function isEmail(subject: string): boolean {
  return /^[^@\s]+@[^\s@][^\s.@]*\.[^\s@]+$/.test(subject);
}
