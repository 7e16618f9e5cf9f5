/** What IAM takes for roles, tags, policies and durations; Terraform lets more pass, so these are the only guard. */
import type { TextRule } from "../text/text-rule";

/** Becomes a stack's name and the first part of logical IDs. */
export const FEDERATION_NAME: TextRule = {
  code: "name-invalid",
  pattern: "^[A-Za-z][A-Za-z0-9_-]{0,62}$",
  says: "a name of 1 to 63 letters, digits, - and _, starting with a letter",
  example: "lakehouse",
};

/** Keys of issuers, AWS accounts and managed policies: the caller's own names. */
export const KEY: TextRule = {
  code: "issuer-key-invalid",
  pattern: "^[A-Za-z][A-Za-z0-9_-]{0,62}$",
  says: "a key of 1 to 63 letters, digits, - and _, starting with a letter",
  example: "production",
};

/** A role's key is its name by default, so it keeps IAM's rule; it starts with a letter or digit to stay readable. */
export const ROLE_KEY: TextRule = {
  code: "role-name-invalid",
  pattern: "^[A-Za-z0-9][A-Za-z0-9_+=,.@-]{0,63}$",
  says: "a role name of 1 to 64 letters, digits and _+=,.@-, starting with a letter or digit",
  example: "lake-reader",
};

/** IAM CreateRole: `[\w+=,.@-]+`, 1 to 64. */
export const ROLE_NAME: TextRule = {
  code: "role-name-invalid",
  pattern: "^[A-Za-z0-9_+=,.@-]{1,64}$",
  says: "a role name of 1 to 64 letters, digits and _+=,.@-",
  example: "lake-reader",
};

export const ROLE_NAME_PREFIX: TextRule = {
  code: "role-name-invalid",
  pattern: "^[A-Za-z0-9_+=,.@-]{0,63}$",
  says: "up to 63 letters, digits and _+=,.@-",
  example: "databricks-",
};

/** IAM: `(/)|(/[!-~]+/)`, up to 512; no `*` and `?`, which a policy would read as wildcards. */
export const ROLE_PATH: TextRule = {
  code: "role-path-invalid",
  pattern: "^/(?:[\\u0021-\\u0029\\u002B-\\u002E\\u0030-\\u003E\\u0040-\\u007A\\u007C-\\u007E]+/)*$",
  maxLength: 512,
  says: "a path that begins and ends with /, of at most 512 visible ASCII characters without *, ? and {",
  example: "/databricks/",
};

/** IAM CreateRole: `[\t\n\r\u0020-\u007E\u00A1-\u00FF]*`, up to 1,000. */
export const DESCRIPTION: TextRule = {
  code: "role-description-invalid",
  pattern: "^[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]{0,1000}$",
  says: "a description of at most 1,000 Latin-1 characters",
  example: "Nightly jobs read the lake",
};

/** IAM TagRole: `[\p{L}\p{Z}\p{N}_.:/=+\-@]+`, 1 to 128. `aws:` is AWS's own prefix, refused in any case. */
export const TAG_KEY: TextRule = {
  code: "tag-invalid",
  pattern: "^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{1,128}$",
  says: "a tag key of 1 to 128 letters, digits, spaces and _.:/=+-@",
  example: "team",
};

export const TAG_VALUE: TextRule = {
  code: "tag-invalid",
  pattern: "^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{0,256}$",
  says: "a tag value of at most 256 letters, digits, spaces and _.:/=+-@",
  example: "data",
};

/** A path that ends in a slash names no policy, so the last character is one of a name. */
export const POLICY_ARN: TextRule = {
  code: "policy-arn-invalid",
  pattern:
    "^arn:(?:aws|aws-us-gov|aws-cn):iam::(?:aws|[0-9]{12}):policy/[\\u0021-\\u0029\\u002B-\\u003E\\u0040-\\u007A\\u007C-\\u007E]{0,511}[A-Za-z0-9_+=,.@-]$",
  says: "the ARN of an IAM policy",
  example: "arn:aws:iam::111122223333:policy/read-lake",
};

export const BOUNDARY_ARN: TextRule = {
  ...POLICY_ARN,
  code: "boundary-arn-invalid",
  says: "the ARN of the IAM policy that bounds the role",
};

