/** What a schema takes at a place: for "did you mean" and for lists of allowed values. */
import * as z from "zod";
import type { PathPart } from "./path";

/** The keys of the mapping that `schema` wants at `path` inside `root`; empty where any key goes. */
export function knownKeys(schema: z.ZodType, root: unknown, path: readonly PathPart[]): readonly string[] {
  const here = schemaAt(schema, root, path);
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

/** The values a discriminated union wants of its discriminator at `path`; empty elsewhere. */
export function discriminatorValues(schema: z.ZodType, root: unknown, path: readonly PathPart[]): readonly string[] {
  const [last, union] = [path.at(-1), schemaAt(schema, root, path.slice(0, -1), true)];
  if (!(union instanceof z.ZodDiscriminatedUnion) || typeof last !== "string") return [];
  return union.options.flatMap((option) => {
    const literal =
      option instanceof z.ZodObject ? (option.shape as Readonly<Record<string, unknown>>)[last] : undefined;
    return literal instanceof z.ZodLiteral ? [...literal.values].map(String) : [];
  });
}

function schemaAt(
  schema: z.ZodType,
  value: unknown,
  path: readonly PathPart[],
  keepUnion = false,
): z.ZodType | undefined {
  const bare = unwrapped(schema);
  if (path.length === 0 && keepUnion) return bare;
  const here = bare instanceof z.ZodDiscriminatedUnion ? branchOf(bare, value) : bare;
  const [part, ...rest] = path;
  if (part === undefined || here === undefined) return here;
  const inner =
    typeof value === "object" && value !== null ? (value as Readonly<Record<PathPart, unknown>>)[part] : undefined;
  if (here instanceof z.ZodObject) {
    const member = (here.shape as Readonly<Record<string, z.ZodType>>)[String(part)];
    return member === undefined ? undefined : schemaAt(member, inner, rest, keepUnion);
  }
  if (here instanceof z.ZodArray) return schemaAt(here.element as z.ZodType, inner, rest, keepUnion);
  if (here instanceof z.ZodRecord) return schemaAt(here.valueType as z.ZodType, inner, rest, keepUnion);
  return undefined;
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

function branchOf(union: z.ZodDiscriminatedUnion, value: unknown): z.ZodType | undefined {
  return union.options.find((option): option is z.ZodObject => {
    if (!(option instanceof z.ZodObject)) return false;
    return Object.entries(option.shape as Readonly<Record<string, unknown>>).some(
      ([key, member]) =>
        member instanceof z.ZodLiteral &&
        typeof value === "object" &&
        value !== null &&
        member.values.has((value as Readonly<Record<string, never>>)[key] as never),
    );
  });
}
