/** Knows the statements Unity Catalog needs, so that no rule for web identity reports them. */
import { UNITY_CATALOG_PRINCIPALS } from "../../issuer/clouds";
import { hasVariables } from "../decide/variables";
import { hasWildcard } from "../string-like";
import type { ParsedStatement } from "./parsed-role";
import type { LintRole } from "./target";

/** ARNs of Databricks' own roles that assume a customer's role for Unity Catalog. */
export const MASTER_ROLES: ReadonlySet<string> = new Set(
  Object.values(UNITY_CATALOG_PRINCIPALS).map((principal) => principal.arn),
);

type Self = Pick<LintRole, "name" | "accountId">;

/**
 * Indexes of the statements Unity Catalog needs: Databricks' own role with a literal external ID, and the role itself
 * by way of its account's root; or, as Databricks documents it, both as principals of one statement. One without the
 * other
 * is not exempt. Further conditions only narrow, so they do not matter.
 */
export function unityCatalogStatements(statements: readonly ParsedStatement[], role: Self): ReadonlySet<number> {
  const documented = statements.filter((statement) => isDocumentedStatement(statement, role));
  const masters = statements.filter(isMasterStatement);
  const selves = statements.filter((statement) => isSelfStatement(statement, role));
  const pair = masters.length === 0 || selves.length === 0 ? [] : [...masters, ...selves];
  return new Set([...documented, ...pair].map((statement) => statement.index));
}

/** `Principal: { AWS: [Databricks' role, the role itself] }` with an external ID. */
function isDocumentedStatement(statement: ParsedStatement, role: Self): boolean {
  const names = statement.trusted.map(({ value }) => value);
  return (
    hasLiteralExternalId(statement) &&
    names.length === 2 &&
    statement.trusted.every(({ kind }) => kind === "AWS") &&
    names.some((name) => MASTER_ROLES.has(name)) &&
    names.some((name) => !MASTER_ROLES.has(name) && isRoleItself(name, role))
  );
}

function isMasterStatement(statement: ParsedStatement): boolean {
  const [principal, ...others] = statement.trusted;
  return (
    hasLiteralExternalId(statement) &&
    others.length === 0 &&
    principal?.kind === "AWS" &&
    MASTER_ROLES.has(principal.value)
  );
}

function isSelfStatement(statement: ParsedStatement, role: Self): boolean {
  const [principal, ...others] = statement.trusted;
  if (!hasLiteralExternalId(statement) || others.length > 0 || principal?.kind !== "AWS") return false;
  const account = /^arn:[^:]+:iam::([^:*]+):root$/.exec(principal.value)?.[1];
  // Databricks' own Terraform data source writes ArnLike; without a wildcard that is the same.
  const [self, ...more] = statement.conditions
    .filter(({ operator, key }) => /^Arn(?:Equals|Like)$/.test(operator) && key.toLowerCase() === "aws:principalarn")
    .flatMap(({ values }) => values);
  return (
    account !== undefined &&
    self !== undefined &&
    more.length === 0 &&
    self.includes(`::${account}:role/`) &&
    isRoleItself(self, role)
  );
}

/** Whether `arn` is the role's, as far as its name and account are known. */
function isRoleItself(arn: string, { name, accountId }: Self): boolean {
  const account = /^arn:[^:]+:iam::([^:]+):role\//.exec(arn)?.[1];
  if (account === undefined || hasWildcard(arn)) return false;
  const otherAccount = accountId !== null && /^[0-9]{12}$/.test(account) && account !== accountId;
  return !otherAccount && (name === null || arn.endsWith(`/${name}`));
}

/** `sts:AssumeRole` alone, with an external ID that the policy itself says. */
function hasLiteralExternalId(statement: ParsedStatement): boolean {
  const ids = statement.conditions
    .filter(({ operator, key }) => operator === "StringEquals" && key.toLowerCase() === "sts:externalid")
    .flatMap(({ values }) => values);
  return (
    statement.effect === "Allow" &&
    statement.actions.length === 1 &&
    statement.actions[0] === "sts:AssumeRole" &&
    !statement.notAction &&
    !statement.hasResource &&
    ids.length > 0 &&
    ids.every((id) => id !== "" && !hasVariables(id))
  );
}
