import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Annotations } from "cdktf";
import { Construct } from "constructs";
import type { Problem } from "../errors";
import { canonicalInput } from "../federation/canonical-input";
import { checkExistingProvider } from "../federation/check";
import { logicalId } from "../federation/logical-id";
import type { FederationIssuer } from "../federation/model";
import { readIssuer } from "../federation/read";
import type { IssuerDeclaration } from "../federation/schema";
import { issuerWarnings, providerArn } from "../issuer/issuer";
import { PARTITIONS } from "../issuer/rules";
import { askAws, withPlaceholders } from "./aws-identity";
import type { FederationSettings, KnownAccount } from "./settings";
import { checkSettings } from "./settings";
import { refuseAtSynthesis, registerIssuer } from "./stack-checks";
import { terraformText, terraformValues } from "./terraform-text";
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
  Pick<FederationSettings, "awsAccountId" | "awsPartition" | "tags">;

/** An issuer that has passed every rule. */
export interface CheckedIssuer {
  readonly issuer: FederationIssuer;
  /** Computed or adopted; may hold placeholders and tokens. */
  readonly arn: string;
  /** The same, computed in any case. */
  readonly computedArn: string;
  /** False: adopted, no resource is made. */
  readonly create: boolean;
}

/** What a provider's props say: `checked` is undefined where there are problems. */
export interface ProviderParts {
  readonly checked: CheckedIssuer | undefined;
  readonly problems: readonly Problem[];
  readonly tags: Readonly<Record<string, string>>;
  readonly known: KnownAccount;
  readonly logicalId: string;
}

/** Stands in for what a construct with problems cannot know; nothing is synthesised from it. */
export const INVALID = "invalid";

/**
 * An IAM OIDC provider for one Databricks issuer: created, or adopted with `existingProviderArn`.
 *
 * Its ARN is computed, not read from the new resource, so trust policies stand in the first plan; a postcondition
 * compares it with the real one. No thumbprint: AWS does not use one for hosts with a public certificate.
 *
 * Problems come at synthesis, with the codes of a federation file and token-not-allowed, reserved-text,
 * issuer-collision, logical-id-collision. A provider with problems makes no resource.
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
  /** The resource; undefined for an adopted provider, and for one with problems. */
  readonly resource: IamOpenidConnectProvider | undefined;
  /** @internal Undefined where there are problems. */
  readonly checked: CheckedIssuer | undefined;
  /** @internal The AWS account and partition it lives in. */
  readonly known: KnownAccount;
  readonly #tokenized: (text: string) => string;

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
    const { checked, problems } = parts;
    this.checked = checked;
    this.known = parts.known;
    this.#tokenized = askAws(this, parts.known);
    refuseAtSynthesis(this, () => problems);
    if (checked === undefined) return;
    for (const warning of issuerWarnings(checked.issuer.input))
      Annotations.of(this).addWarning(`${warning.message} [${warning.code}]`);
    if (!checked.create) return;
    registerIssuer(this, checked.issuer.issuer);
    this.resource = this.#create(checked, parts);
  }

  /**
   * ARN of the provider, computed: `arn:<partition>:iam::<account>:oidc-provider/<issuer path>`, or the adopted one.
   */
  get arn(): string {
    return this.checked === undefined ? INVALID : this.#tokenized(this.checked.arn);
  }

  /** The issuer with `https://`, without a trailing slash: what `iss` holds. */
  get issuerUrl(): string {
    return this.checked?.issuer.issuer ?? INVALID;
  }

  /** The issuer without `https://`: the prefix of its condition keys. */
  get issuerPath(): string {
    return this.checked?.issuer.issuerPath ?? INVALID;
  }

  /** Where AWS finds the issuer's keys: the issuer and `/.well-known/openid-configuration`. */
  get discoveryUrl(): string {
    return this.checked?.issuer.discoveryUrl ?? INVALID;
  }

  /** What IAM registers as client IDs; the first is what trusts ask for. */
  get audiences(): readonly string[] {
    return this.checked?.issuer.audiences ?? [];
  }

  #create({ issuer, arn: computed }: CheckedIssuer, { tags, logicalId }: ProviderParts): IamOpenidConnectProvider {
    const arn = terraformText(computed);
    const resource = new IamOpenidConnectProvider(this, "provider", {
      url: issuer.issuer,
      clientIdList: issuer.audiences.map(terraformText),
      ...(Object.keys(tags).length > 0 ? { tags: terraformValues(tags) } : {}),
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.arn == "${arn}"}`,
            errorMessage:
              `The provider's ARN is not ${arn}: it was made in another account or partition than ` +
              `the federation says.`,
          },
        ],
      },
    });
    resource.overrideLogicalId(logicalId);
    return resource;
  }
}

function partsOf(id: string, props: DatabricksOidcProviderProps | undefined): ProviderParts {
  const { awsAccountId, awsPartition, tags, ...declaration } = props ?? {};
  const settings = checkSettings("provider", { awsAccountId, awsPartition, tags });
  const { checked, problems } = checkIssuerProps("issuer", declaration, settings.known);
  return {
    checked: settings.problems.length === 0 ? checked : undefined,
    // The issuer is the construct itself, so its place needs no key.
    problems: [
      ...settings.problems,
      ...problems.map((problem) => ({ ...problem, path: (problem.path ?? "").replace(/^issuers\.issuer\.?/, "") })),
    ],
    tags: settings.tags,
    known: settings.known,
    logicalId: logicalId(id),
  };
}

/** Reads and checks an issuer written in TypeScript. `existingProviderArn` may be a token. */
export function checkIssuerProps(
  key: string,
  declaration: Partial<IssuerDeclaration>,
  known: KnownAccount,
): Pick<ProviderParts, "checked" | "problems"> {
  const at = ["issuers", key];
  const aside = setTokensAside(declaration, at, [{ path: ["existingProviderArn"], standIn: () => undefined }]);
  const early = [...aside.problems, ...reservedTextProblems(aside.clean, at)];
  if (early.length > 0) return { checked: undefined, problems: early };
  const canonical = canonicalInput(aside.clean);
  const { value: issuer, problems: found } = readIssuer(key, canonical.value, () => undefined);
  const existing = aside.tokenAt("existingProviderArn") ?? issuer?.existingProviderArn ?? null;
  const problems = [...canonical.problems, ...found];
  if (issuer !== undefined) {
    // An adopted provider tells its partition, where it is not given.
    const partition = known.partition ?? PARTITIONS.find((name) => existing?.startsWith(`arn:${name}:`)) ?? "aws";
    problems.push(...checkExistingProvider(issuer, { partition, accounts: [{ accountId: known.accountId }] }));
  }
  if (issuer === undefined || problems.length > 0) return { checked: undefined, problems };
  const computedArn = computedProviderArn(issuer, known);
  return { checked: { issuer, arn: existing ?? computedArn, computedArn, create: existing === null }, problems: [] };
}

/** The ARN of `issuer`'s provider in an account; may hold placeholders. */
export function computedProviderArn({ issuerPath }: FederationIssuer, known: KnownAccount): string {
  const { partition, accountId } = withPlaceholders(known);
  return providerArn(partition, accountId, issuerPath);
}
