/** The rules on a role's own values as HCL validations: what IAM would only refuse when it is applied. */
import type { HclValue } from "../hcl/encode";
import {
  BOUNDARY_ARN,
  DESCRIPTION,
  INLINE_POLICY_NAME,
  MAX_INLINE_POLICY_CHARACTERS,
  MAX_MANAGED_POLICIES,
  MAX_SESSION_SECONDS,
  MAX_TAGS,
  MIN_SESSION_SECONDS,
  POLICY_ARN,
  POLICY_KEY,
  POLICY_TEXT,
  ROLE_KEY,
  ROLE_NAME,
  ROLE_PATH,
  TAG_CHARACTERS,
  TAG_KEY,
  TAG_VALUE,
} from "../federation/rules";
import { SELF_ASSUME_POLICY_NAME } from "../trust/build";
import type { ObjectAttribute } from "./contract";
import type { Place } from "./condition";
import { characters, forAll, keepsRule, matches, ruleAt, textRuleAt } from "./condition";
import type { RuleDefinition } from "./definition";
import { re2Rule } from "../text/text-rule";
import { re2OnlyOf } from "../text/form";

const texts = { map: "string" } as const;

/** Attributes of a role beside its trusts, by name; `name` for roles that have a key. */
export const ROLE_ATTRIBUTES = {
  description: { type: "string", optional: true },
  inline_policies: { type: texts, optional: true, default: {} },
  managed_policy_arns: { type: texts, optional: true, default: {} },
  max_session_duration: { type: "number", optional: true },
  name: { type: "string", optional: true },
  path: { type: "string", optional: true },
  permissions_boundary_arn: { type: "string", optional: true },
  tags: { type: texts, optional: true, default: {} },
} as const satisfies Readonly<Record<string, ObjectAttribute>>;

export function descriptionRule(place: Place): RuleDefinition {
  return textRuleAt(place, DESCRIPTION, ["caf\u0107", "x\u0007", "\r\n".repeat(501)]);
}

export function nameRule(place: Place): RuleDefinition {
  return textRuleAt(place, ROLE_NAME, ["lake reader", "x".repeat(65), ""]);
}

export function pathRule(place: Place): RuleDefinition {
  return textRuleAt(place, ROLE_PATH, ["databricks", "/databricks", "/data*/", "//"]);
}

export function boundaryRule(place: Place): RuleDefinition {
  return textRuleAt(place, BOUNDARY_ARN, ["arn:aws:iam::111122223333:role/x", ""]);
}

export function sessionRule(place: Place): RuleDefinition {
  const { reference } = place;
  return ruleAt(
    place,
    "duration-out-of-range",
    `${reference} >= ${MIN_SESSION_SECONDS} && ${reference} <= ${MAX_SESSION_SECONDS} && floor(${reference}) ` +
      `== ${reference}`,
    `${place.words} must be whole seconds from ${MIN_SESSION_SECONDS} (1 h) to ${MAX_SESSION_SECONDS} (12 h)`,
    [MIN_SESSION_SECONDS - 1, MAX_SESSION_SECONDS + 1, 3600.5],
  );
}

/** The characters of tags, as both rules have them. */
const CLASS_OF_TAGS = re2OnlyOf(TAG_CHARACTERS);

