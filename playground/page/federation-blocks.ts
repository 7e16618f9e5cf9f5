/** Everything that follows from a federation, as blocks of the page. */
import type { AccountOutputs, FederationOutputs } from "../model/federation-outputs";
import { callerList, code, facts, files, findingList, folded, section } from "./blocks";
import { element } from "./dom";

/** `withProviders`: also the issuers' facts, which the tab of the issuer shows itself. */
export function federationBlocks(
  { accounts, findings, typescript }: FederationOutputs,
  withProviders: boolean,
): readonly HTMLElement[] {
  const several = accounts.length > 1;
  return [
    ...accounts.flatMap((account) => accountBlocks(account, several ? ` in ${account.name}` : "", withProviders)),
    section("Findings of lint", findingList(findings)),
    section("TypeScript, for CDKTF or CDK Terrain", code("main.ts", typescript)),
  ];
}

function accountBlocks(account: AccountOutputs, where: string, withProviders: boolean): readonly HTMLElement[] {
  const [first] = account.roles;
  return [
    ...(withProviders
      ? account.providers.map(({ key, issuer, audiences, arn, adopted }) =>
          section(
            `Issuer ${key}${where}`,
            facts([
              ["Issuer", issuer],
              ["Audience", audiences.join(", ")],
              [adopted ? "Provider ARN (adopted)" : "Provider ARN", arn],
            ]),
          ),
        )
      : []),
    section(
      `Who gets in${where}`,
      ...account.roles.flatMap(({ key, arn, callers }) => [
        element("h4", {}, key),
        element("p", { class: "muted" }, element("code", {}, arn)),
        callerList(callers),
      ]),
      ...(account.rolesLeftOut === 0
        ? []
        : [
            element(
              "p",
              { class: "muted" },
              `${account.rolesLeftOut} more roles are not shown: databricks-aws-oidc explain --who lists all.`,
            ),
          ]),
    ),
    section(
      `Trust policies${where}`,
      ...account.roles.map((role) =>
        folded(
          `${role.key} (${role.size})`,
          role === first,
          code(`Trust policy of ${role.key}${where}`, role.trustPolicy),
        ),
      ),
    ),
    section(
      `HCL${where}`,
      element(
        "p",
        { class: "muted" },
        "As generate root writes it. The first calls the module databricks-federation, which generate root puts " +
          "beside it; the second needs no module.",
      ),
      folded("A call of the module", true, ...files(account.moduleCall, `module${where}`)),
      folded("Plain resources", false, ...files(account.resources, `resources${where}`)),
    ),
  ];
}
