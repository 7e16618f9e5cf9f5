import { DataAwsIamOpenidConnectProvider } from "@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Annotations } from "cdktf";
import { Construct } from "constructs";
import type { Problem } from "../errors";
import { canonicalInput } from "../federation/canonical-input";
import { checkExistingProvider } from "../federation/check";
import { logicalId } from "../federation/logical-id";
import { ISSUER_FIELDS } from "../federation/fields/issuer";
import type { FederationIssuer } from "../federation/model";
import { readIssuer } from "../federation/read-issuers";
import type { IssuerDeclaration } from "../federation/declarations";
import { issuerWarnings, providerArn } from "../issuer/issuer";
import { PARTITIONS } from "../issuer/rules";
import type { AwsAccount, KnownAccount } from "./aws-account";
import { awsAccount, withPlaceholders } from "./aws-account";
import { constructId, givenProps } from "./given-props";
import { ownLifecycle } from "./own-settings";
import type { FederationSettings } from "./settings";
import { checkSettings } from "./settings";
import { StackGuard } from "./stack-guard";
import { mapValues } from "./terraform-text";
import { reservedTextProblems, setTokensAside } from "./tokens";

/**
 * A Databricks issuer as in a federation file, and where it is registered. `existingProviderArn` may be a token.
 *
 * @example
 * ```ts
 * import { type DatabricksOidcProviderProps } from "databricks-aws-oidc/cdktf";
 * const props: DatabricksOidcProviderProps = {
 *   level: "workspace",
 *   host: "mycompany.cloud.databricks.com",
 *   workspaceId: "1444828305810485",
 * };
 * ```
 */
export type DatabricksOidcProviderProps = IssuerDeclaration &
  Pick<FederationSettings, "awsAccountId" | "awsPartition" | "provider" | "tags" | "verifyExistingProviders">;

/** @internal An issuer that has passed every rule. */
export interface CheckedIssuer {
  readonly issuer: FederationIssuer;
  /** Computed; may hold placeholders. */
  readonly arn: string;
  /** The provider that is adopted instead of making one; may be a token. */
  readonly existingArn: string | null;
}

/** @internal What a provider's props say: `checked` is undefined where there are problems. */
export interface ProviderParts {
  readonly checked: CheckedIssuer | undefined;
  readonly problems: readonly Problem[];
  readonly tags: Readonly<Record<string, string>>;
  readonly known: KnownAccount;
  /** Whether a provider is adopted, so that no resource is made. */
  readonly adopts: boolean;
  /** Whether AWS is asked for a provider that is adopted. */
  readonly verifiesExisting: boolean;
  /** The construct's own ID; or that of its federation, and its key there. */
  readonly logicalName: readonly [string, string?];
}

/** Where an issuer was refused, in place of its parts: no stack is written with it. */
const REFUSED = { issuer: "https://refused.invalid", issuerPath: "refused.invalid", discoveryUrl: "" } as const;

/**
 * An IAM OIDC provider for one Databricks issuer: created, or adopted with `existingProviderArn`. An adopted one must
 * exist and register the audiences, or the plan fails (`verifyExistingProviders`).
 *
 * Its ARN is computed, not read from the new resource, so trust policies stand in the first plan; a postcondition
 * compares it with the real one. No thumbprint: AWS does not use one for hosts with a public certificate.
 *
 * Problems come at synthesis, with the codes of a federation file and token-not-allowed, reserved-text,
 * issuer-collision, logical-id-collision, aws-provider-mismatch; then no stack is written.
 *
 * @example
 * ```ts
 * import { App, TerraformStack } from "cdktf";
 * import { DatabricksOidcProvider } from "databricks-aws-oidc/cdktf";
 * const stack = new TerraformStack(new App(), "lakehouse");
 * const production = new DatabricksOidcProvider(stack, "production", {
 *   level: "workspace",
 *   host: "mycompany.cloud.databricks.com",
 *   workspaceId: "1444828305810485",
 * });
 * production.arn;
 * ```
 */
