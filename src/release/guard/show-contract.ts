/** Parts of a contract as the HCL that a user of the module reads: the before and after of release notes. */
import { expression, hclAttributes, type HclValue } from "../../hcl/encode";
import {
  type ContractRule,
  type ModuleContract,
  type ModuleOutput,
  type ModuleVariable,
  plainAddress,
  typeText,
} from "../../module/contract";
import type { Move } from "./moves";

/** `variable "x" { … }` without description, with the rules of `rules`. */
export function showVariable(variable: ModuleVariable, rules: readonly ContractRule[] = []): string {
  const settings: readonly (readonly [string, HclValue])[] = [
    ["type", expression(typeText(variable.type, 2))],
    ...(variable.default === undefined ? [] : [["default", variable.default as HclValue] as const]),
    ["nullable", variable.nullable],
  ];
  return block(`variable "${variable.name}"`, [
    hclAttributes(settings, 2),
    ...rules.map((rule) => showRule("validation", rule)),
  ]);
}

export function showOutput(output: ModuleOutput, rules: readonly ContractRule[] = []): string {
  return block(`output "${output.name}"`, [
    `  # ${output.description.replace(/\s+/g, " ")}`,
    ...rules.map((rule) => showRule("precondition", rule)),
  ]);
}

/** `terraform { … }`: what the module requires. */
export function showRequirements({
  requiredVersion,
  requiredProviders,
}: Pick<ModuleContract, "requiredVersion" | "requiredProviders">): string {
  const providers = Object.entries(requiredProviders).map(
    ([name, { source, version }]) => [name, { source, version }] as const,
  );
  return block("terraform", [
    hclAttributes([["required_version", requiredVersion]], 2),
    ...(providers.length === 0 ? [] : [`  required_providers {\n${hclAttributes(providers, 4)}\n  }`]),
  ]);
}

/** The block that moves a resource whose address changed. */
export function showMove({ from, to }: Move): string {
  return block("moved", [
    hclAttributes(
      [
        ["from", expression(from)],
        ["to", expression(to)],
      ],
      2,
    ),
  ]);
}

/** `resource "type" "name" {}` under its whole address. */
export function showAddress(address: string): string {
  const [type = "", name = ""] = plainAddress(address).split(".").slice(-2);
  return `# ${address}\nresource "${type}" "${name}" {}`;
}

function showRule(name: "validation" | "precondition", rule: ContractRule): string {
  const condition = rule.condition.replaceAll("\n", "\n    ");
  return `  ${name} {\n${hclAttributes(
    [
      ["condition", expression(condition)],
      ["error_message", `${rule.message}.`],
    ],
    4,
  )}\n  }`;
}

function block(head: string, parts: readonly string[]): string {
  return `${head} {\n${parts.join("\n\n")}\n}`;
}
