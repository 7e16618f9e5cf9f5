/** The rules on what a field holds as HCL validations: what IAM would only refuse when it is applied. */
import type { Field, Kind } from "../federation/fields/field";
import { MAX_INLINE_POLICY_CHARACTERS, POLICY_TEXT } from "../federation/rules";
import type { HclValue } from "../hcl/encode";
import { hclValue } from "../hcl/encode";
import type { Run } from "../text/form";
import { re2OnlyOf } from "../text/form";
import type { TextRule } from "../text/text-rule";
import { re2Rule } from "../text/text-rule";
import type { Loop, Place } from "./condition";
import {
  atStart,
  characters,
  eachTextRuleAt,
  forAll,
  keepsRule,
  matches,
  mustBe,
  ruleAt,
  textRuleAt,
} from "./condition";
import type { RuleDefinition } from "./definition";

type KindOf<Is extends Kind["is"]> = Extract<Kind, { readonly is: Is }>;

/** Validations of the field that stands in `place`. Fields that are objects have rules of their own. */
export function fieldRules({ kind }: Field, place: Place): readonly RuleDefinition[] {
  switch (kind.is) {
    case "text":
      return [textRuleAt(place, kind.rule)];
    case "texts":
      return [eachTextRuleAt(place, kind.rule), ...mostRules(place, kind)];
    case "seconds":
    case "number":
      return [rangeRule(place, kind)];
    case "choice":
      return [
        ruleAt(
          place,
          kind.code,
          `contains(${hclValue(kind.values)}, ${place.reference})`,
          `${place.words} must be one of ${kind.values.join(", ")}`,
          ["elsewhere", ""],
        ),
      ];
    case "tags":
      return tagRules(place, kind);
    case "policyArns":
      return policyArnRules(place, kind);
    case "policies":
      return policyRules(place, kind);
    case "flag":
    case "object":
    case "objects":
      return [];
  }
}

/** The runs that break a rule on `place`: the variable with each of `bad` in it. */
function breaking(place: Place, ...bad: readonly HclValue[]): RuleDefinition["breaks"] {
  return bad.map((value) => ({ [place.variable]: place.holding(value) }));
}

function mostRules(place: Place, { most, rule }: KindOf<"text" | "texts">): readonly RuleDefinition[] {
  if (most === undefined || place.nullable) return [];
  const many = Array.from({ length: most.count + 1 }, (_, index) => `${rule.example}${index}`);
  const test = `length(${place.reference}) <= ${most.count}`;
  return [ruleAt(place, most.code, test, `${place.words} must have at most ${most.count} entries`, [many])];
}

function rangeRule(place: Place, { is, code, min, max }: KindOf<"seconds" | "number">): RuleDefinition {
  const { reference, words } = place;
  const test = `${reference} >= ${min} && ${reference} <= ${max} && floor(${reference}) == ${reference}`;
  const what =
    is === "seconds"
      ? `a whole number of seconds from ${min} (${min / 3600}h) to ${max} (${max / 3600}h)`
      : `a whole number from ${min} to ${max}`;
  return ruleAt(place, code, test, `${words} must be ${what}`, [min - 1, max + 1, min + 0.5]);
}

/** The rule that each key of the map in `place` keeps `rule`. */
function keysRule(place: Place, rule: TextRule, right: HclValue): RuleDefinition {
  return {
    code: rule.code,
    condition: forAll([...place.loops, { name: "name", over: `keys(${place.reference})` }], keepsRule(rule, "name")),
    message: mustBe(`Each key of ${place.words}`, rule),
    breaks: breaking(place, ...rule.wrong.map((key) => ({ [key]: right }))),
  };
}

/** The rule that the keys of the map in `place` differ in more than case. */
function caseRule(place: Place, code: string, ...bad: readonly HclValue[]): RuleDefinition {
  const { reference } = place;
  return {
    code,
    condition: forAll(
      place.loops,
      `length(distinct([for name in keys(${reference}) : lower(name)])) == length(${reference})`,
    ),
    message: `The keys of ${place.words} must differ in more than case, which IAM ignores`,
    breaks: breaking(place, ...bad),
  };
}

function sizeRule(
  place: Place,
  most: KindOf<"tags">["most"],
  entry: (index: number) => readonly [string, string],
): RuleDefinition {
  const many = Object.fromEntries(Array.from({ length: most.count + 1 }, (_, index) => entry(index)));
  const test = `length(${place.reference}) <= ${most.count}`;
  return {
    code: most.code,
    condition: forAll(place.loops, test),
    message: atStart(`${place.words} must have at most ${most.count} entries, the IAM limit`),
    breaks: breaking(place, many),
  };
}

