/** Knows the two statements Unity Catalog needs, so that no rule for web identity blames them. */
import { UNITY_CATALOG_PRINCIPALS } from "../../issuer/clouds";
import type { ParsedStatement } from "./parsed-role";
import type { LintRole } from "./target";

const MASTER_ROLES = new Set<string>(Object.values(UNITY_CATALOG_PRINCIPALS).map((principal) => principal.arn));

/**
 * Indexes of the exact pair: Databricks' own role with an external ID, and the role itself by way of its account's
 * root. One without the other is not exempt. Further conditions only narrow, so they do not matter.
 */
export function unityCatalogStatements(
  statements: readonly ParsedStatement[],
  role: Pick<LintRole, "name" | "accountId">,
): ReadonlySet<number> {
  const masters = statements.filter(isMasterStatement);
  const selves = statements.filter((statement) => isSelfStatement(statement, role));
  if (masters.length === 0 || selves.length === 0) return new Set();
  return new Set([...masters, ...selves].map((statement) => statement.index));
}

function isMasterStatement(statement: ParsedStatement): boolean {
  const [principal, ...others] = statement.trusted;
  return (
    assumesRole(statement) &&
    others.length === 0 &&
    principal?.kind === "AWS" &&
    MASTER_ROLES.has(principal.value) &&
    externalIds(statement).length > 0
  );
}

function isSelfStatement(statement: ParsedStatement, role: Pick<LintRole, "name" | "accountId">): boolean {
  const [principal, ...others] = statement.trusted;
  if (!assumesRole(statement) || others.length > 0 || principal?.kind !== "AWS") return false;
  const account = /^arn:[^:]+:iam::([^:]+):root$/.exec(principal.value)?.[1];
  if (
    account === undefined ||
    account === "*" ||
    (role.accountId !== null && /^[0-9]{12}$/.test(account) && account !== role.accountId)
  )
    return false;
  // Databricks' own Terraform data source writes ArnLike; without a wildcard that is the same.
  const [self, ...more] = statement.conditions
    .filter(
      (condition) =>
        /^Arn(?:Equals|Like)$/.test(condition.operator) && condition.key.toLowerCase() === "aws:principalarn",
    )
    .flatMap((condition) => condition.values);
  if (self === undefined || more.length > 0 || /[*?]/.test(self) || !self.includes(`::${account}:role/`)) return false;
  return role.name === null || self.endsWith(`/${role.name}`);
}

function assumesRole(statement: ParsedStatement): boolean {
  return (
    statement.effect === "Allow" &&
    statement.actions.length === 1 &&
    statement.actions[0] === "sts:AssumeRole" &&
    !statement.notAction &&
    !statement.hasResource
  );
}

function externalIds(statement: ParsedStatement): readonly string[] {
  return statement.conditions
    .filter((condition) => condition.operator === "StringEquals" && condition.key.toLowerCase() === "sts:externalid")
    .flatMap((condition) => condition.values.filter((value) => value !== ""));
}
