/** `moved` blocks: how a root takes over what a CDKTF stack made, without touching it. */
import type { AccountView } from "../federation/account-view";
import { addedPolicyNames } from "../federation/account-view";
import type { ResourceKey, ResourceKind } from "../federation/imports";
import { logicalId } from "../federation/logical-id";
import type { FederationRole } from "../federation/model";
import { hclString } from "./encode";

/** The name of the module call in a root. */
export const MODULE_CALL = "databricks";

export interface Move {
  /** Address as HCL. */
  readonly from: string;
  readonly to: string;
}

/** One resource of a federation in one AWS account, and where each back end keeps it. */
export interface FederationResource extends ResourceKey {
  /** Terraform's type. */
  readonly type: string;
  /** Name in a CDKTF stack, and in a root of style resources. */
  readonly name: string;
  /** Address in a root of style modules. */
  readonly inModule: string;
}

const TYPES: Readonly<Record<ResourceKind, string>> = {
  provider: "aws_iam_openid_connect_provider",
  role: "aws_iam_role",
  attachment: "aws_iam_role_policy_attachment",
  inline: "aws_iam_role_policy",
};

/** Every resource the federation makes in the account. */
export function resourcesOf(view: AccountView): readonly FederationResource[] {
  const federation = view.federation.name;
  const resource = (kind: ResourceKind, key: string, policy: string | null, inModule: string): FederationResource => ({
    kind,
    type: TYPES[kind],
    key,
    policy,
    name: policy === null ? logicalId(federation, key) : logicalId(federation, key, policy),
    inModule: `module.${MODULE_CALL}.${inModule}`,
  });
  const inRole = (role: FederationRole, kind: ResourceKind, policy: string | null): FederationResource => {
    const [module, instance] = policy === null ? ["role", ""] : ["role_policies", `[${hclString(policy)}]`];
    return resource(kind, role.key, policy, `module.${module}[${hclString(role.key)}].${TYPES[kind]}.this${instance}`);
  };
  return [
    ...view.providers
      .filter(({ create }) => create)
      .map(({ issuer }) => resource("provider", issuer.key, null, `${TYPES.provider}.this[${hclString(issuer.key)}]`)),
    ...view.roles.flatMap((role) => [
      inRole(role, "role", null),
      ...Object.keys(role.managedPolicyArns).map((key) => inRole(role, "attachment", key)),
      ...Object.keys(role.inlinePolicies).map((name) => inRole(role, "inline", name)),
      ...addedPolicyNames(role).map((name) => inRole(role, "inline", name)),
    ]),
  ];
}

/** Moves to a root of `style` from one of the other. A stack of `FederationStack` has the addresses of resources. */
export function movesTo(style: "modules" | "resources", view: AccountView): readonly Move[] {
  return resourcesOf(view).map(({ type, name, inModule }) => {
    const own = `${type}.${name}`;
    return style === "modules" ? { from: own, to: inModule } : { from: inModule, to: own };
  });
}
