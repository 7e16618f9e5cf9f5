/** Reads an account out of `terraform show -json`: of a state, or of the state that a plan begins with. Pure. */
import { accountOfArn, issuerPathOf } from "../issuer/issuer";
import { deployedResources, isPlan } from "../trust/documents/terraform-plan";
import type { TerraformResource } from "../trust/documents/terraform-resources";
import { parsedPolicy } from "../trust/parsed/parse-role";
import { asRecord, itemsOf, type Members, records, texts } from "../text/members";
import { UNKNOWN_ROLE } from "../trust/parsed/target";
import type { AccountPart, ExistingProvider, ExistingRole } from "./account";
import { pathOfArn } from "./read-iam";

/** The account of the state in `document`. Of a plan the state before it: what is only planned does not exist. */
export function readTerraformAccount(document: Members, source: string): AccountPart {
  const state = isPlan(document) ? (asRecord(document["prior_state"]) ?? { format_version: "1.0" }) : document;
  const { resources } = deployedResources(state);
  const ofType = (...types: readonly string[]): readonly TerraformResource[] =>
    resources.filter(({ type }) => types.includes(type));
  const byRole = rolesOf([
    ...ofType("aws_iam_role_policy", "aws_iam_role_policies_exclusive"),
    ...ofType("aws_iam_role_policy_attachment", "aws_iam_role_policy_attachments_exclusive"),
    ...ofType("aws_iam_policy_attachment"),
  ]);
  return {
    source,
    unplaced: [],
    listsProviders: false,
    isPage: false,
    providers: ofType("aws_iam_openid_connect_provider").flatMap(providerOf),
    roles: ofType("aws_iam_role").flatMap((resource) => roleOf(resource, byRole)),
  };
}

function providerOf({ address, values }: TerraformResource): readonly ExistingProvider[] {
  const { arn, url, client_id_list: clientIds } = values;
  if (typeof arn !== "string" || typeof url !== "string") return [];
  return [{ arn, url: `https://${issuerPathOf(url)}`, clientIds: texts(clientIds), tags: tagsOf(values), address }];
}

/** What names a role, by the role's name. */
function rolesOf(resources: readonly TerraformResource[]): ReadonlyMap<string, readonly TerraformResource[]> {
  const byRole = new Map<string, TerraformResource[]>();
  for (const resource of resources) {
    const { role, role_name: roleName, roles } = resource.values;
    for (const name of [role, roleName, ...itemsOf(roles)])
      if (typeof name === "string") byRole.set(name, [...(byRole.get(name) ?? []), resource]);
  }
  return byRole;
}

function roleOf(
  { address, values }: TerraformResource,
  byRole: ReadonlyMap<string, readonly TerraformResource[]>,
): readonly ExistingRole[] {
  const { arn, name, path, assume_role_policy: policy, max_session_duration: duration } = values;
  if (typeof arn !== "string" || typeof name !== "string" || typeof policy !== "string") return [];
  const own = byRole.get(name) ?? [];
  const inline = new Map<string, unknown>(
    records(values["inline_policy"]).flatMap((entry) =>
      typeof entry["name"] === "string" && typeof entry["policy"] === "string"
        ? [[entry["name"], parsedPolicy(entry["policy"])] as const]
        : [],
    ),
  );
  const attached = new Set(texts(values["managed_policy_arns"]));
  const places = { attached: new Map<string, string>(), inline: new Map<string, string>() };
  const others: string[] = [];
  for (const { type, address: at, values: of } of own) {
    const { policy_arn: policyArn, name: policyName, policy: document } = of;
    if (typeof policyArn === "string") attached.add(policyArn);
    if (type === "aws_iam_role_policy_attachment" && typeof policyArn === "string") places.attached.set(policyArn, at);
    else if (type === "aws_iam_role_policy" && typeof policyName === "string") {
      if (typeof document === "string") inline.set(policyName, parsedPolicy(document));
      places.inline.set(policyName, at);
    } else others.push(at);
  }
  const policies = { attached: [...attached].sort(), inline: Object.fromEntries(inline) };
  const { description, permissions_boundary: boundary } = values;
  return [
    {
      arn,
      name,
      path: typeof path === "string" ? path : pathOfArn(arn),
      lint: {
        ...UNKNOWN_ROLE,
        path: name,
        name,
        accountId: accountOfArn(arn),
        policy: parsedPolicy(policy),
        managedPolicyArns: policies.attached,
        policies: policies.inline,
      },
      settings: {
        description: typeof description === "string" && description !== "" ? description : null,
        maxSessionDuration: typeof duration === "number" ? duration : 3600,
      },
      details: { tags: tagsOf(values), boundaryArn: typeof boundary === "string" && boundary !== "" ? boundary : null },
      policies,
      addresses: {
        role: address,
        attached: Object.fromEntries(places.attached),
        inline: Object.fromEntries(places.inline),
        others,
      },
    },
  ];
}

/** With those of the provider's `default_tags`. */
function tagsOf(values: Members): Readonly<Record<string, string>> {
  const tags = asRecord(values["tags_all"]) ?? asRecord(values["tags"]) ?? {};
  return Object.fromEntries(
    Object.entries(tags).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
