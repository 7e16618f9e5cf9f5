/** Rules on a whole role: its statements together, its session, what it may do, and where its providers come from. */
import { exactSubjects, subjectPatterns } from "../trust/parsed/parse-role";
import type { ParsedCondition, ParsedRole, ParsedStatement } from "../trust/parsed/parsed-role";
import { GUARDS } from "./examples";
import { isEmail } from "./subjects";

export const HOUR = 3600;

export const NETWORK_KEYS = new Set([
  "aws:sourceip",
  "aws:vpcsourceip",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:sourcevpcarn",
  "aws:vpceaccount",
  "aws:vpceorgid",
  "aws:vpceorgpaths",
]);

export const FROM_OFFICE = { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } };

export const SUBJECT_ONE_OFFICE = { ...GUARDS, ...FROM_OFFICE };

/** A condition that must hold, of a key that must be there. */
export function requires(condition: ParsedCondition): boolean {
  return (
    condition.known && !condition.negated && !condition.ifExists && condition.set !== "all" && condition.test !== "Null"
  );
}

export function requiresNetwork(candidate: ParsedStatement): boolean {
  return candidate.conditions.some((condition) => requires(condition) && NETWORK_KEYS.has(condition.key.toLowerCase()));
}

export function letsUsersIn(candidate: ParsedStatement): boolean {
  return exactSubjects(candidate).some(isEmail) || subjectPatterns(candidate).some((pattern) => pattern.includes("@"));
}

export function openToUsers({ statements }: ParsedRole): ParsedStatement | undefined {
  return statements.find(
    (candidate) => candidate.letsWebIdentitiesIn && letsUsersIn(candidate) && !requiresNetwork(candidate),
  );
}

export function deletedBy(
  deleted: readonly { readonly url: string; readonly path: string }[],
  issuerPath: string,
): string | undefined {
  return deleted.find((provider) => provider.url.replace(/^https:\/\//, "") === issuerPath)?.path;
}
