/** The rules on what a field holds as HCL validations: what IAM would only refuse when it is applied. */
import type { Field, Kind } from "../federation/fields/field";
import { hclFields } from "../federation/fields/field";
import { MAX_INLINE_POLICY_CHARACTERS, MOST_AHEAD_SECONDS, POLICY_TEXT } from "../federation/rules";
import { AWS_REVOKE_POLICY_NAME, REVOKE_POLICY_NAME } from "../trust/revocation";
import type { HclValue } from "../hcl/encode";
import { hclValue } from "../hcl/encode";
import type { Run } from "../text/form";
import { re2Part } from "../text/form";
import type { TextRule } from "../text/text-rule";
import { re2Rule } from "../text/text-rule";
import type { Place } from "./condition";
import type { Loop } from "./loops";
import { members } from "./loops";
import {
  atStart,
  characters,
  eachTextRuleAt,
  forAll,
  inName,
  satisfiesRule,
  matches,
  mustBe,
  noNullRule,
  ruleAt,
  ruleOver,
  textRuleAt,
} from "./condition";
import type { Inputs, RuleDefinition } from "./definition";
import { JSON_EMPTY_LIST, JSON_NULL, JSON_ONE_TEXT, jsonForm, jsonList, jsonTexts, unlessPlain } from "./plain-values";

type KindOf<Is extends Kind["is"]> = Extract<Kind, { readonly is: Is }>;

