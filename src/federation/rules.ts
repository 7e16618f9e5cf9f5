/** What IAM takes for roles, tags, policies and durations; Terraform lets more pass, so these are the only guard. */
import {
  anyOf,
  DIGITS,
  either,
  except,
  inCategories,
  LETTERS,
  LOWERCASE_LETTERS,
  NO_CONTROLS,
  range,
  run,
  sequence,
  several,
  VISIBLE_ASCII,
} from "../text/form";
import type { Form } from "../text/form";
import { textRule } from "../text/text-rule";

const WORD = anyOf(LETTERS, DIGITS, "_-");
/** IAM's `[\w+=,.@-]`. */
const NAME = anyOf(LETTERS, DIGITS, "_+=,.@-");

/** Becomes a stack's name and the first part of logical IDs. */
export const FEDERATION_NAME = textRule({
  code: "name-invalid",
  form: run(WORD, 1, 63, { first: LETTERS }),
  example: "lakehouse",
});

/** Keys of issuers: the caller's own names. */
export const ISSUER_KEY = textRule({
  code: "issuer-key-invalid",
  form: run(WORD, 1, 63, { first: LETTERS }),
  example: "production",
});

/** Keys of AWS accounts. */
export const ACCOUNT_KEY = textRule({ ...ISSUER_KEY, code: "account-key-invalid", example: "prod" });

/** Keys of managed policies. */
export const POLICY_KEY = textRule({
  ...ISSUER_KEY,
  code: "policy-key-invalid",
  example: "read",
  wrong: ["read lake"],
});

/** Names of identities: the caller's own. */
export const IDENTITY_NAME = textRule({
  code: "identity-name-invalid",
  form: run(anyOf(LETTERS, DIGITS, "._-"), 1, 63, { first: LETTERS }),
  example: "nightly-etl",
  wrong: ["nightly etl", "alice@example.com", "x".repeat(64)],
});

const TWO_DIGITS = run(DIGITS, 2, 2);

/** RFC 3339 in UTC, in whole seconds: the same text in both back ends, and later texts are later moments. */
export const MOMENT = textRule({
  code: "moment-invalid",
  form: sequence(
    ...[run(DIGITS, 4, 4), "-", TWO_DIGITS, "-", TWO_DIGITS, "T"],
    ...[TWO_DIGITS, ":", TWO_DIGITS, ":", TWO_DIGITS, "Z"],
  ),
  says: "a moment in UTC, in whole seconds",
  example: "2026-01-31T12:00:00Z",
  wrong: ["2026-01-31", "2026-01-31T12:00:00+01:00", "2026-01-31T12:00:00.5Z", "now", ""],
});
/** How far ahead of now a moment may be, in seconds: a clock that is off, and time to review. */
export const MOST_AHEAD_SECONDS = 3600;

/** A role's key is its name by default, so IAM's rule applies; it starts with a letter or digit to stay readable. */
export const ROLE_KEY = textRule({
  code: "role-name-invalid",
  form: run(NAME, 1, 64, { first: anyOf(LETTERS, DIGITS) }),
  example: "lake-reader",
  wrong: ["lake reader", "x".repeat(65)],
});

/** IAM CreateRole: `[\w+=,.@-]+`, 1 to 64. */
export const ROLE_NAME = textRule({
  code: "role-name-invalid",
  form: run(NAME, 1, 64),
  example: "lake-reader",
  wrong: ["lake reader", "x".repeat(65), ""],
});

export const ROLE_NAME_PREFIX = textRule({
  code: "role-name-invalid",
  form: run(NAME, 0, 63),
  example: "databricks-",
  wrong: ["data bricks-", "x".repeat(64)],
});

/** IAM: `(/)|(/[!-~]+/)`, up to 512; no `*` and `?`, which a policy would read as wildcards. */
export const ROLE_PATH = textRule({
  code: "role-path-invalid",
  form: sequence("/", several(sequence(run(except(VISIBLE_ASCII, "*/?{"), 1, Infinity), "/"), 0, Infinity)),
  maxLength: 512,
  says: "a path of at most 512 visible ASCII characters except *, ? and {, beginning and ending with /",
  example: "/databricks/",
  wrong: ["databricks", "/databricks", "/data*/", "//"],
});

/** IAM CreateRole: `[\t\n\r\u0020-\u007E\u00A1-\u00FF]*`, up to 1,000. */
export const DESCRIPTION = textRule({
  code: "role-description-invalid",
  form: run(
    anyOf(
      range("printable Latin-1 characters", "printable Latin-1 character", [" ", "~"], ["\u00a1", "\u00ff"]),
      { ...anyOf("\t"), words: "tabs" },
      { ...anyOf("\n\r"), words: "line breaks" },
    ),
    0,
    1000,
  ),
  example: "Nightly jobs read the lake",
  wrong: ["caf\u0107", "x\u0007", "\r\n".repeat(501)],
});

/** IAM TagRole: `[\p{L}\p{Z}\p{N}_.:/=+\-@]`. */
const TAG_CHARACTERS = anyOf(inCategories("letters, digits, spaces", "letter", "L", "Z", "N"), "_.:/=+@-");

