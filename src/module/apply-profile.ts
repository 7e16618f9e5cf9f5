/** The modules as a profile wants them: renamed, with its defaults, and with its demands as validations. */
import type { HclValue } from "../hcl/encode";
import { hclKey, hclString, hclValue } from "../hcl/encode";
import { SETTING_FIELDS } from "../federation/fields/settings";
import type { Json } from "../trust/canonical-json";
import type { Place } from "./condition";
import { inName, ruleAt, variablePlace } from "./condition";
import { members } from "./loops";
import type { ModuleDefinition, RuleDefinition, VariableDefinition } from "./definition";
import { fieldRules } from "./field-rules";
import { inDatabricksZone } from "./issuer-rules";
import { publishedModules } from "./modules";
import { ROLE_LOOP } from "./modules/roles";
import type { Profile } from "./profile-schema";
import type { Sample } from "./sample";
import { isUuid, SAMPLE } from "./sample";

/** The four modules under `profile`, and the sample their tests are written with. */
export function modulesOfProfile(profile: Profile | undefined): {
  readonly modules: readonly ModuleDefinition[];
  readonly sample: Sample;
} {
  if (profile === undefined) return { modules: publishedModules(SAMPLE), sample: SAMPLE };
  const sample = sampleOf(profile);
  return { modules: publishedModules(sample).map((definition) => underProfile(definition, profile, sample)), sample };
}

function sampleOf(profile: Profile): Sample {
  const boundary = profile.defaults?.permissionsBoundaryArn ?? profile.permissionsBoundary?.allowed?.[0];
  const [, boundaryPartition, , , boundaryAccount] = boundary?.split(":") ?? [];
  const partition =
    profile.defaults?.awsPartition ??
    (["aws", "aws-us-gov", "aws-cn"] as const).find((known) => known === boundaryPartition) ??
    SAMPLE.awsPartition;
  const account =
    boundaryAccount === undefined || boundaryAccount === "aws"
      ? (profile.defaults?.awsAccountId ?? SAMPLE.awsAccountId)
      : boundaryAccount;
  const demanded =
    profile.permissionsBoundary === undefined ? null : `arn:${partition}:iam::${account}:policy/boundary`;
  const tags = profile.defaults?.tags ?? {};
  return {
    ...SAMPLE,
    host: profile.allowedHosts?.[0] ?? SAMPLE.host,
    databricksAccountId:
      profile.allowedAccountIds?.find(isUuid) ?? profile.allowedAccountIds?.[0] ?? SAMPLE.databricksAccountId,
    awsAccountId: account,
    awsPartition: partition,
    permissionsBoundaryArn: boundary ?? demanded,
    mandatoryTags: Object.fromEntries((profile.mandatoryTags ?? []).map((key) => [key, tags[key] ?? "example"])),
    defaultTags: tags,
  };
}

function underProfile(definition: ModuleDefinition, profile: Profile, sample: Sample): ModuleDefinition {
  const variables = definition.variables.map((variable) =>
    demanding(withDefault(variable, profile), definition, profile, sample),
  );
  return {
    ...definition,
    ...(profile.defaults?.tags === undefined ? {} : { defaultTags: profile.defaults.tags }),
    name: profile.names?.[definition.template as keyof typeof profile.names] ?? definition.name,
    requiredProviders: providersUnder(profile, definition),
    // What lost its default is required, and comes first.
    variables: [...variables].sort(
      (left, right) => Number(left.default !== undefined) - Number(right.default !== undefined),
    ),
    // Where the variable itself is held to a zone, or to hosts of one, no output need be.
    outputs: bindsHost(profile, definition)
      ? definition.outputs.map((output) => ({
          ...output,
          preconditions: output.preconditions.filter(({ code }) => code !== "host-not-databricks"),
        }))
      : definition.outputs,
    nested: definition.nested.map((nested) => ({ ...nested, requiredProviders: providersUnder(profile, nested) })),
  };
}

function bindsHost({ allowedHosts, allowedAccountIds }: Profile, { template }: ModuleDefinition): boolean {
  return template === "databricks-workspace-oidc"
    ? allowedHosts !== undefined
    : template === "databricks-account-oidc" && allowedAccountIds !== undefined;
}

