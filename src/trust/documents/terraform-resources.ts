/** Makes providers and roles of Terraform resources, wherever they are: plan, state, or a CDKTF stack. */
import { accountOfArn } from "../../issuer/issuer";
import { TRUST_POLICY_DEFAULT_QUOTA } from "../rules";
import { isLimitingBoundary, parsedPolicy } from "../parsed/parse-role";
import type { LintProvider, LintRole, UnreadRole } from "../parsed/target";

/** A resource and its values. Unknown values are missing; `unknown` names those of the top level. */
export interface TerraformResource {
  /** E.g. `module.databricks.module.role["lake-reader"].aws_iam_role.this`. */
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly unknown: Readonly<Record<string, unknown>>;
}

export interface ReadResources {
  readonly providers: readonly LintProvider[];
  readonly roles: readonly LintRole[];
  /** Roles whose trust policy is not known. */
  readonly unread: readonly UnreadRole[];
}

/** The types that are read; everything else is passed over. */
export const READ_TYPES: ReadonlySet<string> = new Set([
  "aws_iam_openid_connect_provider",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_role_policies_exclusive",
  "aws_iam_role_policy_attachment",
  "aws_iam_role_policy_attachments_exclusive",
  "aws_iam_policy_attachment",
  "aws_iam_policy",
]);

interface Permissions {
  readonly managed: string[];
  readonly documents: Record<string, unknown>;
}

/** `accountId`: the AWS account, where the document tells it; null: as the role's ARN says. */
export function readResources(resources: readonly TerraformResource[], accountId: string | null): ReadResources {
  const byType = (type: string): readonly TerraformResource[] => resources.filter((resource) => resource.type === type);
  const permissions = permissionsByRole(
    byType("aws_iam_role"),
    byType("aws_iam_role_policy"),
    byType("aws_iam_role_policies_exclusive").flatMap(listedPolicies),
    [
      "aws_iam_role_policy_attachment",
      "aws_iam_role_policy_attachments_exclusive",
      "aws_iam_policy_attachment",
    ].flatMap(byType),
    byType("aws_iam_policy"),
  );
  const unread: UnreadRole[] = [];
  const roles = byType("aws_iam_role").flatMap((resource) => {
    const policy = policyOf(resource.values["assume_role_policy"]);
    if (policy === undefined) {
      unread.push({
        path: resource.address,
        name: nameOf(resource),
        accountId: accountOfArn(resource.values["arn"]) ?? accountId,
      });
      return [];
    }
    return [roleOf(resource, policy, permissions.get(resource.address), accountId)];
  });
  return {
    unread,
    roles,
    providers: byType("aws_iam_openid_connect_provider").flatMap(({ address, values }) =>
      typeof values["url"] === "string"
        ? [
            {
              url: values["url"],
              clientIds: textList(values["client_id_list"]),
              accountId: accountOfArn(values["arn"]) ?? accountId,
              path: address,
            },
          ]
        : [],
    ),
  };
}

/** A policy as a resource holds it: JSON text. Undefined where it is unknown. */
function policyOf(value: unknown): unknown {
  return typeof value !== "string" || value === "" ? undefined : parsedPolicy(value);
}

function nameOf({ values }: TerraformResource): string | null {
  return typeof values["name"] === "string" ? values["name"] : null;
}

function roleOf(
  resource: TerraformResource,
  policy: unknown,
  permissions: Permissions | undefined,
  accountId: string | null,
): LintRole {
  const { values, unknown } = resource;
  const duration = values["max_session_duration"];
  const inline = Array.isArray(values["inline_policy"])
    ? (values["inline_policy"] as readonly Readonly<Record<string, unknown>>[])
    : [];
  return {
    path: resource.address,
    name: nameOf(resource),
    accountId: accountOfArn(values["arn"]) ?? accountId,
    policy,
    maxSessionDuration: typeof duration === "number" ? duration : null,
    bounded: isLimitingBoundary(values["permissions_boundary"]) || unknown["permissions_boundary"] === true,
    managedPolicyArns: [
      ...new Set([...(permissions?.managed ?? []), ...(textList(values["managed_policy_arns"]) ?? [])]),
    ],
    policies: {
      ...permissions?.documents,
      ...Object.fromEntries(
        inline.map((entry, index) => [
          typeof entry["name"] === "string" ? entry["name"] : `inline_policy[${index}]`,
          policyOf(entry["policy"]),
        ]),
      ),
    },
    quota: TRUST_POLICY_DEFAULT_QUOTA,
    widePatterns: [],
    statementPaths: [],
    ignores: [],
  };
}

