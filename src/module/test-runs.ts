/** What a module's own tests run: one refusal for each value that breaks a rule, and trust policies to the byte. */
import type { HclExpression, HclValue } from "../hcl/encode";
import { expression, hclString, template } from "../hcl/encode";
import { providerArn } from "../issuer/issuer";
import type { Inputs, ModuleDefinition, RuleDefinition } from "./definition";
import type { Sample } from "./sample";
import { trustCases } from "./trust-cases";

/** One value that breaks one rule. */
export interface Refusal {
  /** `var.roles` or `output.trust_policies`. */
  readonly address: string;
  readonly code: string;
  /** What the user sees. */
  readonly message: string;
  /** Whether what is at fault is named after the message. */
  readonly names: boolean;
  readonly variables: Inputs;
}

/** A `run` block with `command = plan` that breaks one rule. */
export interface RefusalRun {
  readonly name: string;
  readonly message: string;
  readonly variables: Inputs;
  readonly expectFailures: readonly HclExpression[];
}

/** Every value in the definition that breaks a rule. */
export function refusals(definition: ModuleDefinition): readonly Refusal[] {
  const of = (address: string, rules: readonly RuleDefinition[]): readonly Refusal[] =>
    rules.flatMap(({ code, message, breaks, atFault }) =>
      breaks.map((variables) => ({ address, code, message, names: atFault !== undefined, variables })),
    );
  return [
    ...definition.variables.flatMap(({ name, validations }) => of(`var.${name}`, validations)),
    ...definition.outputs.flatMap(({ name, preconditions }) => of(`output.${name}`, preconditions)),
  ];
}

/** Runs that break every rule once, each named after what it refuses. */
export function refusalRuns(definition: ModuleDefinition): readonly RefusalRun[] {
  const runs = (address: string, rules: readonly RuleDefinition[]): readonly RefusalRun[] =>
    rules.flatMap(({ breaks: [bad], code, message, refuses }): readonly RefusalRun[] =>
      bad === undefined
        ? []
        : [
            {
              name: `refuses_${refuses ?? code.replaceAll("-", "_")}`,
              message: `${message}.`,
              variables: readableInputs(bad),
              expectFailures: [expression(address)],
            },
          ],
    );
  return [
    ...definition.variables.flatMap(({ name, validations }) => runs(`var.${name}`, validations)),
    ...definition.outputs.flatMap(({ name, preconditions }) => runs(`output.${name}`, preconditions)),
  ];
}

/** `inputs` with expressions for what no reader would count: long texts of one character, long lists and maps. */
function readableInputs(inputs: Inputs): Inputs {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, readable(value)]));
}

const LONG = 20;

function readable(value: HclValue): HclValue {
  if (typeof value === "string") return readableText(value);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const items = value as readonly HclValue[];
    const item = items.length < LONG ? undefined : numbered(items);
    return item === undefined ? items.map(readable) : expression(`[for index in range(${items.length}) : ${item}]`);
  }
  const entries = Object.entries(value);
  const key = entries.length < LONG ? undefined : numbered(entries.map(([name]) => name));
  const member = key === undefined ? undefined : numbered(entries.map(([, of]) => of));
  if (member !== undefined) return expression(`{ for index in range(${entries.length}) : ${key ?? ""} => ${member} }`);
  return entries.length === 0 ? value : Object.fromEntries(entries.map(([name, of]) => [name, readable(of)]));
}

/** The HCL template that gives each of `texts` by its index: equal texts, or a text that ends in the index. */
function numbered(texts: readonly HclValue[]): string | undefined {
  const [first] = texts;
  if (typeof first !== "string") return undefined;
  const zeros = [...first].reverse().findIndex((digit) => digit !== "0");
  const prefix = first.slice(0, first.length - zeros);
  const forms: readonly (readonly [(index: number) => string, string])[] = [
    [() => first, hclString(first)],
    [(index) => `${prefix}${index}`, `"${hclString(prefix).slice(1, -1)}\${index}"`],
    [
      (index) => `${prefix}${String(index).padStart(zeros, "0")}`,
      `format(${hclString(`${prefix.replaceAll("%", "%%")}%0${zeros}d`)}, index)`,
    ],
  ];
  return forms.find(([text]) => texts.every((given, index) => given === text(index)))?.[1];
}

function readableText(text: string): HclValue {
  const parts: (string | HclExpression)[] = [];
  let end = 0;
  for (const { 0: run, 1: unit = "", index } of text.matchAll(/([^]{1,2}?)\1{29,}/g)) {
    const count = run.length / unit.length;
    // Terraform's range makes no more than 1,024 values
    const chunk = [1, 2, 5, 10].find((size) => count % size === 0 && count / size <= 1024);
    if (chunk === undefined) continue;
    if (index > end) parts.push(text.slice(end, index));
    parts.push(expression(`join("", [for _ in range(${count / chunk}) : ${hclString(unit.repeat(chunk))}])`));
    end = index + run.length;
  }
  if (end < text.length) parts.push(text.slice(end));
  const [first] = parts;
  return parts.length < 2 ? (first ?? text) : template(...parts);
}

export interface PolicyRun {
  readonly name: string;
  readonly variables: Inputs;
  readonly assertions: readonly { readonly condition: HclExpression; readonly error_message: string }[];
}

/** Runs that compare trust policies with what the TypeScript side builds. */
export function policyRuns(definition: ModuleDefinition, sample: Sample): readonly PolicyRun[] {
  const alone = definition.template === "databricks-federated-role";
  return trustCases(definition, sample).map(({ name, inputs, role, policy }) => ({
    name: `writes_${name}`,
    variables: inputs,
    assertions: [
      {
        condition: expression(
          `${alone ? "output.trust_policy" : `output.trust_policies[${hclString(role)}]`} == ${hclString(policy)}`,
        ),
        error_message: "The trust policy is not what the TypeScript side builds, to the byte.",
      },
    ],
  }));
}

/** The computed ARN of the sample's provider, for a mocked provider to answer with. */
export function sampleProviderArn(definition: ModuleDefinition, sample: Sample): HclValue {
  const account = definition.template === "databricks-account-oidc";
  return providerArn(
    sample.awsPartition,
    sample.awsAccountId,
    account ? `${sample.databricksAccountHost}/oidc/accounts/${sample.databricksAccountId}` : `${sample.host}/oidc`,
  );
}
