/** What the modules with a map of roles share: rules on it, and the outputs about roles. */
import type { Field, Fields } from "../../federation/fields/field";
import { hclFields, hclName } from "../../federation/fields/field";
import { ROLE_FIELDS } from "../../federation/fields/role";
import { SETTING_FIELDS } from "../../federation/fields/settings";
import { INLINE_POLICY_NAME, MAX_INLINE_POLICY_CHARACTERS, ROLE_KEY } from "../../federation/rules";
import { expression } from "../../hcl/encode";
import { SELF_ASSUME_POLICY_NAME } from "../../trust/build";
import type { Loop } from "../loops";
import { forAll, satisfiesRule, mustBe, noNullRule, ruleOver } from "../condition";
import { members } from "../loops";
import type { Inputs, OutputDefinition, RuleDefinition } from "../definition";
import { fieldRules, SAMPLE_POLICY } from "../field-rules";
import { JSON_EMPTY_LIST, jsonText, unlessPlain } from "../plain-values";
import { isNullable } from "../fields";
import type { Sample } from "../sample";
import { unityCatalogCloud } from "../sample";

/** The fields of a role beside its trusts. */
export const { trusts: TRUSTS_FIELD, ...PLAIN_ROLE_FIELDS } = ROLE_FIELDS;

/** Those that `aws_iam_role` takes, and those that make resources of their own. */
export const ROLE_RESOURCE_FIELDS = fieldsWhere(({ attribute }) => attribute !== undefined);
export const ROLE_POLICY_FIELDS = fieldsWhere(({ kind }) => kind.is === "policies" || kind.is === "policyArns");

function fieldsWhere(test: (field: Field) => boolean): Fields {
  const fields: Fields = PLAIN_ROLE_FIELDS;
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => test(field)));
}

const SETTINGS: Fields = SETTING_FIELDS;

/** Without a function: Terraform looks through every argument of one. */
const ROLE_KEYS = "[for key, role in var.roles : key]";

const ROLE_OBJECTS = { attribute: "force_detach_policies" };
export const ROLE_LOOP: Loop = members("role", "var.roles", "roles", ROLE_OBJECTS);

/**
 * Rules on the roles of `roles` beside their trusts; `right` is a role with nothing wrong, `unityCatalog` how one has
 * that trust.
 */
export function rolesRules(
  right: Inputs,
  unityCatalog: { readonly test: string; readonly attributes: Inputs },
): readonly RuleDefinition[] {
  const fields: Fields = PLAIN_ROLE_FIELDS;
  return [
    noNullRule([ROLE_LOOP], ROLE_OBJECTS.attribute, "A role", { roles: { "lake-reader": null } }),
    ruleOver(
      ROLE_KEY.code,
      unlessPlain([{ name: "key", over: ROLE_KEYS, at: "roles" }], "key", jsonText(ROLE_KEY)),
      satisfiesRule(ROLE_KEY, "key"),
      mustBe("Each key of roles", ROLE_KEY),
      ROLE_KEY.wrong.map((key) => ({ roles: { [key]: right } })),
      { value: "key", refuses: "invalid_key_of_roles" },
    ),
    ...Object.entries(hclFields(fields)).flatMap(([name, field]) =>
      fieldRules(field, {
        variable: "roles",
        loops: [ROLE_LOOP],
        reference: `role.${name}`,
        at: `.${name}`,
        nullable: isNullable(field),
        words: `a role's ${name}`,
        holding: (value) => ({ "lake-reader": { ...right, [name]: value } }),
      }),
    ),
    {
      ...selfAssumeName("role.inline_policies", unityCatalog.test),
      condition: forAll(
        unlessPlain([ROLE_LOOP], "keys(role.inline_policies)", JSON_EMPTY_LIST),
        selfAssumeName("role.inline_policies", unityCatalog.test).condition,
      ),
      breaks: [
        {
          roles: {
            "lake-reader": {
              ...unityCatalog.attributes,
              inline_policies: { [SELF_ASSUME_POLICY_NAME]: SAMPLE_POLICY },
            },
          },
        },
      ],
    },
  ];
}

/** The rule that none of `policies` is called as the module's own. `unityCatalog`: whether the role has that trust. */
export function selfAssumeName(policies: string, unityCatalog: string): Omit<RuleDefinition, "breaks"> {
  return {
    code: INLINE_POLICY_NAME.code,
    condition:
      `!contains([for name in keys(${policies}) : lower(name)], "${SELF_ASSUME_POLICY_NAME}") || ` + `!${unityCatalog}`,
    message:
      `An inline policy of a role with unity_catalog must not be called ${SELF_ASSUME_POLICY_NAME}: the module adds ` +
      `one of that name`,
  };
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
      value: "{ for key, made in module.role : key => made.role.arn }",
      preconditions: [],
    },
    {
      name: "role_names",
      description: "IAM names of the roles, by role",
      value: "local.role_names",
      dependsOn: ["module.role", "module.role_policies"],
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

/** `policies` with those that the role of `key` gets beside its own: to assume itself, and to revoke sessions. */
export function withAddedPolicies(policies: string, key: string): string {
  return `merge(${policies}, lookup(module.trust_policies.added_policies, ${key}, {}))`;
}

/**
 * What a role of `var.roles` gets beyond what it is given, by attribute: what it inherits, and what the module adds.
 * `tags`: those of every resource, an HCL expression.
 */
export function roleValues(tags: string): Inputs {
  const inherited = Object.entries(hclFields(PLAIN_ROLE_FIELDS)).flatMap(
    ([name, { inherits, joins }]): readonly (readonly [string, string])[] => {
      if (joins !== undefined) return [[name, `merge(${tags}, role.${name})`]];
      if (inherits === undefined) return [];
      const setting = `var.${hclName(inherits)}`;
      return SETTINGS[inherits]?.default === null
        ? [[name, `role.${name} == null ? ${setting} : role.${name}`]]
        : [[name, `coalesce(role.${name}, ${setting})`]];
    },
  );
  return sortedExpressions({
    ...Object.fromEntries(inherited),
    inline_policies: withAddedPolicies("role.inline_policies", "key"),
    name: "local.role_names[key]",
    trust_policy: "module.trust_policies.policies[key]",
  });
}

/** The role of databricks-federated-role, whose fields are variables. */
export function roleOfVariables(tags: string): Inputs {
  return sortedExpressions({
    ...ofVariables(ROLE_RESOURCE_FIELDS),
    tags,
    trust_policy: "module.trust_policies.policies[var.name]",
  });
}

/** Its policies. */
export function policiesOfVariables(): Inputs {
  return sortedExpressions({
    ...ofVariables(ROLE_POLICY_FIELDS),
    inline_policies: withAddedPolicies("var.inline_policies", "var.name"),
    name: "module.role.role.name",
  });
}

function ofVariables(fields: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(hclFields(fields)).map((name) => [name, `var.${name}`]));
}

/** The attributes of `aws_iam_role` in the inner module. */
export function roleResource(): Inputs {
  const attributes = Object.entries(hclFields(ROLE_RESOURCE_FIELDS)).map(
    ([name, { attribute }]) => [attribute, `var.role.${name}`] as const,
  );
  return sortedExpressions({ ...Object.fromEntries(attributes), assume_role_policy: "var.role.trust_policy" });
}

function sortedExpressions(sources: Readonly<Record<string, string>>): Inputs {
  const sorted = Object.entries(sources).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, source]) => [name, expression(source)]));
}
