/** Inputs of a module and the trust policies they give, to the byte: what its tests assert, and what releases compare. */
import { trustAttributes, trustInput } from "../hcl/module-inputs";
import { providerArn } from "../issuer/issuer";
import { buildTrustPolicy, trustPolicyJson } from "../trust/build";
import type { Trust } from "../trust/trust";
import type { Inputs, ModuleDefinition } from "./definition";
import type { Sample } from "./sample";
import { SAMPLE_ROLE, unityCatalogCloud } from "./sample";

export interface TrustCase {
  readonly name: string;
  /** Beside the definition's `sample`. */
  readonly inputs: Inputs;
  /** The role's key. */
  readonly role: string;
  /** Canonical JSON, from TypeScript. */
  readonly policy: string;
}

/**
 * Every way a trust policy comes about, each by one trust. A case never changes and never goes: a release is compared
 * with the last one by the cases both have, so a new thought gets a new name.
 */
export function trustCases(definition: ModuleDefinition, sample: Sample): readonly TrustCase[] {
  const single = definition.template === "databricks-federated-role";
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
  const role = single ? { name: SAMPLE_ROLE, path: fallback("path") } : { name: `${fallback("role_name_prefix")}${SAMPLE_ROLE}`, path: fallback("role_path") };
  return Object.entries(trusts(sample)).map(([name, trust]): TrustCase => ({
    name,
    inputs: single
      ? { trusts: [trustInput(trust)] }
      : { roles: { [SAMPLE_ROLE]: simple ? trustAttributes(trust) : { trusts: [trustInput(trust)] } } },
    role: SAMPLE_ROLE,
    policy: trustPolicyJson(buildTrustPolicy([trust], role, context)),
  }));
}

function trusts(sample: Sample): Readonly<Record<string, Trust>> {
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
