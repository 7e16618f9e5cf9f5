/** The kinds of fields: each with the schema of what is declared, and what the model holds of it. */
import * as z from "zod";
import type { ErrorCode, Problem } from "../../errors";
import type { Run } from "../../text/form";
import type { TextRule } from "../../text/text-rule";
import { violation, quoted, satisfies } from "../../text/text-rule";
import type { Json } from "../../trust/canonical-json";
import type { Identity } from "../../trust/trust";
import { secondsOf } from "../time";
import type { Field, Fields, ModelOf, Most, Options, SchemaOf } from "./field";
import { field, modelOf, schemaOf } from "./field";
import { isRecord } from "../../text/members";

/** Text that satisfies a rule; its pattern, length and example reach the JSON Schema. */
export function ruled(rule: TextRule, checkedLater?: true): z.ZodString {
  const limit = rule.maxLength === undefined ? {} : { maxLength: rule.maxLength };
  const schema =
    checkedLater === true
      ? z.string()
      : z.string().superRefine((value, context) => report(context, violation(rule, value, "")));
  return schema.meta({ pattern: rule.pattern, examples: [rule.example], ...limit }) as z.ZodString;
}

function report(context: z.core.$RefinementCtx, problem: Omit<Problem, "path"> | undefined): void {
  if (problem === undefined) return;
  const { code, message, fix } = problem;
  context.addIssue({ code: "custom", message, params: { code, fix } } as never);
}

export function text(rule: TextRule, options: Options): Field<z.ZodString, string> {
  return field({ is: "text", rule }, options, ruled(rule, options.checkedLater), (value) => value);
}

/** A moment that is not far ahead of now; `checkMoment` knows when now is. */
export function moment(rule: TextRule, ahead: ErrorCode, options: Options): Field<z.ZodString, string> {
  const schema = ruled(rule).superRefine((value, context) => {
    const date = new Date(value);
    const isDate = !Number.isNaN(date.getTime()) && date.toISOString().replace(".000Z", "Z") === value;
    if (context.issues.length > 0 || isDate) return;
    report(context, {
      code: rule.code,
      message: `${quoted(value)} is not a date and time of the calendar.`,
      fix: `Write it like ${rule.example}.`,
    });
  }) as z.ZodString;
  return field({ is: "moment", rule, ahead }, options, schema, (value) => value);
}

/** A list of texts. */
export function texts(
  rule: TextRule,
  options: Options & { readonly most?: Most },
): Field<z.ZodArray<z.ZodString>, readonly string[]> {
  const { most, ...rest } = options;
  const items = z.array(ruled(rule, options.checkedLater));
  const bounded =
    most === undefined
      ? items
      : items
          .superRefine(({ length }, context) =>
            report(
              context,
              length <= most.count
                ? undefined
                : {
                    code: most.code,
                    message: `The list has ${length} entries; at most ${most.count} are accepted.`,
                    fix: "Remove some.",
                  },
            ),
          )
          .meta({ maxItems: most.count });
  return field({ is: "texts", rule, ...(most === undefined ? {} : { most }) }, rest, bounded, (value) => value);
}

export function flag(options: Options): Field<z.ZodBoolean, boolean> {
  return field({ is: "flag" }, options, z.boolean(), (value) => value);
}

/** One of `values`. `code`: of the module's rule. */
export function choice<V extends string>(
  values: readonly V[],
  code: ErrorCode,
  options: Options,
): Field<z.ZodType<V, V>, V> {
  const schema = z.enum(values as readonly [V, ...V[]]) as unknown as z.ZodType<V, V>;
  return field({ is: "choice", code, values }, options, schema, (value) => value);
}

/** A duration like `1h`, or seconds; seconds in the model and in HCL. */
export function seconds(
  min: number,
  max: number,
  options: Options,
): Field<z.ZodUnion<readonly [z.ZodString, z.ZodNumber]>, number> {
  const schema = z.union([z.string(), z.number()]).superRefine((value, context) => {
    const amount = secondsOf(value);
    report(
      context,
      amount === null
        ? {
            code: "duration-invalid",
            message: `${quoted(String(value))} is not a duration.`,
            fix: "Write it like 1h, 90m or 3600 (seconds).",
          }
        : amount < min || amount > max
          ? {
              code: "duration-out-of-range",
              message: `${quoted(String(value))} is ${amount} seconds; IAM accepts ${min} to ${max}.`,
              fix: "Write 1h to 12h.",
            }
          : undefined,
    );
  });
  const kind = { is: "seconds", code: "duration-out-of-range", min, max } as const;
  const described = { ...options, description: `${options.description} 1h to 12h, or seconds.` };
  const made = field(kind, described, schema, (value) => secondsOf(value) ?? min);
  return { ...made, description: options.description, schema: made.schema.meta({ examples: ["1h", 3600] }) };
}

