import type { IamRoleConfig } from "@cdktf/provider-aws/lib/iam-role";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { TerraformProvider, TerraformResource, TerraformResourceLifecycle } from "cdktf";
import { Fn, Op, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import type { Problem } from "../errors";
import type { RoleAttributes } from "../federation/account-view";
import { roleAttributes } from "../federation/account-view";
import { logicalId } from "../federation/logical-id";
import { ROLE_FIELDS } from "../federation/fields/role";
import type { FederationRole } from "../federation/model";
import { formatPath } from "../federation/path";
import type {
  IdentityDeclaration,
  RoleDeclaration,
  SubjectTrustDeclaration,
  UnityCatalogTrustDeclaration,
} from "../federation/declarations";
import type { Partition } from "../issuer/rules";
import { lintErrorsOfRole } from "../lint/lint-federation";
import type { Finding } from "../lint/run-rules";
import { re2Rule } from "../text/text-rule";
import type { AddedPolicies } from "./added-policies";
import { policyId } from "./added-policies";
import type { AwsAccount, KnownAccount } from "./aws-account";
import { aliasOf, awsAccount } from "./aws-account";
import { ExistingRole } from "./existing-role";
import { constructId, givenProps, keyProblem } from "./given-props";
import type { InlinePolicy } from "./inline-policies";
import { DatabricksOidcProvider } from "./oidc-provider";
import { ownDependencies, ownLifecycle, pinnedAddress } from "./own-settings";
import { refuseOtherCopy } from "./own-kit";
import type { CheckedRole, RoleFrame, RoleReading } from "./role-input";
import { addPolicies, checkRoleProps, roleFrame, withIssuerKeys } from "./role-input";
import { checkSettings, mappingAt } from "./settings";
import { StackGuard } from "./stack-guard";
import { mapValues } from "./terraform-text";
import type { CheckedToken } from "./tokens";
import { holdsToken } from "./tokens";
import { checkWrittenPolicy } from "./written-policy";

/** What is declared by itself fits any federation; then synthesis checks the keys of its issuers. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the one type that is assignable to each set of keys
export type AnyIssuer = any;

/** The same for the names of its identities. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
export type AnyIdentity = any;

/** A trust for identities of one issuer. */
export interface SubjectTrust<Issuer extends string = AnyIssuer, Identity extends string = AnyIdentity> extends Omit<
  SubjectTrustDeclaration,
  "identities" | "issuer"
> {
  /** The key of an issuer, or the construct that registers it. */
  readonly issuer: Issuer | DatabricksOidcProvider;
  /** Names of the federation's identities, which are the same for every issuer. Default: none. */
  readonly identities?: readonly Identity[] | undefined;
}

/**
 * Whom a role trusts: identities of an issuer, or Unity Catalog.
 *
 * @example
 * ```ts
 * import { type RoleTrust } from "databricks-aws-oidc/cdktf";
 * const trust: RoleTrust<"production"> = { issuer: "production", users: ["alice@example.com"] };
 * ```
 */
export type RoleTrust<Issuer extends string = AnyIssuer, Identity extends string = AnyIdentity> =
  SubjectTrust<Issuer, Identity> | UnityCatalogTrustDeclaration;

/**
 * A role as in a federation file, word for word; `Issuer` and `Identity` are what trusts may name. Tokens are welcome
 * in `managedPolicyArns`, `permissionsBoundaryArn`, the values of `tags`, policy documents, and as one whole
 * application ID, external ID or e-mail address; elsewhere a rule needs the value (token-not-allowed).
 *
 * @example
 * ```ts
 * import { type RoleProps } from "databricks-aws-oidc/cdktf";
 * const role: RoleProps = { trusts: [{ issuer: "production", users: ["alice@example.com"] }] };
 * ```
 */
export interface RoleProps<Issuer extends string = AnyIssuer, Identity extends string = AnyIdentity> extends Omit<
  RoleDeclaration,
  "accounts" | "inlinePolicies" | "trusts"
> {
  /** Whom the role trusts; at least one. */
  readonly trusts: readonly RoleTrust<Issuer, Identity>[];
  /**
   * Policy name -> document, JSON text, or a token for JSON text. IAM policy variables (`${aws:username}`) stay.
   * Default: none.
   */
  readonly inlinePolicies?: Readonly<Record<string, InlinePolicy>>;
}

/**
 * A role, and where it is made.
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
export interface DatabricksFederatedRoleProps<
  Issuer extends string = AnyIssuer,
  Identity extends string = AnyIdentity,
> extends RoleProps<NoInfer<Issuer>, NoInfer<Identity>> {
  /** The providers that trusts name as `issuer`, by that name. Default: none; trusts name the constructs themselves. */
  readonly providers?: Readonly<Record<Issuer, DatabricksOidcProvider>>;
  /** The AWS provider of the resources, such as an aliased one. Default: that of the first OIDC provider. */
  readonly provider?: TerraformProvider;
  /** 12 digits. Default: the account of the first OIDC provider, else AWS is asked once a stack, at plan time. */
  readonly awsAccountId?: string;
  /** Default: the partition of the first OIDC provider, else AWS is asked. */
  readonly awsPartition?: Partition;
  /** Email domains of your own, which subject patterns may match. Default: none. */
  readonly emailDomains?: readonly string[];
  /** Service principals, users and subjects by a name of your own, which trusts may use. Default: none. */
  readonly identities?: Readonly<Record<Identity, IdentityDeclaration>> | undefined;
  /** IAM's quota for a trust policy, in characters, 2,048 to 8,192. Default: 2,048. */
  readonly trustPolicyMaxLength?: number;
}