export class DatabricksOidcProvider extends Construct {
  /** The resource; undefined for an adopted provider. */
  readonly resource: IamOpenidConnectProvider | undefined;
  /** @internal Undefined where there are problems. */
  readonly checked: CheckedIssuer | undefined;
  /** @internal The AWS account it lives in. */
  readonly known: KnownAccount;
  /** @internal What a role that trusts it waits for, in the stack of this construct. */
  readonly awaited: IamOpenidConnectProvider | DataAwsIamOpenidConnectProvider | undefined;
  readonly #account: AwsAccount;

  /** @internal */
  constructor(scope: Construct, id: string, props: undefined, parts: ProviderParts);
  constructor(scope: Construct, id: string, props: DatabricksOidcProviderProps);
  constructor(
    scope: Construct,
    id: string,
    props: DatabricksOidcProviderProps | undefined,
    parts: ProviderParts = partsOf(id, props),
  ) {
    super(scope, id);
    const { checked, problems, known } = parts;
    const guard = StackGuard.of(this);
    guard.add(this, () => problems);
    this.checked = checked;
    this.known = known;
    this.#account = awsAccount(this, known);
    for (const warning of checked === undefined ? [] : issuerWarnings(checked.issuer.input))
      Annotations.of(this).addWarning(`${warning.message} [${warning.code}]`);
    if (parts.adopts) {
      this.awaited = parts.verifiesExisting ? this.#verify(parts, guard) : undefined;
      return;
    }
    this.resource = this.#create(parts, guard);
    this.awaited = this.resource;
    const registered = { construct: this, resource: this.resource, provider: known.provider };
    if (checked !== undefined) guard.addIssuer({ ...registered, name: checked.issuer.issuer });
  }

  /** The provider `providerArn`, which exists; the ARN may be a token. The same as `existingProviderArn`. */
  static fromProviderArn(
    scope: Construct,
    id: string,
    providerArn: string,
    props: DatabricksOidcProviderProps,
  ): DatabricksOidcProvider {
    // JavaScript may leave it out; then no provider may be made
    const existingProviderArn = (providerArn as string | undefined) ?? (null as unknown as string);
    return new DatabricksOidcProvider(scope, id, { ...props, existingProviderArn });
  }

  /**
   * ARN of the provider, computed: `arn:<partition>:iam::<account>:oidc-provider/<issuer path>`, or the adopted one.
   */
  get arn(): string {
    return this.checked?.existingArn ?? this.#account.tokenized(this.checked?.arn ?? REFUSED.issuer);
  }

  /** The issuer with `https://`, without a trailing slash: what `iss` holds. */
  get issuerUrl(): string {
    return (this.checked?.issuer ?? REFUSED).issuer;
  }

  /** The issuer without `https://`: the prefix of its condition keys. */
  get issuerPath(): string {
    return (this.checked?.issuer ?? REFUSED).issuerPath;
  }

  /** Where AWS finds the issuer's keys: the issuer and `/.well-known/openid-configuration`. */
  get discoveryUrl(): string {
    return (this.checked?.issuer ?? REFUSED).discoveryUrl;
  }

  /** What IAM registers as client IDs; the first is what trusts ask for. */
  get audiences(): readonly string[] {
    return this.checked?.issuer.audiences ?? [];
  }

  #create({ checked, tags, known, logicalName }: ProviderParts, guard: StackGuard): IamOpenidConnectProvider {
    const { text } = this.#account;
    const resource = new IamOpenidConnectProvider(this, "provider", {
      url: this.issuerUrl,
      clientIdList: this.audiences.map(text),
      ...(known.provider === undefined ? {} : { provider: known.provider }),
      ...(checked !== undefined && Object.keys(tags).length > 0 ? { tags: mapValues(tags, text) } : {}),
    });
    if (checked === undefined) return resource;
    const arn = text(checked.arn);
    ownLifecycle(resource, {
      postcondition: [
        {
          condition: `\${self.arn == "${arn}"}`,
          errorMessage:
            `The provider's ARN is not ${arn}: it was made in another account or partition than ` +
            `the federation says.`,
        },
      ],
    });
    resource.overrideLogicalId(this.#logicalId(logicalName, guard));
    return resource;
  }

