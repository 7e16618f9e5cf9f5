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
import type { Place } from "./condition";
import type { Loop } from "./loops";
import { forAll, satisfiesRule, matches, mustBe, noNullRule, ruleOver } from "./condition";
import { elements } from "./loops";
import { JSON_EMPTY_LIST, jsonList, orNull, unlessPlain } from "./plain-values";
import type { Inputs, RuleDefinition } from "./definition";
import { fieldRules } from "./field-rules";
import type { Sample } from "./sample";

/** Where trusts are: `trusts` of roles, the roles of a simple module themselves, or a variable of their own. */
export interface TrustScope {
  readonly variable: string;
  /** Down to `trust`. */
  readonly loops: readonly [...Loop[], Loop];
  /** Value of the variable with one trust made of `attributes`. */
  readonly holding: (attributes: Inputs | null) => HclValue;
  /** Whether a trust says which issuer it is about. */
  readonly namesIssuer: boolean;
}

/** How null is told from a trust: see Loop. */
export const TRUST_OBJECTS = { attribute: "allow_tag_session" };

const WIDE = "wide_subject_patterns";

/** The lists that say who is trusted: names, texts without a default of the issuer's, and patterns with a reason. */
const SUBJECT_LISTS = Object.entries(hclFields(SUBJECT_TRUST_FIELDS))
  .filter(([name, { kind, default: fallback }]) => {
    const isList = kind.is === "texts" || kind.is === "names" || name === WIDE;
    return isList && fallback !== null;
  })
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
    at: `.${attribute}`,
    nullable,
    words: attribute,
    holding: (value) => scope.holding({ ...right, [attribute]: value }),
  });
  const rule = (
    loops: readonly Loop[],
    code: string,
    refuses: string,
    test: string,
    message: string,
    ...bad: readonly Inputs[]
  ): RuleDefinition => ruleOver(code, loops, test, message, bad.map(holding), { refuses });
  const unityCatalog: Inputs = { unity_catalog: { external_ids: [sample.externalId] } };
  return [
    ...(scope.namesIssuer
      ? [
          noNullRule(scope.loops, TRUST_OBJECTS.attribute, "A trust", { [scope.variable]: scope.holding(null) }),
          rule(
            unlessPlain(scope.loops, `[trust.issuer, ${HAS_UNITY_CATALOG}]`, `\\[${SOME_TEXT},false\\]`),
            "issuer-not-found",
            "trust_of_no_or_of_two_kinds",
            `${HAS_UNITY_CATALOG} ? ${NOTHING_ELSE} : trust.issuer != null`,
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
      unlessPlain(scope.loops, "trust.service_principals", `\\[(?:${SOME_TEXT},?)+\\]`),
      "no-subject",
      "trust_without_subject",
      `${HAS_UNITY_CATALOG} || ${SUBJECT_COUNT} > 0`,
      "Each trust must name whom it trusts: service_principals, users, subjects, identities, subject_patterns or " +
        "wide_subject_patterns, or unity_catalog; without one, every identity of the issuer would get in",
      scope.namesIssuer ? { issuer: "production" } : {},
    ),
    ...Object.entries(hclFields(SUBJECT_TRUST_FIELDS)).flatMap(([name, field]) =>
      name === "issuer"
        ? []
        : fieldRules(field, place(name, field.default === null)).map((of) => ({
            ...of,
            refuses: `${of.refuses ?? name}_of_a_trust`,
          })),
    ),
    ...wideRules(scope, right, holding),
    ruleOver(
      "subject-pattern-without-wildcard",
      [
        ...unlessPlain(scope.loops, "trust.subject_patterns", jsonList(WITH_WILDCARD)),
        elements("value", "trust.subject_patterns", ".subject_patterns"),
      ],
      matches("[*?]", "value"),
      "Each of subject_patterns must contain * or ?; an exact subject goes into subjects",
      [holding({ ...right, subject_patterns: ["alice@data.example.com"] })],
      { value: "value", refuses: "subject_pattern_without_wildcard" },
    ),
    rule(
      unlessPlain(scope.loops, "trust.audiences", orNull(`\\[${SOME_TEXT}\\]`)),
      "audience-invalid",
      "empty_audiences",
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
  const trusts = unlessPlain(scope.loops, `trust.${WIDE}`, JSON_EMPTY_LIST);
  const loop = elements("wide", `trust.${WIDE}`, `.${WIDE}`, { few: true });
  const bad = (entry: HclValue): Inputs => holding({ ...right, [WIDE]: [entry] });
  const wide = { pattern: "*", reason: REASON.example };
  const rule = (
    code: string,
    name: string,
    test: string,
    message: string,
    ...entries: readonly HclValue[]
  ): RuleDefinition =>
    ruleOver(code, [...trusts, loop], test, message, entries.map(bad), {
      at: `.${name}`,
      value: `wide.${name}`,
      refuses: code === "subject-pattern-without-wildcard" ? "wide_pattern_without_wildcard" : `invalid_wide_${name}`,
    });
  const given = (name: string, text: TextRule): RuleDefinition =>
    rule(
      text.code,
      name,
      `wide.${name} == null ? false : ${satisfiesRule(text, `wide.${name}`)}`,
      mustBe(`A ${name} in ${WIDE}`, text),
      ...text.wrong.map((value) => ({ ...wide, [name]: value })),
    );
  return [
    noNullRule([...trusts, loop], "pattern", `An entry of ${WIDE}`, bad(null)),
    given("pattern", SUBJECT_PATTERN),
    given("reason", REASON),
    rule(
      "subject-pattern-without-wildcard",
      "pattern",
      `wide.pattern == null ? true : ${matches("[*?]", "wide.pattern")}`,
      `A pattern in ${WIDE} must contain * or ?; an exact subject goes into subjects`,
      { ...wide, pattern: "alice@data.example.com" },
    ),
  ];
}

const HAS_UNITY_CATALOG = "can(trust.unity_catalog.cloud)";
/** RE2's expressions for the JSON of any text, and of one with a wildcard. */
const SOME_TEXT = '"[^"\\\\]*"';
const WITH_WILDCARD = '"[^"\\\\]*[*?][^"\\\\]*"';

function withConditions({ loops }: TrustScope): readonly Loop[] {
  return unlessPlain(loops, "trust.conditions", JSON_EMPTY_LIST);
}

const CONDITIONS: Loop = elements("condition", "trust.conditions", ".conditions", { few: true });

function conditionRules(
  scope: TrustScope,
  right: Inputs,
  holding: (attributes: Inputs) => Inputs,
): readonly RuleDefinition[] {
  const trusts = withConditions(scope);
  const loops = [...trusts, CONDITIONS] as const;
  const values = elements("value", "coalesce(condition.values, [])", ".values");
  const bad = (...conditions: readonly HclValue[]): Inputs => holding({ ...right, conditions });
  const source = { test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24"] };
  return [
    noNullRule(loops, "test", "A condition", bad(null)),
    ruleOver(
      "condition-test-unknown",
      loops,
      [
        'condition.test == null ? false : condition.test == "Null" || ',
        String.raw`!can(regex("^For(?:AllValues|AnyValue):.*IfExists$", condition.test)) && contains(`,
        // as in CONDITION_TESTS, IfExists and the words for sets go with these only
        `${hclValue(BASE_TESTS)}, `,
        String.raw`replace(condition.test, "/^For(?:AllValues|AnyValue):|IfExists$/", ""))`,
      ].join(""),
      "A condition's test must be an IAM condition operator in IAM's spelling, e.g. IpAddress",
      [
        bad({ ...source, test: "ipAddress" }),
        bad({ ...source, test: "ForAllValues:StringLikeIfExists" }),
        bad({ ...source, test: "NullIfExists" }),
      ],
      { at: ".test", value: "condition.test", refuses: "unknown_condition_test" },
    ),
    ruleOver(
      CONDITION_VARIABLE.code,
      loops,
      `condition.variable == null ? false : ${satisfiesRule(CONDITION_VARIABLE, "condition.variable")}`,
      mustBe("A condition's variable", CONDITION_VARIABLE),
      [bad({ ...source, variable: "SourceIp" })],
      { at: ".variable", value: "condition.variable", refuses: "invalid_condition_variable" },
    ),
    ruleOver(
      "condition-invalid",
      loops,
      "condition.values == null ? false : length(condition.values) > 0",
      "A condition must have values",
      [bad({ ...source, values: [] })],
      { refuses: "condition_without_values" },
    ),
    ruleOver(
      CONDITION_VALUE.code,
      [...loops, values],
      `value == null ? false : ${satisfiesRule(CONDITION_VALUE, "value")}`,
      mustBe("Each of a condition's values", CONDITION_VALUE),
      ["", "\u0107"].map((value) => bad({ ...source, test: "StringLike", values: [value] })),
      { value: "value", refuses: "invalid_condition_value" },
    ),
    ruleOver(
      "condition-invalid",
      [...loops, values],
      `!${ON_ADDRESS} || value == null ? true : ${CIDR}`,
      "Each value of an IpAddress condition must be an IP address or a CIDR block, e.g. 203.0.113.0/24",
      ["203.0.113.0/33", "office", "203.0.113.256"].map((value) => bad({ ...source, values: [value] })),
      { value: "value", refuses: "invalid_cidr_block" },
    ),
    ruleOver(
      "condition-repeated",
      [...trusts, { name: "same", over: SAME_CONDITIONS, at: ".conditions" }],
      "length(same) == 1",
      "A trust must not repeat a condition's test and variable, in whatever case: IAM would OR their values; " +
        "join them into one condition, or use two trusts",
      [bad(source, { ...source, variable: "AWS:sourceip" })],
      { value: "same", refuses: "repeated_condition" },
    ),
  ];
}

/** Conditions by test and variable, each with the variables as written. */
const SAME_CONDITIONS =
  "values({ for condition in trust.conditions : jsonencode([condition.test, lower(coalesce(condition.variable, " +
  '"-"))]) => "${condition.test} ${coalesce(condition.variable, "-")}"... if condition != null })';

const ON_ADDRESS = matches("^(?:For(?:AllValues|AnyValue):)?(?:Not)?IpAddress(?:IfExists)?$", "condition.test");

/** Whether `value` is an IPv4 or IPv6 address, alone or with the length of a prefix. */
const CIDR = 'can(cidrhost(strcontains(value, "/") ? value : "${value}/${strcontains(value, ":") ? 128 : 32}", 0))';

function unityCatalogRules(scope: TrustScope, holding: (attributes: Inputs) => Inputs): readonly RuleDefinition[] {
  const trusts = unlessPlain(scope.loops, HAS_UNITY_CATALOG, "false");
  const bad = (unityCatalog: HclValue, more: Inputs = {}): Inputs => holding({ unity_catalog: unityCatalog, ...more });
  const right = { external_ids: [EXTERNAL_ID.example] };
  const guarded = { test: "StringLike", variable: "STS:ExternalId", values: ["*"] };
  return [
    ruleOver(
      "condition-on-guard",
      [...withConditions(scope), CONDITIONS],
      '!can(trust.unity_catalog.cloud) || !contains(["aws:federatedprovider", "aws:principalarn", "sts:externalid"], ' +
        'lower(coalesce(condition.variable, "-")))',
      "A condition of a unity_catalog trust must not be about its guards sts:ExternalId, aws:PrincipalArn and " +
        "aws:FederatedProvider; use external_ids",
      [
        bad(right, { conditions: [guarded] }),
        bad(right, { conditions: [{ test: "Null", variable: "aws:FederatedProvider", values: ["false"] }] }),
      ],
      { at: ".variable", value: "condition.variable", refuses: "condition_on_guard_of_unity_catalog" },
    ),
    ruleOver(
      "no-subject",
      trusts,
      "!can(trust.unity_catalog.cloud) ? true : length(coalesce(trust.unity_catalog.external_ids, [])) > 0",
      "unity_catalog must name external_ids, as the storage or service credential shows them: without, any " +
        "customer's credential would get in",
      [bad({ external_ids: [] })],
      { at: ".unity_catalog", refuses: "unity_catalog_without_external_ids" },
    ),
    // an external ID may be sensitive, and then no message may name it
    {
      code: EXTERNAL_ID.code,
      refuses: "invalid_external_ids",
      condition: forAll(
        [...trusts, elements("value", "try(coalesce(trust.unity_catalog.external_ids, []), [])", "")],
        `value == null ? false : ${satisfiesRule(EXTERNAL_ID, "value")}`,
      ),
      message: mustBe("Each of external_ids", EXTERNAL_ID),
      breaks: EXTERNAL_ID.wrong.map((value) => bad({ external_ids: [value] })),
    },
    ...fieldRules(UNITY_CATALOG_FIELDS.cloud, {
      variable: scope.variable,
      loops: trusts,
      reference: "try(trust.unity_catalog.cloud, null)",
      at: ".unity_catalog.cloud",
      nullable: true,
      words: "unity_catalog.cloud",
      holding: (value) => scope.holding({ unity_catalog: { ...right, cloud: value } }),
    }),
  ];
}
