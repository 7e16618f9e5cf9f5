/** What the sandbox prints when it has started: as a document, and as lines to paste. Pure. */
import { shellWord, visible } from "../text/escape";
import { CA_VARIABLES } from "../network/proxy";
import type { Sandbox } from "./sandbox";

/**
 * The document of `sandbox --json`; `caFile`: of the authority to trust, null for plain http. Its secrets are generated
 * for the run and are valid nowhere else.
 */
export function sandboxDocument(sandbox: Sandbox, caFile: string | null): Readonly<Record<string, unknown>> {
  const { sts, issuers, identities, otherTenant, principals, workload, serviceCredentials, roles } = sandbox;
  return { sts, caFile, issuers, identities, otherTenant, principals, workload, serviceCredentials, roles };
}

/** The same for a person. */
export function sandboxText(sandbox: Sandbox, caFile: string | null, region: string): string {
  const { sts, issuers, identities, otherTenant, principals, workload, serviceCredentials, roles } = sandbox;
  const served = Object.entries(issuers);
  const width = Math.max(13, ...served.map(([key]) => key.length)) + 2;
  const lines = [
    "A simulated Databricks and AWS STS, on this machine only. Their secrets are generated for this run.",
    "",
    ...(caFile === null ? [] : [`${"CA file".padEnd(width)}${caFile}  to be trusted by clients; removed at the end`]),
    `${"STS".padEnd(width)}${sts}`,
    ...served.map(([key, { url, issuer }]) => `${key.padEnd(width)}${url}  simulates ${issuer}`),
    `${"other tenant".padEnd(width)}${otherTenant.url}  simulates ${otherTenant.issuer}, which no role trusts`,
    "",
    "roles",
    ...roles.map((arn) => `  ${arn}`),
  ];
  for (const declared of [true, false]) {
    lines.push("", declared ? "identities that a role names" : "undeclared identities");
    for (const one of identities) {
      if (one.declared !== declared) continue;
      lines.push(
        `  ${one.subject} of ${one.issuer}`,
        `    client ID ${one.clientId}  secret ${one.clientSecret}`,
        ...(one.personalAccessToken === null ? [] : [`    notebook token ${one.personalAccessToken}`]),
      );
    }
  }
  if (serviceCredentials.length > 0)
    lines.push(
      "",
      "service credentials of Unity Catalog, for the identities that a role names",
      ...serviceCredentials.map((name) => `  ${name}`),
    );
  lines.push(
    "",
    "a workload in AWS, for token --from aws",
    `  ${workload.arn}, whose tokens are from ${workload.issuer}; its keys are among the lines to paste`,
  );
  if (principals.length > 0) {
    lines.push("", "AWS principals, for sts:AssumeRole");
    for (const one of principals)
      lines.push(
        `  ${one.arn}${one.declared ? "" : " (undeclared)"}`,
        `    access key ID ${one.accessKeyId}  secret ${one.secretAccessKey}`,
        `    session token ${one.sessionToken}`,
      );
  }
  return [...lines, "", ...environmentLines(sandbox, caFile, region)].map(visible).join("\n");
}

/**
 * `export` lines for the first identity, and for the workload in AWS. A plan may hold anything: each value stays one
 * word of the shell.
 */
function environmentLines(
  { sts, issuers, identities, roles, serviceCredentials, workload }: Sandbox,
  caFile: string | null,
  region: string,
): readonly string[] {
  const [first] = identities;
  const host = first === undefined ? undefined : issuers[first.issuer]?.url;
  const asWorkload = [
    `paste these too to run as ${workload.arn} in AWS:`,
    `  export AWS_ACCESS_KEY_ID=${workload.accessKeyId}`,
    `  export AWS_SECRET_ACCESS_KEY=${shellWord(workload.secretAccessKey)}`,
    `  export AWS_SESSION_TOKEN=${shellWord(workload.sessionToken)}`,
    `  export AWS_ENDPOINT_URL_IAM=${sts}`,
  ];
  if (first === undefined || host === undefined) return asWorkload;
  const account = /\/oidc\/accounts\/([^/]+)$/.exec(issuers[first.issuer]?.issuer ?? "")?.[1];
  return [
    `paste into a shell to be ${first.subject}:`,
    `  export DATABRICKS_HOST=${shellWord(host)}`,
    ...(account === undefined ? [] : [`  export DATABRICKS_ACCOUNT_ID=${shellWord(account)}`]),
    `  export DATABRICKS_CLIENT_ID=${first.clientId}`,
    `  export DATABRICKS_CLIENT_SECRET=${first.clientSecret}`,
    `  export AWS_ENDPOINT_URL_STS=${sts}`,
    `  export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    ...(caFile === null ? [] : CA_VARIABLES.map((name) => `  export ${name}=${shellWord(caFile)}`)),
    "then for example:",
    `  databricks-aws-oidc token --from client-credentials --issuer ${shellWord(first.issuer)}`,
    `  databricks-aws-oidc credentials --from client-credentials ` +
      `--role-arn ${shellWord(roles[0] ?? "ROLE_ARN")} -- aws sts get-caller-identity`,
    ...serviceCredentials
      .slice(0, 1)
      .map(
        (name) =>
          `  databricks-aws-oidc credentials --from client-credentials --via unity-catalog ` +
          `--credential ${shellWord(name)} -- aws sts get-caller-identity`,
      ),
    "",
    ...asWorkload,
    "then for example:",
    `  databricks-aws-oidc token --from aws --issuer ${shellWord(first.issuer)}`,
  ];
}
