import { hasWildcard } from "../../trust/string-like";
import { quoted } from "../../text/text-rule";
import { RIGHT_STATEMENT, statementExample } from "../examples";
import { allowsOf } from "../guards";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";
import {} from "../guards";

export const principalWildcard: RoleRule = {
  id: "principal-wildcard",
  on: "role",
  severity: "error",
  title: "Wildcard principal",
  why: 'It opens the role to every account, and matches no web identity: those are not covered by AWS: "*".',
  fix: "Use the ARN of one OIDC provider.",
  good: RIGHT_STATEMENT,
  bad: statementExample({ Principal: { Federated: "*" } }),
  source: SOURCES.principal,
  check: ({ statements }) =>
    allowsOf(statements).flatMap((candidate) =>
      candidate.trusted
        .filter(({ value }) => hasWildcard(value))
        .map(({ kind, value }): Violation => ({
          statement: candidate.index,
          at: `Principal.${kind}`,
          message: `The principal ${quoted(value)} contains a wildcard.`,
        })),
    ),
};
