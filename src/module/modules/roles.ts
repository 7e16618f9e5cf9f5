/** What the modules with a map of roles share: rules on it, and the outputs about roles. */
import type { HclValue } from "../../hcl/encode";
import type { Inputs, OutputDefinition, RuleDefinition } from "../definition";
import type { Place } from "../condition";
import { noNullRule } from "../condition";
import { MAX_INLINE_POLICY_CHARACTERS } from "../../federation/rules";
import type { ROLE_ATTRIBUTES } from "../role-rules";
import {
  boundaryRule,
  descriptionRule,
  inlinePolicyRules,
  managedPolicyRules,
  nameRule,
  pathRule,
  roleKeyRule,
  sessionRule,
  tagRules,
} from "../role-rules";
import type { Sample } from "../sample";
import { unityCatalogCloud } from "../sample";

/**
 * Rules on the roles of `roles` beside their trusts; `right` is a role with nothing wrong, `unityCatalog` how one has
 * that trust.
 */
export function rolesRules(
  right: Inputs,
  unityCatalog: { readonly test: string; readonly attributes: Inputs },
): readonly RuleDefinition[] {
  const place = (attribute: keyof typeof ROLE_ATTRIBUTES, nullable: boolean): Place => ({
    variable: "roles",
    loops: ["role in var.roles"],
    reference: `role.${attribute}`,
    nullable,
    words: `The ${attribute} of a role`,
    holding: (value: HclValue) => ({ "lake-reader": { ...right, [attribute]: value } }),
  });
  return [
    noNullRule(["role in var.roles"], "A role", { roles: { "lake-reader": null } }),
    roleKeyRule("roles", right),
    nameRule(place("name", true)),
    descriptionRule(place("description", true)),
    pathRule(place("path", true)),
    sessionRule(place("max_session_duration", true)),
    boundaryRule(place("permissions_boundary_arn", true)),
    ...tagRules(place("tags", false)),
    ...managedPolicyRules(place("managed_policy_arns", false)),
    ...inlinePolicyRules(place("inline_policies", false), {
      test: unityCatalog.test,
      holding: (inline) => ({ "lake-reader": { ...unityCatalog.attributes, inline_policies: inline } }),
    }),
  ];
}

/** Inline policies that leave no room for the one Unity Catalog's role needs. */
export const fullInlinePolicies: Inputs = {
  full: JSON.stringify({
    Statement: [
      {
        Action: ["s3:ListBucket"],
        Effect: "Allow",
        Resource: [`arn:aws:s3:::${"x".repeat(MAX_INLINE_POLICY_CHARACTERS - 150)}`],
      },
    ],
    Version: "2012-10-17",
  }),
};

/** A trust of Unity Catalog that the sample's partition takes. */
export function unityCatalogTrust(sample: Sample): Inputs {
  const cloud = unityCatalogCloud(sample);
  return { unity_catalog: { external_ids: [sample.externalId], ...(cloud === undefined ? {} : { cloud }) } };
}

/**
 * The outputs about roles. Rules stand on the one that waits for no resource, so that they speak before AWS's
 * provider does.
 */
export function roleOutputs(rules: readonly RuleDefinition[]): readonly OutputDefinition[] {
  return [
    {
      name: "role_arns",
      description: "ARNs of the roles, by role",
      value: "{ for key, role in module.role : " + "key => role.arn }",
      preconditions: [],
    },
    {
      name: "role_names",
      description: "IAM names of the roles, by role",
      value: "local.role_names",
      dependsOn: ["module.role"],
      preconditions: [],
    },
    {
      name: "trust_policies",
      description: "Trust policies as sent to IAM, by role",
      value: "module.trust_policies.policies",
      preconditions: rules,
    },
  ];
}
