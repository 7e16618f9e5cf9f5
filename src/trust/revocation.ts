/** The inline policy that refuses a role's sessions of before a moment. */
import type { Json } from "./canonical-json";

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
  const moments = Object.values(policies).flatMap((policy) => listOf(member(policy, "Statement")).flatMap(momentsOf));
  return moments.reduce<string | null>((latest, moment) => later(latest, moment), null);
}

function later(left: string | null, right: string): string {
  return left !== null && Date.parse(left) >= Date.parse(right) ? left : right;
}

/** The moments of a statement that denies everything to older sessions, and asks nothing else; none of any other. */
export function momentsOf(statement: unknown): readonly string[] {
  const condition = member(statement, "Condition");
  const dates = member(condition, "DateLessThan");
  const [key, ...others] = keysOf(dates);
  const isAll = ["Action", "Resource"].every((name) => listOf(member(statement, name)).includes("*"));
  if (member(statement, "Effect") !== "Deny" || !isAll || keysOf(condition).length !== 1) return [];
  if (key?.toLowerCase() !== "aws:tokenissuetime" || others.length > 0) return [];
  return listOf(member(dates, key)).filter(
    (value): value is string => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  );
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function keysOf(value: unknown): readonly string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : value === undefined ? [] : [value];
}
