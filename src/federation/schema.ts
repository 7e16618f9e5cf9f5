/** The federation file's shape, as zod schemas: shape and single values; what spans several values is in check.ts. */
import { z } from "zod";
import { CLOUD_NAMES } from "../issuer/clouds";
import {
  AUDIENCE,
  AWS_ACCOUNT_ID,
  DATABRICKS_ACCOUNT_ID,
  HOST,
  MAX_AUDIENCES,
  PARTITIONS,
  PROVIDER_ARN,
  WORKSPACE_ID,
} from "../issuer/rules";
import type { TextRule } from "../text/text-rule";
import { breach, quoted } from "../text/text-rule";
import type { Json } from "../trust/canonical-json";
import {
  CONDITION_TESTS,
  CONDITION_VALUE,
  CONDITION_VARIABLE,
  EXTERNAL_ID,
  SERVICE_PRINCIPAL,
  SUBJECT,
  SUBJECT_PATTERN,
  TRUST_POLICY_DEFAULT_QUOTA,
  TRUST_POLICY_MAX_QUOTA,
  UNITY_CATALOG_CLOUDS,
  USER,
} from "../trust/rules";
import { secondsOf } from "./duration";
import {
  BOUNDARY_ARN,
  BUCKET,
  DESCRIPTION,
  FEDERATION_NAME,
  KMS_KEY,
  LOCK_TABLE,
  MAX_SESSION_SECONDS,
  MIN_SESSION_SECONDS,
  POLICY_ARN,
  PROFILE,
  REASON,
  REGION,
  ROLE_ARN,
  ROLE_NAME,
  ROLE_NAME_PREFIX,
  ROLE_PATH,
  STATE_KEY,
  STATE_PATH,
  TAG_VALUE,
} from "./rules";

/** Text that keeps a rule; its pattern, length and example reach the JSON Schema. */
function ruled(rule: TextRule, description: string): z.ZodString {
  return z
    .string()
    .superRefine((value, context) => {
      const problem = breach(rule, value, "");
      if (problem === undefined) return;
      context.addIssue({ code: "custom", message: problem.message, params: { code: problem.code, fix: problem.fix } });
    })
    .meta(described(rule, description)) as z.ZodString;
}

/** Text whose rule `checkTrusts` or `checkIssuer` applies, with better words than a pattern allows. */
function checkedLater(rule: TextRule, description: string): z.ZodString {
  return z.string().meta(described(rule, description));
}

function described(rule: TextRule, description: string): Record<string, unknown> {
  const limit = rule.maxLength === undefined ? {} : { maxLength: rule.maxLength };
  return { description, pattern: rule.pattern, examples: [rule.example], ...limit };
}

const duration = z
  .union([z.string(), z.number()])
  .superRefine((value, context) => {
    const seconds = secondsOf(value);
    if (seconds === null) {
      context.addIssue({
        code: "custom",
        message: `${quoted(String(value))} is no duration.`,
        params: { code: "duration-invalid", fix: "Write it like 1h, 90m or 3600 (seconds)." },
      });
    } else if (seconds < MIN_SESSION_SECONDS || seconds > MAX_SESSION_SECONDS) {
      context.addIssue({
        code: "custom",
        message:
          `${quoted(String(value))} is ${seconds} seconds; IAM ` +
          `takes ${MIN_SESSION_SECONDS} to ${MAX_SESSION_SECONDS}.`,
        params: { code: "duration-out-of-range", fix: "Write 1h to 12h." },
      });
    }
  })
  .meta({ description: "Longest session of the role: 1h to 12h, or seconds.", examples: ["1h", 3600] });

const reason = ruled(REASON, "Why this is meant.");
const lintIgnores = z
  .array(
    z.strictObject({
      ignore: z.string().meta({ description: "ID of a lint rule.", examples: ["subject-email"] }),
      reason,
    }),
  )
  .meta({ description: "Findings of lint that are meant, each with its reason." });

const tags = z.record(z.string(), ruled(TAG_VALUE, "Tag value."));

const audiences = z.array(ruled(AUDIENCE, "An audience (aud), IAM's client ID.")).max(MAX_AUDIENCES);

const adoptable = {
  audiences: audiences
    .optional()
    .meta({ description: "What IAM registers as client IDs. Default: the workspace ID, or the account ID." }),
  existingProviderArn: ruled(PROVIDER_ARN, "Adopt this IAM OIDC provider instead of creating one.").optional(),
  allowCustomHost: z.boolean().optional().meta({ description: "Accept a host outside Databricks' zones." }),
};

