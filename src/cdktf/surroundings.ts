/** What the rules on a role need to know of the issuers it may trust. */
import type { TrustedIssuer } from "../trust/build";
import type { FederationIssuer } from "../federation/model";
import type { AwsIdentity } from "./aws-identity";
import type { IssuerPlan } from "./issuer-plan";
import type { RoleSurroundings } from "./role-plan";
import type { PlannedSettings } from "./settings";

/** `plans` has undefined for an issuer with complaints: trusts that name it are not blamed for it. */
export function surroundingsOf(
  settings: PlannedSettings,
  identity: AwsIdentity,
  plans: Readonly<Record<string, IssuerPlan | undefined>>,
): RoleSurroundings {
  const issuers: Record<string, FederationIssuer> = {};
  const trusted: Record<string, TrustedIssuer> = {};
  const broken = new Set<string>();
  const adopted = new Map<string, string>();
  for (const [key, plan] of Object.entries(plans)) {
    if (plan === undefined) {
      broken.add(key);
      continue;
    }
    const { issuer, arn, computedArn } = plan;
    issuers[key] = issuer;
    trusted[key] = { conditionKeys: issuer.conditionKeys, audiences: issuer.audiences, providerArn: computedArn };
    if (arn !== computedArn) adopted.set(computedArn, arn);
  }
  return {
    settings: settings.settings,
    reading: { issuers, broken, partition: identity.known.partition },
    tags: settings.tags,
    boundaryToken: settings.boundaryToken,
    trust: { partition: identity.partition, accountId: identity.accountId, issuers: trusted },
    adopted,
  };
}
