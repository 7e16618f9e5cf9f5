/**
 * Inputs of a module and the trust policies they give, to the byte: what its tests assert, and what releases compare.
 */
import { trustAttributes, trustInput } from "../hcl/module-inputs";
import { hclName } from "../federation/fields/field";
import { providerArn } from "../issuer/issuer";
import { buildTrustPolicy, trustPolicyJson } from "../trust/build";
import { EMAIL_DOMAIN } from "../trust/rules";
import { NOBODY_SUSPENDED } from "../trust/suspension";
import type { Trust, UnityCatalogTrust } from "../trust/trust";
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
 * Every way a trust policy comes about. A case never changes and never goes: a release is compared
 * with the last one by the cases both have, so a new thought gets a new name.
 */
export function trustCases(definition: ModuleDefinition, sample: Sample): readonly TrustCase[] {
  const single = definition.template === "databricks-federated-role";
  const simple =
    definition.template === "databricks-workspace-oidc" || definition.template === "databricks-account-oidc";
  const account = definition.template === "databricks-account-oidc";
  const path = account
    ? `${sample.databricksAccountHost}/oidc/accounts/${sample.databricksAccountId}`
    : `${sample.host}/oidc`;
  const own = account ? sample.databricksAccountId : sample.workspaceId;
  const context = (audiences: readonly string[]) => ({
    partition: sample.awsPartition,
    accountId: sample.awsAccountId,
    issuers: {
      production: {
        conditionKeys: { aud: `${path}:aud`, sub: `${path}:sub` },
        audiences,
        providerArn: providerArn(sample.awsPartition, sample.awsAccountId, path),
      },
    },
  });
  const registering = (audiences: readonly string[]): Inputs =>
    simple
      ? { audiences }
      : {
          issuers: {
            production: { ...(definition.sample["issuers"] as { readonly production: Inputs }).production, audiences },
          },
        };
  const fallback = (name: string): string =>
    String(definition.variables.find((variable) => variable.name === name)?.default ?? "");
  const role = single
    ? { name: SAMPLE_ROLE, path: fallback("path") }
    : { name: `${fallback("role_name_prefix")}${SAMPLE_ROLE}`, path: fallback("role_path") };
  return Object.entries(trusts(sample, own)).map(
    ([name, { trust, unityCatalog, registered, suspended }]): TrustCase => {
      const suspending: Inputs = suspended === undefined ? {} : { suspended };
      const list = unityCatalog === undefined ? [trust] : [trust, unityCatalog];
      const flat: Inputs = { ...Object.assign({}, ...list.map(trustAttributes)), ...suspending };
      const named = trust.kind === "subjects" ? trust.identities : [];
      return {
        name,
        inputs: {
          ...(registered === undefined ? {} : registering(registered)),
          ...(trust.kind === "subjects" && trust.subjectPatterns.length > 0
            ? { email_domains: [EMAIL_DOMAIN.example] }
            : {}),
          ...(named.length === 0
            ? {}
            : { identities: Object.fromEntries(named.map((one) => [one.name, { [hclName(one.kind)]: one.subject }])) }),
          ...(single
            ? { trusts: list.map(trustInput), ...suspending }
            : { roles: { [SAMPLE_ROLE]: simple ? flat : { trusts: list.map(trustInput), ...suspending } } }),
        },
        role: SAMPLE_ROLE,
        policy: trustPolicyJson(
          buildTrustPolicy(list, role, context(registered ?? [own]), {
            ...NOBODY_SUSPENDED,
            subjects: suspended ?? [],
          }),
        ),
      };
    },
  );
}

interface Case {
  readonly trust: Trust;
  /** Beside it in the same role. */
  readonly unityCatalog?: UnityCatalogTrust;
  /** Audiences the issuer registers; undefined: those it registers by itself. */
  readonly registered?: readonly string[];
  /** Subjects that the role suspends. */
  readonly suspended?: readonly string[];
}

function trusts(sample: Sample, own: string): Readonly<Record<string, Case>> {
  const nobody = {
    kind: "subjects",
    issuer: "production",
    servicePrincipals: [],
    users: [],
    subjects: [],
    identities: [],
    subjectPatterns: [],
    wideSubjectPatterns: [],
    audiences: null,
    conditions: [],
    allowTagSession: false,
  } as const;
  const cloud = unityCatalogCloud(sample);
  const someone = { ...nobody, servicePrincipals: [sample.servicePrincipal] };
  return {
    a_service_principal: { trust: someone },
    users_and_subjects_in_order: {
      trust: { ...someone, users: ["zoe@example.com", "alice@example.com"], subjects: ["a<b>&c", "alice@example.com"] },
    },
    patterns_in_a_statement_of_their_own: {
      trust: {
        ...someone,
        subjectPatterns: ["*@data.example.com", "etl-?@data.example.com"],
      },
    },
    wide_patterns_after_the_others: {
      trust: {
        ...someone,
        subjectPatterns: ["*@data.example.com"],
        wideSubjectPatterns: [{ pattern: "team-*", reason: "Every group of this name may read the public lake." }],
      },
    },
    identities_after_the_other_subjects: {
      trust: {
        ...someone,
        subjects: ["a team"],
        identities: [{ name: "alice", kind: "user", subject: "alice@example.com" }],
      },
    },
    a_suspended_subject_denied_where_a_pattern_may_match: {
      trust: { ...someone, users: ["Alice@data.example.com"], subjectPatterns: ["*@data.example.com"] },
      suspended: ["alice@data.example.com", "bob@data.example.com"],
    },
    a_deny_alone_where_nobody_is_left: { trust: someone, suspended: [sample.servicePrincipal] },
    conditions_beside_the_guards: {
      trust: {
        ...someone,
        conditions: [
          { test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24", "203.0.113.0/24"] },
          { test: "StringEquals", variable: "aws:RequestedRegion", values: ["us-east-1"] },
        ],
        allowTagSession: true,
      },
    },
    the_first_of_several_audiences: { trust: someone, registered: [own, "another-audience"] },
    audiences_of_its_own: {
      trust: {
        ...someone,
        audiences: ["another-audience"],
        subjectPatterns: ["*@data.example.com"],
      },
      registered: [own, "another-audience"],
    },
    ...(cloud === undefined
      ? {}
      : {
          unity_catalog: {
            trust: {
              kind: "unityCatalog",
              externalIds: [sample.externalId],
              cloud,
              conditions: [{ test: "StringEquals", variable: "aws:PrincipalOrgID", values: ["o-1234567890"] }],
            },
          },
          unity_catalog_beside_web_identity: {
            trust: someone,
            unityCatalog: { kind: "unityCatalog", externalIds: [sample.externalId], cloud, conditions: [] },
          },
          unity_catalog_where_nobody_else_is_left: {
            trust: someone,
            unityCatalog: { kind: "unityCatalog", externalIds: [sample.externalId], cloud, conditions: [] },
            suspended: [sample.servicePrincipal],
          },
        }),
  };
}
