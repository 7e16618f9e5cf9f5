/** Which roles and providers of a whole account or plan are ours to evaluate: those that have to do with Databricks. */
import { cloudOfHost } from "../../issuer/clouds";
import { issuerPathOf } from "../../issuer/issuer";
import { remember } from "../../text/remember";
import type { ParsedStatement } from "../parsed/parsed-role";
import { parseRole } from "../parsed/parse-role";
import type { LintProvider, LintRole } from "../parsed/target";
import { MASTER_ROLES } from "../parsed/unity-catalog-pair";

/** Whether an issuer is a Databricks one: by its host, or, for a custom host, by the form of its path. */
export const isDatabricksIssuer = remember((url): boolean => {
  const path = issuerPathOf(url).replace(/^[a-z]+:\/\//i, "");
  const host = (path.split(/[/?#]/, 1)[0] ?? "").toLowerCase().replace(/^.*@/, "").replace(/:\d*$/, "");
  return cloudOfHost(host) !== null || /^[^/]+\/oidc(?:\/accounts\/[^/]+)?\/?$/.test(path);
});

/** Whether a role trusts Databricks, or might: a web identity statement for any caller counts too. */
export function concernsDatabricks(role: LintRole): boolean {
  const { statements, malformed } = parseRole(role);
  if (statements.length === 0)
    return malformed.length > 0 && JSON.stringify(role.policy)?.includes("databricks") === true;
  return statements.some(trustsDatabricks);
}

function trustsDatabricks(statement: ParsedStatement): boolean {
  if (statement.providers.some(({ issuerPath }) => isDatabricksIssuer(issuerPath))) return true;
  if (statement.trusted.some(({ value }) => MASTER_ROLES.has(value))) return true;
  return (
    statement.letsWebIdentitiesIn &&
    (statement.notPrincipal || statement.trusted.some(({ kind, value }) => kind === "Federated" && /[*?]/.test(value)))
  );
}

/** The roles to check, and those that are left aside. */
export function relevantRoles(all: readonly LintRole[]): {
  readonly roles: readonly LintRole[];
  readonly aside: readonly LintRole[];
} {
  const roles: LintRole[] = [];
  const aside: LintRole[] = [];
  for (const role of all) (concernsDatabricks(role) ? roles : aside).push(role);
  return { roles, aside };
}

export function relevantProviders(providers: readonly LintProvider[]): readonly LintProvider[] {
  return providers.filter((provider) => isDatabricksIssuer(provider.url));
}
