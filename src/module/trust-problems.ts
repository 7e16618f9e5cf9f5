/** Rules that span several variables: preconditions of outputs, over what the inner module trust-policies found. */
import { MAX_INLINE_POLICY_CHARACTERS } from "../federation/rules";
import { EMAIL_DOMAIN, TRUST_POLICY_DEFAULT_QUOTA } from "../trust/rules";
import type { Inputs, RuleDefinition } from "./definition";
import { inlineCharacters } from "./field-rules";
import { ZONE_MESSAGE } from "./issuer-rules";
import type { Sample } from "./sample";

/** A precondition that `list`, an HCL expression, is empty. */
export function nothingIn(code: string, list: string, message: string, breaks: readonly Inputs[]): RuleDefinition {
  return { code, condition: `length(${list}) == 0`, message, breaks };
}

/** The same for a list that has a name: its entries are shown after the message. */
export function nothingNamed(code: string, list: string, message: string, breaks: readonly Inputs[]): RuleDefinition {
  return { ...nothingIn(code, list, message, breaks), atFault: list };
}

const PATTERN_TOO_WIDE =
  "Each of subject_patterns must have one @ and then a domain of email_domains, or one below, written out; any " +
  "other goes into wide_subject_patterns, with its reason";
const CONDITION_ON_GUARD =
  "A condition must not test the aud or sub of its issuer, which guard the role; use audiences and subjects";

/**
 * What keeps a role from being made where values are known only when they are applied: preconditions of the output of
 * trust-policies that roles read. `timestamp()` is not known in a plan, so they speak in an apply alone; in a plan the
 * same rules on outputs of the module itself do, which `expect_failures` of a test can name.
 */
const CHECKED_IN_APPLY: readonly RuleDefinition[] = [
  nothingNamed("condition-on-guard", "local.conditions_on_guards", CONDITION_ON_GUARD, []),
  nothingNamed("subject-pattern-too-wide", "local.subject_patterns_too_wide", PATTERN_TOO_WIDE, []),
  nothingNamed(
    "host-not-databricks",
    "local.issuers_not_databricks",
    `An issuer's host ${ZONE_MESSAGE}; or set allow_custom_host`,
    [],
  ),
].map((rule) => ({ ...rule, condition: `timestamp() == "" || ${rule.condition}` }));

/** A wrong AWS account stops the apply too: the ARNs that AWS gave the providers are known before any role is made. */
export const LATE_PRECONDITIONS: readonly RuleDefinition[] = [
  ...CHECKED_IN_APPLY,
  nothingNamed(
    "provider-arn-mismatch",
    "setsubtract(var.provider_arns, values(var.issuers)[*].provider_arn)",
    "The IAM OIDC provider was created in another AWS account or partition than aws_account_id and " +
      "aws_partition name, so no role is created; use credentials of that account, then remove the provider",
    [{ provider_arns: ["arn:aws:iam::999999999999:oidc-provider/mycompany.cloud.databricks.com/oidc"] }],
  ),
];

export const SELF_ASSUMING_TOO_LONG =
  `inline_policies must have at most ${MAX_INLINE_POLICY_CHARACTERS} characters together, the IAM limit per role, ` +
  `with those that unity_catalog and revoke_sessions_before add`;

/** How a module's inputs hold one trust with these attributes, everything else right. */
export type HoldingTrust = (attributes: Inputs) => Inputs;

