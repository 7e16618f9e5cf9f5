import type { IamRoleConfig } from "@cdktf/provider-aws/lib/iam-role";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { TerraformResource } from "cdktf";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { RoleAttributes } from "../federation/account-view";
import { roleAttributes } from "../federation/account-view";
import { logicalId } from "../federation/logical-id";
import type { RoleDeclaration, TrustDeclaration } from "../federation/schema";
import type { Partition } from "../issuer/rules";
import { askAws } from "./aws-identity";
import type { InlinePolicy } from "./inline-policies";
import type { DatabricksOidcProvider } from "./oidc-provider";
import { INVALID } from "./oidc-provider";
import type { CheckedRole, RoleReading } from "./role-input";
import { checkRoleProps, roleFrame } from "./role-input";
import type { KnownAccount } from "./settings";
import { checkSettings } from "./settings";
import { refuseAtSynthesis, registerRoleName } from "./stack-checks";
import { terraformText, terraformValues } from "./terraform-text";

/**
 * A role as in a federation file, word for word. Tokens are welcome in `managedPolicyArns`, `permissionsBoundaryArn`,
 * the values of `tags`, and in policy documents; elsewhere a rule needs the value (token-not-allowed).
 *
 * @example
 * ```ts
 * import { type RoleProps } from "databricks-aws-oidc/cdktf";
 * const role: RoleProps = { trusts: [{ issuer: "production", users: ["alice@example.com"] }] };
 * ```
 */
export interface RoleProps extends Omit<RoleDeclaration, "accounts" | "inlinePolicies" | "trusts"> {
  /** Whom the role trusts; at least one. */
  readonly trusts: readonly TrustDeclaration[];
  /** Policy name -> document, JSON text, or a token for JSON text. IAM policy variables (`${aws:username}`) stay. */
  readonly inlinePolicies?: Readonly<Record<string, InlinePolicy>>;
}

/**
 * A role, and the providers that its trusts name.
 *
 * @example
 * ```ts
 * import { type DatabricksFederatedRoleProps } from "databricks-aws-oidc/cdktf";
 * const props: Omit<DatabricksFederatedRoleProps, "providers"> = {
 *   trusts: [{ issuer: "production", users: ["alice@example.com"] }],
 *   awsAccountId: "111122223333",
 * };
 * ```
 */
export interface DatabricksFederatedRoleProps extends RoleProps {
  /** The providers that trusts name as `issuer`, by that name. */
  readonly providers: Readonly<Record<string, DatabricksOidcProvider>>;
  /** 12 digits. Default: the account of the first provider, else AWS is asked once a stack, at plan time. */
  readonly awsAccountId?: string;
  /** Default: the partition of the first provider, else AWS is asked. */
  readonly awsPartition?: Partition;
  /** IAM's quota for a trust policy, in characters, 2,048 to 8,192. Default: 2,048. */
  readonly trustPolicyMaxLength?: number;
}

/** What a role's props say. */
export interface RoleParts extends RoleReading {
  /** First parts of its resources' logical IDs. */
  readonly logicalIdParts: readonly string[];
  /** By the name trusts use. */
  readonly providers: Readonly<Record<string, DatabricksOidcProvider>>;
  readonly known: KnownAccount;
}

/**
 * An IAM role that Databricks identities may assume: the role with its trust policy, its managed policies attached,
 * its inline policies.
 *
 * Problems come at synthesis: those of a federation file, and token-not-allowed, reserved-text, role-name-collision,
 * logical-id-collision, and errors of lint (docs/lint-rules.md), which `lint: [{ ignore, reason }]` accepts. A role
 * with problems makes no resources.
 *
 * @example
 * ```ts
 * import { App, TerraformStack } from "cdktf";
 * import { DatabricksFederatedRole, DatabricksOidcProvider } from "databricks-aws-oidc/cdktf";
 * const stack = new TerraformStack(new App(), "lakehouse");
 * const production = new DatabricksOidcProvider(stack, "production", {
 *   level: "workspace",
 *   host: "mycompany.cloud.databricks.com",
 *   workspaceId: "1444828305810485",
 * });
 * new DatabricksFederatedRole(stack, "lake-reader", {
 *   providers: { production },
 *   trusts: [{ issuer: "production", servicePrincipals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] }],
 * });
 * ```
 */
export class DatabricksFederatedRole extends Construct {
  /** The role itself; undefined where there are problems. */
  readonly resource: IamRole | undefined;
  /**
   * The trust policy, canonical JSON, ready for another place of this stack: where the account is not given it holds
   * the expression that asks AWS.
   */
  readonly trustPolicy: string;