function providersUnder(
  { providerRange }: Profile,
  { requiredProviders }: ModuleDefinition,
): ModuleDefinition["requiredProviders"] {
  if (providerRange === undefined) return requiredProviders;
  return Object.fromEntries(
    Object.entries(requiredProviders).map(([name, { source }]) => [name, { source, version: providerRange }]),
  );
}

/** Variable -> the profile's default for it. */
function defaultsOf(profile: Profile): Readonly<Record<string, Json | undefined>> {
  const { defaults } = profile;
  return {
    aws_account_id: defaults?.awsAccountId,
    aws_partition: defaults?.awsPartition,
    max_session_duration: defaults?.maxSessionDuration,
    path: defaults?.rolePath,
    permissions_boundary_arn: defaults?.permissionsBoundaryArn,
    role_name_prefix: defaults?.roleNamePrefix,
    role_path: defaults?.rolePath,
    tags: defaults?.tags,
    trust_policy_max_length: defaults?.trustPolicyMaxLength,
  };
}

function withDefault(variable: VariableDefinition, profile: Profile): VariableDefinition {
  const chosen = defaultsOf(profile)[variable.name];
  if (variable.default === undefined || chosen === undefined) return variable;
  return variable.name === "tags"
    ? { ...variable, ...aboveTags(profile, variable.description), default: chosen }
    : { ...variable, default: chosen };
}

/** The variable `tags` where default tags lie beneath it: its rules are on both together, as IAM gets them. */
function aboveTags(
  { defaults }: Profile,
  description: string,
): Pick<VariableDefinition, "description" | "validations"> {
  const kept = Object.keys(defaults?.tags ?? {}).join(", ");
  return {
    description: `${description} Your organization's stay unless they are given here: ${kept}.`,
    validations: fieldRules(SETTING_FIELDS.tags, { ...variablePlace("tags"), reference: allTags(defaults?.tags) }),
  };
}

/** The tags that a caller gives, with the default ones beneath them, as an HCL expression. */
function allTags(defaults: Readonly<Record<string, string>> | undefined): string {
  if (defaults === undefined) return "var.tags";
  const entries = Object.entries(defaults).map(([key, value]) => `${hclKey(key)} = ${hclString(value)}`);
  return `merge({ ${entries.join(", ")} }, var.tags)`;
}

function demanding(
  variable: VariableDefinition,
  definition: ModuleDefinition,
  profile: Profile,
  sample: Sample,
): VariableDefinition {
  const demands = demandsOn(variable, definition, profile, sample);
  const required = demands.some(({ unmetByDefault }) => unmetByDefault);
  const { default: _, ...rest } = variable;
  const validations = [...variable.validations, ...demands.map(({ rule }) => rule)];
  const mandatory = variable.name === "permissions_boundary_arn" && profile.permissionsBoundary?.mandatory === true;
  const nullable = variable.nullable && !mandatory;
  if (required || (mandatory && variable.default === null)) return { ...rest, nullable: false, validations };
  return { ...variable, nullable, validations };
}

interface Demand {
  readonly rule: RuleDefinition;
  readonly unmetByDefault: boolean;
}

