/** A federation as inputs of the HCL modules: each field by its name in HCL, what is default left out. */
import type { AccountView, ProviderView } from "../federation/account-view";
import type { Fields, Kind } from "../federation/fields/field";
import { hclName } from "../federation/fields/field";
import { ISSUER_FIELDS } from "../federation/fields/issuer";
import { ROLE_FIELDS } from "../federation/fields/role";
import { SETTING_FIELDS } from "../federation/fields/settings";
import { TRUST_FIELDS } from "../federation/fields/trust";
import type { Federation, FederationRole } from "../federation/model";
import { defaultAudience } from "../issuer/issuer";
import type { Json } from "../trust/canonical-json";
import type { Identity, Trust } from "../trust/trust";
import type { HclValue } from "./encode";
import { call } from "./encode";
import type { Members } from "../text/members";

type Inputs = Readonly<Record<string, HclValue>>;
/** `values`, by the names of `fields`, as inputs; `inherited` has what fields inherit. */
function inputsOf(fields: Fields, values: Members, inherited: Members = {}): Inputs {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]): readonly (readonly [string, HclValue])[] => {
      if (field.inHcl === false) return [];
      const value = values[name];
      const fallback = field.inherits === undefined ? field.default : inherited[field.inherits];
      const left = value === undefined || (!field.required && (value === fallback || isEmpty(value)));
      return left ? [] : [[hclName(name), inputOf(field.kind, value)]];
    }),
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function inputOf(kind: Kind, value: unknown): HclValue {
  switch (kind.is) {
    case "policies":
      return Object.fromEntries(
        Object.entries(value as Members).map(([name, text]) => [name, policyJson(text as Json)]),
      );
    case "object":
      return inputsOf(kind.fields, value as Members);
    case "objects":
      return (value as readonly Members[]).map((entry) => inputsOf(kind.fields, entry));
    case "identities":
      return Object.fromEntries(
        Object.values(value as Readonly<Record<string, Identity>>).map(({ name, kind: of, subject }) => [
          name,
          inputsOf(kind.fields, { [of]: subject }),
        ]),
      );
    case "names":
      return (value as readonly Identity[]).map(({ name }) => name);
    default:
      return value as HclValue;
  }
}

/** A policy document as an expression for its JSON. */
function policyJson(document: Json): HclValue {
  return call("jsonencode", document as HclValue);
}

/** A trust as in `trusts` of databricks-federation. */
export function trustInput(trust: Trust): Inputs {
  return inputsOf(TRUST_FIELDS, trustValues(trust));
}

/** A trust without its issuer: what is in a role of the simple modules. */
export function trustAttributes(trust: Trust): Inputs {
  return inputsOf(TRUST_FIELDS, { ...trustValues(trust), issuer: null });
}

function trustValues(trust: Trust): Members {
  if (trust.kind === "subjects") return { ...trust };
  const { conditions, ...unityCatalog } = trust;
  return { unityCatalog, conditions };
}

function roleInput(role: FederationRole, federation: Federation): HclValue {
  const values = { ...role, name: role.explicitName, trusts: role.trusts.map(trustValues) };
  return inputsOf(ROLE_FIELDS, values, { ...federation });
}

function issuerInput({ issuer, create, arn }: ProviderView): HclValue {
  const usual = issuer.audiences.length === 1 && issuer.audiences[0] === defaultAudience(issuer.input);
  return inputsOf(ISSUER_FIELDS, {
    ...issuer.input,
    audiences: usual ? [] : issuer.audiences,
    existingProviderArn: create ? null : arn,
  });
}

/** Inputs of databricks-federation for the federation in one AWS account, single values first. */
export function federationInputs(view: AccountView): readonly (readonly [string, HclValue])[] {
  const { federation, account } = view;
  const issuers = Object.fromEntries(view.providers.map((provider) => [provider.issuer.key, issuerInput(provider)]));
  const roles = Object.fromEntries(view.roles.map((role) => [role.key, roleInput(role, federation)]));
  return Object.entries({
    ...(account.accountId === null ? {} : { aws_account_id: account.accountId }),
    aws_partition: account.partition,
    ...inputsOf(SETTING_FIELDS, { ...federation, suspended: view.suspended }),
    issuers,
    roles,
  });
}
