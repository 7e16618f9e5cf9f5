import { hasWildcard } from "../../trust/string-like";
import { quoted } from "../../text/text-rule";
import { trustedProvider } from "../../trust/parsed/parse-role";
import { RIGHT_STATEMENT, statementExample } from "../examples";
import { allowsOf } from "../guards";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";
import {} from "../guards";

export const principalNotOidcProvider: RoleRule = {
  id: "principal-not-oidc-provider",
  on: "role",
  severity: "error",
  title: "Principal that is not an OIDC provider",
  why:
    "A role for Databricks identities is assumed through an OIDC provider of its own account. No rule on " +
    "subjects guards any other principal. The pair of statements that Unity Catalog needs is exempt.",
  fix: "Use the ARN of the OIDC provider under Principal.Federated, and give other principals a role of their own.",
  good: RIGHT_STATEMENT,
  bad: statementExample({ Principal: { AWS: "arn:aws:iam::444455556666:root" } }),
  source: SOURCES.principal,
  check: ({ statements }) =>
    allowsOf(statements).flatMap((candidate): readonly Violation[] => {
      if (candidate.trusted.length === 0 && !candidate.notPrincipal)
        return [{ statement: candidate.index, at: "Principal", message: "The statement has no principal." }];
      return candidate.trusted
        .filter(
          ({ kind, value }) => !hasWildcard(value) && !(kind === "Federated" && trustedProvider(value) !== undefined),
        )
        .map(({ kind, value }) => ({
          statement: candidate.index,
          at: `Principal.${kind}`,
          message: `${quoted(value)} is not the ARN of an OIDC provider.`,
        }));
    }),
};
