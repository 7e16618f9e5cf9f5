import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { TerraformResource } from "cdktf";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Problem } from "../errors";
import { inputError, refuse } from "../errors";
import type { AccountView } from "../federation/account-view";
import { accountView } from "../federation/account-view";
import type { Imports } from "../federation/imports";
import type { AwsAccount, Federation } from "../federation/model";
import { awsAccount } from "./aws-account";
import { DatabricksFederation } from "./federation";
import { partsOfView } from "./federation-parts";
import { refuseOtherKit } from "./own-kit";
import { quoted } from "../text/text-rule";
import { constructId, givenProps } from "./given-props";
import { addTerraformBlock } from "./terraform-block";
import { mapValues } from "./terraform-text";
import { reservedTextProblems } from "./tokens";

/**
 * Which AWS account of a federation a stack deploys to.
 *
 * @example
 * ```ts
 * import { type FederationStackOptions } from "databricks-aws-oidc/cdktf";
 * const options: FederationStackOptions = { account: "prod" };
 * ```
 */
export interface FederationStackOptions {
  /**
   * Key of the AWS account under `aws.accounts`. Needed where there are several; see
   * `FederationStack.forEachAccount`. Default: the only one.
   */
  readonly account?: string;
  /** ID of the stack. Default: the name of the federation, and the key of the account where there are several. */
  readonly id?: string;
  /** False: AWS is not asked whether adopted providers exist and register the audiences. Default: true. */
  readonly verifyExistingProviders?: boolean;
  /** What of the federation exists in AWS already, by `loadImports`: it is imported, or moved. Default: nothing. */
  readonly imports?: Imports;
}

/**
 * A whole federation in one AWS account: provider configuration, backend, OIDC providers, roles and outputs
 * (`oidc_provider_arns`, `issuer_urls`, `discovery_urls`, `role_arns`, `role_names`, `trust_policies`: maps by key,
 * as the HCL modules give them). The stack is called after the federation, and the account where there are
 * several, or `id`.
 *
 * Throws InputError with account-not-found where the account is not one of the federation's, or not named among
 * several, and with kit-mismatch in an app of the other kit.
 *
 * @example
 * ```ts
 * import { App } from "cdktf";
 * import { FederationStack, loadFederation } from "databricks-aws-oidc/cdktf";
 * new FederationStack(new App(), loadFederation("federation.yaml"));
 * ```
 */
export class FederationStack extends TerraformStack {
  /** The federation's constructs; `federation.addRole` adds to the file's roles (outputs hold the file's only). */
  readonly federation: DatabricksFederation;
  /** The AWS account that the stack deploys to. */
  readonly account: AwsAccount;
  /** The configured AWS provider, for resources of yours in the stack. */
  readonly awsProvider: AwsProvider;

  constructor(scope: Construct, federation: Federation, options: FederationStackOptions = {}) {
    refuseOtherKit(scope, "scope");
    const problems: Problem[] = [];
    const given = givenProps(options, ["account", "id", "verifyExistingProviders", "imports"], ["options"], problems);
    refuse(problems);
    const account = accountOf(federation, given.account);
    super(scope, constructId(given.id ?? account.stackName));
    this.account = account;
    const view = accountView(federation, account);
    this.awsProvider = new AwsProvider(this, "aws", {
      ...(account.region === null ? {} : { region: account.region }),
      ...(account.assumeRoleArn === null ? {} : { assumeRole: [{ roleArn: account.assumeRoleArn }] }),
      // Credentials of another account would make roles that trust a provider which is not theirs.
      ...(account.accountId === null ? {} : { allowedAccountIds: [account.accountId] }),
    });
    addTerraformBlock(this, account.backend);
    const parts = partsOfView(view, reservedTextProblems(federation, []), {
      verifiesExisting: given.verifyExistingProviders ?? true,
      imports: given.imports,
    });
    this.federation = new DatabricksFederation(this, "federation", undefined, parts);
    this.#outputs(view, awsAccount(this, parts.settings.known).text);
  }

  /** One stack for each AWS account of the federation. */
  static forEachAccount(
    scope: Construct,
    federation: Federation,
    options: Pick<FederationStackOptions, "verifyExistingProviders" | "imports"> = {},
  ): readonly FederationStack[] {
    return accountsOf(federation).map(
      ({ key }) => new FederationStack(scope, federation, key === null ? options : { ...options, account: key }),
    );
  }

  #outputs(view: AccountView, text: (text: string) => string): void {
    const issuers = Object.fromEntries(view.providers.map(({ issuer }) => [issuer.key, issuer]));
    const { roles } = this.federation;
    const ofIssuers = (field: "issuer" | "discoveryUrl"): Record<string, string> =>
      mapValues(issuers, (issuer) => issuer[field]);
    this.#output(
      "oidc_provider_arns",
      "ARNs of the IAM OIDC providers, by issuer",
      Object.fromEntries(view.providers.map(({ issuer, arn }) => [issuer.key, text(arn)])),
    );
    this.#output("issuer_urls", "Issuers as their tokens name them, by issuer", ofIssuers("issuer"));
    this.#output("discovery_urls", "Discovery documents, by issuer", ofIssuers("discoveryUrl"));
    // Plain references, not CDKTF tokens: the same text at a third of the time.
    this.#output(
      "role_arns",
      "ARNs of the roles, by role",
      mapValues(roles, ({ resource }) => reference(resource, "arn")),
    );
    this.#output(
      "role_names",
      "IAM names of the roles, by role",
      mapValues(roles, ({ resource }) => reference(resource, "name")),
    );
    this.#output(
      "trust_policies",
      "Trust policies as sent to IAM, by role",
      mapValues(roles, (role) => role.trustPolicy),
    );
  }

  #output(name: string, description: string, value: Readonly<Record<string, string>>): void {
    new TerraformOutput(this, name, { description, value, staticId: true });
  }
}

function accountsOf(federation: Federation): readonly AwsAccount[] {
  // JavaScript may give a federation as written
  if (!Array.isArray((federation as Partial<Federation> | undefined)?.accounts))
    throw inputError(
      "wrong-type",
      "federation must be what loadFederation returns, or the federation that readFederation returns.",
      "Pass loadFederation(file), or readFederation(declaration).federation.",
      "federation",
    );
  return federation.accounts;
}

function accountOf(federation: Federation, key: string | undefined): AwsAccount {
  const [only, ...others] = accountsOf(federation);
  if (key === undefined && only !== undefined && others.length === 0) return only;
  if (key === undefined)
    throw inputError(
      "account-not-found",
      `The federation has several AWS accounts: ${federation.accounts.map((account) => account.key).join(", ")}.`,
      "Name one as option account, or use FederationStack.forEachAccount.",
      "aws.accounts",
    );
  const account = accountsOf(federation).find((candidate) => candidate.key === key);
  if (account !== undefined) return account;
  const keys = federation.accounts.flatMap((candidate) => candidate.key ?? []);
  throw inputError(
    "account-not-found",
    `The federation has no AWS account ${quoted(String(key))}.`,
    keys.length > 0 ? `Use one of: ${keys.join(", ")}.` : "Leave the option out: the file has one account.",
    "options.account",
  );
}

function reference({ terraformResourceType, friendlyUniqueId }: TerraformResource, attribute: string): string {
  return `\${${terraformResourceType}.${friendlyUniqueId}.${attribute}}`;
}
