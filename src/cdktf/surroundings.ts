/** What the rules on a role need to know of the issuers it may trust. */
import type { TrustedIssuer } from "../trust/build";
import type { FederationIssuer } from "../federation/model";
import type { AwsIdentity } from "./aws-identity";
import type { IssuerPlan } from "./issuer-plan";
import type { RoleSurroundings } from "./role-plan";
import type { ReadSettings } from "./settings";

/** `plans` has undefined for an issuer with complaints: trusts that name it are not blamed for it. */
export function surroundingsOf(
  settings: ReadSettings,
  identity: AwsIdentity,
  plans: Readonly<Record<string, IssuerPlan | undefined>>,
): RoleSurroundings {
  const issuers: Record<string, FederationIssuer> = {};
  const trusted: Record<string, TrustedIssuer> = {};
  const measured: Record<string, TrustedIssuer> = {};
  const broken = new Set<string>();
  let adoptedByToken = false;
  for (const [key, plan] of Object.entries(plans)) {
    if (plan === undefined) {
      broken.add(key);
      continue;
    }
    const { issuer, arn, computedArn } = plan;
    issuers[key] = issuer;
    trusted[key] = { conditionKeys: issuer.conditionKeys, audiences: issuer.audiences, providerArn: arn };
    measured[key] = { ...trusted[key], providerArn: computedArn };
    adoptedByToken ||= arn !== computedArn;
  }
  const place = { partition: identity.partition, accountId: identity.accountId };
  const trust = { ...place, issuers: trusted };
  const { federation } = settings;
  return {
    federation,
    reading: { issuers, broken, partition: identity.known.partition },
    defaults: { ...federation, permissionsBoundaryArn: federation.permissionsBoundaryArn ?? undefined },
    tags: settings.tags,
    boundaryToken: settings.boundaryToken,
    trust,
    measured: adoptedByToken ? { ...place, issuers: measured } : trust,
  };
}