/** 1 to 128. `aws:` is AWS's own prefix, refused in any case. */
export const TAG_KEY = textRule({
  code: "tag-invalid",
  form: run(TAG_CHARACTERS, 1, 128),
  example: "team",
  wrong: ["a*b"],
});

export const TAG_VALUE = textRule({
  code: "tag-invalid",
  form: run(TAG_CHARACTERS, 0, 256),
  example: "data",
  wrong: ["a,b"],
});

/** The ARN of a `kind` of IAM. A path that ends in a slash names nothing, so the last character is one of a name. */
function iamArn(owner: Form, kind: string): Form {
  return sequence(
    "arn:",
    either("aws", "aws-us-gov", "aws-cn"),
    ":iam::",
    owner,
    `:${kind}/`,
    run(except(VISIBLE_ASCII, "*?{"), 1, 512, { last: NAME }),
  );
}

const ACCOUNT: Form = run(DIGITS, 12, 12);

export const POLICY_ARN = textRule({
  code: "policy-arn-invalid",
  form: iamArn(either("aws", ACCOUNT), "policy"),
  says: "the ARN of an IAM policy",
  example: "arn:aws:iam::111122223333:policy/read-lake",
  wrong: ["arn:aws:iam::111122223333:role/x", ""],
});

export const BOUNDARY_ARN = textRule({ ...POLICY_ARN, code: "boundary-arn-invalid" });

export const ROLE_ARN = textRule({
  code: "role-arn-invalid",
  form: iamArn(ACCOUNT, "role"),
  says: "the ARN of an IAM role",
  example: "arn:aws:iam::111122223333:role/terraform",
});

/** IAM PutRolePolicy: `[\w+=,.@-]+`, 1 to 128. */
export const INLINE_POLICY_NAME = textRule({
  code: "inline-policy-name-invalid",
  form: run(NAME, 1, 128),
  example: "list-lake",
  wrong: ["list lake"],
});

/** IAM's charset for policy documents. */
export const POLICY_TEXT = textRule({
  code: "policy-character",
  form: run(anyOf("\t\n\r", range("Latin-1 characters", "Latin-1 character", [" ", "\u00ff"])), 0, 10_240),
  says: "Latin-1 text, the only characters that IAM accepts in a policy",
  example: "arn:aws:s3:::lake",
});

export const REGION = textRule({
  code: "value-not-allowed",
  form: sequence(
    run(LOWERCASE_LETTERS, 2, 3),
    several(sequence("-", run(LOWERCASE_LETTERS, 1, Infinity)), 1, 3),
    "-",
    run(DIGITS, 1, 2),
  ),
  says: "an AWS region",
  example: "us-east-1",
});

const LOWERCASE_WORD = anyOf(LOWERCASE_LETTERS, DIGITS);

/** S3's names for general purpose buckets. */
export const BUCKET = textRule({
  code: "backend-invalid",
  form: run(anyOf(LOWERCASE_LETTERS, DIGITS, ".-"), 3, 63, { first: LOWERCASE_WORD, last: LOWERCASE_WORD }),
  says: "the name of an S3 bucket: 3 to 63 lowercase letters, digits, - and .",
  example: "mycompany-terraform-state",
});

/** Terraform's s3 backend takes no slash at either end. */
export const STATE_KEY = textRule({
  code: "backend-invalid",
  form: run(NO_CONTROLS, 1, 1000, { first: except(NO_CONTROLS, "/"), last: except(NO_CONTROLS, "/") }),
  says: "the state's key in the bucket: 1 to 1,000 characters, no / at either end",
  example: "databricks/federation.tfstate",
});

/** DynamoDB CreateTable. */
export const LOCK_TABLE = textRule({
  code: "backend-invalid",
  form: run(anyOf(LETTERS, DIGITS, "_.-"), 3, 255),
  example: "terraform-locks",
});

/** A key's ID, its ARN, or an alias. */
export const KMS_KEY = textRule({
  code: "backend-invalid",
  form: run(anyOf(LETTERS, DIGITS, ":/_-"), 1, 1000),
  says: "a KMS key: its ID, ARN or alias",
  example: "alias/terraform-state",
});

export const PROFILE = textRule({
  code: "backend-invalid",
  form: run(NO_CONTROLS, 1, 250),
  says: "the name of an AWS profile of at most 250 characters",
  example: "deploy",
});

export const STATE_PATH = textRule({
  code: "backend-invalid",
  form: run(NO_CONTROLS, 1, 1000),
  says: "the path of the state file",
  example: "terraform.tfstate",
});

const SENTENCE = range("characters", "character", [" ", "\u{10ffff}"]);

/** A reason must be a sentence, not a dot. */
export const REASON = textRule({
  code: "reason-empty",
  form: run(SENTENCE, 10, 500, { first: except(SENTENCE, " "), last: except(SENTENCE, " ") }),
  says: "a written reason of 10 to 500 characters",
  example: "Every mailbox of this domain belongs to the data team.",
  wrong: ["", "meant", " because it is meant so"],
});

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