  /** @internal */
  constructor(scope: Construct, id: string, props: undefined, parts: RoleParts);
  constructor(scope: Construct, id: string, props: DatabricksFederatedRoleProps);
  constructor(
    scope: Construct,
    id: string,
    props: DatabricksFederatedRoleProps | undefined,
    parts: RoleParts = partsOf(id, props),
  ) {
    super(scope, id);
    const { checked, problems, providers, logicalIdParts } = parts;
    askAws(this, parts.known);
    refuseAtSynthesis(this, () => [...problems, ...(checked?.lintErrors() ?? [])]);
    this.trustPolicy = checked === undefined ? INVALID : terraformText(checked.trustPolicy);
    if (checked === undefined) return;
    registerRoleName(this, checked.role.name);
    const roleId = logicalId(...logicalIdParts);
    this.resource = this.#role(checked, roleId, dependenciesOf(this, checked, providers));
    this.#policies(checked, logicalIdParts, this.resource);
  }

  /** ARN of the role, a token for the rest of the stack. */
  get arn(): string {
    return this.resource?.arn ?? INVALID;
  }

  /** Name of the role, a token that waits for the role. */
  get name(): string {
    return this.resource?.name ?? INVALID;
  }

  #role({ role, tags }: CheckedRole, roleId: string, dependsOn: readonly string[]): IamRole {
    const resource = new IamRole(this, "role", {
      assumeRolePolicy: this.trustPolicy,
      ...attributesOf(roleAttributes(role, tags)),
    });
    resource.overrideLogicalId(roleId);
    if (dependsOn.length > 0) resource.dependsOn = [...dependsOn];
    return resource;
  }

  /** Separate resources: the role's own `inline_policy` and `managed_policy_arns` are deprecated. */
  #policies(checked: CheckedRole, idParts: readonly string[], resource: IamRole): void {
    if (Object.keys(checked.role.managedPolicyArns).length === 0 && Object.keys(checked.inlinePolicies).length === 0)
      return;
    const role = `\${${pinnedAddress(resource)}.name}`;
    for (const [key, arn] of Object.entries(checked.role.managedPolicyArns)) {
      const attachment = new IamRolePolicyAttachment(this, `managed-policy-${key}`, {
        role,
        policyArn: terraformText(arn),
      });
      attachment.overrideLogicalId(logicalId(...idParts, key));
    }
    for (const [name, policy] of Object.entries(checked.inlinePolicies)) {
      const inline = new IamRolePolicy(this, `inline-policy-${name}`, { role, name, policy: terraformText(policy) });
      inline.overrideLogicalId(logicalId(...idParts, name));
    }
  }
}

/** Attributes by CDKTF's names, their text written for Terraform. */
function attributesOf(attributes: RoleAttributes): Partial<IamRoleConfig> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      typeof value === "string" ? terraformText(value) : typeof value === "object" ? terraformValues(value) : value,
    ]),
  );
}

function partsOf(id: string, props: DatabricksFederatedRoleProps | undefined): RoleParts {
  // JavaScript may leave out what the type demands
  const { providers = {}, awsAccountId, awsPartition, trustPolicyMaxLength, ...declaration } = props ?? {};
  const [first] = Object.values(providers);
  const settings = checkSettings("role", {
    awsAccountId: awsAccountId ?? first?.known.accountId ?? undefined,
    awsPartition: awsPartition ?? first?.known.partition ?? undefined,
    ...(trustPolicyMaxLength === undefined ? {} : { trustPolicyMaxLength }),
  });
  const issuers = Object.fromEntries(Object.entries(providers).map(([key, provider]) => [key, provider.checked]));
  const read = checkRoleProps(id, { ...declaration }, roleFrame(settings, issuers));
  const problems = [...settings.problems, ...read.problems];
  return {
    checked: problems.length === 0 ? read.checked : undefined,
    problems,
    providers,
    known: settings.known,
    logicalIdParts: [id],
  };
}

/**
 * Addresses of the providers the role trusts and this stack makes: the trust policy names only their computed ARNs,
 * so Terraform would not wait for them by itself.
 */
function dependenciesOf(
  role: Construct,
  checked: CheckedRole,
  providers: Readonly<Record<string, DatabricksOidcProvider>>,
): readonly string[] {
  const stack = TerraformStack.of(role);
  const addresses = new Set<string>();
  for (const trust of checked.role.trusts) {
    const resource = trust.kind === "subjects" ? providers[trust.issuer]?.resource : undefined;
    if (resource !== undefined && resource.cdktfStack === stack) addresses.add(pinnedAddress(resource));
  }
  return [...addresses];
}

/**
 * The address of `resource`, which others name from here on: CDKTF refuses to override its logical ID once `fqn` was
 * read.
 */
function pinnedAddress(resource: TerraformResource): string {
  void resource.fqn;
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}
