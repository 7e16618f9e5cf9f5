/** The service credentials of Unity Catalog that a directory has: one for each role that is meant for it. Pure. */
import { actionCovers, parseRole } from "../../trust/parsed/parse-role";
import type { ParsedStatement } from "../../trust/parsed/parsed-role";
import { MASTER_ROLES } from "../../trust/parsed/unity-catalog-pair";
import type { SimulatedDirectory } from "./directory";

export interface ServiceCredential {
  /** The role's name in IAM; with its account where two accounts have a role of that name. */
  readonly name: string;
  readonly roleArn: string;
  /** As Databricks would show it: the first that the trust policy has; null where it has none. */
  readonly externalId: string | null;
}

/** In the order of the roles. `externalIds`: what Databricks shows instead, by a role's name in IAM or directory. */
export function serviceCredentialsOf(
  { accounts }: SimulatedDirectory,
  externalIds: Readonly<Record<string, string>> = {},
): readonly ServiceCredential[] {
  const taken = new Set<string>();
  return accounts
    .flatMap(({ roles }) => roles)
    .flatMap(({ name, arn, source }): readonly ServiceCredential[] => {
      const statements = parseRole(source).statements.filter(isForCatalog);
      if (statements.length === 0) return [];
      const roleName = arn.slice(arn.lastIndexOf("/") + 1);
      const credential = taken.has(roleName) ? `${roleName}-${arn.split(":")[4] ?? ""}` : roleName;
      taken.add(credential);
      const shown = [roleName, name].find((candidate) => Object.hasOwn(externalIds, candidate));
      const [first] = statements.flatMap(externalIdsOf);
      return [
        {
          name: credential,
          roleArn: arn,
          externalId: shown === undefined ? (first ?? null) : (externalIds[shown] ?? null),
        },
      ];
    });
}

/** An Allow of `sts:AssumeRole` for Databricks' role or with an external ID, right or not. */
function isForCatalog(statement: ParsedStatement): boolean {
  return (
    statement.effect === "Allow" &&
    statement.actions.some((action) => actionCovers(action, "sts:AssumeRole")) &&
    (statement.trusted.some(({ value }) => MASTER_ROLES.has(value)) || externalIdsOf(statement).length > 0)
  );
}

function externalIdsOf({ conditions }: ParsedStatement): readonly string[] {
  return conditions
    .filter(({ key, test, negated }) => key.toLowerCase() === "sts:externalid" && test !== "Null" && !negated)
    .flatMap(({ values }) => values);
}
