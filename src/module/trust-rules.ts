/**
 * The rules on trusts as HCL validations: the same as src/trust/check.ts, as far as a variable shows them by itself.
 */
import type { Fields } from "../federation/fields/field";
import { hclFields } from "../federation/fields/field";
import { SUBJECT_TRUST_FIELDS, UNITY_CATALOG_FIELDS } from "../federation/fields/trust";
import type { HclValue } from "../hcl/encode";
import { hclValue } from "../hcl/encode";
import { BASE_TESTS } from "../trust/decide/operators";
import { REASON } from "../federation/rules";
import type { TextRule } from "../text/text-rule";
import { CONDITION_VALUE, CONDITION_VARIABLE, EXTERNAL_ID, SUBJECT_PATTERN } from "../trust/rules";
import type { Loop, Place } from "./condition";
import { eachTextRuleAt, forAll, keepsRule, matches, mustBe, noNullRule } from "./condition";
import type { Inputs, RuleDefinition } from "./definition";
import { fieldRules } from "./field-rules";
import type { Sample } from "./sample";

/** Where trusts stand: `trusts` of roles, the roles of a simple module themselves, or a variable of their own. */
export interface TrustScope {
  readonly variable: string;
  /** Down to `trust`. */
  readonly loops: readonly [...Loop[], Loop];
  /** Value of the variable with one trust made of `attributes`. */
  readonly holding: (attributes: Inputs | null) => HclValue;
  /** Whether a trust says which issuer it is about. */
  readonly namesIssuer: boolean;
}

const WIDE = "wide_subject_patterns";

/** The lists that say who is trusted: texts without a default of the issuer's, and patterns with a reason. */
const SUBJECT_LISTS = Object.entries(hclFields(SUBJECT_TRUST_FIELDS))
  .filter(([name, { kind, default: fallback }]) => (kind.is === "texts" || name === WIDE) && fallback !== null)
  .map(([name]) => name);
const SUBJECT_COUNT = `length(concat(${SUBJECT_LISTS.map((name) => `trust.${name}`).join(", ")}))`;

/** What a trust for Unity Catalog must leave out: every field of the other form but conditions. */
const NOTHING_ELSE = nothingOf(SUBJECT_TRUST_FIELDS);

function nothingOf(fields: Fields): string {
  return Object.entries(hclFields(fields))
    .filter(([name]) => name !== "conditions" && !SUBJECT_LISTS.includes(name))
    .map(([name, { kind }]) => (kind.is === "flag" ? `!trust.${name}` : `trust.${name} == null`))
    .concat(`${SUBJECT_COUNT} == 0`)
    .join(" && ");
}

