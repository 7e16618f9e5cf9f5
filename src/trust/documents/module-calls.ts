/** Reads the calls of our modules in a plan, their inputs as written: before Terraform converts them. */
import { asRecord, type Members } from "../../text/members";
import type { ModuleCall } from "../parsed/target";

/** Variables that each of the published modules has, whatever an organization calls the module. */
const OURS: readonly string[] = ["aws_account_id", "aws_partition", "trust_policy_max_length"];

/**
 * Every call of one of our modules below `module`, the root's or another's, in the configuration of a plan.
 * `variables`: what is known of the module's own variables.
 */
export function moduleCalls(
  module: unknown,
  variables: Members,
  around: Pick<ModuleCall, "path" | "dependsOn"> = ROOT,
): ModuleCall[] {
  return Object.entries(asRecord(asRecord(module)?.["module_calls"]) ?? {}).flatMap(([name, entry]) => {
    const call = asRecord(entry) ?? {};
    const expressions: Members = asRecord(call["expressions"]) ?? {};
    const declared = Object.keys(asRecord(asRecord(call["module"])?.["variables"]) ?? {});
    const constants = definedMembers(expressions, (expression) => asRecord(expression)?.["constant_value"]);
    const here: ModuleCall = {
      path: `${around.path}module.${name}`,
      variables: declared,
      given: Object.keys(expressions).filter((input) => !isNull(expressions[input])),
      constants,
      inputs: { ...definedMembers(expressions, (expression) => variableIn(expression, variables)), ...constants },
      dependsOn: [...around.dependsOn, ...textsOf(call["depends_on"])],
    };
    if (OURS.every((variable) => declared.includes(variable))) return [here];
    return moduleCalls(call["module"], here.inputs, { path: `${here.path}.`, dependsOn: here.dependsOn });
  });
}

const ROOT = { path: "", dependsOn: [] };

/** The members of `from` for which `read` gives a value. */
function definedMembers(from: Members, read: (member: unknown) => unknown): Members {
  return Object.fromEntries(
    Object.entries(from).flatMap(([name, member]) => {
      const value = read(member);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The value of the one variable that an expression refers to, whatever it makes of it. */
function variableIn(expression: unknown, variables: Members): unknown {
  const names = new Set(
    textsOf(asRecord(expression)?.["references"]).map((reference) => /^var\.([^.[]+)/.exec(reference)?.[1]),
  );
  const [only] = names;
  return names.size === 1 && only !== undefined && Object.hasOwn(variables, only) ? variables[only] : undefined;
}

/** Whether an input is given as null, which is not to give it. */
function isNull(expression: unknown): boolean {
  const { constant_value: value, references } = asRecord(expression) ?? { references: [] };
  return references === undefined && (value === undefined || value === null);
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** An address as it is in the configuration: `module.databricks.module.role.aws_iam_role.this`. */
export function addressWithoutKeys(address: string): string {
  return address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, "");
}