function tagRules(place: Place, { keys, values, most }: KindOf<"tags">): readonly RuleDefinition[] {
  const tags = place.reference;
  const [role] = place.loops;
  const joined = (texts: string): string =>
    role === undefined
      ? `join("", ${texts})`
      : `join("", flatten([for ${role.name} in ${role.over} : ${texts} if can(${tags})]))`;
  // Classes of Unicode are dear to compile: all keys, and all values, are looked at as one text.
  const charactersRule = (rule: TextRule<Run>, texts: string, words: string, bad: HclValue): RuleDefinition => ({
    code: rule.code,
    condition: matches(re2OnlyOf(rule.form.characters), joined(texts)),
    message: mustBe(`Each ${words} of ${place.words}`, rule),
    breaks: breaking(place, bad),
  });
  const lengthRule = (
    rule: TextRule<Run>,
    loop: Loop,
    test: string,
    words: string,
    ...bad: HclValue[]
  ): RuleDefinition => ({
    code: rule.code,
    condition: forAll([...place.loops, loop], `${test} && !startswith(lower(${loop.name}), "aws:")`),
    message:
      `Each ${words} of ${place.words} must have at most ${rule.form.max} characters and must not begin ` +
      `with aws:, which AWS reserves`,
    breaks: breaking(place, ...bad),
  });
  // 2 characters that a reader takes for one
  const pair = "\ua960\ud7b0";
  return [
    charactersRule(keys, `keys(${tags})`, "key", { [keys.wrong[0] ?? ""]: values.example }),
    lengthRule(
      keys,
      { name: "name", over: `keys(${tags})` },
      `name != "" && ${characters("name")} <= ${keys.form.max}`,
      "key",
      { [`AWS:${keys.example}`]: values.example },
      { ["x".repeat(keys.form.max + 1)]: "x" },
      { [pair.repeat(keys.form.max / 2 + 1)]: "x" },
    ),
    charactersRule(values, `values(${tags})`, "value", { [keys.example]: values.wrong[0] ?? "" }),
    lengthRule(
      values,
      { name: "value", over: `values(${tags})` },
      `value == null ? false : ${characters("value")} <= ${values.form.max}`,
      "value",
      { [keys.example]: "AWS:x" },
      { [keys.example]: "x".repeat(values.form.max + 1) },
      { [keys.example]: pair.repeat(values.form.max / 2 + 1) },
    ),
    caseRule(place, "tag-collision", { Team: "a", team: "b" }),
    sizeRule(place, most, (index) => [`tag-${index}`, "x"]),
  ];
}

function policyArnRules(place: Place, { keys, values, most }: KindOf<"policyArns">): readonly RuleDefinition[] {
  const arns = place.reference;
  const arn = values.example;
  return [
    keysRule(place, keys, arn),
    {
      code: values.code,
      condition: forAll(
        [...place.loops, { name: "value", over: `values(${arns})` }],
        `value == null ? false : ${keepsRule(values, "value")}`,
      ),
      message: mustBe(`Each of ${place.words}`, values),
      breaks: breaking(place, ...values.wrong.map((value) => ({ [keys.example]: value }))),
    },
    {
      code: values.code,
      condition: forAll(place.loops, `length(distinct(values(${arns}))) == length(${arns})`),
      message: atStart(`${place.words} must not contain the same ARN twice`),
      breaks: breaking(place, { a: arn, b: arn }),
    },
    sizeRule(place, most, (index) => [`policy-${index}`, `${arn}-${index}`]),
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

/** A policy that keeps every rule. */
export const SAMPLE_POLICY =
  '{"Statement":[{"Action":["s3:ListBucket"],"Effect":"Allow","Resource":["arn:aws:s3:::lake"]}],"Version":' +
  '"2012-10-17"}';

function policyRules(place: Place, { keys }: KindOf<"policies">): readonly RuleDefinition[] {
  const policies = place.reference;
  const each: readonly Loop[] = [...place.loops, { name: "policy", over: `values(${policies})` }];
  const named = (policy: string): HclValue => ({ [keys.example]: policy });
  const long = SAMPLE_POLICY.replace("lake", "x".repeat(MAX_INLINE_POLICY_CHARACTERS / 2));
  return [
    keysRule(place, keys, SAMPLE_POLICY),
    caseRule(place, keys.code, { list: SAMPLE_POLICY, List: SAMPLE_POLICY }),
    {
      code: "inline-policy-invalid",
      condition: forAll(
        each,
        'try(jsondecode(policy).Version == "2012-10-17" && length(flatten([jsondecode(policy).Statement])) > 0, false)',
      ),
      message:
        `Each of ${place.words} must be the JSON of an IAM policy with Version 2012-10-17 and a Statement; write it ` +
        `with jsonencode`,
      breaks: breaking(
        place,
        named("{"),
        named('{"Statement":[]}'),
        named('{"Version":"2012-10-17","Statement":[]}'),
        named('{"Version":"2008-10-17","Statement":[{}]}'),
      ),
    },
    {
      code: POLICY_TEXT.code,
      condition: forAll(
        each,
        `!can(jsondecode(policy)) || ${matches(re2Rule(POLICY_TEXT).pattern, "jsonencode(jsondecode(policy))")}`,
      ),
      message: mustBe(`Each of ${place.words}`, { ...POLICY_TEXT }),
      breaks: breaking(place, named(SAMPLE_POLICY.replace("lake", "\u0107"))),
    },
    {
      code: "inline-policies-too-long",
      condition: forAll(place.loops, `${inlineCharacters(policies)} <= ${MAX_INLINE_POLICY_CHARACTERS}`),
      message: atStart(
        `${place.words} must have at most ${MAX_INLINE_POLICY_CHARACTERS} characters together, the IAM limit per role`,
      ),
      breaks: breaking(place, { a: long, b: long }),
    },
  ];
}
