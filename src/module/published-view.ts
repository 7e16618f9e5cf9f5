/** What the templates of a published module show beyond its contract: README, examples, tests. */
import { expression } from "../hcl/encode";
import type { HclValue } from "../hcl/encode";
import type { FileKind } from "../files/generated-file";
import { SourceText } from "../hcl/template-helpers";
import { providerArn } from "../issuer/issuer";
import type { Inputs, ModuleDefinition } from "./definition";
import { inDatabricksZone } from "./issuer-rules";
import type { Sample } from "./sample";
import { policyRuns, refusalRuns, sampleProviderArn } from "./test-runs";
import { compatibleRange } from "./version-range";

export interface RenderOptions {
  /** Of the generator: is in every file's first line. */
  readonly version: string;
  /** Registry namespace for the README's usage, e.g. `acme`; or with a host, `registry.example.com/acme`. */
  readonly namespace?: string | undefined;
  /** What writes the files: a root may bring its module along. Default: modules. */
  readonly kind?: FileKind;
}

export function publishedView(definition: ModuleDefinition, sample: Sample, options: RenderOptions): object {
  const several = definition.template === "databricks-federation";
  const createsProvider = definition.template !== "databricks-federated-role";
  const policies = policyRuns(definition, sample);
  const firstPolicy = policies[0]?.assertions[0];
  const arn = sampleProviderArn(definition, sample);
  return {
    changes: MODULE_CHANGES,
    usage:
      options.namespace === undefined
        ? { source: `./modules/${definition.name}` }
        : { source: `${options.namespace}/${definition.name}/aws`, version: compatibleRange(options.version) },
    sample: definition.sample,
    example: definition.example,
    refusals: refusalRuns(definition),
    policies,
    createsProvider,
    // OpenTofu knows a mocked ARN at plan, and compares it: either it is right, or no run creates a provider
    mocksProvider: several,
    ruleInputs: createsProvider && !several ? { ...definition.sample, ...WITHOUT_PROVIDER } : definition.sample,
    existingProvider: existingProvider(definition, sample),
    awsAccountId: sample.awsAccountId,
    awsPartition: sample.awsPartition,
    providerArn: arn,
    sampleAssertion: firstPolicy ?? {},
    providerAssertion: {
      condition: expression(
        several
          ? 'aws_iam_openid_connect_provider.this["production"].arn == output.oidc_provider_arns["production"]'
          : "aws_iam_openid_connect_provider.this[0].arn == output.oidc_provider_arn",
      ),
      error_message: "The provider's ARN is not the computed one.",
    } satisfies Readonly<Record<string, HclValue>>,
    existing: existingText(definition),
    ...issuerText(definition),
  };
}

/** How main.tf looks up the providers that it does not create. */
function existingText({ template }: ModuleDefinition): object {
  const each = (providers: string) => ({
    repeated: new SourceText(`for_each = { ${providers} if var.verify_existing_providers }`),
    arn: new SourceText("each.value.provider_arn"),
    audiences: new SourceText("each.value.audiences"),
  });
  if (template === "databricks-federation") return each("for key in local.existing : key => local.issuers[key]");
  if (template === "databricks-federated-role") return each("for key, issuer in local.issuers : key => issuer");
  return {
    repeated: new SourceText("count = !var.create_oidc_provider && var.verify_existing_providers ? 1 : 0"),
    arn: new SourceText("local.provider_arn"),
    audiences: new SourceText("local.audiences"),
  };
}

/** Inputs under which the sample's provider is not created, and under which an audience is no Databricks token's. */
function existingProvider({ template, sample: inputs }: ModuleDefinition, sample: Sample): object {
  const issuers = (more: Inputs): Inputs => {
    const { production } = inputs["issuers"] as Readonly<Record<"production", Inputs>>;
    return { issuers: { production: { ...production, ...more } } };
  };
  const audience = template === "databricks-account-oidc" ? sample.databricksAccountId : sample.workspaceId;
  const audiences = ["sts.amazonaws.com"];
  const unverified: Inputs = { verify_existing_providers: false };
  if (template === "databricks-federated-role")
    return { audience, inputs: { ...inputs, ...ASKING }, unusual: { ...unverified, ...issuers({ audiences }) } };
  if (template === "databricks-federation") {
    const existing_provider_arn = providerArn(sample.awsPartition, sample.awsAccountId, `${sample.host}/oidc`);
    return {
      audience,
      inputs: { ...inputs, ...issuers({ existing_provider_arn }) },
      unusual: { ...unverified, ...issuers({ audiences }) },
    };
  }
  return { audience, inputs: { ...inputs, create_oidc_provider: false }, unusual: { ...unverified, audiences } };
}

/** Inputs of the simple modules with which rules on hosts can be broken without a provider. */
const WITHOUT_PROVIDER: Inputs = {
  create_oidc_provider: false,
  verify_aws_account: false,
  verify_existing_providers: false,
};

const ASKING: Inputs = { verify_aws_account: true, verify_existing_providers: true };

/** How the simple modules' main.tf says whose issuer it is. */
function issuerText(definition: ModuleDefinition): object {
  if (definition.template === "databricks-workspace-oidc") {
    return {
      allAudiences: new SourceText("local.audiences"),
      accountIds: null,
      defaultAudience: new SourceText("var.databricks_workspace_id"),
      issuerPath: new SourceText('"${var.databricks_workspace_host}/oidc"'),
      inDatabricksZone: new SourceText(inDatabricksZone("var.databricks_workspace_host")),
    };
  }
  if (definition.template === "databricks-account-oidc") {
    return {
      allAudiences: new SourceText("local.audiences"),
      accountIds: new SourceText("[var.databricks_account_id]"),
      defaultAudience: new SourceText("var.databricks_account_id"),
      issuerPath: new SourceText('"${var.databricks_account_host}/oidc/accounts/${var.databricks_account_id}"'),
      inDatabricksZone: new SourceText(inDatabricksZone("var.databricks_account_host")),
    };
  }
  return {
    allAudiences: new SourceText("flatten(values(local.issuers)[*].audiences)"),
    accountIds: new SourceText("values(var.issuers)[*].account_id"),
  };
}

/** What changed in the modules, release by release, newest first: the source of each module's CHANGELOG.md. */
export const MODULE_CHANGES: readonly { readonly version: string; readonly changes: readonly string[] }[] = [
  { version: "0.1.0", changes: ["First release."] },
];