/** @internal What a role's props say. */
export interface RoleParts extends RoleReading {
  /** First parts of its resources' logical IDs: the construct's ID; or that of its federation, and its key. */
  readonly logicalName: readonly [string, string?];
  /** By the name trusts use. */
  readonly providers: Readonly<Record<string, DatabricksOidcProvider>>;
  readonly frame: RoleFrame;
}

/**
 * An IAM role that Databricks identities may assume: the role with its trust policy, its managed policies attached,
 * its inline policies.
 *
 * Problems come at synthesis: those of a federation file, and token-not-allowed, reserved-text, role-name-collision,
 * logical-id-collision, and errors of lint (docs/lint-rules.md), which `lint: [{ ignore, reason }]` accepts, and
 * aws-provider-mismatch, trust-policy-changed; then no stack is written.
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
export class DatabricksFederatedRole<
  const Issuer extends string = string,
  const Identity extends string = string,
> extends Construct {
  /** The role itself. `importFrom` of it takes over a role that exists. */
  readonly resource: IamRole;
  /**
   * The trust policy, canonical JSON, ready for another place of this stack: where the account is not given it holds
   * the expression that asks AWS.
   */
  readonly trustPolicy: string;
  readonly #attachments: Record<string, IamRolePolicyAttachment> = {};
  readonly #policies: Record<string, IamRolePolicy> = {};
  readonly #frame: RoleFrame;
  readonly #account: AwsAccount;
  readonly #idParts: readonly string[];
  readonly #problems: Problem[];
  #checked: CheckedRole | undefined;
  /** Of `#checked`: synthesis asks twice. */
  #lintErrors: readonly Finding[] | undefined;

  /** @internal */
  constructor(scope: Construct, id: string, props: undefined, parts: RoleParts);
  constructor(scope: Construct, id: string, props: DatabricksFederatedRoleProps<Issuer, Identity>);
  constructor(
    scope: Construct,
    id: string,
    props: DatabricksFederatedRoleProps | undefined,
    parts: RoleParts = partsOf(id, props),
  ) {
    super(scope, id);
    const { checked, frame } = parts;
    const { known } = frame.settings;
    const guard = StackGuard.of(this);
    const account = awsAccount(this, known);
    this.#checked = checked;
    this.#problems = [...parts.problems];
    this.#frame = frame;
    this.#account = account;
    this.trustPolicy = checked === undefined ? "{}" : account.text(checked.trustPolicy);
    this.resource = new IamRole(this, "role", {
      assumeRolePolicy: this.trustPolicy,
      ...(known.provider === undefined ? {} : { provider: known.provider }),
      ...(checked === undefined ? {} : attributesOf(roleAttributes(checked.role, checked.tags), account.text)),
    });
    guard.add(this, () => this.#problems);
    const [federation, key] = parts.logicalName;
    this.#idParts = key === undefined ? [guard.uniqueName(this, "role", federation)] : [federation, key];
    if (checked === undefined) return;
    this.resource.overrideLogicalId(logicalId(...this.#idParts));
    const trusted = trustedProviders(checked.role, parts.providers);
    guard.add(this, () => [
      ...trusted.flatMap((provider) => otherAccount(this, known, provider)),
      ...(this.#lintErrors ??= this.#lint()),
      ...checkWrittenPolicy(this.resource, this.trustPolicy, account),
    ]);
    guard.addRole({ construct: this, resource: this.resource, name: checked.role.name, provider: known.provider });
    waitFor(this.resource, trusted);
    const preconditions = [
      ...checked.tokens.map(tokenCondition),
      ...trusted.flatMap((provider) => adoptedCondition(provider, account)),
    ];
    if (preconditions.length > 0) ownLifecycle(this.resource, { precondition: preconditions });
    for (const [policy, arn] of Object.entries(checked.role.managedPolicyArns)) this.#attach(policy, arn);
    for (const [policy, document] of Object.entries(checked.inlinePolicies)) this.#write(policy, document);
  }

  /**
   * The role `roleArn`, which exists and stays as it is: for policies of yours. The ARN may be a token. To manage it
   * here instead, declare it under its name and call `resource.importFrom`.
   */
  static fromRoleArn(
    scope: Construct,
    id: string,
    roleArn: string,
    options?: { readonly provider?: TerraformProvider },
  ): ExistingRole {
    return new ExistingRole(scope, constructId(id), roleArn, options?.provider);
  }

  /** ARN of the role, a token for the rest of the stack. */
  get arn(): string {
    return this.resource.arn;
  }

  /** Name of the role, a token that waits for the role. */
  get name(): string {
    return this.resource.name;
  }

  /** The attachments of managed policies, by key. */
  get attachments(): Readonly<Record<string, IamRolePolicyAttachment>> {
    return this.#attachments;
  }

  /** The inline policies by name; that by which a Unity Catalog role may assume itself is one of them. */
  get policies(): Readonly<Record<string, IamRolePolicy>> {
    return this.#policies;
  }

  /**
   * Attaches a managed policy; `key` is its name in the stack, `policyArn` may be a token. Problems come at synthesis,
   * as those of `managedPolicyArns` do; also name-collision for a key the role has.
   */
  addManagedPolicy(key: string, policyArn: string): IamRolePolicyAttachment {
    const isNew = this.#add(key, { managedPolicyArns: { [key]: policyArn } });
    return this.#attach(key, policyArn, isNew);
  }

  /**
   * Gives the role an inline policy called `name`. Problems come at synthesis, as those of `inlinePolicies` do; also
   * name-collision for a name the role has.
   */
  addInlinePolicy(name: string, policy: InlinePolicy): IamRolePolicy {
    const isNew = this.#add(name, { inlinePolicies: { [name]: policy } });
    return this.#write(name, this.#checked?.inlinePolicies[name] ?? "{}", isNew);
  }

  /** False where the policies are refused. */
  #add(key: unknown, added: AddedPolicies): boolean {
    if (this.#checked === undefined) return false;
    const wrong = keyProblem(key, formatPath(["roles", this.#checked.role.key]));
    if (wrong !== undefined) {
      this.#problems.push(wrong);
      return false;
    }
    const { checked, problems } = addPolicies(this.#checked, added, this.#frame);
    this.#problems.push(...problems);
    if (checked === undefined) return false;
    this.#checked = checked;
    this.#lintErrors = undefined;
    return true;
  }

  /** Policies are separate resources: the role's own `inline_policy` and `managed_policy_arns` are deprecated. */
  #attach(key: string, arn: string, isNew = true): IamRolePolicyAttachment {
    const id = policyId(this, "managed-policy", key, isNew);
    // what was refused may be anything, and is not written
    const policyArn = isNew ? this.#account.text(arn) : "refused";
    const attachment = new IamRolePolicyAttachment(this, id, { ...this.#shared(), policyArn });
    return isNew ? this.#named(attachment, key, this.#attachments) : attachment;
  }

  #write(name: string, document: string, isNew = true): IamRolePolicy {
    const id = policyId(this, "inline-policy", name, isNew);
    const policy = new IamRolePolicy(this, id, { ...this.#shared(), name, policy: this.#account.text(document) });
    return isNew ? this.#named(policy, name, this.#policies) : policy;
  }

  /** `policy` with its logical ID, and its place under `key`. */
  #named<P extends TerraformResource>(policy: P, key: string, policies: Record<string, P>): P {
    policy.overrideLogicalId(logicalId(...this.#idParts, key));
    policies[key] = policy;
    return policy;
  }

  /** What a policy's resource has of its role. */
  #shared(): { role: string; provider?: TerraformProvider } {
    const { provider } = this.#frame.settings.known;
    return { role: `\${${pinnedAddress(this.resource)}.name}`, ...(provider === undefined ? {} : { provider }) };
  }

  #lint(): readonly Finding[] {
    if (this.#checked === undefined) return [];
    const { role, policy, suspension } = this.#checked;
    const { trust, settings, faultless } = this.#frame;
    return lintErrorsOfRole(role, policy, trust, settings.settings, suspension, faultless);
  }
}

/** Attributes by CDKTF's names, their text written for Terraform. */
function attributesOf(attributes: RoleAttributes, text: (text: string) => string): Partial<IamRoleConfig> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      typeof value === "string" ? text(value) : typeof value === "object" ? mapValues(value, text) : value,
    ]),
  );
}

const { accounts: _accounts, ...ROLE } = ROLE_FIELDS;
const OWN_PROPS = [
  "providers",
  "provider",
  "awsAccountId",
  "awsPartition",
  "emailDomains",
  "identities",
  "trustPolicyMaxLength",
];

function partsOf(id: string, props: DatabricksFederatedRoleProps | undefined): RoleParts {
  const early: Problem[] = [];
  const at = ["roles", constructId(id)];
  const given = givenProps(props, [...Object.keys(ROLE), ...OWN_PROPS], at, early);
  const { provider, awsAccountId, awsPartition, emailDomains, identities, trustPolicyMaxLength, ...others } = given;
  const { providers: named, ...rest } = others;
  const constructs = Object.entries(mappingAt("providers", named, early)).filter(([key, construct]) => {
    const isProvider = construct instanceof DatabricksOidcProvider;
    const path = formatPath(["providers", key]);
    if (!isProvider) refuseOtherCopy(construct, path);
    const message = `${path} is not a DatabricksOidcProvider.`;
    if (!isProvider) early.push({ code: "wrong-type", message, path, fix: "Give the construct that registers it." });
    return isProvider;
  });
  const { declaration, providers } = withIssuerKeys(rest, Object.fromEntries(constructs));
  const [first] = Object.values(providers);
  const settings = checkSettings("role", {
    provider: provider ?? first?.known.provider,
    awsAccountId: awsAccountId ?? first?.known.accountId ?? undefined,
    awsPartition: awsPartition ?? first?.known.partition ?? undefined,
    ...(emailDomains === undefined ? {} : { emailDomains }),
    ...(identities === undefined ? {} : { identities }),
    ...(trustPolicyMaxLength === undefined ? {} : { trustPolicyMaxLength }),
  });
  const frame = roleFrame(settings, providers, "providers");
  const read = checkRoleProps(id, declaration, frame);
  const problems = [...early, ...settings.problems, ...(early.length > 0 ? [] : read.problems)];
  return { checked: problems.length === 0 ? read.checked : undefined, problems, providers, frame, logicalName: [id] };
}

/** The providers that trusts of the role name. */
function trustedProviders(
  { trusts }: FederationRole,
  providers: Readonly<Record<string, DatabricksOidcProvider>>,
): readonly DatabricksOidcProvider[] {
  const keys = new Set(trusts.flatMap((trust) => (trust.kind === "subjects" ? [trust.issuer] : [])));
  return [...keys].flatMap((key) => providers[key] ?? []);
}

/** A role and the OIDC provider it trusts must be in one AWS account. */
function otherAccount(role: Construct, own: KnownAccount, provider: DatabricksOidcProvider): readonly Problem[] {
  const { known } = provider;
  const bothGiven = own.accountId !== null && known.accountId !== null;
  const isSame = bothGiven
    ? own.accountId === known.accountId
    : TerraformStack.of(role) !== TerraformStack.of(provider) || aliasOf(own.provider) === aliasOf(known.provider);
  if (isSame) return [];
  return [
    {
      code: "aws-provider-mismatch",
      message: `The role trusts ${provider.node.path}, which is made by another AWS provider or in another account.`,
      path: role.node.path,
      fix: "Give both the same provider and awsAccountId: a role trusts OIDC providers of its own account.",
    },
  ];
}

/**
 * Makes `role` wait for the providers that are made, and for the answer of AWS about those that are adopted: the trust
 * policy names only their computed ARNs, so Terraform would not wait by itself, nor the role's stack for theirs.
 */
function waitFor(role: IamRole, providers: readonly DatabricksOidcProvider[]): void {
  const here = providers.flatMap(({ awaited }) => (awaited?.cdktfStack === role.cdktfStack ? awaited : []));
  for (const { cdktfStack } of providers.flatMap(({ resource }) => resource ?? []))
    if (cdktfStack !== role.cdktfStack) role.cdktfStack.addDependency(cdktfStack);
  if (here.length > 0) ownDependencies(role, here.map(pinnedAddress));
}

type Precondition = NonNullable<TerraformResourceLifecycle["precondition"]>[number];

/** Terraform checks the value of a token by the rule for its place; a message with the value may be hidden whole. */
function tokenCondition({ token, rule, path }: CheckedToken): Precondition {
  const { pattern, maxLength } = re2Rule(rule);
  const matches = Fn.can(Fn.regex(pattern, token));
  const condition = maxLength === null ? matches : Op.and(matches, Op.lte(Fn.lengthOf(token), maxLength));
  return { condition: Token.asString(condition), errorMessage: `${path} must be ${rule.says}.` };
}

/** An adopted provider that only Terraform knows must be the one that the trust policy names. */
function adoptedCondition({ checked }: DatabricksOidcProvider, account: AwsAccount): readonly Precondition[] {
  const existing = checked?.existingArn ?? null;
  if (checked === undefined || existing === null || !holdsToken(existing)) return [];
  return [
    {
      condition: Token.asString(Op.eq(existing, account.tokenized(checked.arn))),
      errorMessage: `existingProviderArn must be the provider of ${checked.issuer.issuer} in the account of the role.`,
    },
  ];
}