/** Validations of the field in `place`. Fields that are objects have rules of their own. */
export function fieldRules({ kind }: Field, place: Place): readonly RuleDefinition[] {
  switch (kind.is) {
    case "text":
      return [textRuleAt(place, kind.rule)];
    case "moment":
      return momentRules(place, kind);
    case "texts":
      return [eachTextRuleAt(place, kind.rule), ...mostRules(place, kind)];
    case "seconds":
    case "number":
      return [rangeRule(place, kind)];
    case "choice":
      return [
        {
          ...ruleAt(
            place,
            kind.code,
            `contains(${hclValue(kind.values)}, ${place.reference})`,
            `${place.words} must be one of ${kind.values.join(", ")}`,
            ["elsewhere", ""],
          ),
          refuses: `unknown_${inName(place.words)}`,
        },
      ];
    case "tags":
      return tagRules(place, kind);
    case "policyArns":
      return policyArnRules(place, kind);
    case "policies":
      return policyRules(place, kind);
    case "identities":
      return identityRules(place, kind);
    // that a name is declared is a rule on all inputs together
    case "names":
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
  return [sizeRule(place, most, many, `${place.words} must have at most ${most.count} entries`)];
}

/** The rule that `place` has no more entries than `most`; `many` is one more. */
function sizeRule(place: Place, most: KindOf<"tags">["most"], many: HclValue, message: string): RuleDefinition {
  const count = `length(${place.reference})`;
  const rule = ruleAt({ ...place, shown: count }, most.code, `${count} <= ${most.count}`, message, [many]);
  return { ...rule, refuses: `too_many_${inName(place.words)}` };
}

/**
 * What is not a date of the calendar `timeadd` refuses. `plantimestamp` is unknown until there is a plan, and is the
 * year 1 in a variable's rule of Terraform 1.5 and OpenTofu 1.6, which therefore cannot refuse what is ahead.
 */
function momentRules(place: Place, { rule, ahead }: KindOf<"moment">): readonly RuleDefinition[] {
  const { reference, words } = place;
  const at = { ...place, loops: unlessPlain(place.loops, reference, JSON_NULL) };
  const isMoment = `${satisfiesRule(rule, reference)} && can(timeadd(${reference}, "0s"))`;
  const latest = `timeadd(plantimestamp(), "${MOST_AHEAD_SECONDS}s")`;
  const isNear = `try(timecmp(${reference}, ${latest}) <= 0 || startswith(plantimestamp(), "0001-"), true)`;
  return [
    ruleAt(at, rule.code, isMoment, mustBe(words, rule), [...rule.wrong, "2026-02-30T12:00:00Z"]),
    {
      ...ruleAt(at, ahead, isNear, `${words} must not be more than an hour ahead of the plan`, [
        "9999-12-31T23:59:59Z",
      ]),
      refuses: `${inName(words)}_ahead`,
    },
  ];
}

function rangeRule(place: Place, { is, code, min, max }: KindOf<"seconds" | "number">): RuleDefinition {
  const { reference, words } = place;
  const test = `${reference} >= ${min} && ${reference} <= ${max} && floor(${reference}) == ${reference}`;
  const what =
    is === "seconds"
      ? `a whole number of seconds from ${min} (${min / 3600}h) to ${max} (${max / 3600}h)`
      : `a whole number from ${min} to ${max}`;
  const loops = unlessPlain(place.loops, reference, JSON_NULL);
  const rule = ruleAt({ ...place, loops }, code, test, `${words} must be ${what}`, [min - 1, max + 1, min + 0.5]);
  return { ...rule, refuses: `${inName(words)}_out_of_range` };
}

/** The rule that each key of the map in `place` satisfies `rule`. */
function keysRule(place: Place, rule: TextRule, right: HclValue, plain = jsonTexts(rule)): RuleDefinition {
  const { loops, reference, at } = place;
  return ruleOver(
    rule.code,
    [...unlessPlain(loops, `keys(${reference})`, plain), { name: "name", over: `keys(${reference})`, at }],
    satisfiesRule(rule, "name"),
    mustBe(`Each key of ${place.words}`, rule),
    breaking(place, ...rule.wrong.map((key) => ({ [key]: right }))),
    { value: "name", refuses: `invalid_key_of_${inName(place.words)}` },
  );
}

/** Rules on a variable of identities by name. */
function identityRules(
  { variable, reference }: Place,
  { keys, distinct, code, fields }: KindOf<"identities">,
): readonly RuleDefinition[] {
  const loops = [members("identity", reference, variable, { few: true })] as const;
  const holding = (identity: HclValue): Inputs => ({ [variable]: { [keys.example]: identity } });
  const choices = Object.entries(hclFields(fields));
  const named = choices.map(([name]) => name).join(", ");
  const [first] = choices.map(([name, { kind }]) => ({ [name]: kind.is === "text" ? kind.rule.example : "" }));
  const subjects = `[${choices.map(([name]) => `identity.${name}`).join(", ")}]`;
  return [
    ruleOver(
      keys.code,
      [{ name: "name", over: `keys(${reference})`, at: variable }],
      `${satisfiesRule(keys, "name")} && !${matches(re2Rule(distinct).pattern, "name")}`,
      `${mustBe(`Each key of ${variable}`, keys)}; and not ${distinct.says}`,
      [...keys.wrong, distinct.example].map((key) => ({ [variable]: { [key]: first ?? {} } })),
      { value: "name", refuses: `invalid_key_of_${variable}` },
    ),
    noNullRule(loops, choices[0]?.[0] ?? "", "An identity", holding(null)),
    ruleOver(
      code,
      loops,
      `length([for subject in ${subjects} : subject if subject != null]) == 1`,
      `An identity must have exactly one of ${named}`,
      [
        {},
        Object.fromEntries(choices.map(([name, { kind }]) => [name, kind.is === "text" ? kind.rule.example : ""])),
      ].map(holding),
      { refuses: "identity_of_none_or_of_several_kinds" },
    ),
    ...choices.flatMap(([name, field]) =>
      fieldRules(field, {
        variable,
        loops,
        reference: `identity.${name}`,
        at: `.${name}`,
        nullable: true,
        words: `an identity's ${name}`,
        holding: (value) => ({ [keys.example]: { [name]: value } }),
      }),
    ),
  ];
}

/** The rule that the keys of the map in `place` differ in more than case. */
function caseRule(place: Place, code: string, ...bad: readonly HclValue[]): RuleDefinition {
  const { loops, reference, at } = place;
  const alike = `values({ for name in keys(${reference}) : lower(name) => name... })`;
  return ruleOver(
    code,
    [...unlessPlain(loops, `keys(${reference})`, JSON_EMPTY_LIST), { name: "names", over: alike, at }],
    "length(names) == 1",
    `The keys of ${place.words} must differ in more than case, which IAM ignores`,
    breaking(place, ...bad),
    { value: "names", refuses: `keys_of_${inName(place.words)}_alike_but_for_case` },
  );
}

function limitRule(
  place: Place,
  plain: string,
  most: KindOf<"tags">["most"],
  entry: (index: number) => readonly [string, string],
): RuleDefinition {
  const many = Object.fromEntries(Array.from({ length: most.count + 1 }, (_, index) => entry(index)));
  const loops = unlessPlain(place.loops, `keys(${place.reference})`, plain);
  const message = `${place.words} must have at most ${most.count} entries, the IAM limit`;
  return sizeRule({ ...place, loops }, most, many, message);
}

function tagRules(place: Place, { keys, values, most }: KindOf<"tags">): readonly RuleDefinition[] {
  const tags = place.reference;
  const name: Loop = { name: "name", over: `keys(${tags})`, at: place.at };
  const value: Loop = { key: "name", name: "value", over: tags, at: `${place.at}[\${jsonencode(name)}]` };
  // 2 characters that a reader takes for one
  const pair = "\ua960\ud7b0";
  return [
    tagCharactersRule(place, keys, name, `keys(${tags})`, { [keys.wrong[0] ?? ""]: values.example }),
    tagLengthRule(place, keys, name, `name != "" && ${characters("name")} <= ${keys.form.max}`, [
      { [`AWS:${keys.example}`]: values.example },
      { ["x".repeat(keys.form.max + 1)]: "x" },
      { [pair.repeat(keys.form.max / 2 + 1)]: "x" },
    ]),
    tagCharactersRule(place, values, value, `values(${tags})`, { [keys.example]: values.wrong[0] ?? "" }),
    tagLengthRule(place, values, value, `value == null ? false : ${characters("value")} <= ${values.form.max}`, [
      { [keys.example]: "AWS:x" },
      { [keys.example]: "x".repeat(values.form.max + 1) },
      { [keys.example]: pair.repeat(values.form.max / 2 + 1) },
    ]),
    caseRule(place, "tag-collision", { Team: "a", team: "b" }),
    limitRule(place, JSON_EMPTY_LIST, most, (index) => [`tag-${index}`, "x"]),
  ];
}

const keyOrValue = (loop: Loop): string => (loop.name === "name" ? "key" : "value");

function tagCharactersRule(
  place: Place,
  { code, form, ...rule }: TextRule<Run>,
  loop: Loop,
  texts: string,
  bad: HclValue,
): RuleDefinition {
  const anyNumber = { characters: form.characters, min: 0, max: Infinity };
  const loops = [...unlessPlain(place.loops, texts, jsonList(jsonForm(anyNumber))), loop];
  const test = `${loop.name} == null ? false : ${matches(`^${re2Part(anyNumber)}$`, loop.name)}`;
  const message = mustBe(`Each ${keyOrValue(loop)} of ${place.words}`, { code, form, ...rule });
  const refuses = `invalid_character_in_${keyOrValue(loop)}_of_${inName(place.words)}`;
  return ruleOver(code, loops, test, message, breaking(place, bad), { value: loop.name, refuses });
}

function tagLengthRule(
  place: Place,
  rule: TextRule<Run>,
  loop: Loop,
  test: string,
  bad: readonly HclValue[],
): RuleDefinition {
  return ruleOver(
    rule.code,
    [...unlessPlain(place.loops, `keys(${place.reference})`, JSON_EMPTY_LIST), loop],
    `${test} && !startswith(lower(${loop.name}), "aws:")`,
    `Each ${keyOrValue(loop)} of ${place.words} must have at most ${rule.form.max} characters and must not begin ` +
      `with aws:, which AWS reserves`,
    breaking(place, ...bad),
    { value: loop.name, refuses: `reserved_${keyOrValue(loop)}_of_${inName(place.words)}` },
  );
}

function policyArnRules(place: Place, { keys, values, most }: KindOf<"policyArns">): readonly RuleDefinition[] {
  const { reference: arns, loops, at, words } = place;
  const arn = values.example;
  const value: Loop = { key: "name", name: "value", over: arns, at: `${at}[\${jsonencode(name)}]` };
  const same = `values({ for name, arn in ${arns} : coalesce(arn, "-") => name... })`;
  return [
    keysRule(place, keys, arn),
    ruleOver(
      values.code,
      [...unlessPlain(loops, `values(${arns})`, jsonTexts(values)), value],
      `value == null ? false : ${satisfiesRule(values, "value")}`,
      mustBe(`Each of ${words}`, values),
      breaking(place, ...values.wrong.map((wrong) => ({ [keys.example]: wrong }))),
      { value: "value", refuses: `invalid_${inName(words)}` },
    ),
    ruleOver(
      values.code,
      [...unlessPlain(loops, `keys(${arns})`, JSON_ONE_TEXT), { name: "names", over: same, at }],
      "length(names) == 1",
      `${words} must not contain the same ARN twice`,
      breaking(place, { a: arn, b: arn }),
      { value: "names", refuses: `repeated_${inName(words)}` },
    ),
    limitRule(place, JSON_ONE_TEXT, most, (index) => [`policy-${index}`, `${arn}-${index}`]),
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

/** The rule with a fixed message, because a message must not name a value that may be sensitive. */
function withoutValues({ atFault: _, ...rule }: RuleDefinition): RuleDefinition {
  return rule;
}

function policyRules(place: Place, { keys }: KindOf<"policies">): readonly RuleDefinition[] {
  const policies = place.reference;
  // A policy may be sensitive, and then no message may name it.
  const roles = unlessPlain(place.loops, `keys(${policies})`, JSON_EMPTY_LIST);
  const each: readonly Loop[] = [...roles, { name: "policy", over: `values(${policies})`, at: "" }];
  const named = (policy: string): HclValue => ({ [keys.example]: policy });
  const long = SAMPLE_POLICY.replace("lake", "x".repeat(MAX_INLINE_POLICY_CHARACTERS / 2));
  return [
    withoutValues(keysRule(place, keys, SAMPLE_POLICY, JSON_EMPTY_LIST)),
    {
      code: keys.code,
      refuses: `reserved_key_of_${inName(place.words)}`,
      condition: forAll(
        roles,
        `length(setintersection([for name in keys(${policies}) : lower(name)], ` +
          `${hclValue([AWS_REVOKE_POLICY_NAME.toLowerCase(), REVOKE_POLICY_NAME])})) == 0`,
      ),
      message: atStart(
        `${place.words} must not have a policy called ${REVOKE_POLICY_NAME} or ${AWS_REVOKE_POLICY_NAME}: to refuse ` +
          `older sessions use revoke_sessions_before`,
      ),
      breaks: breaking(place, { [REVOKE_POLICY_NAME]: SAMPLE_POLICY }, { [AWS_REVOKE_POLICY_NAME]: SAMPLE_POLICY }),
    },
    withoutValues(caseRule(place, keys.code, { list: SAMPLE_POLICY, List: SAMPLE_POLICY })),
    {
      code: "inline-policy-invalid",
      refuses: `invalid_${inName(place.words)}`,
      condition: forAll(
        each,
        'try(jsondecode(policy).Version == "2012-10-17" && length(flatten([jsondecode(policy).Statement])) > 0 && ' +
          "alltrue([for statement in flatten([jsondecode(policy).Statement]) : " +
          'contains(["Allow", "Deny"], statement.Effect) && can(statement.Action) != can(statement.NotAction) && ' +
          "can(statement.Resource) != can(statement.NotResource)]), false)",
      ),
      message:
        `Each of ${place.words} must be the JSON of an IAM policy with Version 2012-10-17 and statements that have ` +
        `Effect, Action and Resource; write it with jsonencode`,
      breaks: breaking(
        place,
        named("{"),
        named('{"Statement":[]}'),
        named('{"Version":"2012-10-17","Statement":[]}'),
        named(SAMPLE_POLICY.replace("2012", "2008")),
        named(SAMPLE_POLICY.replace('"Effect":"Allow",', "")),
        named(SAMPLE_POLICY.replace('"Action":["s3:ListBucket"],', "")),
        named(SAMPLE_POLICY.replace("Resource", "Ressource")),
      ),
    },
    {
      code: POLICY_TEXT.code,
      refuses: `other_than_latin_1_in_${inName(place.words)}`,
      condition: forAll(
        each,
        `!can(jsondecode(policy)) || ${matches(re2Rule(POLICY_TEXT).pattern, "jsonencode(jsondecode(policy))")}`,
      ),
      message: mustBe(`Each of ${place.words}`, { ...POLICY_TEXT }),
      breaks: breaking(place, named(SAMPLE_POLICY.replace("lake", "\u0107"))),
    },
    {
      code: "inline-policies-too-long",
      refuses: `too_long_${inName(place.words)}`,
      condition: forAll(roles, `${inlineCharacters(policies)} <= ${MAX_INLINE_POLICY_CHARACTERS}`),
      message: atStart(
        `${place.words} must have at most ${MAX_INLINE_POLICY_CHARACTERS} characters together, the IAM limit per role`,
      ),
      breaks: breaking(place, { a: long, b: long }),
    },
  ];
}
