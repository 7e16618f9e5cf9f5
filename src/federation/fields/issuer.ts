/** The fields of an issuer, at workspace and at account level. */
import * as z from "zod";
import { CLOUD_NAMES } from "../../issuer/clouds";
import { AUDIENCE, DATABRICKS_ACCOUNT_ID, HOST, MAX_AUDIENCES, PROVIDER_ARN, WORKSPACE_ID } from "../../issuer/rules";
import { field, optional, schemaOf } from "./field";
import { choice, flag, text, texts } from "./kinds";

/** Rules on hosts and IDs are `checkIssuer`'s, which has better words than a pattern allows. */
const checkedLater = true;

const level = <const Level extends "workspace" | "account">(value: Level) =>
  field(
    { is: "choice", code: "value-not-allowed", values: ["account", "workspace"] },
    { description: "workspace or account." },
    z.literal(value),
    (declared) => declared,
  );

const shared = {
  audiences: optional(
    texts(AUDIENCE, {
      description: "What IAM registers as client IDs.",
      unset: "the workspace ID, or the account ID",
      most: { count: MAX_AUDIENCES, code: "too-many-audiences" },
    }),
    [],
  ),
  allowCustomHost: optional(flag({ description: "Accept a host outside Databricks' zones." }), false),
  existingProviderArn: optional(
    text(PROVIDER_ARN, { description: "ARN of an IAM OIDC provider to adopt instead of creating one." }),
    null,
  ),
};

export const WORKSPACE_ISSUER_FIELDS = {
  level: level("workspace"),
  host: text(HOST, { description: "The workspace's host, without https://.", checkedLater }),
  workspaceId: text(WORKSPACE_ID, { description: "The workspace's number, in quotes.", checkedLater }),
  ...shared,
};

export const ACCOUNT_ISSUER_FIELDS = {
  level: level("account"),
  accountId: text(DATABRICKS_ACCOUNT_ID, { description: "Databricks' account ID, a UUID.", checkedLater }),
  cloud: optional(
    choice(CLOUD_NAMES, "cloud-unknown", {
      description: "The Databricks cloud, whose account console it is.",
    }),
    "aws",
  ),
  accountsHost: optional(
    text(
      { ...HOST, example: "accounts.cloud.databricks.com" },
      { description: "The account console's host, where cloud does not say.", checkedLater },
    ),
    null,
  ),
  ...shared,
};

/** Every field of an issuer: the modules take both levels as one object. */
export const ISSUER_FIELDS = {
  level: level("workspace"),
  host: optional(WORKSPACE_ISSUER_FIELDS.host, null),
  workspaceId: optional(WORKSPACE_ISSUER_FIELDS.workspaceId, null),
  accountId: optional(ACCOUNT_ISSUER_FIELDS.accountId, null),
  cloud: ACCOUNT_ISSUER_FIELDS.cloud,
  accountsHost: ACCOUNT_ISSUER_FIELDS.accountsHost,
  ...shared,
};

const workspaceIssuerSchema = schemaOf(WORKSPACE_ISSUER_FIELDS).meta({
  description: "A workspace issuer: https://<host>/oidc",
});
const accountIssuerSchema = schemaOf(ACCOUNT_ISSUER_FIELDS).meta({
  description: "An account issuer: https://<accounts host>/oidc/accounts/<account ID>",
});
export const issuerSchema = z.discriminatedUnion("level", [workspaceIssuerSchema, accountIssuerSchema]);
