import { Construct } from "constructs";
import type { Problem } from "../errors";
import type { AccountView } from "../federation/account-view";
import { logicalId } from "../federation/logical-id";
import { formatPath } from "../federation/path";
import type { IssuerDeclaration } from "../federation/schema";
import { quoted } from "../text/text-rule";
import type { AwsIdentity } from "./aws-identity";
import { awsIdentity } from "./aws-identity";
import { complainAtSynthesis } from "./complaints";
import type { PlannedFederatedRole, RoleProps } from "./federated-role";
import { DatabricksFederatedRole } from "./federated-role";
import type { IssuerPlan } from "./issuer-plan";
import { computedProviderArn, planDeclaredIssuer } from "./issuer-plan";
import { DatabricksOidcProvider } from "./oidc-provider";
import { holdsToken, reservedTextProblems } from "./reserved-text";
import type { RoleSurroundings } from "./role-plan";
import { planDeclaredRole, planRole } from "./role-plan";
import type { FederationSettings, PlannedSettings } from "./settings";
import { planSettings } from "./settings";
import { surroundingsOf } from "./surroundings";

/**
 * A federation as in its file, word for word; without what belongs to the stack (account, region, backend).
 *
 * @example
 * ```ts
 * import { type DatabricksFederationProps } from "databricks-aws-oidc/cdktf";
 * const props: DatabricksFederationProps = {
 *   awsAccountId: "111122223333",
 *   issuers: {
 *     production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
 *   },
 * };
 * ```
 */
export interface DatabricksFederationProps extends FederationSettings {
  /** The issuers that roles may trust, by key. */
  readonly issuers: Readonly<Record<string, IssuerDeclaration>>;
  /** Default: none; `addRole` adds them one by one. */
  readonly roles?: Readonly<Record<string, RoleProps>>;
}

/**
 * Databricks issuers registered in AWS IAM, and the roles their identities may assume.
 *
 * The construct's ID is the federation's name and the first part of every logical ID: `<ID>_<issuer>`, `<ID>_<role>`,
 * `<ID>_<role>_<policy>`. Complaints of everything in it come at synthesis, together, with the codes of a federation
 * file and token-not-allowed, reserved-text, name-collision, role-name-collision, issuer-collision,
 * logical-id-collision.
 *
 * @example
 * ```ts
 * import { App, TerraformStack } from "cdktf";
 * import { DatabricksFederation } from "databricks-aws-oidc/cdktf";
 * const stack = new TerraformStack(new App(), "lakehouse");
 * const federation = new DatabricksFederation(stack, "lakehouse", {
 *   issuers: {
 *     production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
 *   },
 * });
 * const reader = federation.addRole("lake-reader", {
 *   trusts: [{ issuer: "production", servicePrincipals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] }],
 * });
 * reader.arn; // a token, for the rest of the stack
 * ```
 */
export class DatabricksFederation extends Construct {
  /** The providers, by issuer key. */
  readonly providers: Readonly<Record<string, DatabricksOidcProvider>>;
  readonly #name: string;
  readonly #around: RoleSurroundings;
  readonly #roles = new Map<string, DatabricksFederatedRole>();

  constructor(scope: Construct, id: string, props: DatabricksFederationProps | AccountView) {
    super(scope, id);
    const plan = "federation" in props ? planView(this, props) : planProps(this, id, props);
    this.#name = plan.name;
    complainAtSynthesis(this, plan.problems);
    const { identity, settings } = plan;
    this.providers = Object.fromEntries(
      Object.entries(plan.issuers).map(([key, planned]) => [
        key,
        new DatabricksOidcProvider(this, childId("oidc-provider", key), {
          ...planned,
          tags: settings.tags,
          identity,
          logicalId: logicalId(plan.name, key),
        }),
      ]),
    );
    this.#around = surroundingsOf(
      settings,
      identity,
      Object.fromEntries(Object.entries(plan.issuers).map(([key, planned]) => [key, planned.plan])),
    );
    if ("federation" in props) {
      for (const role of plan.problems.length === 0 ? props.roles : []) {
        this.#add(role.key, planRole(role, this.#around, settings.tags));
      }
    } else {
      for (const [key, role] of Object.entries(props.roles ?? {})) this.addRole(key, role);
    }
  }

  /** The roles by key, in the order they were added. */
  get roles(): Readonly<Record<string, DatabricksFederatedRole>> {
    return Object.fromEntries(this.#roles);
  }

  /**
   * Adds a role; `key` is its name unless it has one of its own. What is wrong with it is told at synthesis.
   * A second role of the same key is refused there with name-collision.
   */
  addRole(key: string, role: RoleProps): DatabricksFederatedRole {
    return this.#add(key, planDeclaredRole(key, { ...role }, this.#around));
  }

  #add(key: string, planned: Pick<PlannedFederatedRole, "plan" | "problems">): DatabricksFederatedRole {
    const twice = this.#roles.has(key);
    const role = new DatabricksFederatedRole(
      this,
      childId("role", twice ? `${key}-${this.node.children.length}` : key),
      {
        plan: twice ? undefined : planned.plan,
        problems: twice ? [...planned.problems, stoodTwice(key)] : planned.problems,
        providers: this.providers,
        logicalIdParts: [this.#name, key],
      },
    );
    if (!twice) this.#roles.set(key, role);
    return role;
  }
}

/** Construct IDs take no tokens and no slash; what is wrong with such a key is told by its rule. */
function childId(kind: string, key: string): string {
  return `${kind}-${holdsToken(key) ? "token" : key.replaceAll("/", "%2F")}`;
}

function stoodTwice(key: string): Problem {
  return {
    code: "name-collision",
    message: `The role ${quoted(key)} was added twice.`,
    path: formatPath(["roles", key]),
    fix: "Give one of them another key.",
  };
}

interface FederationPlan {
  readonly name: string;
  readonly settings: PlannedSettings;
  readonly identity: AwsIdentity;
  readonly issuers: Readonly<
    Record<string, { readonly plan: IssuerPlan | undefined; readonly problems: readonly Problem[] }>
  >;
  readonly problems: readonly Problem[];
}

function planProps(construct: Construct, name: string, props: DatabricksFederationProps): FederationPlan {
  // JavaScript may leave out what the type demands
  const { issuers = {}, roles: _, ...rest } = props;
  const settings = planSettings(name, rest);
  const identity = awsIdentity(construct, settings.known);
  return {
    name,
    settings,
    identity,
    problems: settings.problems,
    issuers: Object.fromEntries(
      Object.entries(issuers).map(([key, issuer]) => [key, planDeclaredIssuer(key, issuer, identity)]),
    ),
  };
}

/** A federation file has passed every rule but CDKTF's own. */
function planView(construct: Construct, view: AccountView): FederationPlan {
  const { federation, account } = view;
  const known = { accountId: account.accountId, partition: account.partition };
  const identity = awsIdentity(construct, known);
  const problems = reservedTextProblems(federation, []);
  return {
    name: federation.name,
    settings: {
      settings: { ...federation, accounts: [{ ...account, key: null }] },
      known,
      tags: federation.tags,
      boundaryToken: undefined,
      problems,
    },
    identity,
    problems,
    issuers: Object.fromEntries(
      view.providers.map(({ issuer, arn, create }) => [
        issuer.key,
        {
          plan:
            problems.length > 0
              ? undefined
              : { issuer, arn, create, computedArn: computedProviderArn(issuer, identity) },
          problems: [],
        },
      ]),
    ),
  };
}