/**
 * What each role is given, by the role's address: a policy names its role, or is in the same module as it alone.
 */
function permissionsByRole(
  roles: readonly TerraformResource[],
  inline: readonly TerraformResource[],
  listed: readonly TerraformResource[],
  attachments: readonly TerraformResource[],
  policies: readonly TerraformResource[],
): ReadonlyMap<string, Permissions> {
  const byName = new Map<string, string>();
  const byModule = new Map<string, readonly string[]>();
  for (const { address, values } of roles) {
    if (typeof values["name"] === "string") byName.set(values["name"], address);
    byModule.set(moduleOf(address), [...(byModule.get(moduleOf(address)) ?? []), address]);
  }
  const found = new Map<string, Permissions>();
  const of = ({ address, values }: TerraformResource): Permissions | undefined => {
    const role = values["role"];
    const rolesBeside = byModule.get(moduleOf(address)) ?? [];
    const owner = typeof role === "string" ? byName.get(role) : rolesBeside.length === 1 ? rolesBeside[0] : undefined;
    if (owner === undefined) return undefined;
    const permissions = found.get(owner) ?? { managed: [], documents: {} };
    found.set(owner, permissions);
    return permissions;
  };
  const documents = new Map(
    policies.flatMap(({ values }) =>
      typeof values["arn"] === "string" ? [[values["arn"], policyOf(values["policy"])] as const] : [],
    ),
  );
  const keyOf = ({ values }: TerraformResource): string => JSON.stringify([values["role"], values["name"]]);
  const written = new Set(inline.map(keyOf));
  for (const resource of [...inline, ...listed.filter((one) => !written.has(keyOf(one)))]) {
    const permissions = of(resource);
    if (permissions !== undefined) permissions.documents[resource.address] = policyOf(resource.values["policy"]);
  }
  for (const resource of attachments.flatMap(singleAttachments)) {
    const arn = resource.values["policy_arn"];
    const permissions = typeof arn === "string" ? of(resource) : undefined;
    if (permissions === undefined || typeof arn !== "string") continue;
    permissions.managed.push(arn);
    const document = documents.get(arn);
    if (document !== undefined) permissions.documents[arn] = document;
  }
  return found;
}

/** The inline policies that a resource lets a role keep: each goes by its name, its document is not in the resource. */
function listedPolicies({ type, values }: TerraformResource): readonly TerraformResource[] {
  return (textList(values["policy_names"]) ?? []).map((name) => ({
    address: name,
    type,
    values: { name, role: values["role_name"] },
    unknown: {},
  }));
}

/** An attachment for each role and policy that a resource attaches; a role that is not known is left out. */
function singleAttachments(resource: TerraformResource): readonly TerraformResource[] {
  const { roles, role_name: roleName, policy_arns: arns } = resource.values;
  const single = (role: unknown, arn: unknown): TerraformResource => ({
    ...resource,
    values: { ...(role === undefined ? {} : { role }), policy_arn: arn },
  });
  if (resource.type === "aws_iam_policy_attachment")
    return (textList(roles) ?? []).map((role) => single(role, resource.values["policy_arn"]));
  if (resource.type === "aws_iam_role_policy_attachments_exclusive")
    return (textList(arns) ?? []).map((arn) => single(roleName, arn));
  return [resource];
}

/** `module.a.module.b["x"]` of an address in it; "" for the root. */
function moduleOf(address: string): string {
  return /^((?:module\.[^.[]+(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?\.)*)/.exec(address)?.[1] ?? "";
}

function textList(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? (value as readonly string[]) : null;
}
