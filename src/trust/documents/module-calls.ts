/** Reads the calls of our modules in a plan, their inputs as written: before Terraform converts them. */
import { asRecord } from "../parsed/parse-role";
import type { ModuleCall } from "../parsed/target";

type Members = Readonly<Record<string, unknown>>;

/** Variables that each of the published modules has, whatever an organization calls the module. */
const OURS: readonly string[] = ["aws_account_id", "aws_partition", "trust_policy_max_length"];

/** Every call of one of our modules below `module`, the root's or another's, in the configuration of a plan. */
export function moduleCalls(module: unknown, around: Pick<ModuleCall, "path" | "dependsOn"> = ROOT): ModuleCall[] {
  return Object.entries(asRecord(asRecord(module)?.["module_calls"]) ?? {}).flatMap(([name, entry]) => {
    const call = asRecord(entry) ?? {};
    const inputs: Members = asRecord(call["expressions"]) ?? {};
    const variables = Object.keys(asRecord(asRecord(call["module"])?.["variables"]) ?? {});
    const here: ModuleCall = {
      path: `${around.path}module.${name}`,
      variables,
      given: Object.keys(inputs).filter((input) => !isNull(inputs[input])),
      constants: Object.fromEntries(
        Object.entries(inputs).flatMap(([input, expression]) => {
          const value = asRecord(expression)?.["constant_value"];
          return value === undefined ? [] : [[input, value]];
        }),
      ),
      dependsOn: [...around.dependsOn, ...textsOf(call["depends_on"])],
    };
    const inside = moduleCalls(call["module"], { path: `${here.path}.`, dependsOn: here.dependsOn });
    return OURS.every((variable) => variables.includes(variable)) ? [here] : inside;
  });
}

const ROOT = { path: "", dependsOn: [] };

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