function demandsOn(
  variable: VariableDefinition,
  definition: ModuleDefinition,
  profile: Profile,
  sample: Sample,
): readonly Demand[] {
  const demand = (rule: RuleDefinition, unmetByDefault = false): Demand => ({ rule, unmetByDefault });
  const { allowedHosts, allowedAccountIds, defaults, mandatoryTags = [], permissionsBoundary } = profile;
  const value = definition.sample[variable.name] ?? null;
  const changed = (more: Readonly<Record<string, HclValue>>): HclValue => firstMember(value, more);
  const place = (loops: Place["loops"], reference: string, holding: Place["holding"], nullable: boolean): Place => ({
    variable: variable.name,
    loops,
    reference,
    at: reference.replace(/^[a-z]+/, ""),
    nullable,
    words: "",
    holding,
  });
  const whole = place([], `var.${variable.name}`, (bad) => bad, variable.nullable);
  switch (variable.name) {
    case "databricks_workspace_host":
      return allowedHosts === undefined
        ? []
        : [
            demand(
              oneOf("host-invalid", whole, "databricks_workspace_host", allowedHosts, "elsewhere.cloud.databricks.com"),
            ),
          ];
    case "databricks_account_id":
      return allowedAccountIds === undefined
        ? []
        : [
            demand(
              oneOf(
                "databricks-account-id-invalid",
                whole,
                "databricks_account_id",
                allowedAccountIds,
                UNKNOWN_ACCOUNT,
              ),
            ),
          ];
    case "databricks_account_host":
      return allowedAccountIds === undefined ? [] : [demand(inZone(whole, "databricks_account_host"))];
    case "issuers": {
      const at = (attribute: string, right: Readonly<Record<string, HclValue>>): Place =>
        place(
          [members("issuer", "var.issuers", "issuers", { few: true })],
          `issuer.${attribute}`,
          (bad) => ({ production: { ...right, [attribute]: bad } }),
          true,
        );
      const account = {
        level: "account",
        account_id: sample.databricksAccountId,
        accounts_host: sample.databricksAccountHost,
      };
      const workspace = { level: "workspace", workspace_id: sample.workspaceId };
      return [
        ...(allowedHosts === undefined
          ? []
          : [
              demand(
                oneOf(
                  "host-invalid",
                  at("host", workspace),
                  "An issuer's host",
                  allowedHosts,
                  "elsewhere.cloud.databricks.com",
                ),
              ),
            ]),
        ...(allowedAccountIds === undefined
          ? []
          : [
              demand(
                oneOf(
                  "databricks-account-id-invalid",
                  at("account_id", account),
                  "An issuer's account_id",
                  allowedAccountIds,
                  UNKNOWN_ACCOUNT,
                ),
              ),
              demand(inZone(at("accounts_host", { ...account, allow_custom_host: true }), "An issuer's accounts_host")),
            ]),
      ];
    }
    case "permissions_boundary_arn":
      return permissionsBoundary?.allowed === undefined
        ? []
        : [
            demand(
              oneOf(
                "boundary-arn-invalid",
                { ...whole, nullable: variable.nullable && !permissionsBoundary.mandatory },
                "permissions_boundary_arn",
                permissionsBoundary.allowed,
                UNKNOWN_BOUNDARY,
              ),
            ),
          ];
    case "roles":
      return permissionsBoundary?.allowed === undefined
        ? []
        : [
            demand(
              oneOf(
                "boundary-arn-invalid",
                place(
                  [ROLE_LOOP],
                  "role.permissions_boundary_arn",
                  (bad) => changed({ permissions_boundary_arn: bad }),
                  true,
                ),
                "A role's permissions_boundary_arn",
                permissionsBoundary.allowed,
                UNKNOWN_BOUNDARY,
              ),
            ),
          ];
    case "tags":
      // where each has a default, none can be missing
      return mandatoryTags.every((key) => Object.hasOwn(defaults?.tags ?? {}, key))
        ? []
        : [
            demand(
              {
                code: "tag-invalid",
                condition: `length(setsubtract(${hclValue(mandatoryTags)}, keys(${allTags(defaults?.tags)}))) == 0`,
                message: `tags must include ${mandatoryTags.join(", ")}, which your organization requires`,
                breaks: [{ tags: {} }],
              },
              true,
            ),
          ];
    default:
      return [];
  }
}

const UNKNOWN_ACCOUNT = "00000000-0000-4000-8000-000000000000";
const UNKNOWN_BOUNDARY = "arn:aws:iam::999999999999:policy/elsewhere";

function oneOf(code: string, place: Place, words: string, allowed: readonly string[], bad: string): RuleDefinition {
  const test = `contains(${hclValue(allowed)}, ${place.reference})`;
  const message = `${words} must be one that your organization allows: ${allowed.join(", ")}`;
  return { ...ruleAt(place, code, test, message, [bad]), refuses: `other_${inName(words)}_than_allowed` };
}

/**
 * An allowed account ID is worth nothing at a host that another party holds, so allow_custom_host does not reach that
 * far.
 */
function inZone(place: Place, words: string): RuleDefinition {
  const rule = ruleAt(
    place,
    "host-not-databricks",
    inDatabricksZone(place.reference),
    `${words} must be in one of Databricks' zones: your organization allows accounts, not hosts`,
    ["login.example.com"],
  );
  return { ...rule, refuses: `${inName(words)}_outside_databricks_whatever_allow_custom_host` };
}

/** A map's first member with more attributes. */
function firstMember(value: HclValue, more: Readonly<Record<string, HclValue>>): HclValue {
  const [first] = Object.entries(value as Readonly<Record<string, Readonly<Record<string, HclValue>>>>);
  return first === undefined ? {} : { [first[0]]: { ...first[1], ...more } };
}
