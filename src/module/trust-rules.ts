/**
 * The rules on trusts as HCL validations: the same as src/trust/check.ts, as far as a variable shows them by itself.
 */
import { hclValue } from "../hcl/encode";
import type { HclValue } from "../hcl/encode";
import { AUDIENCE } from "../issuer/rules";
import {
  CONDITION_TESTS,
  CONDITION_VALUE,
  CONDITION_VARIABLE,
  EXTERNAL_ID,
  SERVICE_PRINCIPAL,
  SUBJECT,
  SUBJECT_PATTERN,
  UNITY_CATALOG_CLOUDS,
  USER,
} from "../trust/rules";
import type { VariableType } from "./contract";
import type { Place } from "./condition";
import { eachTextRuleAt, forAll, keepsRule, matches, noNullRule } from "./condition";
import type { Inputs, RuleDefinition } from "./definition";
import type { Sample } from "./sample";

const strings: VariableType = { list: "string" };
const list = (type: VariableType) => ({ type, optional: true, default: [] }) as const;

/** Attributes of a trust, by name. The issuer stands apart: the simple modules have one only. */
export const TRUST_ATTRIBUTES = {
  allow_tag_session: { type: "bool", optional: true, default: false },
  audiences: { type: strings, optional: true },
  conditions: list({
    list: {
      object: {
        test: { type: "string", optional: false },
        values: { type: strings, optional: false },
        variable: { type: "string", optional: false },
      },
    },
  }),
  service_principals: list(strings),
  subject_patterns: list(strings),
  subjects: list(strings),
  unity_catalog: {
    type: { object: { cloud: { type: "string", optional: true }, external_ids: { type: strings, optional: false } } },
    optional: true,
  },
  users: list(strings),
} as const;

/** Where trusts stand: `trusts` of roles, the roles of a simple module themselves, or a variable of their own. */
export interface TrustScope {
  readonly variable: string;
  /** `for` clauses down to `trust`. */
  readonly loops: readonly string[];
  /** Value of the variable with one trust made of `attributes`. */
  readonly holding: (attributes: Inputs | null) => HclValue;
  /** Whether a trust says which issuer it is about. */
  readonly namesIssuer: boolean;
}

/** A trust's exact subjects and patterns. */
const SUBJECT_COUNT = "length(concat(trust.service_principals, trust.users, trust.subjects, trust.subject_patterns))";

/** Validations of the variable that holds the trusts. */
export function trustRules(scope: TrustScope, sample: Sample): readonly RuleDefinition[] {
  const right: Inputs = {
    ...(scope.namesIssuer ? { issuer: "production" } : {}),
    service_principals: [sample.servicePrincipal],
  };
  const holding = (attributes: Inputs): Inputs => ({ [scope.variable]: scope.holding(attributes) });
  const place = (attribute: string): Place => ({
    variable: scope.variable,
    loops: scope.loops,
    reference: `trust.${attribute}`,
    nullable: attribute === "audiences",
    words: `Each of ${attribute}`,
    holding: (value) => scope.holding({ ...right, [attribute]: value }),
  });
  const rule = (code: string, test: string, message: string, ...bad: readonly Inputs[]): RuleDefinition => ({
    code,
    condition: forAll(scope.loops, test),
    message,
    breaks: bad.map(holding),
  });
  const unityCatalog: Inputs = { unity_catalog: { external_ids: [sample.externalId] } };
  return [
    ...(scope.namesIssuer
      ? [
          noNullRule(scope.loops, "A trust", { [scope.variable]: scope.holding(null) }),
          rule(
            "issuer-not-found",
            `trust.unity_catalog == null ? trust.issuer != null : trust.issuer == null && ${SUBJECT_COUNT} == 0 ` +
              `&& trust.audiences == null && !trust.allow_tag_session`,
            "Each trust must either name an issuer and whom of it the role trusts, or have unity_catalog and " +
              "nothing else but conditions",
            { service_principals: [sample.servicePrincipal] },
            { ...right, ...unityCatalog },
            { ...unityCatalog, users: ["alice@example.com"] },
            { ...unityCatalog, audiences: [sample.workspaceId] },
            { ...unityCatalog, allow_tag_session: true },
          ),
        ]
      : []),
    rule(
      "no-subject",
      `trust.unity_catalog != null || ${SUBJECT_COUNT} > 0`,
      "Each trust must name whom it trusts: service_principals, users, subjects or subject_patterns, or " +
        "unity_catalog; without, every identity of the issuer would get in",
      scope.namesIssuer ? { issuer: "production" } : {},
    ),
    eachTextRuleAt(place("service_principals"), SERVICE_PRINCIPAL, [
      "6A9F1C2E-3B4D-4E5F-8A7B-0C1D2E3F4A5B",
      "lake-reader",
      "",
    ]),
    eachTextRuleAt(place("users"), USER, ["*@example.com", "alice", "alice@example"]),
    eachTextRuleAt(place("subjects"), SUBJECT, ["lake-*", "a?", "${aws:username}", " x", "", "\u0107"]),
    eachTextRuleAt(place("subject_patterns"), SUBJECT_PATTERN, ["${aws:username}*", "\u0107*"]),
    {
      code: "subject-pattern-without-wildcard",
      condition: forAll([...scope.loops, "pattern in trust.subject_patterns"], matches("[*?]", "pattern")),
      message: "Each of subject_patterns must hold * or ?; an exact subject goes into subjects",
      breaks: [holding({ ...right, subject_patterns: ["alice@data.example.com"] })],
    },
    rule(
      "audience-invalid",
      "trust.audiences == null ? true : length(trust.audiences) > 0",
      "audiences must name at least one, or be left out",
      { ...right, audiences: [] },
    ),
    eachTextRuleAt(place("audiences"), AUDIENCE, ["*", "", "${aws:userid}"]),
    ...conditionRules(scope, right, holding),
    ...unityCatalogRules(scope, holding),
  ];
}

