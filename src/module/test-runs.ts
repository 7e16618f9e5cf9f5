/** What a module's own tests run: one refusal for each value that breaks a rule, and trust policies to the byte. */
import type { HclExpression, HclValue } from "../hcl/encode";
import { expression, hclString } from "../hcl/encode";
import { trustAttributes, trustInput } from "../hcl/module-inputs";
import { providerArn } from "../issuer/issuer";
import { buildTrustPolicy, trustPolicyJson } from "../trust/build";
import type { Trust } from "../trust/trust";
import type { Inputs, ModuleDefinition, RuleDefinition } from "./definition";
import type { Sample } from "./sample";
import { unityCatalogCloud } from "./sample";

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

/** Runs that break every rule once. Each run costs a start of the provider, so rules of different variables share one. */
export function refusalRuns(definition: ModuleDefinition): readonly RefusalRun[] {
  const variables = definition.variables.map(({ name, validations }) => validations.map(({ breaks, message }) => ({ name, message, value: breaks[0]?.[name] ?? null })));
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
  const ofOutputs = definition.outputs.flatMap(({ name, preconditions }) => preconditions.map((rule): RefusalRun => ({
    name: `refuses_${rule.code.replaceAll("-", "_")}`,
    messages: [`${rule.message}.`],
    variables: rule.breaks[0] ?? {},
    expectFailures: [expression(`output.${name}`)],
  })));
  return [...ofVariables, ...ofOutputs];
}

export interface PolicyRun {
  readonly name: string;
  readonly variables: Inputs;
  readonly assertions: readonly { readonly condition: HclExpression; readonly error_message: string }[];
}

/** Trusts whose policies are compared to the byte. */
function trustCases(sample: Sample): Readonly<Record<string, Trust>> {
  const nobody = { kind: "subjects", issuer: "production", servicePrincipals: [], users: [], subjects: [], subjectPatterns: [], audiences: null, conditions: [], allowTagSession: false } as const;
  const cloud = unityCatalogCloud(sample);
  const someone = { ...nobody, servicePrincipals: [sample.servicePrincipal] };
  return {
    a_service_principal: someone,
    users_and_subjects_in_order: { ...someone, users: ["zoe@example.com", "alice@example.com"], subjects: ["a<b>&c", "alice@example.com"] },
    patterns_in_a_statement_of_their_own: { ...someone, subjectPatterns: [{ pattern: "*@data.example.com", reason: null }, { pattern: "etl-?@data.example.com", reason: null }] },
    conditions_beside_the_guards: {
      ...someone,
      conditions: [
        { test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24", "203.0.113.0/24"] },
        { test: "StringEquals", variable: "aws:RequestedRegion", values: ["us-east-1"] },
      ],
      allowTagSession: true,
    },
    ...(cloud === undefined ? {} : { unity_catalog: { kind: "unityCatalog", externalIds: [sample.externalId], cloud, conditions: [{ test: "StringEquals", variable: "aws:PrincipalOrgID", values: ["o-1234567890"] }] } }),
  };
}

/** Runs that compare trust policies with what the TypeScript side builds. */
export function policyRuns(definition: ModuleDefinition, sample: Sample): readonly PolicyRun[] {
  const single = definition.name === "databricks-federated-role";
  const simple = definition.template === "databricks-workspace-oidc" || definition.template === "databricks-account-oidc";
  const account = definition.template === "databricks-account-oidc";
  const path = account ? `${sample.databricksAccountHost}/oidc/accounts/${sample.databricksAccountId}` : `${sample.host}/oidc`;
  const context = {
    partition: sample.awsPartition,
    accountId: sample.awsAccountId,
    issuers: { production: {
      conditionKeys: { aud: `${path}:aud`, sub: `${path}:sub` },
      audiences: [account ? sample.databricksAccountId : sample.workspaceId],
      providerArn: providerArn(sample.awsPartition, sample.awsAccountId, path),
    } },
  };
  const fallback = (name: string): string => String(definition.variables.find((variable) => variable.name === name)?.default ?? "");
  const role = single ? { name: "lake-reader", path: fallback("path") } : { name: `${fallback("role_name_prefix")}lake-reader`, path: fallback("role_path") };
  return Object.entries(trustCases(sample)).map(([name, trust]) => {
    const bytes = trustPolicyJson(buildTrustPolicy([trust], role, context));
    const variables: Inputs = single
      ? { trusts: [trustInput(trust)] }
      : { roles: { "lake-reader": simple ? trustAttributes(trust) : { trusts: [trustInput(trust)] } } };
    const output = single ? "output.trust_policy" : 'output.trust_policies["lake-reader"]';
    return {
      name: `writes_${name}`,
      variables,
      assertions: [{ condition: expression(`${output} == ${hclString(bytes)}`), error_message: "The trust policy is not what the TypeScript side builds, to the byte." }],
    };
  });
}

/** The computed ARN of the sample's provider, for a mocked provider to answer with. */
export function sampleProviderArn(definition: ModuleDefinition, sample: Sample): HclValue {
  const account = definition.template === "databricks-account-oidc";
  return providerArn(sample.awsPartition, sample.awsAccountId, account ? `${sample.databricksAccountHost}/oidc/accounts/${sample.databricksAccountId}` : `${sample.host}/oidc`);
}