export const workspaceIssuerSchema = z
  .strictObject({
    level: z.literal("workspace"),
    host: checkedLater(HOST, "The workspace's host, without https://."),
    workspaceId: checkedLater(WORKSPACE_ID, "The workspace's number, in quotes."),
    ...adoptable,
  })
  .meta({ description: "A workspace issuer: https://<host>/oidc" });

export const accountIssuerSchema = z
  .strictObject({
    level: z.literal("account"),
    accountId: checkedLater(DATABRICKS_ACCOUNT_ID, "Databricks' account ID, a UUID."),
    cloud: z
      .enum(CLOUD_NAMES)
      .optional()
      .meta({ description: "Which Databricks cloud's accounts host. Default: aws." }),
    accountsHost: checkedLater(
      { ...HOST, example: "accounts.cloud.databricks.com" },
      "The account console's host, where cloud does not tell.",
    ).optional(),
    ...adoptable,
  })
  .meta({ description: "An account issuer: https://<accounts host>/oidc/accounts/<account ID>" });

export const issuerSchema = z.discriminatedUnion("level", [workspaceIssuerSchema, accountIssuerSchema]);

const conditions = z
  .array(
    z.strictObject({
      test: z.string().meta({ description: "An IAM condition operator.", enum: CONDITION_TESTS }),
      variable: checkedLater(CONDITION_VARIABLE, "An IAM condition key."),
      values: z.array(checkedLater(CONDITION_VALUE, "Any of these.")),
    }),
  )
  .meta({ description: "Extra conditions: they narrow this trust." });

export const subjectTrustSchema = z
  .strictObject({
    issuer: z.string().meta({ description: "Key of one of the issuers." }),
    servicePrincipals: z.array(checkedLater(SERVICE_PRINCIPAL, "A service principal's application ID.")).optional(),
    users: z.array(checkedLater(USER, "A user's e-mail address.")).optional(),
    subjects: z.array(checkedLater(SUBJECT, "Any exact sub.")).optional(),
    subjectPatterns: z
      .array(
        z.union([
          checkedLater(SUBJECT_PATTERN, "A pattern with * or ?."),
          z.strictObject({ pattern: checkedLater(SUBJECT_PATTERN, "A pattern with * or ?."), reason }),
        ]),
      )
      .optional(),
    audiences: audiences
      .optional()
      .meta({ description: "Audiences this trust asks for. Default: the issuer's first." }),
    conditions: conditions.optional(),
    allowTagSession: z.boolean().optional().meta({ description: "Also allow sts:TagSession." }),
  })
  .meta({ description: "Trusts Databricks identities of one issuer." });

export const unityCatalogTrustSchema = z
  .strictObject({
    unityCatalog: z.strictObject({
      externalIds: z.array(checkedLater(EXTERNAL_ID, "From the storage or service credential.")),
      cloud: z
        .enum(UNITY_CATALOG_CLOUDS)
        .optional()
        .meta({ description: "The Databricks cloud. Default: aws; in GovCloud say which." }),
    }),
    conditions: conditions.optional(),
  })
  .meta({ description: "Trusts Unity Catalog's role, and the role itself." });

export const trustSchema = z.union([subjectTrustSchema, unityCatalogTrustSchema]);

const policyDocument = z
  .custom<{ readonly [key: string]: Json }>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    {
      message: "A policy is a mapping, not a text or a list.",
      params: { code: "wrong-type", fix: "Write its JSON out as it stands, without quotes around it: YAML reads it." },
    },
  )
  .meta({ type: "object", description: "An IAM policy document.", required: ["Version", "Statement"] });

export const roleSchema = z.strictObject({
  name: ruled(ROLE_NAME, "IAM's name of the role. Default: the prefix and the key.").optional(),
  description: ruled(DESCRIPTION, "What the role is for.").optional(),
  accounts: z.array(z.string()).optional().meta({ description: "Keys of aws.accounts. Default: all." }),
  trusts: z.array(z.unknown()),
  managedPolicyArns: z.record(z.string(), ruled(POLICY_ARN, "An IAM policy's ARN.")).optional(),
  inlinePolicies: z.record(z.string(), policyDocument).optional(),
  maxSessionDuration: duration.optional(),
  path: ruled(ROLE_PATH, "IAM path.").optional(),
  permissionsBoundaryArn: ruled(BOUNDARY_ARN, "Permissions boundary.").optional(),
  tags: tags.optional(),
  lint: lintIgnores.optional(),
});