export function tagRules(place: Place): readonly RuleDefinition[] {
  const tags = place.reference;
  const each = (name: string): readonly string[] => [...place.loops, `${name} in keys(${tags})`];
  const joined = (texts: string): string =>
    `join("", ${place.loops.length === 0 ? texts : `flatten([for ${place.loops.join(" : for ")} : ${texts} if ` + `role != null])`})`;
  const breaks = (...bad: readonly HclValue[]): RuleDefinition["breaks"] =>
    bad.map((value) => ({ [place.variable]: place.holding(value) }));
  const many = Object.fromEntries(Array.from({ length: MAX_TAGS + 1 }, (_, index) => [`tag-${index}`, "x"]));
  return [
    // Classes of Unicode are dear to compile: all keys, and all values, are looked at as one text.
    {
      code: TAG_KEY.code,
      condition: matches(CLASS_OF_TAGS, joined(`keys(${tags})`)),
      message: `The key of each tag must be ${TAG_KEY.says}`,
      breaks: breaks({ "a*b": "x" }),
    },
    {
      code: TAG_KEY.code,
      condition: forAll(each("name"), `name != "" && ${characters("name")} <= 128 && !startswith(lower(name), "aws:")`),
      message: `The key of each tag must be ${TAG_KEY.says}, and must not begin with aws:`,
      breaks: breaks({ "AWS:team": "data" }, { ["x".repeat(129)]: "x" }, { ["\ua960\ud7b0".repeat(65)]: "x" }),
    },
    {
      code: TAG_VALUE.code,
      condition: matches(CLASS_OF_TAGS, joined(`values(${tags})`)),
      message: `The value of each tag must be ${TAG_VALUE.says}`,
      breaks: breaks({ team: "a,b" }),
    },
    {
      code: TAG_VALUE.code,
      condition: forAll(
        [...place.loops, `value in values(${tags})`],
        `value == null ? false : ${characters("value")} <= 256 && !startswith(lower(value), "aws:")`,
      ),
      message: `The value of each tag must be ${TAG_VALUE.says}, and must not begin with aws:`,
      breaks: breaks({ team: "\ua960\ud7b0".repeat(129) }, { team: "x".repeat(257) }, { team: "AWS:x" }),
    },
    {
      code: "tag-collision",
      condition: forAll(place.loops, `length(distinct([for name in keys(${tags}) : lower(name)])) == length(${tags})`),
      message: "The keys of tags must differ in more than case: IAM takes one of them only",
      breaks: breaks({ Team: "a", team: "b" }),
    },
    {
      code: "too-many-tags",
      condition: forAll(place.loops, `length(${tags}) <= ${MAX_TAGS}`),
      message: `There must be at most ${MAX_TAGS} tags: IAM takes no more`,
      breaks: breaks(many),
    },
  ];
}

export function managedPolicyRules(place: Place): readonly RuleDefinition[] {
  const arns = place.reference;
  const breaks = (...bad: readonly HclValue[]): RuleDefinition["breaks"] =>
    bad.map((value) => ({ [place.variable]: place.holding(value) }));
  const arn = POLICY_ARN.example;
  const many = Object.fromEntries(
    Array.from({ length: MAX_MANAGED_POLICIES + 1 }, (_, index) => [`policy-${index}`, `${arn}-${index}`]),
  );
  return [
    {
      code: POLICY_KEY.code,
      condition: forAll([...place.loops, `name in keys(${arns})`], keepsRule(POLICY_KEY, "name")),
      message: `The keys of managed_policy_arns must be ${POLICY_KEY.says}, like read`,
      breaks: breaks({ "read lake": arn }),
    },
    {
      code: POLICY_ARN.code,
      condition: forAll(
        [...place.loops, `value in values(${arns})`],
        `value == null ? false : ${keepsRule(POLICY_ARN, "value")}`,
      ),
      message: `Each of managed_policy_arns must be ${POLICY_ARN.says}, like ${arn}`,
      breaks: breaks({ read: "arn:aws:iam::111122223333:role/x" }),
    },
    {
      code: POLICY_ARN.code,
      condition: forAll(place.loops, `length(distinct(values(${arns}))) == length(${arns})`),
      message: "managed_policy_arns must not hold the same ARN twice",
      breaks: breaks({ a: arn, b: arn }),
    },
    {
      code: "too-many-managed-policies",
      condition: forAll(place.loops, `length(${arns}) <= ${MAX_MANAGED_POLICIES}`),
      message: `There must be at most ${MAX_MANAGED_POLICIES} of managed_policy_arns: IAM takes no more`,
      breaks: breaks(many),
    },
  ];
}

/**
 * How many characters the policies of the map `policies` have together, white space not counted, as an HCL
 * expression.
 */
export function inlineCharacters(policies: string): string {
  return (
    `length(join("", [for policy in values(${policies}) : try(jsonencode(jsondecode(policy)), policy) if ` +
    `policy != null]))`
  );
}

const POLICY =
  '{"Statement":[{"Action":["s3:ListBucket"],"Effect":"Allow","Resource":["arn:aws:s3:::lake"]}],"Version":"2012-10-17"}';

