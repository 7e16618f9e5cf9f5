/** The fields of the federation file as inputs of modules: their types, and a field as a variable of its own. */
import type { Field, Fields, Kind } from "../federation/fields/field";
import { described, hclFields } from "../federation/fields/field";
import type { Json } from "../trust/canonical-json";
import { variablePlace } from "./condition";
import type { ObjectAttribute, VariableType } from "./contract";
import type { VariableDefinition } from "./definition";
import { fieldRules } from "./field-rules";

/** The Terraform type of what a field holds. */
export function hclType(kind: Kind): VariableType {
  switch (kind.is) {
    case "text":
    case "moment":
    case "choice":
      return "string";
    case "flag":
      return "bool";
    case "seconds":
    case "number":
      return "number";
    case "texts":
    case "names":
      return { list: "string" };
    case "tags":
    case "policyArns":
    case "policies":
      return { map: "string" };
    case "object":
      return { object: attributesOf(kind.fields) };
    case "identities":
      return { map: { object: attributesOf(kind.fields) } };
    case "objects":
      return { list: { object: attributesOf(kind.fields) } };
  }
}

/** The attributes of an object type that has these fields, by their names in HCL. */
export function attributesOf(fields: Fields): Readonly<Record<string, ObjectAttribute>> {
  return Object.fromEntries(
    Object.entries(hclFields(fields)).map(([name, field]) => {
      const type = hclType(field.kind);
      if (field.required) return [name, { type, optional: false }];
      return [
        name,
        isNullable(field) ? { type, optional: true } : { type, optional: true, default: field.default as Json },
      ];
    }),
  );
}

/** The same where the caller gives each of them: what has no value is null. */
export function requiredAttributes(fields: Fields): Readonly<Record<string, ObjectAttribute>> {
  return Object.fromEntries(
    Object.entries(attributesOf(fields)).map(([name, { type }]) => [name, { type, optional: false }]),
  );
}

/** Whether an attribute of an object is null where it is left out: it has no value then, or its federation's. */
export function isNullable(field: Field): boolean {
  return !field.required && (field.default === null || field.inherits !== undefined);
}

/** A field as a variable; `name` and `description` where they are not the field's own. */
export function fieldVariable(name: string, field: Field, description = inputDescription(field)): VariableDefinition {
  const nullable = field.default === null;
  return {
    name,
    type: hclType(field.kind),
    ...(field.kind.is === "identities" ? { fields: field.kind.fields } : {}),
    description,
    ...(field.required ? {} : { default: field.default as Json }),
    nullable,
    validations: fieldRules(field, variablePlace(name, nullable)),
  };
}

/** What a field is, with what only HCL needs to know of it. */
function inputDescription(field: Field): string {
  const { kind } = field;
  const description = described(field);
  if (kind.is === "seconds") return `${description} In seconds.`;
  return kind.is === "policies" ? `${description} Each is JSON text; write it with jsonencode.` : description;
}