/** A whole number. */
export function wholeNumber(min: number, max: number, code: ErrorCode, options: Options): Field<z.ZodNumber, number> {
  const schema = z
    .number()
    .superRefine((value, context) =>
      report(
        context,
        Number.isInteger(value) && value >= min && value <= max
          ? undefined
          : {
              code,
              message: `${value} is not a whole number from ${min} to ${max}.`,
              fix: `Write a whole number from ${min} to ${max}.`,
            },
      ),
    )
    .meta({ minimum: min, maximum: max });
  return field({ is: "number", code, min, max }, options, schema, (value) => value);
}

type TextsByKey = Field<z.ZodRecord<z.ZodString, z.ZodString>, Readonly<Record<string, string>>>;

/** Tags. Their keys are checked together with those they are merged over. */
export function tags(keys: TextRule<Run>, values: TextRule<Run>, most: Most, options: Options): TextsByKey {
  const schema = z.record(z.string(), ruled(values));
  return field({ is: "tags", keys, values, most }, options, schema, (value) => value);
}

/** ARNs of policies by a key of the user's own; the keys are checked with the rest of the role. */
export function policyArns(keys: TextRule, values: TextRule, most: Most, options: Options): TextsByKey {
  const schema = z.record(z.string(), ruled(values));
  return field({ is: "policyArns", keys, values, most }, options, schema, (value) => value);
}

/** An IAM policy document, as the file has it. */
const policyDocument = z
  .custom<{ readonly [key: string]: Json }>(isRecord, {
    message: "A policy must be a mapping, not text or a list.",
    params: { code: "wrong-type", fix: "Write its JSON out as it is, without quotes around it: YAML reads it." },
  })
  .meta({ type: "object", description: "An IAM policy document.", required: ["Version", "Statement"] });

/** Policy documents by name. */
export function policies(
  keys: TextRule,
  options: Options,
): Field<z.ZodRecord<z.ZodString, typeof policyDocument>, Readonly<Record<string, Json>>> {
  return field({ is: "policies", keys }, options, z.record(z.string(), policyDocument), (value) => value);
}

/** A list of names that the federation declares; whether it does is `checkTrust`'s. */
export function names(rule: TextRule, options: Options): Field<z.ZodArray<z.ZodString>, readonly string[]> {
  return field({ is: "names", rule }, options, z.array(ruled(rule, true)), (value) => value);
}

/**
 * Identities by name, each declared by one of `fields`. `distinct`: what a name must not be, because it would be read
 * as a subject elsewhere.
 */
export function identities<F extends Readonly<Record<Identity["kind"], Field>>>(
  keys: TextRule,
  distinct: TextRule,
  fields: F,
  code: ErrorCode,
  options: Options,
): Field<z.ZodRecord<z.ZodString, SchemaOf<F>>, Readonly<Record<string, Identity>>> {
  const choices = Object.keys(fields).join(", ");
  const one = schemaOf(fields)
    .superRefine((value, context) => {
      const count = Object.keys(value).length;
      report(
        context,
        // an unknown key has its own problem
        count === 1 || context.issues.length > 0
          ? undefined
          : {
              code,
              message: `The identity has ${count === 0 ? "none" : count} of ${choices}; it needs exactly one.`,
              fix: `Write one of ${choices}.`,
            },
      );
    })
    .meta({ minProperties: 1, maxProperties: 1 }) as SchemaOf<F>;
  const schema = z.record(z.string(), one).superRefine((value, context) => {
    for (const key of Object.keys(value)) {
      const problem = violation(keys, key, "") ?? (satisfies(distinct, key) ? notDistinct(keys, distinct, key) : null);
      if (problem !== null)
        context.addIssue({
          code: "custom",
          message: problem.message,
          path: [key],
          params: { code: problem.code, fix: problem.fix },
        } as never);
    }
  });
  const kinds = Object.keys(fields) as readonly Identity["kind"][];
  return field({ is: "identities", keys, distinct, code, fields }, options, schema, (declared) =>
    Object.fromEntries(
      Object.entries(declared).flatMap(([name, values]) =>
        kinds.flatMap((kind) => {
          const subject = (values as Partial<Record<Identity["kind"], string>>)[kind];
          return subject === undefined ? [] : [[name, { name, kind, subject }]];
        }),
      ),
    ),
  );
}

function notDistinct(keys: TextRule, distinct: TextRule, key: string): Omit<Problem, "path"> {
  return {
    code: keys.code,
    message: `The name ${quoted(key)} is ${distinct.says}, and would be read as one.`,
    fix: "Choose a name.",
  };
}

/** A list of mappings with these fields. */
export function objects<F extends Fields>(
  fields: F,
  options: Options,
): Field<z.ZodArray<SchemaOf<F>>, readonly ModelOf<F>[]> {
  return field({ is: "objects", fields }, options, z.array(schemaOf(fields)), (values) =>
    values.map((value) => modelOf(fields, value as Parameters<typeof modelOf<F>>[1])),
  );
}