/** Validations of the variable that holds the trusts. */
export function trustRules(scope: TrustScope, sample: Sample): readonly RuleDefinition[] {
  const right: Inputs = {
    ...(scope.namesIssuer ? { issuer: "production" } : {}),
    service_principals: [sample.servicePrincipal],
  };
  const holding = (attributes: Inputs): Inputs => ({ [scope.variable]: scope.holding(attributes) });
  const place = (attribute: string, nullable: boolean): Place => ({
    variable: scope.variable,
    loops: scope.loops,
    reference: `trust.${attribute}`,
    nullable,
    words: attribute,
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
          noNullRule(scope.loops, "conditions", "A trust", { [scope.variable]: scope.holding(null) }),
          rule(
            "issuer-not-found",
            `trust.unity_catalog == null ? trust.issuer != null : ${NOTHING_ELSE}`,
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
      "Each trust must name whom it trusts: service_principals, users, subjects, subject_patterns or " +
        "wide_subject_patterns, or unity_catalog; without, every identity of the issuer would get in",
      scope.namesIssuer ? { issuer: "production" } : {},
    ),
    ...Object.entries(hclFields(SUBJECT_TRUST_FIELDS)).flatMap(([name, field]) =>
      name === "issuer" ? [] : fieldRules(field, place(name, field.default === null)),
    ),
    ...wideRules(scope, right, holding),
    {
      code: "subject-pattern-without-wildcard",
      condition: forAll(
        [...scope.loops, { name: "pattern", over: "trust.subject_patterns" }],
        matches("[*?]", "pattern"),
      ),
      message: "Each of subject_patterns must contain * or ?; an exact subject goes into subjects",
      breaks: [holding({ ...right, subject_patterns: ["alice@data.example.com"] })],
    },
    rule(
      "audience-invalid",
      "trust.audiences == null ? true : length(trust.audiences) > 0",
      "audiences must name at least one, or be left out",
      { ...right, audiences: [] },
    ),
    ...conditionRules(scope, right, holding),
    ...unityCatalogRules(scope, holding),
  ];
}

function wideRules(
  scope: TrustScope,
  right: Inputs,
  holding: (attributes: Inputs) => Inputs,
): readonly RuleDefinition[] {
  const loop: Loop = { name: "wide", over: `trust.${WIDE}`, few: true };
  const bad = (entry: HclValue): Inputs => holding({ ...right, [WIDE]: [entry] });
  const wide = { pattern: "*", reason: REASON.example };
  const rule = (code: string, test: string, message: string, ...entries: readonly HclValue[]): RuleDefinition => ({
    code,
    condition: forAll([...scope.loops, loop], test),
    message,
    breaks: entries.map(bad),
  });
  const given = (name: string, text: TextRule): RuleDefinition =>
    rule(
      text.code,
      `wide.${name} == null ? false : ${keepsRule(text, `wide.${name}`)}`,
      mustBe(`A ${name} in ${WIDE}`, text),
      ...text.wrong.map((value) => ({ ...wide, [name]: value })),
    );
  return [
    noNullRule([...scope.loops, loop], "pattern", `An entry of ${WIDE}`, bad(null)),
    given("pattern", SUBJECT_PATTERN),
    given("reason", REASON),
    rule(
      "subject-pattern-without-wildcard",
      `wide.pattern == null ? true : ${matches("[*?]", "wide.pattern")}`,
      `A pattern in ${WIDE} must contain * or ?; an exact subject goes into subjects`,
      { ...wide, pattern: "alice@data.example.com" },
    ),
  ];
}

const CONDITIONS: Loop = { name: "condition", over: "trust.conditions", few: true };

function conditionRules(
  scope: TrustScope,
  right: Inputs,
  holding: (attributes: Inputs) => Inputs,
): readonly RuleDefinition[] {
  const loops = [...scope.loops, CONDITIONS] as const;
  const bad = (...conditions: readonly HclValue[]): Inputs => holding({ ...right, conditions });
  const source = { test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24"] };
  return [
    noNullRule(loops, "test", "A condition", bad(null)),
    {
      code: "condition-test-unknown",
      condition: forAll(
        loops,
        [
          'condition.test == null ? false : condition.test == "Null" || ',
          String.raw`!can(regex("^For(?:AllValues|AnyValue):.*IfExists$", condition.test)) && contains(`,
          // as in CONDITION_TESTS, IfExists and the words for sets go with these only
          `${hclValue(BASE_TESTS)}, `,
          String.raw`replace(condition.test, "/^For(?:AllValues|AnyValue):|IfExists$/", ""))`,
        ].join(""),
      ),
      message: "A condition's test must be an IAM condition operator in IAM's spelling, e.g. IpAddress",
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
      message: mustBe("A condition's variable", CONDITION_VARIABLE),
      breaks: [bad({ ...source, variable: "SourceIp" })],
    },
    {
      code: "condition-invalid",
      condition: forAll(loops, "condition.values == null ? false : length(condition.values) > 0"),
      message: "A condition must have values",
      breaks: [bad({ ...source, values: [] })],
    },
    {
      code: CONDITION_VALUE.code,
      condition: forAll(
        [...loops, { name: "value", over: "coalesce(condition.values, [])" }],
        `value == null ? false : ${keepsRule(CONDITION_VALUE, "value")}`,
      ),
      message: mustBe("Each of a condition's values", CONDITION_VALUE),
      breaks: [bad({ ...source, values: [""] }), bad({ ...source, values: ["\u0107"] })],
    },
    {
      code: "condition-repeated",
      condition: forAll(
        scope.loops,
        "length(distinct([for condition in trust.conditions : jsonencode(condition == null ? [] : [condition.test, " +
          'lower(coalesce(condition.variable, "-"))])])) == length(trust.conditions)',
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
        [...scope.loops, CONDITIONS],
        'trust.unity_catalog == null || !contains(["aws:federatedprovider", "aws:principalarn", "sts:externalid"], ' +
          'lower(coalesce(condition.variable, "-")))',
      ),
      message:
        "A condition of a unity_catalog trust must not be about its guards sts:ExternalId, aws:PrincipalArn and " +
        "aws:FederatedProvider; use external_ids",
      breaks: [
        bad(right, { conditions: [guarded] }),
        bad(right, { conditions: [{ test: "Null", variable: "aws:FederatedProvider", values: ["false"] }] }),
      ],
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
    eachTextRuleAt(
      {
        variable: scope.variable,
        loops: scope.loops,
        reference: "try(coalesce(trust.unity_catalog.external_ids, []), [])",
        nullable: false,
        words: "external_ids",
        holding: (value) => scope.holding({ unity_catalog: { external_ids: value } }),
      },
      EXTERNAL_ID,
    ),
    ...fieldRules(UNITY_CATALOG_FIELDS.cloud, {
      variable: scope.variable,
      loops: scope.loops,
      reference: "try(trust.unity_catalog.cloud, null)",
      nullable: true,
      words: "unity_catalog.cloud",
      holding: (value) => scope.holding({ unity_catalog: { ...right, cloud: value } }),
    }),
  ];
}
