/**
 * A module's contract: what its callers may rely on, as plain data (safe to write as JSON). Rendered into
 * `variables.tf`, `outputs.tf`, README tables and tests; compared between releases by the semver guard.
 */
import type { Json } from "../trust/canonical-json";
import { expression, hclAttributes } from "../hcl/encode";

/** A Terraform type. `any` and `set` are not used: two documents of different shape would not fit one map of `any`. */
export type VariableType =
  | "string"
  | "number"
  | "bool"
  | { readonly list: VariableType }
  | { readonly map: VariableType }
  | { readonly object: Readonly<Record<string, ObjectAttribute>> };

export interface ObjectAttribute {
  readonly type: VariableType;
  /** False: every caller must give it. */
  readonly optional: boolean;
  /** Of an optional attribute; absent: null. */
  readonly default?: Json;
}

/** A rule Terraform enforces: a `validation` of a variable, or a `precondition` of an output. */
export interface ContractRule {
  /** The same stable code as in TypeScript, e.g. `host-not-databricks`; several rules may share one. */
  readonly code: string;
  /** HCL expression. */
  readonly condition: string;
  /** What the user sees; plain text. */
  readonly message: string;
}

export interface ModuleVariable {
  readonly name: string;
  readonly type: VariableType;
  readonly description: string;
  /** Absent: required. */
  readonly default?: Json;
  /** Whether a caller may give null. */
  readonly nullable: boolean;
  readonly validations: readonly ContractRule[];
}

export interface ModuleOutput {
  readonly name: string;
  readonly description: string;
  readonly preconditions: readonly ContractRule[];
}

export interface ModuleContract {
  /** E.g. `databricks-workspace-oidc`; in a registry `NAMESPACE/<this>/aws`. */
  readonly name: string;
  readonly summary: string;
  /** Terraform's `required_version`. */
  readonly requiredVersion: string;
  /** By local name, e.g. `aws`. Empty for a module without providers. */
  readonly requiredProviders: Readonly<Record<string, { readonly source: string; readonly version: string }>>;
  /** Required ones first, then by name. */
  readonly variables: readonly ModuleVariable[];
  readonly outputs: readonly ModuleOutput[];
  /**
   * Addresses of managed resources. Where Terraform counts a resource or module, or has one for each of a map,
   * `[count]`
   * or `[for_each]` stands for the key: `module.role[for_each].aws_iam_role.this`. Sorted.
   */
  readonly resources: readonly string[];
}

/** An address of `resources` as it is in the HCL: `module.role.aws_iam_role.this`. */
export function plainAddress(address: string): string {
  return address.replace(/\[[^[\]]*\]/g, "");
}

/** A type as HCL text on one line, e.g. `map(object({ name = optional(string) }))`. */
export function typeExpression(type: VariableType): string {
  if (typeof type === "string") return type;
  if ("list" in type) return `list(${typeExpression(type.list)})`;
  if ("map" in type) return `map(${typeExpression(type.map)})`;
  const attributes = Object.entries(type.object).map(
    ([name, attribute]) => `${name} = ${attributeExpression(attribute, typeExpression)}`,
  );
  return `object({ ${attributes.join(", ")} })`;
}

/** An attribute's type with `optional(…)` around it where it is optional; `inner` writes the type itself. */
export function attributeExpression(attribute: ObjectAttribute, inner: (type: VariableType) => string): string {
  const type = inner(attribute.type);
  if (!attribute.optional) return type;
  return attribute.default === undefined
    ? `optional(${type})`
    : `optional(${type}, ${JSON.stringify(attribute.default)})`;
}

/** A type as `variables.tf` shows it, laid out over lines, to stand after `indent` spaces. */
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
