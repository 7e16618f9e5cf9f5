import { Construct } from "constructs";
import type { Problem } from "../errors";
import type { Imports } from "../federation/imports";
import type { IdentityDeclaration, IssuerDeclaration } from "../federation/declarations";
import { checkSuspended } from "../federation/suspension";
import { addedTwice } from "./added-policies";
import { ExistingResources } from "./existing-resources";
import type { FederationParts } from "./federation-parts";
import type { AnyIdentity, AnyIssuer, RoleProps } from "./federated-role";
import { DatabricksFederatedRole } from "./federated-role";
import { constructId, givenProps, keyProblem, shapeProblem } from "./given-props";
import { checkIssuerProps, DatabricksOidcProvider } from "./oidc-provider";
import type { CheckedRole, RoleFrame, RoleReading } from "./role-input";
import { checkedRole, checkRoleProps, refusedRole, roleFrame, withIssuerKeys } from "./role-input";
import type { CheckedSettings, FederationSettings } from "./settings";
import { checkSettings, FEDERATION_SETTINGS, mappingAt } from "./settings";
import { StackGuard } from "./stack-guard";
import { childId } from "./tokens";

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
export interface DatabricksFederationProps<
  Issuer extends string = AnyIssuer,
  Identity extends string = AnyIdentity,
> extends FederationSettings {
  /** The issuers that roles may trust, by key. */
  readonly issuers: Readonly<Record<Issuer, IssuerDeclaration>>;
  /**
   * Service principals, users and subjects by a name of your own, which trusts may use. A token may be an application
   * ID or an e-mail address. Default: none.
   */
  readonly identities?: Readonly<Record<Identity, IdentityDeclaration>> | undefined;
  /** Default: none; `addRole` adds them one by one. */
  readonly roles?: Readonly<Record<string, RoleProps<NoInfer<Issuer>, NoInfer<Identity>>>>;
  /** What of it exists in AWS already, by `loadImports`: it is imported, or moved, not made. Default: nothing. */
  readonly imports?: Imports;
}

/**
 * Databricks issuers registered in AWS IAM, and the roles their identities may assume.
 *
 * The construct's ID is the federation's name and the first part of every logical ID: `<ID>_<issuer>`, `<ID>_<role>`,
 * `<ID>_<role>_<policy>`. Problems of everything in it come at synthesis, together, with the codes of a federation
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
export class DatabricksFederation<
  const Issuer extends string = string,
  const Identity extends string = string,
> extends Construct {
  /** The providers, by issuer key. */
  readonly providers: Readonly<Record<Issuer, DatabricksOidcProvider>>;
  readonly #name: string;
  readonly #frame: RoleFrame;
  readonly #roles = new Map<string, DatabricksFederatedRole>();
  readonly #existing: ExistingResources;
  readonly #checked: CheckedRole[] = [];
  #refused = false;

  /** @internal A federation that was read from a file. */
  constructor(scope: Construct, id: string, props: undefined, parts: FederationParts);
  constructor(scope: Construct, id: string, props: DatabricksFederationProps<Issuer, Identity>);
  constructor(
    scope: Construct,
    id: string,
    props: DatabricksFederationProps<Issuer, Identity> | undefined,
    parts: FederationParts = partsOf(id, props),
  ) {
    super(scope, id);
    const { settings, issuers } = parts;
    const guard = StackGuard.of(this);
    guard.add(this, () => [...settings.problems, ...parts.problems, ...this.#suspendedProblems(settings)]);
    this.#name = guard.uniqueName(this, "federation", parts.name);
    this.#existing = new ExistingResources(parts.imports, settings.known);
    guard.add(this, () => this.#existing.problems);
    const providers = Object.entries(issuers).map(([key, issuer]) => [
      key,
      new DatabricksOidcProvider(this, childId("oidc-provider", key), undefined, {
        ...issuer,
        tags: settings.tags,
        known: settings.known,
        verifiesExisting: settings.verifiesExisting,
        logicalName: [this.#name, key],
      }),
    ]);
    this.providers = Object.fromEntries(providers) as Record<Issuer, DatabricksOidcProvider>;
    for (const [key, provider] of Object.entries<DatabricksOidcProvider>(this.providers))
      this.#existing.take({ kind: "provider", key, policy: null }, provider.resource, provider.checked?.arn);
    this.#frame = roleFrame(settings, this.providers);
    for (const role of parts.roles) {
      const read = { checked: checkedRole(role, this.#frame), problems: [] };
      this.#add(role.key, read, this.providers, this.#frame);
    }
    for (const [key, role] of Object.entries(parts.declared)) this.addRole(key, role as RoleProps<Issuer, Identity>);
  }

  /** The roles by key, in the order they were added. */
  get roles(): Readonly<Record<string, DatabricksFederatedRole>> {
    return Object.fromEntries(this.#roles);
  }

  /**
   * Adds a role; `key` is its name unless it has one of its own. What is wrong with it is reported at synthesis.
   * A second role of the same key is refused there with name-collision.
   */
  addRole(key: string, role: RoleProps<Issuer, Identity>): DatabricksFederatedRole {
    const wrong = keyProblem(key, "roles") ?? shapeProblem(role, ["roles", key]);
    const { declaration, providers } = withIssuerKeys(wrong === undefined ? { ...role } : {}, this.providers);
    const frame = providers === this.providers ? this.#frame : roleFrame(this.#frame.settings, providers);
    const read = wrong === undefined ? checkRoleProps(key, declaration, frame) : refusedRole([wrong]);
    return this.#add(key, read, providers, frame);
  }

  /** Of the roles that were added, the refused ones left out: one of those may be what an entry is about. */
  #suspendedProblems({ settings, identityTokens }: CheckedSettings): readonly Problem[] {
    if (settings.suspended.length === 0 || this.#refused || identityTokens.length > 0) return [];
    if (this.#checked.some(({ tokens }) => tokens.length > 0)) return [];
    const roles = this.#checked.map(({ role }) => role);
    return checkSuspended(settings.suspended, roles, settings, "suspended");
  }

  #add(
    key: string,
    { checked, problems }: RoleReading,
    providers: Readonly<Record<string, DatabricksOidcProvider>>,
    frame: RoleFrame,
  ): DatabricksFederatedRole {
    const twice = this.#roles.has(key);
    const id = childId("role", twice ? `${key}-${this.node.children.length}` : key);
    const role = new DatabricksFederatedRole(this, id, undefined, {
      checked: twice ? undefined : checked,
      problems: twice ? [...problems, addedTwice("role", key, ["roles", key])] : problems,
      providers,
      frame,
      logicalName: [this.#name, key],
    });
    if (!twice) this.#roles.set(key, role);
    if (!twice && checked !== undefined) this.#existing.takeRole(key, checked.role, role);
    if (checked === undefined || twice) this.#refused = true;
    else this.#checked.push(checked);
    return role;
  }
}

function partsOf(name: string, props: DatabricksFederationProps | undefined): FederationParts {
  const problems: Problem[] = [];
  const given = givenProps(props, [...FEDERATION_SETTINGS, "issuers", "roles", "imports"], [], problems);
  const { issuers, roles, imports, ...rest } = given;
  const settings = checkSettings(constructId(name), rest);
  return {
    name,
    settings,
    issuers: Object.fromEntries(
      Object.entries(mappingAt("issuers", issuers, problems)).map(([key, issuer]) => [
        key,
        checkIssuerProps(key, issuer, settings.known),
      ]),
    ),
    roles: [],
    declared: mappingAt("roles", roles, problems),
    problems,
    imports,
  };
}
