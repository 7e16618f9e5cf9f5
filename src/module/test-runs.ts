/** What a module's own tests run: one refusal for each value that breaks a rule, and trust policies to the byte. */
import type { HclExpression, HclValue } from "../hcl/encode";
import { expression, hclString } from "../hcl/encode";
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
  readonly variables: Inputs;
}

/** A `run` block with `command = plan`: broken rules of different variables, which Terraform reports together. */
export interface RefusalRun {
  readonly name: string;
  readonly messages: readonly string[];
  readonly variables: Inputs;
  readonly expectFailures: readonly HclExpression[];
}

/** Every value in the definition that breaks a rule. */
export function refusals(definition: ModuleDefinition): readonly Refusal[] {
  const of = (address: string, rules: readonly RuleDefinition[]): readonly Refusal[] =>
    rules.flatMap(({ code, message, breaks }) => breaks.map((variables) => ({ address, code, message, variables })));
  return [
    ...definition.variables.flatMap(({ name, validations }) => of(`var.${name}`, validations)),
    ...definition.outputs.flatMap(({ name, preconditions }) => of(`output.${name}`, preconditions)),
  ];
}

/**
 * Runs that break every rule once. Each run costs a start of the provider, so rules of different variables share one.
 */
export function refusalRuns(definition: ModuleDefinition): readonly RefusalRun[] {
  const variables = definition.variables.map(({ name, validations }) =>
    validations.flatMap(({ breaks: [bad], message, amongErrors }) =>
      bad === undefined || amongErrors === true ? [] : [{ name, message, value: bad[name] ?? null }],
    ),
  );
  const rounds = Math.max(...variables.map((rules) => rules.length));
  const ofVariables = Array.from({ length: rounds }, (_, round): RefusalRun => {
    const broken = variables.flatMap((rules) => rules[round] ?? []);
    return {
      name: `refuses_inputs_${round + 1}`,
      messages: broken.map(({ name, message }) => `${name}: ${message}.`),
      variables: Object.fromEntries(broken.map(({ name, value }) => [name, value])),
      expectFailures: broken.map(({ name }) => expression(`var.${name}`)),
    };
  });
  const ofOutputs = definition.outputs.flatMap(({ name, preconditions }) =>
    preconditions.flatMap(({ breaks: [bad], code, message }): readonly RefusalRun[] =>
      bad === undefined
        ? []
        : [
            {
              name: `refuses_${code.replaceAll("-", "_")}`,
              messages: [`${message}.`],
              variables: bad,
              expectFailures: [expression(`output.${name}`)],
            },
          ],
    ),
  );
  return [...ofVariables, ...ofOutputs];
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
