import { quoted } from "../../text/text-rule";
import { isOpenToExternalIds } from "../../trust/parsed/openness";
import { MASTER_ROLES } from "../../trust/parsed/unity-catalog-pair";
import { UNITY_CATALOG_PRINCIPALS } from "../../issuer/clouds";
import { policyExample, RIGHT_STATEMENT } from "../examples";
import type { RoleRule, Violation } from "../rule";
import { SOURCES } from "../sources";

export const externalIdMissing: RoleRule = {
  id: "external-id-missing",
  on: "role",
  severity: "error",
  title: "Unity Catalog's role without an external ID",
  why:
    "Databricks' role works for every Databricks customer (a confused deputy): without an external ID of your own, " +
    "or with a variable that equals whatever the caller sends, every customer can have it assume the role.",
  fix: "Add StringEquals on sts:ExternalId with the external ID that the storage or service credential shows.",
  good: RIGHT_STATEMENT,
  bad: policyExample({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { AWS: UNITY_CATALOG_PRINCIPALS.aws.arn },
    Condition: { StringEquals: { "sts:ExternalId": "${sts:ExternalId}" } },
  }),
  source: SOURCES.unityCatalogPage,
  check: (role) =>
    role.statements.flatMap((statement): readonly Violation[] => {
      if (statement.effect !== "Allow" || statement.unityCatalog) return [];
      const names = statement.trusted.filter(({ kind }) => kind === "AWS").map(({ value }) => value);
      const selves = statement.conditions
        .filter(({ key }) => key.toLowerCase() === "aws:principalarn")
        .flatMap(({ values }) => values);
      const concerned = names.some((name) => MASTER_ROLES.has(name)) || asksForExternalId(statement, selves);
      const open = concerned && isOpenToExternalIds(role, statement);
      return open
        ? [{ statement: statement.index, at: "Condition", message: `Any external ID is accepted of ${listed(names)}.` }]
        : [];
    }),
};

/** Whether the statement is one by which the role assumes itself with an external ID. */
function asksForExternalId(
  { conditions }: { readonly conditions: readonly { readonly key: string }[] },
  selves: readonly string[],
): boolean {
  return selves.length > 0 && conditions.some(({ key }) => key.toLowerCase() === "sts:externalid");
}

function listed(names: readonly string[]): string {
  return names.slice(0, 3).map(quoted).join(", ");
}
