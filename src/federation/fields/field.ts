/**
 * What a field of the federation file is. A field is declared once, in role.ts, trust.ts, issuer.ts or settings.ts;
 * from its declaration come the zod schema and the JSON Schema, the reader, the module inputs with their validations,
 * the tables in the docs, and the samples of tests.
 */
import * as z from "zod";
import type { ErrorCode } from "../../errors";
import type { Run } from "../../text/form";
import type { TextRule } from "../../text/text-rule";

/** What a field holds: decides its type and its rules in HCL, and its sample. */
export type Kind =
  | { readonly is: "text" | "texts"; readonly rule: TextRule; readonly most?: Most }
  /** A moment of which `rule` is the form; `ahead`: the code of one that is too far ahead of now. */
  | { readonly is: "moment"; readonly rule: TextRule; readonly ahead: ErrorCode }
  /** Texts by a key of the user's own. */
  | { readonly is: "tags"; readonly keys: TextRule<Run>; readonly values: TextRule<Run>; readonly most: Most }
  | { readonly is: "policyArns"; readonly keys: TextRule; readonly values: TextRule; readonly most: Most }
  /** Policy documents by name; JSON text in HCL. */
  | { readonly is: "policies"; readonly keys: TextRule }
  | { readonly is: "flag" }
  | { readonly is: "seconds" | "number"; readonly code: ErrorCode; readonly min: number; readonly max: number }
  | { readonly is: "choice"; readonly code: ErrorCode; readonly values: readonly string[] }
  /** Names of identities of the federation. */
  | { readonly is: "names"; readonly rule: TextRule }
  /** Mappings by a name of the user's own that is not `distinct`, each with one of these fields, which hold a text. */
  | {
      readonly is: "identities";
      readonly keys: TextRule;
      readonly distinct: TextRule;
      readonly code: ErrorCode;
      readonly fields: Fields;
    }
  | { readonly is: "object" | "objects"; readonly fields: Fields };

/** The most entries of a list or map, and the code of one that has more. */
export interface Most {
  readonly count: number;
  readonly code: ErrorCode;
}

/** Where a field shows beyond the file. */
export interface Places {
  /** False: the modules have no such input, because only what reads the file needs it. */
  readonly inHcl?: false;
  /** The attribute of `aws_iam_role` that takes it. */
  readonly attribute?: string;
  /** The setting of the federation that is used where it is left out. */
  readonly inherits?: string;
  /** The setting of the federation that it is merged over. */
  readonly joins?: string;
}

export interface Options extends Places {
  /** One or two sentences, with full stops. */
  readonly description: string;
  /** What holds where it is left out, in words, where no value says so. */
  readonly unset?: string;
  /** Its rule is not the schema's: a function that knows more (`checkTrust`, `checkIssuer`) has better words. */
  readonly checkedLater?: true;
}

/** `Schema`: of the declared value. `Model`: what the model holds. */
export interface Field<Schema extends z.ZodType = z.ZodType, Model = unknown> extends Places {
  readonly kind: Kind;
  readonly description: string;
  readonly unset?: string;
  readonly schema: Schema;
  readonly required: boolean;
  /** What the model holds where nothing is declared or inherited; undefined for a required field. */
  readonly default: Model | undefined;
  /** Declared value -> the model's. */
  read(declared: z.output<Schema>): Model;
}

/** By their names in YAML and TypeScript. */
export type Fields = Readonly<Record<string, Field>>;
export type ModelOf<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends Field<infer _, infer Model> ? Model : never;
};
export type SchemaOf<F extends Fields> = z.ZodObject<
  { -readonly [Name in keyof F]: F[Name]["schema"] },
  z.core.$strict
>;

/** The schema of a mapping that has these fields and no others. */
export function schemaOf<F extends Fields>(fields: F): SchemaOf<F> {
  return z.strictObject(
    Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema])),
  ) as unknown as SchemaOf<F>;
}

/** What the model holds of `declared`; `inherited` has the settings of the federation. */
export function modelOf<F extends Fields>(
  fields: F,
  declared: Readonly<Partial<z.output<SchemaOf<F>>>>,
  inherited: Readonly<Record<string, unknown>> = {},
): ModelOf<F> {
  const values = declared as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const value = values[name];
      if (value !== undefined) return [name, field.read(value)];
      return [name, field.inherits === undefined ? field.default : inherited[field.inherits]];
    }),
  ) as ModelOf<F>;
}

/** The name of a field in HCL: `maxSessionDuration` -> `max_session_duration`. */
export function hclName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The fields that the modules take, by their names in HCL. */
export function hclFields(fields: Fields): Readonly<Record<string, Field>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => (field.inHcl === false ? [] : [[hclName(name), field]])),
  );
}

/** The same field, which need not be given: the model then holds `value`. */
export function optional<S extends z.ZodType, M>(field: Field<S, M>, value: null): Field<z.ZodOptional<S>, M | null>;
export function optional<S extends z.ZodType, M>(field: Field<S, M>, value: M): Field<z.ZodOptional<S>, M>;
export function optional<S extends z.ZodType, M>(
  field: Field<S, M>,
  value: M | null,
): Field<z.ZodOptional<S>, M | null> {
  return {
    ...field,
    schema: field.schema.optional() as z.ZodOptional<S>,
    required: false,
    default: value,
    read: (declared) => field.read(declared as z.output<S>),
  };
}

/** What a field is, and its default where only words say that. */
export function described({ description, unset }: Pick<Options, "description" | "unset">): string {
  return unset === undefined ? description : `${description} Default: ${unset}.`;
}

/** A field of a form of its own. */
export function field<S extends z.ZodType, M>(
  kind: Kind,
  { checkedLater: _, ...options }: Options,
  schema: S,
  read: (declared: z.output<S>) => M,
): Field<S, M> {
  return {
    ...options,
    kind,
    schema: schema.meta({ description: described(options) }) as S,
    required: true,
    default: undefined,
    read,
  };
}