export const backendSchema = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("local"), path: ruled(STATE_PATH, "The state's file.").optional() }),
    z.strictObject({
      type: z.literal("s3"),
      bucket: ruled(BUCKET, "The bucket."),
      key: ruled(STATE_KEY, "The state's key in the bucket; several AWS accounts put their own in front."),
      region: ruled(REGION, "The bucket's region."),
      dynamodbTable: ruled(LOCK_TABLE, "Table that locks the state.").optional(),
      useLockfile: z.boolean().optional(),
      encrypt: z.boolean().optional(),
      kmsKeyId: ruled(KMS_KEY, "Key that encrypts the state.").optional(),
      profile: ruled(PROFILE, "AWS profile that reads and writes the state.").optional(),
    }),
  ])
  .meta({ description: "Where Terraform keeps its state. Default: local." });

export const awsAccountSchema = z.strictObject({
  accountId: ruled(AWS_ACCOUNT_ID, "AWS account ID.").optional(),
  region: ruled(REGION, "AWS region of the provider.").optional(),
  assumeRoleArn: ruled(ROLE_ARN, "Role the AWS provider assumes to deploy.").optional(),
  backend: backendSchema.optional(),
});

export const awsSchema = z.strictObject({
  accountId: ruled(AWS_ACCOUNT_ID, "AWS account ID. Without it AWS is asked at plan time.").optional(),
  partition: z.enum(PARTITIONS).optional(),
  region: ruled(REGION, "AWS region of the provider.").optional(),
  assumeRoleArn: ruled(ROLE_ARN, "Role the AWS provider assumes to deploy.").optional(),
  backend: backendSchema.optional(),
  accounts: z.record(z.string(), z.unknown()).optional(),
});

/** Everything that stands at the top of the file beside the three maps, which are read entry by entry. */
const settings = {
  name: ruled(FEDERATION_NAME, "Name of the federation and of its stack."),
  roleNamePrefix: ruled(ROLE_NAME_PREFIX, "Goes before the key of a role without a name of its own.").optional(),
  rolePath: ruled(ROLE_PATH, "Default path of roles.").optional(),
  permissionsBoundaryArn: ruled(BOUNDARY_ARN, "Default permissions boundary of roles.").optional(),
  maxSessionDuration: duration.optional(),
  trustPolicyMaxLength: z
    .number()
    .superRefine((value, context) => {
      if (Number.isInteger(value) && value >= TRUST_POLICY_DEFAULT_QUOTA && value <= TRUST_POLICY_MAX_QUOTA) return;
      context.addIssue({
        code: "custom",
        message: `${value} is no quota for trust policies.`,
        params: {
          code: "trust-policy-max-length",
          fix:
            `Write a whole number from ${TRUST_POLICY_DEFAULT_QUOTA} to ${TRUST_POLICY_MAX_QUOTA}, as your ` +
            `account's quota allows.`,
        },
      });
    })
    .meta({
      description: "IAM's quota for a trust policy in your account, in characters.",
      minimum: TRUST_POLICY_DEFAULT_QUOTA,
      maximum: TRUST_POLICY_MAX_QUOTA,
    })
    .optional(),
  tags: tags.optional().meta({ description: "Tags of every resource." }),
  lint: lintIgnores.optional(),
};

/** The file from above; issuers, roles and accounts are checked one by one, so that one mistake hides no other. */
export const outlineSchema = z.strictObject({
  ...settings,
  aws: awsSchema.optional(),
  issuers: z.record(z.string(), z.unknown()),
  roles: z.record(z.string(), z.unknown()),
});

/** The whole file: source of the JSON Schema and of the types of the TypeScript interface. */
export const federationSchema = z.strictObject({
  ...settings,
  aws: awsSchema.extend({ accounts: z.record(z.string(), awsAccountSchema).optional() }).optional(),
  issuers: z.record(z.string(), issuerSchema),
  roles: z.record(z.string(), roleSchema.extend({ trusts: z.array(trustSchema) })),
});

/**
 * Data that nobody changes: lists and members `readonly` all the way down, so that `as const` and readonly lists fit.
 */
type Unchanged<T> = T extends readonly (infer Item)[]
  ? readonly Unchanged<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Unchanged<T[Key]> }
    : T;

/** A federation as written in YAML or TypeScript. */
export type FederationInput = Unchanged<z.input<typeof federationSchema>>;
export type IssuerDeclaration = Unchanged<z.input<typeof issuerSchema>>;
export type TrustDeclaration = Unchanged<z.input<typeof trustSchema>>;
export type RoleDeclaration = Unchanged<z.input<typeof roleSchema>> & { readonly trusts: readonly TrustDeclaration[] };
export type OutlineInput = z.output<typeof outlineSchema>;
export type ParsedRole = z.output<typeof roleSchema>;
export type ParsedIssuer = z.output<typeof issuerSchema>;
export type ParsedBackend = z.output<typeof backendSchema>;
