/**
 * What a cluster of a role's clients is held to: compute policy, environment and S3A settings, as Databricks' API has
 * them. Pure.
 */
import { inputError } from "../errors";
import type { Client } from "./client";
import type { PlainValue } from "./encode";

type Members = Readonly<Record<string, PlainValue>>;

/** AWS keys, wherever a cluster may carry some, by the names any SDK reads: they win over web identity. */
const KEYS = [
  "spark_env_vars.AWS_ACCESS_KEY_ID",
  "spark_env_vars.AWS_ACCESS_KEY",
  "spark_env_vars.AWS_SECRET_ACCESS_KEY",
  "spark_env_vars.AWS_SECRET_KEY",
  "spark_env_vars.AWS_SESSION_TOKEN",
  "spark_env_vars.AWS_SECURITY_TOKEN",
  "spark_conf.spark.hadoop.fs.s3a.access.key",
  "spark_conf.spark.hadoop.fs.s3a.secret.key",
  "spark_conf.spark.hadoop.fs.s3a.session.token",
];
const SECRETS = ["spark_env_vars.DATABRICKS_CLIENT_SECRET", "spark_env_vars.DATABRICKS_TOKEN"];

/** A reference to a secret: names of scopes and keys as Databricks takes them. The whole value is matched. */
export const SECRET_REFERENCE = "^\\{\\{secrets/[A-Za-z0-9_.@-]{1,128}/[A-Za-z0-9_.@-]{1,128}\\}\\}$";

/** The definition of the compute policy. */
export function policyDefinition(client: Client): Members {
  const exact = [...new Set(client.trusts.flatMap(({ subjects }) => subjects))];
  const anyPattern = client.trusts.some(({ patterns }) => patterns.length > 0);
  return {
    data_security_mode: { type: "fixed", value: "SINGLE_USER" },
    ...(anyPattern ? {} : { single_user_name: { type: "allowlist", values: exact } }),
    ...Object.fromEntries(
      Object.entries(clusterEnvironment(client)).map(([name, value]) => [
        `spark_env_vars.${name}`,
        { type: "fixed", value },
      ]),
    ),
    ...Object.fromEntries(
      SECRETS.map((path) => [path, { type: "regex", pattern: SECRET_REFERENCE, isOptional: true }]),
    ),
    ...Object.fromEntries(KEYS.map((path) => [path, { type: "forbidden" }])),
  };
}

/** `spark_env_vars` for the clients on the cluster. */
export function clusterEnvironment(client: Client): Members {
  return { ...(client.region === null ? {} : { AWS_REGION: client.region }), AWS_STS_REGIONAL_ENDPOINTS: "regional" };
}

/**
 * Settings by which the S3A of Hadoop 3.4 and newer assumes the role from a token file: `spark_conf` and
 * `spark_env_vars`. The provider reads the region of STS from the environment.
 */
export function sparkS3a(client: Client): { readonly conf: Members; readonly environment: Members } {
  const { region } = client;
  return {
    conf: {
      "spark.hadoop.fs.s3a.aws.credentials.provider":
        "software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider",
      ...(region === null ? {} : { "spark.hadoop.fs.s3a.endpoint.region": region }),
    },
    environment: {
      ...(region === null ? {} : { AWS_REGION: region }),
      AWS_ROLE_ARN: forShell(client),
      AWS_WEB_IDENTITY_TOKEN_FILE: "/local_disk0/databricks-token",
    },
  };
}

/** Databricks hands `spark_env_vars` to a shell, which expands them. Throws InputError `client-not-possible`. */
function forShell({ arn }: Client): string {
  if (/^[A-Za-z0-9_+=,.@:/-]+$/.test(arn)) return arn;
  throw inputError(
    "client-not-possible",
    "The role's path has characters that a cluster's shell would read as code.",
    "Use letters, digits and _+=,.@- in the role's path.",
    "path",
  );
}
