import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Annotations } from "cdktf";
import { Construct } from "constructs";
import type { Problem } from "../errors";
import { logicalId } from "../federation/logical-id";
import type { IssuerDeclaration } from "../federation/schema";
import { issuerWarnings } from "../issuer/issuer";
import type { AwsIdentity } from "./aws-identity";
import { awsIdentity } from "./aws-identity";
import { complainAtSynthesis } from "./complaints";
import type { IssuerPlan } from "./issuer-plan";
import { planDeclaredIssuer } from "./issuer-plan";
import type { FederationSettings } from "./settings";
import { planSettings } from "./settings";
import { watchStack } from "./stack-watch";
import { terraformText, terraformValues } from "./terraform-text";

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

/** A provider whose issuer has been looked at; `plan` is undefined where there are problems. */
export interface PlannedProvider {
  readonly plan: IssuerPlan | undefined;
  readonly problems: readonly Problem[];
  readonly tags: Readonly<Record<string, string>>;
  readonly identity: AwsIdentity;
  readonly logicalId: string;
}

/** Stands in for what a construct with complaints cannot know; nothing is synthesised from it. */
export const INVALID = "invalid";

/**
 * An IAM OIDC provider for one Databricks issuer: created, or adopted with `existingProviderArn`.
 *
 * Its ARN is computed, not read from the new resource, so trust policies stand in the first plan; a postcondition
 * holds it to the real one. No thumbprint: AWS does not use one for hosts with a public certificate.
 *
 * Complaints come at synthesis, with the codes of a federation file and token-not-allowed, reserved-text,
 * issuer-collision, logical-id-collision. A provider with complaints makes no resource.
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
  /** The resource; undefined for an adopted provider, and for one with complaints. */
  readonly resource: IamOpenidConnectProvider | undefined;
  /** What trust policies need; undefined where there are complaints. */
  readonly plan: IssuerPlan | undefined;
  /** The AWS account and partition it lives in. */
  readonly identity: AwsIdentity;

  constructor(scope: Construct, id: string, props: DatabricksOidcProviderProps | PlannedProvider) {
    super(scope, id);
    const { plan, problems, tags, identity, logicalId: name } = "logicalId" in props ? props : planned(this, id, props);
    this.plan = plan;
    this.identity = identity;
    complainAtSynthesis(this, problems);
    if (plan === undefined) return;
    for (const warning of issuerWarnings(plan.issuer.input))
      Annotations.of(this).addWarning(`${warning.message} [${warning.code}]`);
    if (!plan.create) return;
    watchStack(this).issuer(plan.issuer.issuer, this);
    this.resource = this.#create(plan, tags, name);
  }

  /**
   * ARN of the provider, computed: `arn:<partition>:iam::<account>:oidc-provider/<issuer path>`, or the adopted one.
   */
  get arn(): string {
    return this.plan === undefined ? INVALID : this.identity.tokenized(this.plan.arn);
  }

  /** The issuer with `https://`, without a trailing slash: what `iss` holds. */
  get issuerUrl(): string {
    return this.plan?.issuer.issuer ?? INVALID;
  }

  /** The issuer without `https://`: the prefix of its condition keys. */
  get issuerPath(): string {
    return this.plan?.issuer.issuerPath ?? INVALID;
  }

  /** Where AWS finds the issuer's keys: the issuer and `/.well-known/openid-configuration`. */
  get discoveryUrl(): string {
    return this.plan?.issuer.discoveryUrl ?? INVALID;
  }

  /** What IAM registers as client IDs; the first is what trusts ask for. */
  get audiences(): readonly string[] {
    return this.plan?.issuer.audiences ?? [];
  }

  #create(
    { issuer, arn: computed }: IssuerPlan,
    tags: Readonly<Record<string, string>>,
    name: string,
  ): IamOpenidConnectProvider {
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
    resource.overrideLogicalId(name);
    return resource;
  }
}

function planned(construct: Construct, id: string, props: DatabricksOidcProviderProps): PlannedProvider {
  const { awsAccountId, awsPartition, tags, ...declaration } = props;
  const settings = planSettings("provider", { awsAccountId, awsPartition, tags });
  const identity = awsIdentity(construct, settings.known);
  const key = "issuer";
  const issuer = planDeclaredIssuer(key, declaration, identity);
  return {
    plan: settings.problems.length === 0 ? issuer.plan : undefined,
    // The issuer is the construct itself, so its place needs no key.
    problems: [
      ...settings.problems,
      ...issuer.problems.map((problem) => ({
        ...problem,
        path: (problem.path ?? "").replace(/^issuers\.issuer\.?/, ""),
      })),
    ],
    tags: settings.tags,
    identity,
    logicalId: logicalId(id),
  };
}
