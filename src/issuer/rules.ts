/** What the parts of an issuer may be. Read by the schema, by `issuer` and by the modules' validations. */
import {
  anyOf,
  type Characters,
  DIGITS,
  either,
  except,
  type Form,
  LOWERCASE_LETTERS,
  range,
  run,
  sequence,
  several,
  VISIBLE_ASCII,
} from "../text/form";
import { textRule } from "../text/text-rule";

/** A label of a host name: 1 to 63 `letters`, digits and dashes, with a dash at neither end. */
function label(letters: Characters, first: Characters = anyOf(letters, DIGITS)): Form {
  return run(anyOf(letters, DIGITS, "-"), 1, 63, { first, last: anyOf(letters, DIGITS) });
}

/** What stands before the last label of a host name: labels, each with its dot. */
export function labelsBeforeLast(letters: Characters): Form {
  return several(sequence(label(letters), "."), 1, Infinity);
}

/** A host name whose last label starts with a letter. */
function hostForm(letters: Characters): Form {
  return sequence(labelsBeforeLast(letters), label(letters, letters));
}

/** Lower-case DNS name of at least two labels whose last label is alphabetic, so that no IP address passes. */
export const HOST = textRule({
  code: "host-invalid",
  form: hostForm(LOWERCASE_LETTERS),
  maxLength: 200,
  says: "a host name in lower case, without https://, port or path",
  example: "mycompany.cloud.databricks.com",
  wrong: [
    "https://mycompany.cloud.databricks.com",
    "MyCompany.cloud.databricks.com",
    "mycompany.cloud.databricks.com:443",
    "10.0.0.1",
    "",
  ],
});

export const WORKSPACE_ID = textRule({
  code: "workspace-id-invalid",
  form: run(DIGITS, 1, 20, { first: range("1 to 9", "1 to 9", ["1", "9"]) }),
  says: "the workspace's number in quotes: 1 to 20 digits, no leading zero",
  example: "1444828305810485",
  wrong: ["0123", "1.44483e15", "", "mycompany"],
});

const HEX = anyOf(DIGITS, range("a to f", "a to f", ["a", "f"]));
/** A UUID in lower case. */
export const UUID = sequence(run(HEX, 8, 8), ...[4, 4, 4, 12].flatMap((count) => ["-", run(HEX, count, count)]));

export const DATABRICKS_ACCOUNT_ID = textRule({
  code: "databricks-account-id-invalid",
  form: either(UUID, run(DIGITS, 12, 12)),
  says: "a Databricks account ID: a UUID in lower case",
  example: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
  wrong: ["7D3C2B1A-0F5E-4C8D-9A6B-123456789012", "", "123"],
});

/**
 * IAM: a client ID has 1 to 255 characters (CreateOpenIDConnectProvider). Wildcards would never match as meant, and
 * `${` would be a policy variable.
 */
export const AUDIENCE = textRule({
  code: "audience-invalid",
  form: run(except(VISIBLE_ASCII, "*?{"), 1, 255),
  example: "1444828305810485",
  wrong: ["*", "", "a b", "${aws:userid}"],
});

export const AWS_ACCOUNT_ID = textRule({
  code: "aws-account-id-invalid",
  form: run(DIGITS, 12, 12),
  example: "111122223333",
  wrong: ["1111-2222-3333", "12345", ""],
});

export const PROVIDER_ARN = textRule({
  code: "provider-arn-invalid",
  form: sequence(
    "arn:",
    either("aws", "aws-us-gov", "aws-cn"),
    ":iam::",
    run(DIGITS, 12, 12),
    ":oidc-provider/",
    run(VISIBLE_ASCII, 1, 255),
  ),
  says: "the ARN of an IAM OIDC provider",
  example: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
  wrong: ["arn:aws:iam::111122223333:role/oidc-provider/mycompany.cloud.databricks.com/oidc"],
});

/** IAM registers at most this many client IDs a provider. */
export const MAX_AUDIENCES = 100;
/** IAM's limit on a provider's URL, `https://` included. */
export const MAX_ISSUER_LENGTH = 255;

/**
 * AWS partitions that Databricks identities can be let into.
 *
 * @example
 * ```ts
 * import { PARTITIONS } from "databricks-aws-oidc";
 * PARTITIONS.includes("aws-us-gov"); // true
 * ```
 */
export const PARTITIONS = ["aws", "aws-us-gov", "aws-cn"] as const;
/**
 * An AWS partition: the second field of an ARN.
 *
 * @example
 * ```ts
 * import type { Partition } from "databricks-aws-oidc";
 * const partition: Partition = "aws";
 * ```
 */
export type Partition = (typeof PARTITIONS)[number];

/** The hint for a Databricks account ID that is really 12 digits, as in a well-known forum recipe. */
export function looksLikeAwsAccountId(accountId: string): boolean {
  return /^[0-9]{12}$/.test(accountId);
}