export const ROLE_ARN: TextRule = {
  code: "policy-arn-invalid",
  pattern:
    "^arn:(?:aws|aws-us-gov|aws-cn):iam::[0-9]{12}:role/[\\u0021-\\u0029\\u002B-\\u003E\\u0040-\\u007A\\u007C-\\u007E]{0,511}[A-Za-z0-9_+=,.@-]$",
  says: "the ARN of an IAM role",
  example: "arn:aws:iam::111122223333:role/terraform",
};

/** IAM PutRolePolicy: `[\w+=,.@-]+`, 1 to 128. */
export const INLINE_POLICY_NAME: TextRule = {
  code: "inline-policy-name-invalid",
  pattern: "^[A-Za-z0-9_+=,.@-]{1,128}$",
  says: "a policy name of 1 to 128 letters, digits and _+=,.@-",
  example: "list-lake",
};

/** IAM's charset for policy documents. */
export const POLICY_TEXT: TextRule = {
  code: "policy-character",
  pattern: "^[\\u0009\\u000A\\u000D\\u0020-\\u00FF]*$",
  maxLength: 10_240,
  says: "Latin-1 text: IAM takes no other characters in a policy",
  example: "arn:aws:s3:::lake",
};

export const REGION: TextRule = {
  code: "value-not-allowed",
  pattern: "^[a-z]{2,3}(?:-[a-z]+){1,3}-[0-9]{1,2}$",
  says: "an AWS region",
  example: "us-east-1",
};

/** S3's names for general purpose buckets. */
export const BUCKET: TextRule = {
  code: "backend-invalid",
  pattern: "^[a-z0-9](?:[a-z0-9.-]{1,61}[a-z0-9])$",
  says: "the name of an S3 bucket: 3 to 63 small letters, digits, - and .",
  example: "mycompany-terraform-state",
};

/** Terraform's s3 backend takes no slash at either end. */
export const STATE_KEY: TextRule = {
  code: "backend-invalid",
  pattern: "^[^/\\u0000-\\u001F\\u007F](?:[^\\u0000-\\u001F\\u007F]{0,998}[^/\\u0000-\\u001F\\u007F])?$",
  says: "the state's key in the bucket: 1 to 1,000 characters, no / at its ends",
  example: "databricks/federation.tfstate",
};

/** DynamoDB CreateTable. */
export const LOCK_TABLE: TextRule = {
  code: "backend-invalid",
  pattern: "^[A-Za-z0-9_.-]{3,255}$",
  says: "the name of a DynamoDB table: 3 to 255 letters, digits and _.-",
  example: "terraform-locks",
};

/** A key's ID, its ARN, or an alias. */
export const KMS_KEY: TextRule = {
  code: "backend-invalid",
  pattern: "^[A-Za-z0-9:/_-]{1,1000}$",
  says: "a KMS key: its ID, ARN or alias",
  example: "alias/terraform-state",
};

export const PROFILE: TextRule = {
  code: "backend-invalid",
  pattern: "^[^\\u0000-\\u001F\\u007F]{1,250}$",
  says: "the name of an AWS profile of at most 250 characters",
  example: "deploy",
};

export const STATE_PATH: TextRule = {
  code: "backend-invalid",
  pattern: "^[^\\u0000-\\u001F\\u007F]{1,1000}$",
  says: "the path of the state's file",
  example: "terraform.tfstate",
};

/** A reason must be a sentence, not a dot. */
export const REASON: TextRule = {
  code: "reason-empty",
  pattern: "^[^\\u0000-\\u0020][^\\u0000-\\u001F]{8,498}[^\\u0000-\\u0020]$",
  says: "a written reason of 10 to 500 characters",
  example: "Every mailbox of this domain belongs to the data team.",
};

/** Seconds. IAM's bounds on a role's maximum session. */
export const MIN_SESSION_SECONDS = 3600;
export const MAX_SESSION_SECONDS = 43_200;
export const DEFAULT_SESSION_SECONDS = 3600;
/** Tags of one resource. */
export const MAX_TAGS = 50;
/** Managed policies of one role: the default is 10, raised on request to at most this. */
export const MAX_MANAGED_POLICIES = 20;
/** Characters of all inline policies of one role, white space not counted. */
export const MAX_INLINE_POLICY_CHARACTERS = 10_240;
/** Roles of one AWS account: 1,000 by default, raised on request to at most this. */
export const MAX_ROLES = 5000;
/** OIDC providers of one AWS account: 100 by default, raised on request to at most this. */
export const MAX_PROVIDERS = 700;
/** A federation file larger than this is refused unread. Characters. */
export const MAX_FILE_CHARACTERS = 8_000_000;
