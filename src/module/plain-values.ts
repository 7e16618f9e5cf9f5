/**
 * Loops that Terraform need not run: in a plan it evaluates each validation's condition and message twice, also where
 * everything is right, and a `for` over a thousand roles with a test for each is most of what that costs. So a rule
 * first looks at the JSON of what it is about, of all roles at once, and runs over them only where that has another
 * form than values that satisfy the rule.
 */
import { hclString } from "../hcl/encode";
import type { Form } from "../text/form";
import { except, re2Part } from "../text/form";
import type { TextRule } from "../text/text-rule";
import type { Loop } from "./loops";
import { ifGiven } from "./loops";

/** RE2's expression for JSON without a value. */
export const JSON_NULL = "null";
export const JSON_EMPTY_LIST = "\\[\\]";
/** For a list of one text at most, such as the keys of a map that has one entry. */
export const JSON_ONE_TEXT = '\\[(?:"[^"\\\\]*")?\\]';

/** RE2's expression for the JSON of texts that satisfy `rule`; undefined where it would be as dear as the rule. */
export function jsonText(rule: TextRule): string | undefined {
  return rule.maxLength === undefined ? jsonForm(rule.form) : undefined;
}

/** RE2's expression for the JSON of texts of `form`. */
export function jsonForm(form: Form): string {
  return `"${re2Part(withoutEscapes(form))}"`;
}

/** RE2's expression for the JSON of a list of texts that satisfy `rule`. */
export function jsonTexts(rule: TextRule): string {
  const text = jsonText(rule);
  return text === undefined ? JSON_EMPTY_LIST : jsonList(text);
}

/** RE2's expression for the JSON of a list of what `element` stands for. */
export function jsonList(element: string): string {
  return `\\[(?:${element},?)*\\]`;
}

/** The same for `element` or null. */
export function orNull(element: string | undefined): string {
  return element === undefined ? JSON_NULL : `(?:${JSON_NULL}|${element})`;
}

/** `form` without the characters that JSON quotes and escapes with: a text that has one is looked at by itself. */
function withoutEscapes(form: Form): Form {
  if (typeof form === "string") return form;
  if ("sequence" in form) return { sequence: form.sequence.map(withoutEscapes) };
  if ("either" in form) return { either: form.either.map(withoutEscapes) };
  if ("form" in form) return { ...form, form: withoutEscapes(form.form) };
  const { first, last } = form;
  return {
    ...form,
    characters: except(form.characters, '"\\'),
    ...(first === undefined ? {} : { first: except(first, '"\\') }),
    ...(last === undefined ? {} : { last: except(last, '"\\') }),
  };
}

/**
 * The loops, over nothing where the JSON of `value`, an HCL expression over what they yield, has the form `plain`
 * everywhere. Only `value` must be known for that.
 */
export function unlessPlain(loops: readonly Loop[], value: string, plain: string | undefined): readonly Loop[] {
  const [first, ...rest] = loops;
  if (first === undefined || plain === undefined || loops.some(({ few }) => few === true)) return loops;
  const values = loops.reduceRight(
    (inner, loop) => `[for ${loop.name} in ${loop.over} : ${inner}${ifGiven(loop)}]`,
    value,
  );
  const form = loops.reduce(jsonList, plain);
  return [{ ...first, unless: { json: values, form: hclString(`^${form}$`) } }, ...rest];
}
