/** The same proof for Unity Catalog's trust, which is no web identity: `sts:AssumeRole` with an external ID. Pure. */
import type { FederationRole } from "../federation/model";
import type { PolicyRequest } from "../trust/decide/decide";
import { UNITY_CATALOG_PRINCIPALS } from "../issuer/clouds";
import type { UnityCatalogTrust } from "../trust/trust";
import type { Context } from "./identities";
import { satisfying } from "./identities";
import type { Random } from "./random";
import { randomUuid } from "./random";

export interface Assumption {
  /** Who it is, or what was done. */
  readonly trick: string;
  readonly request: PolicyRequest;
}

function assumption(trick: string, principal: string, externalId: string | null, context: Context): Assumption {
  const keys = new Map<string, readonly string[]>([["aws:principalarn", [principal]]]);
  if (externalId !== null) keys.set("sts:externalid", [externalId]);
  for (const [name, values] of Object.entries(context)) keys.set(name.toLowerCase(), values);
  return { trick, request: { action: "sts:AssumeRole", principal: { kind: "AWS", arn: principal }, keys } };
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

const MOST_OTHER_IDS = 200;

/** `count` who must not, after those of `others`: other principals, other customers' external IDs, none at all. */
export function* assumptionImpostors(
  role: FederationRole,
  others: readonly FederationRole[],
  roleArn: string,
  count: number,
  random: Random,
): Generator<Assumption> {
  const trusts = trustsOf(role);
  const [first] = trusts;
  if (first === undefined) return;
  const known = new Set(trusts.flatMap(({ externalIds }) => externalIds));
  for (const externalId of new Set(
    others
      .flatMap(trustsOf)
      .flatMap(({ externalIds }) => externalIds)
      .slice(0, MOST_OTHER_IDS),
  )) {
    if (!known.has(externalId))
      yield assumption(
        "another role's external ID",
        UNITY_CATALOG_PRINCIPALS[first.cloud].arn,
        externalId,
        satisfying(first.conditions),
      );
  }
  const account = roleArn.split(":")[4] ?? "";
  const partition = roleArn.split(":")[1] ?? "aws";
  for (let made = 0; made < count; made += 1) {
    const trust = trusts[made % trusts.length] ?? first;
    const databricks = UNITY_CATALOG_PRINCIPALS[trust.cloud].arn;
    const [externalId = ""] = trust.externalIds;
    const context = satisfying(trust.conditions);
    const cases: readonly Assumption[] = [
      assumption("Databricks' role without external ID", databricks, null, context),
      assumption("another customer's external ID", databricks, randomUuid(random), context),
      assumption("external ID in another case", databricks, swapCase(externalId), context),
      assumption("external ID padded", databricks, `${externalId}${random.pick([" ", "/", "x"])}`, context),
      assumption(
        "another role of Databricks' account",
        databricks.replace(/role\/.*/, `role/${random.hex(8)}`),
        externalId,
        context,
      ),
      assumption(
        "another AWS account",
        `arn:${partition}:iam::${String(100_000_000_000 + random.below(899_999_999))}:role/x`,
        externalId,
        context,
      ),
      assumption(
        "another role of this account, external ID known",
        `arn:${partition}:iam::${account}:role/${random.hex(8)}`,
        externalId,
        context,
      ),
      assumption(
        "a user of this account",
        `arn:${partition}:iam::${account}:user/${random.hex(6)}`,
        externalId,
        context,
      ),
      assumption("the role itself without external ID", roleArn, null, context),
      assumption("a role whose name begins alike", `${roleArn}${random.hex(2)}`, externalId, context),
      assumption(
        "Databricks' role of another cloud",
        Object.values(UNITY_CATALOG_PRINCIPALS).find(
          ({ arn }) => !trusts.some((known) => UNITY_CATALOG_PRINCIPALS[known.cloud].arn === arn),
        )?.arn ?? `${databricks}x`,
        externalId,
        context,
      ),
    ];
    const chosen = cases[made % cases.length];
    if (chosen !== undefined) yield chosen;
  }
}

/** AWS principals that a role without Unity Catalog has nothing to do with, and Databricks' own with it. */
export function strangePrincipals(roleArn: string, random: Random): readonly Assumption[] {
  const [, partition = "aws", , , account = ""] = roleArn.split(":");
  const here = `arn:${partition}:iam::${account}`;
  return [
    ...Object.values(UNITY_CATALOG_PRINCIPALS).map(({ arn }) => arn),
    roleArn,
    `${here}:root`,
    `${here}:role/${random.hex(8)}`,
    `${here}:user/${random.hex(6)}`,
    `arn:${partition}:iam::${String(100_000_000_000 + random.below(899_999_999))}:role/x`,
  ].map((principal) => assumption("an AWS principal, without a token", principal, randomUuid(random), {}));
}

/** An ID without letters has no other case; it is made another ID. */
function swapCase(text: string): string {
  const swapped = text.replace(/[a-zA-Z]/g, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
  return swapped === text ? `${text}0` : swapped;
}