function conditionRules(
  scope: TrustScope,
  right: Inputs,
  holding: (attributes: Inputs) => Inputs,
): readonly RuleDefinition[] {
  const loops = [...scope.loops, "condition in trust.conditions"];
  const bad = (...conditions: readonly HclValue[]): Inputs => holding({ ...right, conditions });
  const source = { test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24"] };
  // Lists for sets and IfExists go together with the base tests only, as in CONDITION_TESTS.
  const baseTests = CONDITION_TESTS.filter((test) => /^(?!Null$)[A-Za-z]+$/.test(test) && !test.endsWith("IfExists"));
  const known = hclValue(baseTests);
  return [
    noNullRule(loops, "A condition", bad(null)),
    {
      code: "condition-test-unknown",
      condition: forAll(
        loops,
        [
          'condition.test == null ? false : condition.test == "Null" || ',
          String.raw`!can(regex("^For(?:AllValues|AnyValue):.*IfExists$", condition.test)) && contains(`,
          `${known}, `,
          String.raw`replace(condition.test, "/^For(?:AllValues|AnyValue):|IfExists$/", ""))`,
        ].join(""),
      ),
      message: "The test of each condition must be an IAM condition operator with IAM's capitals, like IpAddress",
      breaks: [
        bad({ ...source, test: "ipAddress" }),
        bad({ ...source, test: "ForAllValues:StringLikeIfExists" }),
        bad({ ...source, test: "NullIfExists" }),
      ],
    },
    {
      code: CONDITION_VARIABLE.code,
      condition: forAll(
        loops,
        `condition.variable == null ? false : ${keepsRule(CONDITION_VARIABLE, "condition.variable")}`,
      ),
      message: `The variable of each condition must be ${CONDITION_VARIABLE.says}, like ${CONDITION_VARIABLE.example}`,
      breaks: [bad({ ...source, variable: "SourceIp" })],
    },
    {
      code: "condition-invalid",
      condition: forAll(loops, "condition.values == null ? false : length(condition.values) > 0"),
      message: "Each condition must have values",
      breaks: [bad({ ...source, values: [] })],
    },
    {
      code: CONDITION_VALUE.code,
      condition: forAll(
        [...loops, "value in coalesce(condition.values, [])"],
        `value == null ? false : ${keepsRule(CONDITION_VALUE, "value")}`,
      ),
      message: `The values of each condition must be ${CONDITION_VALUE.says}, like ${CONDITION_VALUE.example}`,
      breaks: [bad({ ...source, values: [""] }), bad({ ...source, values: ["\u0107"] })],
    },
    {
      code: "condition-repeated",
      condition: forAll(
        scope.loops,
        String.raw`length(distinct([for condition in trust.conditions : jsonencode(condition == null ? [] : [condition.test, lower(coalesce(condition.variable, "-"))])])) == length(trust.conditions)`,
      ),
      message:
        "A trust must not repeat a condition's test and variable, in whatever case: IAM would OR their values; " +
        "join them into one condition, or use two trusts",
      breaks: [bad(source, { ...source, variable: "AWS:sourceip" })],
    },
  ];
}

function unityCatalogRules(scope: TrustScope, holding: (attributes: Inputs) => Inputs): readonly RuleDefinition[] {
  const bad = (unityCatalog: HclValue, more: Inputs = {}): Inputs => holding({ unity_catalog: unityCatalog, ...more });
  const right = { external_ids: [EXTERNAL_ID.example] };
  const guarded = { test: "StringLike", variable: "STS:ExternalId", values: ["*"] };
  return [
    {
      code: "condition-on-guard",
      condition: forAll(
        [...scope.loops, "condition in trust.conditions"],
        'trust.unity_catalog == null || !contains(["aws:principalarn", "sts:externalid"], ' +
          'lower(coalesce(condition.variable, "-")))',
      ),
      message:
        "A condition of a unity_catalog trust must not be about sts:ExternalId or aws:PrincipalArn, its guards; " +
        "use external_ids",
      breaks: [bad(right, { conditions: [guarded] })],
    },
    {
      code: "no-subject",
      condition: forAll(
        scope.loops,
        "trust.unity_catalog == null ? true : length(coalesce(trust.unity_catalog.external_ids, [])) > 0",
      ),
      message:
        "unity_catalog must name external_ids, as the storage or service credential shows them: without, any " +
        "customer's credential would get in",
      breaks: [bad({ external_ids: [] })],
    },
    {
      code: EXTERNAL_ID.code,
      condition: forAll(
        [...scope.loops, "value in try(coalesce(trust.unity_catalog.external_ids, []), [])"],
        `value == null ? false : ${keepsRule(EXTERNAL_ID, "value")}`,
      ),
      message: `Each of external_ids must be ${EXTERNAL_ID.says}, like ${EXTERNAL_ID.example}`,
      breaks: [bad({ external_ids: ["x"] }), bad({ external_ids: ["*x"] })],
    },
    {
      code: "unity-catalog-cloud",
      condition: forAll(
        scope.loops,
        `try(trust.unity_catalog.cloud, null) == null ? true : contains(${hclValue(UNITY_CATALOG_CLOUDS)}, ` +
          `trust.unity_catalog.cloud)`,
      ),
      message: `The cloud of unity_catalog must be one of ${UNITY_CATALOG_CLOUDS.join(", ")}`,
      breaks: [bad({ ...right, cloud: "azure" }), bad({ ...right, cloud: "" })],
    },
  ];
}
