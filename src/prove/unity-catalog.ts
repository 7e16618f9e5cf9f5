/** The callers that a Unity Catalog trust declares: `sts:AssumeRole` with an external ID, without a token. Pure. */
import type { FederationRole } from "../federation/model";
import type { PolicyRequest } from "../trust/decide/decide";
import { UNITY_CATALOG_PRINCIPALS } from "../issuer/clouds";
import type { UnityCatalogTrust } from "../trust/trust";
import { type Context, satisfying } from "./identities";

export interface Assumption {
  /** Who it is. */
  readonly caller: string;
  readonly request: PolicyRequest;
}

function assumption(caller: string, principal: string, externalId: string | null, context: Context): Assumption {
  const keys = new Map<string, readonly string[]>([["aws:principalarn", [principal]]]);
  if (externalId !== null) keys.set("sts:externalid", [externalId]);
  for (const [name, values] of Object.entries(context)) keys.set(name.toLowerCase(), values);
  return { caller, request: { action: "sts:AssumeRole", principal: { kind: "AWS", arn: principal }, keys } };
}

function trustsOf(role: FederationRole): readonly UnityCatalogTrust[] {
  return role.trusts.flatMap((trust) => (trust.kind === "unityCatalog" ? [trust] : []));
}

/** Databricks' role and the role itself, with each external ID. */
export function declaredAssumptions(role: FederationRole, roleArn: string): readonly Assumption[] {
  return trustsOf(role).flatMap((trust) =>
    trust.externalIds.flatMap((externalId) => {
      const context = satisfying(trust.conditions);
      return [
        assumption("Unity Catalog", UNITY_CATALOG_PRINCIPALS[trust.cloud].arn, externalId, context),
        assumption("the role itself", roleArn, externalId, context),
      ];
    }),
  );
}
