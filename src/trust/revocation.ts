/** The inline policy that refuses a role's sessions of before a moment. */
import type { Json } from "./canonical-json";
import { asRecord, oneOrMore } from "../text/members";

/** Its name: not AWS' own, which the next apply would take back from a responder. */
export const REVOKE_POLICY_NAME = "revoke-sessions-before";
/** The policy that the AWS console's "Revoke active sessions" writes, and writes again. */
export const AWS_REVOKE_POLICY_NAME = "AWSRevokeOlderSessions";

/**
 * Refuses everything to sessions issued before `moment`, an RFC 3339 text in UTC.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
export function revokePolicy(moment: string): Json {
  return {
    Statement: [
      {
        Action: ["*"],
        Condition: { DateLessThan: { "aws:TokenIssueTime": [moment] } },
        Effect: "Deny",
        Resource: ["*"],
      },
    ],
    Version: "2012-10-17",
  };
}

/** The later of two moments of the same form; null: none. */
export function laterMoment(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right;
  return left > right ? left : right;
}

/**
 * The moment before which `policies`, documents of any form, deny everything to a role's sessions: the latest of
 * several; null: none does.
 */
export function revokedBefore(policies: Readonly<Record<string, unknown>>): string | null {
  const moments = Object.values(policies).flatMap((policy) =>
    oneOrMore(asRecord(policy)?.["Statement"]).flatMap(momentsOf),
  );
  return moments.reduce<string | null>((latest, moment) => later(latest, moment), null);
}

function later(left: string | null, right: string): string {
  return left !== null && Date.parse(left) >= Date.parse(right) ? left : right;
}

/** The moments of a statement that denies everything to older sessions, and asks nothing else; none of any other. */
export function momentsOf(statement: unknown): readonly string[] {
  const members = asRecord(statement) ?? {};
  const condition = asRecord(members["Condition"]) ?? {};
  const dates = asRecord(condition["DateLessThan"]) ?? {};
  const [key, ...others] = Object.keys(dates);
  const isAll = ["Action", "Resource"].every((name) => oneOrMore(members[name]).includes("*"));
  if (members["Effect"] !== "Deny" || !isAll || Object.keys(condition).length !== 1) return [];
  if (key?.toLowerCase() !== "aws:tokenissuetime" || others.length > 0) return [];
  return oneOrMore(dates[key]).filter(
    (value): value is string => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  );
}
