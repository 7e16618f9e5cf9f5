/** A Terraform type as `variables.tf` shows it. */
import { expression, hclAttributes } from "../hcl/encode";
import type { VariableType } from "./contract";
import { attributeExpression } from "./contract";

/** A type laid out over lines, to stand after `indent` spaces. */
export function typeText(type: VariableType, indent: number): string {
  if (typeof type === "string") return type;
  if ("list" in type) return `list(${typeText(type.list, indent)})`;
  if ("map" in type) return `map(${typeText(type.map, indent)})`;
  const attributes = Object.entries(type.object)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(
      ([name, attribute]) =>
        [name, expression(attributeExpression(attribute, (inner) => typeText(inner, indent + 2)))] as const,
    );
  return `object({\n${hclAttributes(attributes, indent + 2)}\n${" ".repeat(indent)}})`;
}
