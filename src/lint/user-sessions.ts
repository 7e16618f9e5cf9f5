/** What the rules on sessions of users share. */
import { isOpenToNetworks } from "../trust/parsed/openness";
import { exactSubjects, subjectPatterns } from "../trust/parsed/parse-role";
import type { ParsedRole, ParsedStatement } from "../trust/parsed/parsed-role";

/** IAM's default for the longest session, in seconds. */
export const HOUR = 3600;

/** Whether a subject is written like a user's email address. */
export function isEmail(subject: string): boolean {
  const at = subject.indexOf("@");
  const domain = subject.slice(at + 1);
  return at > 0 && !/[@\s]/.test(domain) && !/\s/.test(subject) && /[^.]\.[^.]/.test(domain);
}

/** The first statement by which users get in from any network. */
export function openToUsers(role: ParsedRole): ParsedStatement | undefined {
  return role.statements.find(
    (statement) =>
      statement.letsWebIdentitiesIn &&
      (exactSubjects(statement).some(isEmail) || subjectPatterns(statement).some((pattern) => pattern.includes("@"))) &&
      isOpenToNetworks(role, statement),
  );
}
