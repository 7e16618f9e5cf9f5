/** A federation in the words of the HCL modules: camelCase becomes snake_case, what is default is left out. */
import type { AccountView, ProviderView } from "../federation/account-view";
import type { Federation, FederationRole } from "../federation/model";
import { DEFAULT_SESSION_SECONDS } from "../federation/rules";
import { defaultAudience } from "../issuer/issuer";
import type { Json } from "../trust/canonical-json";
import { TRUST_POLICY_DEFAULT_QUOTA } from "../trust/rules";
import type { Condition, Trust } from "../trust/trust";
import type { HclValue } from "./encode";
import { call } from "./encode";

type Inputs = Readonly<Record<string, HclValue>>;

function unlessEmpty(name: string, values: readonly HclValue[]): Inputs {
  return values.length === 0 ? {} : { [name]: values };
}

function unlessNull(name: string, value: HclValue): Inputs {
  return value === null ? {} : { [name]: value };
}

function mapUnlessEmpty(name: string, values: Readonly<Record<string, HclValue>>): Inputs {
  return Object.keys(values).length === 0 ? {} : { [name]: values };
}

function conditionInputs(conditions: readonly Condition[]): readonly HclValue[] {
  return conditions.map(({ test, variable, values }) => ({ test, variable, values }));
}

/** A trust without its issuer: what stands in a role of the simple modules. */
export function trustAttributes(trust: Trust): Inputs {
  if (trust.kind === "unityCatalog") {
    return {
      unity_catalog: { cloud: trust.cloud, external_ids: trust.externalIds },
      ...unlessEmpty("conditions", conditionInputs(trust.conditions)),
    };
  }
  return {
    ...unlessEmpty("service_principals", trust.servicePrincipals),
    ...unlessEmpty("users", trust.users),
    ...unlessEmpty("subjects", trust.subjects),
    ...unlessEmpty(
      "subject_patterns",
      trust.subjectPatterns.map(({ pattern }) => pattern),
    ),
    ...(trust.audiences === null ? {} : { audiences: trust.audiences }),
    ...unlessEmpty("conditions", conditionInputs(trust.conditions)),
    ...(trust.allowTagSession ? { allow_tag_session: true } : {}),
  };
}

/** A trust as in `trusts` of databricks-federation. */
export function trustInput(trust: Trust): HclValue {
  return trust.kind === "subjects" ? { issuer: trust.issuer, ...trustAttributes(trust) } : trustAttributes(trust);
}

/** A policy document as an expression for its JSON. */
export function policyJson(document: Json): HclValue {
  return call("jsonencode", document as HclValue);
}

function roleInput(role: FederationRole, federation: Federation): HclValue {
  const differs = (name: string, value: HclValue, shared: HclValue): Inputs =>
    value === shared ? {} : { [name]: value };
  const policies = Object.entries(role.inlinePolicies).map(([name, document]) => [name, policyJson(document)] as const);
  return {
    ...unlessNull("name", role.explicitName),
    ...unlessNull("description", role.description),
    ...differs("path", role.path, federation.rolePath),
    ...differs("max_session_duration", role.maxSessionDuration, federation.maxSessionDuration),
    ...differs("permissions_boundary_arn", role.permissionsBoundaryArn, federation.permissionsBoundaryArn),
    trusts: role.trusts.map(trustInput),
    ...mapUnlessEmpty("managed_policy_arns", role.managedPolicyArns),
    ...mapUnlessEmpty("inline_policies", Object.fromEntries(policies)),
    ...mapUnlessEmpty("tags", role.tags),
  };
}

function issuerInput({ issuer, create, arn }: ProviderView): HclValue {
  const { input } = issuer;
  const place: Inputs =
    input.level === "workspace"
      ? { host: input.host, workspace_id: input.workspaceId }
      : {
          account_id: input.accountId,
          ...(input.accountsHost === undefined
            ? { cloud: input.cloud ?? "aws" }
            : { accounts_host: input.accountsHost }),
        };
  const usual = issuer.audiences.length === 1 && issuer.audiences[0] === defaultAudience(input);
  return {
    level: input.level,
    ...place,
    ...(usual ? {} : { audiences: issuer.audiences }),
    ...(input.allowCustomHost === true ? { allow_custom_host: true } : {}),
    ...(create ? {} : { existing_provider_arn: arn }),
  };
}

/** Inputs of databricks-federation for the federation in one AWS account, single values first. */
export function federationInputs(view: AccountView): readonly (readonly [string, HclValue])[] {
  const { federation, account } = view;
  const settings: Inputs = {
    ...unlessNull("aws_account_id", account.accountId),
    aws_partition: account.partition,
    ...(federation.maxSessionDuration === DEFAULT_SESSION_SECONDS
      ? {}
      : { max_session_duration: federation.maxSessionDuration }),
    ...unlessNull("permissions_boundary_arn", federation.permissionsBoundaryArn),
    ...(federation.roleNamePrefix === "" ? {} : { role_name_prefix: federation.roleNamePrefix }),
    ...(federation.rolePath === "/" ? {} : { role_path: federation.rolePath }),
    ...(federation.trustPolicyMaxLength === TRUST_POLICY_DEFAULT_QUOTA
      ? {}
      : { trust_policy_max_length: federation.trustPolicyMaxLength }),
  };
  const issuers = Object.fromEntries(view.providers.map((provider) => [provider.issuer.key, issuerInput(provider)]));
  const roles = Object.fromEntries(view.roles.map((role) => [role.key, roleInput(role, federation)]));
  return Object.entries({ ...settings, ...mapUnlessEmpty("tags", federation.tags), issuers, roles });
}
