/** What a module is written from: its contract, with everything its files need beyond that. */
import type { Fields } from "../federation/fields/field";
import type { HclValue } from "../hcl/encode";
import type { ContractRule, ModuleContract, ModuleOutput, ModuleVariable } from "./contract";

export type Inputs = Readonly<Record<string, HclValue>>;

/** A rule with inputs that break it, and it alone: each becomes a run with `expect_failures` in the module's tests. */
export interface RuleDefinition extends ContractRule {
  /**
   * Of a validation: values of its variable under that variable's name; of a precondition: inputs that stand for the
   * sample's.
   */
  readonly breaks: readonly Inputs[];
  /** What a run of the module's tests refuses, in words with `_`, e.g. `invalid_role_name`; default: from the code. */
  readonly refuses?: string;
  /** A local or output with the list of what is at fault, shown after the message. */
  readonly atFault?: string;
  /**
   * How that list is made: from `values`, which are none where a look at all of them finds nothing to check. Rules that
   * share them are one validation, so that Terraform looks once. HCL both; `list` calls the values `checked`.
   */
  readonly among?: { readonly values: string; readonly list: string };
}

export interface VariableDefinition extends ModuleVariable {
  /** Of an object, or of a list or map of objects: what its attributes are, for the README. */
  readonly fields?: Fields;
  readonly validations: readonly RuleDefinition[];
}

export interface OutputDefinition extends ModuleOutput {
  /** HCL expression. */
  readonly value: string;
  /** Addresses the value waits for. */
  readonly dependsOn?: readonly string[];
  readonly preconditions: readonly RuleDefinition[];
}

/** Names of the templates' folders. */
export type TemplateName =
  | "databricks-federation"
  | "databricks-workspace-oidc"
  | "databricks-account-oidc"
  | "databricks-federated-role"
  | "trust-policies"
  | "role"
  | "role-policies";

export interface ModuleDefinition extends ModuleContract {
  readonly template: TemplateName;
  readonly variables: readonly VariableDefinition[];
  readonly outputs: readonly OutputDefinition[];
  /** Modules inside it, under modules/. */
  readonly nested: readonly ModuleDefinition[];
  /** Tags that every resource has unless the caller gives others of these keys: an organization's. */
  readonly defaultTags?: Readonly<Record<string, string>>;
  /** Inputs that are right: what tests and rules' `breaks` start from. */
  readonly sample: Inputs;
  /** Inputs of examples/complete: a little of everything. */
  readonly example: Inputs;
}

/** The contract alone, plain JSON. */
export function contractOf(definition: ModuleDefinition): ModuleContract {
  const rule = ({ code, condition, message }: RuleDefinition): ContractRule => ({ code, condition, message });
  return {
    name: definition.name,
    summary: definition.summary,
    requiredVersion: definition.requiredVersion,
    requiredProviders: definition.requiredProviders,
    variables: definition.variables.map(({ fields: _, ...variable }) => ({
      ...variable,
      validations: variable.validations.map(rule),
    })),
    outputs: definition.outputs.map(({ name, description, preconditions }) => ({
      name,
      description,
      preconditions: preconditions.map(rule),
    })),
    resources: definition.resources,
  };
}
