/** The federation file's shape, as zod schemas: shape and single values; what spans several values is in check.ts. */
import * as z from "zod";
import { AWS_ACCOUNT_ID, PARTITIONS } from "../issuer/rules";
import type { TextRule } from "../text/text-rule";
import { schemaOf } from "./fields/field";
import { issuerSchema } from "./fields/issuer";
import { ruled as ruledBy } from "./fields/kinds";
import { ROLE_FIELDS } from "./fields/role";
import { SETTING_FIELDS } from "./fields/settings";
import { BUCKET, KMS_KEY, LOCK_TABLE, PROFILE, REGION, ROLE_ARN, STATE_KEY, STATE_PATH } from "./rules";

function ruled(rule: TextRule, description: string): z.ZodString {
  return ruledBy(rule).meta({ description });
}

export const roleSchema = schemaOf(ROLE_FIELDS);

/** The settings of each type of backend: where Terraform keeps its state. */
export const BACKENDS = [
  z.strictObject({
    type: z.literal("local").meta({ description: "A file." }),
    path: ruled(STATE_PATH, "The state's file.").optional(),
  }),
  z.strictObject({
    type: z.literal("s3").meta({ description: "A bucket of S3." }),
    bucket: ruled(BUCKET, "The bucket."),
    key: ruled(STATE_KEY, "The state's key in the bucket; several AWS accounts put their own in front."),
    region: ruled(REGION, "The bucket's region."),
    dynamodbTable: ruled(LOCK_TABLE, "DynamoDB table that locks the state.").optional(),
    useLockfile: z.boolean().meta({ description: "Lock the state by a file beside it." }).optional(),
    encrypt: z.boolean().meta({ description: "Encrypt the state on the server." }).optional(),
    kmsKeyId: ruled(KMS_KEY, "Key that encrypts the state.").optional(),
    profile: ruled(PROFILE, "AWS profile that reads and writes the state.").optional(),
  }),
  z.strictObject({ type: z.literal("none").meta({ description: "A backend that others configure." }) }),
] as const;

export const backendSchema = z
  .discriminatedUnion("type", BACKENDS)
  .meta({ description: "Where Terraform keeps its state: local, s3, or none of ours. Default: local." });

export const awsAccountSchema = z.strictObject({
  accountId: ruled(AWS_ACCOUNT_ID, "AWS account ID.").optional(),
  region: ruled(REGION, "AWS region of the provider.").optional(),
  assumeRoleArn: ruled(ROLE_ARN, "Role the AWS provider assumes to deploy.").optional(),
  backend: backendSchema.optional(),
});

export const awsSchema = z.strictObject({
  accountId: ruled(AWS_ACCOUNT_ID, "AWS account ID. Without it AWS is asked at plan time.").optional(),
  partition: z.enum(PARTITIONS).meta({ description: "AWS partition. Default: aws." }).optional(),
  region: ruled(REGION, "AWS region of the provider.").optional(),
  assumeRoleArn: ruled(ROLE_ARN, "Role the AWS provider assumes to deploy.").optional(),
  backend: backendSchema.optional(),
  accounts: z.record(z.string(), z.unknown()).optional(),
});

/** The top of the file; accounts are checked one by one. */
export const topSchema = schemaOf(SETTING_FIELDS).extend({ aws: awsSchema.optional() });

/** The file from above; issuers, roles and accounts are checked one by one, so that one mistake hides no other. */
export const outlineSchema = topSchema.extend({
  issuers: z.record(z.string(), z.unknown()),
  roles: z.record(z.string(), z.unknown()),
});

/** The whole file: source of the JSON Schema. Its TypeScript is in declarations.ts. */
export const federationSchema = topSchema.extend({
  aws: awsSchema.extend({ accounts: z.record(z.string(), awsAccountSchema).optional() }).optional(),
  issuers: z.record(z.string(), issuerSchema),
  roles: z.record(z.string(), roleSchema),
});

export type ParsedIssuer = z.output<typeof issuerSchema>;
export type ParsedBackend = z.output<typeof backendSchema>;
