/** Values of fields, made from their declarations: a new field is in the samples of every test that uses these. */
import fc from "fast-check";
import type { Fields, Kind } from "../../src/federation/fields/field";

/** Values that keep the field's own rule, where no other field has a say in it; undefined for other kinds. */
function valuesOf(kind: Kind): readonly unknown[] | undefined {
  switch (kind.is) {
    case "flag":
      return [true, false];
    case "choice":
      return kind.values;
    case "seconds":
    case "number":
      return [kind.max, kind.min];
    case "text":
    case "moment":
      return [kind.rule.example];
    default:
      return undefined;
  }
}

/** One value of each such field, other than its default where there is one. */
export function samplesOf(fields: Fields): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const value = valuesOf(field.kind)?.find((candidate) => candidate !== field.default);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Any value of each such field. */
export function arbitrariesOf(fields: Fields): Readonly<Record<string, fc.Arbitrary<unknown>>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { kind }]) => {
      const values = valuesOf(kind);
      return values === undefined ? [] : [[name, fc.constantFrom(...values)]];
    }),
  );
}

/** The names of the fields that hold one text. */
export function textFields(fields: Fields): readonly string[] {
  return Object.entries(fields).flatMap(([name, { kind }]) => (kind.is === "text" ? [name] : []));
}
