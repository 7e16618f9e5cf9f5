import { quoted } from "../../text/text-rule";
import { RIGHT_STATEMENT, statementExample } from "../examples";
import { allowsOf } from "../guards";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";

const WEB_IDENTITY_ACTIONS = new Set(["sts:assumerolewithwebidentity", "sts:tagsession", "sts:setsourceidentity"]);

export const actionNotWebIdentity: RoleRule = {
  id: "action-not-web-identity",
  on: "role",
  severity: "error",
  title: "Action other than web identity",
  why:
    "Databricks identities use sts:AssumeRoleWithWebIdentity, optionally with sts:TagSession and " +
    "sts:SetSourceIdentity. Every other action, and every wildcard, admits other callers. The pair of " +
    "statements that Unity Catalog needs is exempt.",
  fix: "Use Action: sts:AssumeRoleWithWebIdentity.",
  good: RIGHT_STATEMENT,
  bad: statementExample({ Action: "sts:*" }),
  source: SOURCES.federated,
  check: ({ statements }) =>
    allowsOf(statements).flatMap((candidate): readonly Violation[] => {
      if (candidate.notAction) return [];
      if (candidate.actions.length === 0)
        return [{ statement: candidate.index, at: "Action", message: "The statement has no action." }];
      return candidate.actions
        .filter((action) => !WEB_IDENTITY_ACTIONS.has(action.toLowerCase()))
        .map((action) => ({
          statement: candidate.index,
          at: "Action",
          message: `${quoted(action)} is not a web identity action.`,
        }));
    }),
};
