import { AUD, EXAMPLE_AUDIENCE, GUARDS, policyOf, roleExample, statement, SUB } from "../examples";
import { HOUR, openToUsers } from "../user-sessions";
import type { RoleRule } from "../rule";
import { SOURCES } from "../sources";

const USER_GUARDS = { StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: "alice@example.com" } };

export const sessionLongUsers: RoleRule = {
  id: "session-long-users",
  on: "role",
  severity: "error",
  title: "Long session for users of any network",
  why:
    "Applications receive users' tokens and laptops store them. A replayed token is valid for up to twelve " +
    "hours from any network.",
  fix:
    "Leave maxSessionDuration at 1h, or add a network condition (aws:SourceIp or aws:SourceVpce) to the " +
    "users' trust.",
  good: roleExample({ max_session_duration: 3600, Condition: GUARDS }, {}),
  bad: roleExample(
    { max_session_duration: 43200, Condition: USER_GUARDS },
    { maxSessionDuration: 43_200, policy: policyOf(statement({ Condition: USER_GUARDS })) },
  ),
  source: SOURCES.sessions,
  check: (role) => {
    const seconds = role.role.maxSessionDuration ?? HOUR;
    const open = openToUsers(role);
    return seconds > HOUR && open !== undefined
      ? [{ statement: open.index, at: "Condition", message: `Users get ${seconds} seconds from any network.` }]
      : [];
  },
};
