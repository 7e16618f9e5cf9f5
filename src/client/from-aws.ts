/** The files by which a workload in AWS is a service principal of Databricks, without a secret. */
import { STS_HOST_PATTERNS } from "../aws/hosts";
import { InputError, inputError } from "../errors";
import { findAccounts, findIssuer, requireRoleArn } from "../federation/find";
import type { Federation, FederationIssuer } from "../federation/model";
import { generatedFile } from "../files/generated-file";
import type { GeneratedTree } from "../files/compare-tree";
import { templatesIn } from "../hcl/templates";
import { violation } from "../text/text-rule";
import { AWS_TOKEN } from "../token/aws-token";
import { roleArn } from "../trust/build";
import { SERVICE_PRINCIPAL } from "../trust/rules";
import { federationAudience } from "./files";
import { renderClientTemplate } from "./templates";

export interface FromAwsOptions {
  /** The role that the workload runs as. */
  readonly roleArn?: string | undefined;
  /** Application ID. */
  readonly servicePrincipal?: string | undefined;
  /** Key of the issuer that exchanges the token; default: the only one. */
  readonly issuer?: string | undefined;
}

export interface FromAws {
  readonly tree: GeneratedTree;
  /** Each in a sentence: a loop back into the role. */
  readonly warnings: readonly string[];
}

/**
 * The files; `version` is the generator's. Throws InputError required, role-arn-invalid, service-principal-invalid,
 * issuer-not-found, issuer-undetermined.
 */
export function fromAws(federation: Federation, options: FromAwsOptions, version: string): FromAws {
  const { roleArn: arn, servicePrincipal } = options;
  if (arn === undefined)
    throw inputError("required", "--role-arn is missing.", "Name the role that the workload runs as.", "role-arn");
  requireRoleArn(arn);
  if (servicePrincipal === undefined)
    throw inputError(
      "required",
      "--service-principal is missing.",
      "Name the application ID of the service principal that the workload is to be.",
      "service-principal",
    );
  const invalid = violation(SERVICE_PRINCIPAL, servicePrincipal, "service-principal");
  if (invalid !== undefined) throw new InputError(invalid);
  const issuer = issuerOf(federation, options.issuer);
  const audience = federationAudience(issuer);
  const view = {
    about: `What the federation ${federation.name} says. To change it, generate again.`,
    audience,
    awsTokenSeconds: AWS_TOKEN.durationSeconds,
    databricksAccountId: issuer.input.level === "account" ? issuer.input.accountId : null,
    federationPolicy: { oidc_policy: { issuer: "ISSUER", audiences: [audience], subject: arn } },
    iamPolicy: tokenPolicy(audience),
    roleArn: arn,
    roleName: arn.slice(arn.lastIndexOf("/") + 1),
    servicePrincipal,
    stsHosts: STS_HOST_PATTERNS.join("|"),
    tokenEndpoint: issuer.tokenEndpoint,
    workspaceUrl: new URL(issuer.issuer).origin,
  };
  const files = new Map<string, string>();
  for (const template of templatesIn("client/aws")) {
    const path = template.replace(/\.hbs$/, "");
    const body = renderClientTemplate(`client/aws/${template}`, view).trimEnd().concat("\n");
    files.set(path, generatedFile(path, body, "client", version));
  }
  return {
    tree: { kind: "client", files, owned: [{ folder: "", deep: false }] },
    warnings: loops(federation, arn, servicePrincipal),
  };
}

/** The IAM policy that allows a token for `audience`, and nothing else. */
function tokenPolicy(audience: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:GetWebIdentityToken",
        Resource: "*",
        Condition: {
          // of several audiences each must be this one, and there must be one
          "ForAllValues:StringEquals": { "sts:IdentityTokenAudience": audience },
          Null: { "sts:IdentityTokenAudience": "false" },
          NumericLessThanEquals: { "sts:DurationSeconds": String(AWS_TOKEN.durationSeconds) },
          StringEquals: { "sts:SigningAlgorithm": AWS_TOKEN.signingAlgorithm },
        },
      },
    ],
  };
}

function issuerOf(federation: Federation, key: string | undefined): FederationIssuer {
  if (key !== undefined) return findIssuer(federation, key);
  const [only, ...others] = Object.values(federation.issuers);
  if (only !== undefined && others.length === 0) return only;
  throw inputError(
    "issuer-undetermined",
    `Several issuers are possible: ${Object.keys(federation.issuers).join(", ")}.`,
    "Name one with --issuer.",
    "issuer",
  );
}

/** A role of the federation that is the workload's own, and trusts the service principal. */
function loops(federation: Federation, arn: string, servicePrincipal: string): readonly string[] {
  return federation.roles.flatMap((role) => {
    const isTrusted = role.trusts.some(
      (trust) => trust.kind === "subjects" && trust.servicePrincipals.includes(servicePrincipal),
    );
    const isOwn = findAccounts(federation, role, undefined).some(
      ({ partition, accountId }) =>
        roleArn({ partition, accountId: accountId ?? arn.split(":")[4] ?? "" }, role) === arn,
    );
    return isTrusted && isOwn
      ? [
          `A loop: ${role.key} is the role that the workload runs as, and trusts this service principal: a session ` +
            "of it renews itself without end. Use another service principal.",
        ]
      : [];
  });
}
