/** What the parts of an issuer may be. Read by the schema, by `issuer` and by the modules' validations. */
import type { TextRule } from "../text/text-rule";

/** Lower-case DNS name of at least two labels whose last label is alphabetic, so that no IP address passes. */
export const HOST: TextRule = {
  code: "host-invalid",
  pattern: "^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$",
  maxLength: 200,
  says: "a bare host name in lower case, without https://, port or path",
  example: "mycompany.cloud.databricks.com",
};

export const WORKSPACE_ID: TextRule = {
  code: "workspace-id-invalid",
  pattern: "^[1-9][0-9]{0,19}$",
  says: "the workspace's number, in quotes: digits only, up to 20, no leading zero",
  example: "1444828305810485",
};

export const DATABRICKS_ACCOUNT_ID: TextRule = {
  code: "databricks-account-id-invalid",
  pattern: "^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9]{12})$",
  says: "a Databricks account ID: a UUID in lower case",
  example: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
};

/**
 * IAM: a client ID has 1 to 255 characters (CreateOpenIDConnectProvider). Wildcards would never match as meant, and
 * `${` would be a policy variable.
 */
export const AUDIENCE: TextRule = {
  code: "audience-invalid",
  pattern: "^[\\u0021-\\u0029\\u002B-\\u003E\\u0040-\\u007A\\u007C-\\u007E]{1,255}$",
  says: "1 to 255 printable ASCII characters without space, *, ? or {",
  example: "1444828305810485",
};

export const AWS_ACCOUNT_ID: TextRule = {
  code: "aws-account-id-invalid",
  pattern: "^[0-9]{12}$",
  says: "12 digits, in quotes",
  example: "111122223333",
};

export const PROVIDER_ARN: TextRule = {
  code: "provider-arn-invalid",
  pattern: "^arn:(?:aws|aws-us-gov|aws-cn):iam::[0-9]{12}:oidc-provider/[!-~]{1,255}$",
  says: "the ARN of an IAM OIDC provider",
  example: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
};

/** IAM registers at most this many client IDs a provider. */
export const MAX_AUDIENCES = 100;
/** IAM's limit on a provider's URL, `https://` included. */
export const MAX_ISSUER_LENGTH = 255;

export const PARTITIONS = ["aws", "aws-us-gov", "aws-cn"] as const;
/** An AWS partition: the second field of an ARN. */
export type Partition = (typeof PARTITIONS)[number];

/** The hint for a Databricks account ID that is really 12 digits, as in a well-known forum recipe. */
export function looksLikeAwsAccountId(accountId: string): boolean {
  return /^[0-9]{12}$/.test(accountId);
}
