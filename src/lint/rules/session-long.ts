import { roleExample } from "../examples";
import { HOUR, openToUsers } from "../user-sessions";
import type { RoleRule } from "../rule";
import { SOURCES } from "../sources";

export const sessionLong: RoleRule = {
  id: "session-long",
  on: "role",
  severity: "warning",
  title: "A session longer than an hour",
  why: "A session outlives the deletion of its identity, and its credentials can be copied.",
  fix: "Leave maxSessionDuration at 1h; clients refresh their sessions themselves.",
  good: roleExample({ max_session_duration: 3600 }, {}),
  bad: roleExample({ max_session_duration: 43200 }, { maxSessionDuration: 43_200 }),
  source: SOURCES.sessions,
  check: (role) => {
    const seconds = role.role.maxSessionDuration ?? HOUR;
    return seconds > HOUR && openToUsers(role) === undefined
      ? [{ at: "max_session_duration", message: `A session may last ${seconds} seconds.` }]
      : [];
  },
};
