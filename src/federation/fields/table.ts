/** Fields as a Markdown table, for docs and the modules' READMEs. */
import { markdownTable } from "../../text/table";
import { durationText } from "../time";
import type { Field, Fields } from "./field";
import { hclFields } from "./field";

/** Every field by its name in YAML. */
export function fieldTable(fields: Fields): string {
  return table(fields, declaredValue);
}

/** What holds where `field` is left out of a declaration. */
export function defaultText(field: Field): string {
  return field.inherits === undefined ? (field.unset ?? declaredValue(field)) : "the federation's";
}

function declaredValue({ kind, default: value }: Field): string {
  return kind.is === "seconds" && typeof value === "number" ? `\`${durationText(value)}\`` : valueText(value);
}

/** The fields that the modules take, by their names in HCL. */
export function hclFieldTable(fields: Fields): string {
  return table(hclFields(fields), ({ default: value }) => valueText(value));
}

function table(fields: Fields, fallback: (field: Field) => string): string {
  const rows = Object.entries(fields).map(([name, field]) => {
    const inherited = field.inherits === undefined ? undefined : "the federation's";
    const otherwise = field.required ? "required" : (inherited ?? field.unset ?? fallback(field));
    return [`\`${name}\``, field.description, otherwise];
  });
  return markdownTable(["key", "meaning", "default"], rows);
}

function valueText(value: unknown): string {
  if (value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0)) return "none";
  return `\`${String(value)}\``;
}