/**
 * `unityCatalog`: HCL for whether the role has a Unity Catalog trust, and attributes that give it one; null where
 * another variable says so.
 */
export function inlinePolicyRules(
  place: Place,
  unityCatalog: { readonly test: string; readonly holding: (value: HclValue) => HclValue } | null,
): readonly RuleDefinition[] {
  const policies = place.reference;
  const breaks = (...bad: readonly HclValue[]): RuleDefinition["breaks"] =>
    bad.map((value) => ({ [place.variable]: place.holding(value) }));
  const long = POLICY.replace("lake", "x".repeat(MAX_INLINE_POLICY_CHARACTERS / 2));
  return [
    {
      code: INLINE_POLICY_NAME.code,
      condition: forAll([...place.loops, `name in keys(${policies})`], keepsRule(INLINE_POLICY_NAME, "name")),
      message: `The keys of inline_policies must be ${INLINE_POLICY_NAME.says}, like ${INLINE_POLICY_NAME.example}`,
      breaks: breaks({ "list lake": POLICY }),
    },
    {
      code: INLINE_POLICY_NAME.code,
      condition: forAll(
        place.loops,
        `length(distinct([for name in keys(${policies}) : lower(name)])) == length(${policies})`,
      ),
      message: "The keys of inline_policies must differ in more than case",
      breaks: breaks({ list: POLICY, List: POLICY }),
    },
    ...(unityCatalog === null
      ? []
      : [
          {
            code: INLINE_POLICY_NAME.code,
            condition: forAll(
              place.loops,
              `!contains([for name in keys(${policies}) : lower(name)], "${SELF_ASSUME_POLICY_NAME}") || ` +
                `!${unityCatalog.test}`,
            ),
            message:
              `An inline policy of a role with unity_catalog must not be ` +
              `called ${SELF_ASSUME_POLICY_NAME}: the module adds one of that name`,
            breaks: [{ [place.variable]: unityCatalog.holding({ [SELF_ASSUME_POLICY_NAME]: POLICY }) }],
          },
        ]),
    {
      code: "inline-policy-invalid",
      condition: forAll(
        [...place.loops, `policy in values(${policies})`],
        'try(jsondecode(policy).Version == "2012-10-17" && length(flatten([jsondecode(policy).Statement])) > 0, false)',
      ),
      message:
        "Each of inline_policies must be the JSON of an IAM policy with Version 2012-10-17 and a Statement; " +
        "write it with jsonencode",
      breaks: breaks(
        { list: "{" },
        { list: '{"Statement":[]}' },
        { list: '{"Version":"2012-10-17","Statement":[]}' },
        { list: '{"Version":"2008-10-17","Statement":[{}]}' },
      ),
    },
    {
      code: POLICY_TEXT.code,
      condition: forAll(
        [...place.loops, `policy in values(${policies})`],
        `!can(jsondecode(policy)) || ${matches(re2Rule(POLICY_TEXT).pattern, "jsonencode(jsondecode(policy))")}`,
      ),
      message: "inline_policies must hold Latin-1 characters only: IAM takes no others",
      breaks: breaks({ list: POLICY.replace("lake", "\u0107") }),
    },
    {
      code: "inline-policies-too-long",
      condition: forAll(place.loops, `${inlineCharacters(policies)} <= ${MAX_INLINE_POLICY_CHARACTERS}`),
      message:
        `inline_policies must have at most ${MAX_INLINE_POLICY_CHARACTERS} characters together: IAM ` +
        `takes no more a role`,
      breaks: breaks({ a: long, b: long }),
    },
  ];
}

/** The rule on the keys of `roles`, which are the roles' names by default. */
export function roleKeyRule(variable: string, right: HclValue): RuleDefinition {
  return {
    code: ROLE_KEY.code,
    condition: forAll([`key in keys(var.${variable})`], keepsRule(ROLE_KEY, "key")),
    message: `Each key of ${variable} must be ${ROLE_KEY.says}, like ${ROLE_KEY.example}`,
    breaks: [{ [variable]: { "lake reader": right } }, { [variable]: { ["x".repeat(65)]: right } }],
  };
}