  /** Asks AWS for the adopted provider: the plan fails where it does not exist, or lacks an audience. */
  #verify(
    { checked, known, logicalName }: ProviderParts,
    guard: StackGuard,
  ): DataAwsIamOpenidConnectProvider | undefined {
    if (checked === undefined || checked.existingArn === null) return undefined;
    const { text } = this.#account;
    const source = new DataAwsIamOpenidConnectProvider(this, "existing", {
      arn: text(checked.existingArn),
      ...(known.provider === undefined ? {} : { provider: known.provider }),
    });
    const audiences = this.audiences.map((name) => JSON.stringify(text(name))).join(", ");
    const missing = `setsubtract([${audiences}], self.client_id_list)`;
    ownLifecycle(source, {
      postcondition: [
        {
          condition: `\${length(${missing}) == 0}`,
          errorMessage:
            `The provider \${self.arn} does not register the audience \${join(", ", ${missing})}, so AWS would ` +
            "refuse its tokens. Add it to the provider's client_id_list, or set audiences to those it registers.",
        },
      ],
    });
    source.overrideLogicalId(this.#logicalId(logicalName, guard));
    return source;
  }

  #logicalId([federation, key]: ProviderParts["logicalName"], guard: StackGuard): string {
    return key === undefined ? logicalId(guard.uniqueName(this, "provider", federation)) : logicalId(federation, key);
  }
}

function partsOf(id: string, props: DatabricksOidcProviderProps | undefined): ProviderParts {
  const early: Problem[] = [];
  const own = ["provider", "awsAccountId", "awsPartition", "tags", "verifyExistingProviders"] as const;
  const all = givenProps(props, [...Object.keys(ISSUER_FIELDS), ...own], [], early);
  const { provider, awsAccountId, awsPartition, tags, verifyExistingProviders, ...declaration } = all;
  const given = { provider, awsAccountId, awsPartition, tags, verifyExistingProviders };
  const settings = checkSettings("provider", given);
  const { checked, problems, adopts } = checkIssuerProps("issuer", declaration, settings.known);
  return {
    checked: early.length + settings.problems.length === 0 ? checked : undefined,
    // The issuer is the construct itself, so its place needs no key.
    problems: [
      ...early,
      ...settings.problems,
      ...problems.map((problem) => ({ ...problem, path: (problem.path ?? "").replace(/^issuers\.issuer\.?/, "") })),
    ],
    tags: settings.tags,
    known: settings.known,
    verifiesExisting: settings.verifiesExisting,
    adopts,
    logicalName: [constructId(id)],
  };
}

/** @internal Reads and checks an issuer written in TypeScript. `existingProviderArn` may be a token. */
export function checkIssuerProps(
  key: string,
  declaration: Partial<IssuerDeclaration>,
  known: KnownAccount,
): Pick<ProviderParts, "adopts" | "checked" | "problems"> {
  const at = ["issuers", key];
  const aside = setTokensAside(declaration, at, [{ path: ["existingProviderArn"], standIn: () => undefined }]);
  // JavaScript may give what is no mapping at all
  const adopts = (declaration as Partial<IssuerDeclaration> | null)?.existingProviderArn !== undefined;
  const early = [...aside.problems, ...reservedTextProblems(aside.clean, at)];
  if (early.length > 0) return { checked: undefined, problems: early, adopts };
  const canonical = canonicalInput(aside.clean);
  const { value: issuer, problems: found } = readIssuer(key, canonical.value, () => undefined);
  const existing = aside.tokenAt("existingProviderArn") ?? issuer?.existingProviderArn ?? null;
  const problems = [...canonical.problems, ...found];
  if (issuer !== undefined) {
    // The ARN of an adopted provider holds its partition, where that is not given.
    const partition = known.partition ?? PARTITIONS.find((name) => existing?.startsWith(`arn:${name}:`)) ?? "aws";
    problems.push(...checkExistingProvider(issuer, { partition, accounts: [{ accountId: known.accountId }] }));
  }
  if (issuer === undefined || problems.length > 0) return { checked: undefined, problems, adopts };
  return { checked: { issuer, arn: computedArn(issuer, known), existingArn: existing }, problems: [], adopts };
}

/** @internal The ARN of `issuer`'s provider in an account; may hold placeholders. */
export function computedArn({ issuerPath }: FederationIssuer, known: KnownAccount): string {
  const { partition, accountId } = withPlaceholders(known);
  return providerArn(partition, accountId, issuerPath);
}