/** Preconditions of the output that gives trust policies. `namesIssuer`: trusts say which issuer they are about. */
export function trustPreconditions(
  holding: HoldingTrust,
  sample: Sample,
  issuerPath: string,
  namesIssuer: boolean,
): readonly RuleDefinition[] {
  const right: Inputs = {
    ...(namesIssuer ? { issuer: "production" } : {}),
    service_principals: [sample.servicePrincipal],
  };
  const problem = (code: string, message: string, ...bad: readonly Inputs[]): RuleDefinition =>
    nothingNamed(code, `module.trust_policies.problems.${code.replaceAll("-", "_")}`, message, bad);
  const pattern = (value: string): Inputs => ({
    email_domains: [EMAIL_DOMAIN.example],
    ...holding({ ...right, service_principals: [], subject_patterns: [value] }),
  });
  const guard = (variable: string): Inputs =>
    holding({ ...right, conditions: [{ test: "StringLike", variable, values: ["*"] }] });
  const subjects = Array.from(
    { length: 60 },
    (_, index) => `6a9f1c2e-3b4d-4e5f-8a7b-${String(index).padStart(12, "0")}`,
  );
  return [
    ...(namesIssuer
      ? [problem("issuer-not-found", "Each trust must name one of issuers", holding({ ...right, issuer: "elsewhere" }))]
      : []),
    problem(
      "identity-not-found",
      "Each of a trust's identities must be a name of identities",
      holding({ ...right, identities: ["nightly-et"] }),
    ),
    problem(
      "audience-not-registered",
      "The audiences of a trust must be among those its issuer's provider registers: AWS would refuse every such token",
      holding({ ...right, audiences: ["2"] }),
    ),
    problem(
      "condition-on-guard",
      CONDITION_ON_GUARD,
      guard(`${issuerPath}:sub`),
      guard(`${issuerPath.toUpperCase()}:AUD`),
    ),
    problem(
      "subject-pattern-too-wide",
      PATTERN_TOO_WIDE,
      ...["*", "*@*", "alice@*", "*-*", "????????-????-????-????-????????????", "6*", "*@gmail.com"].map(pattern),
      ...["*@e*", "*@*.example.com", "*@example.com*", "*@example.com", "*@x@data.example.com"].map(pattern),
      ...["*@evildata.example.com", "*@data.example.com.", "*@.data.example.com"].map(pattern),
    ),
    problem(
      "unity-catalog-cloud",
      "The cloud of unity_catalog must be of the role's own partition: aws, or in GovCloud aws-us-gov or " +
        "aws-us-gov-dod; aws-cn has none",
      holding({
        unity_catalog: {
          external_ids: [sample.externalId],
          cloud: sample.awsPartition === "aws" ? "aws-us-gov" : "aws",
        },
      }),
    ),
    problem(
      "suspended-not-found",
      "Each of suspended must be the name of an identity as declared, or a subject and no such name, that a trust in " +
        "its scope names, unless a trust there has a pattern",
      { suspended: ["bob@example.com"] },
      { ...pattern(`*@${EMAIL_DOMAIN.example}`), identities: { etl: { user: "bob@example.com" } }, suspended: ["ETL"] },
    ),
    problem(
      "suspension-too-long",
      "A trust policy must have room for the Deny of who is suspended; where it has none, leave out the patterns " +
        "named here instead",
      {
        ...pattern(`*@${EMAIL_DOMAIN.example}`),
        suspended: subjects,
        trust_policy_max_length: TRUST_POLICY_DEFAULT_QUOTA,
      },
    ),
    problem(
      "trust-policy-too-long",
      "A trust policy must not be longer than trust_policy_max_length; split the role, or have AWS raise the quota",
      { ...holding({ ...right, service_principals: subjects }), trust_policy_max_length: TRUST_POLICY_DEFAULT_QUOTA },
    ),
  ];
}

/**
 * Preconditions about `roles` as they will be; `right` is a role with nothing wrong, `selfAssuming` inputs whose
 * policies fit but for Unity Catalog's. Names too long the AWS provider refuses itself.
 */
export function rolePreconditions(right: Inputs, sample: Sample, selfAssuming: Inputs): readonly RuleDefinition[] {
  const role = (attributes: Inputs): Inputs => ({ roles: { "lake-reader": { ...right, ...attributes } } });
  const kept = Object.keys({ ...sample.defaultTags, ...sample.mandatoryTags }).length;
  const many = Object.fromEntries(Array.from({ length: 50 - kept }, (_, index) => [`tag-${index}`, "x"]));
  return [
    {
      code: "role-name-collision",
      condition: "length({ for key, name in local.role_names : lower(name) => key... }) == length(local.role_names)",
      message: "Role names must differ in more than case, which IAM ignores",
      breaks: [
        { roles: { "lake-reader": right, "Lake-Reader": right } },
        { roles: { a: right, b: { ...right, name: "a" } } },
      ],
    },
    nothingIn(
      "role-path-invalid",
      "[for key, role in local.roles : key if length(role.path) + length(role.name) > 512]",
      "A role's path and name must have at most 512 characters together",
      [role({ path: `/${"x".repeat(505)}/` })],
    ),
    nothingNamed(
      "policy-arn-invalid",
      "local.foreign_policy_arns",
      "Managed policies and permissions boundaries must be in the role's partition, and in its account or AWS managed",
      [role({ managed_policy_arns: { read: "arn:aws:iam::999999999999:policy/read-lake" } })],
    ),
    nothingIn(
      "inline-policies-too-long",
      `[for key in keys(module.trust_policies.added_policies) : key ` +
        `if ${inlineCharacters("local.roles[key].inline_policies")} > ${MAX_INLINE_POLICY_CHARACTERS}]`,
      SELF_ASSUMING_TOO_LONG,
      [selfAssuming],
    ),
    {
      refuses: "too_many_tags_together",
      ...nothingIn(
        "too-many-tags",
        "[for key, role in local.roles : key if length(role.tags) > 50]",
        "A role must have at most 50 tags, those for every resource included",
        [{ tags: { ...sample.mandatoryTags, ...many }, ...role({ tags: { one: "more" } }) }],
      ),
    },
    nothingIn(
      "tag-collision",
      "[for key, role in local.roles : key if length(distinct([for name in keys(role.tags) : lower(name)])) < " +
        "length(role.tags)]",
      "A role's tags must differ from those for every resource in more than case",
      [{ tags: { ...sample.mandatoryTags, "some-tag": "a" }, ...role({ tags: { "Some-Tag": "b" } }) }],
    ),
  ];
}
