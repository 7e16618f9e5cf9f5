/** What subjects, conditions and external IDs may be. Read by the schema, the builder and the modules' validations. */
import type { TextRule } from "../text/text-rule";
import type { Cloud } from "../issuer/clouds";
import type { Partition } from "../issuer/rules";

/** `sub` is compared with case, and Databricks writes application IDs in lower case. */
export const SERVICE_PRINCIPAL: TextRule = {
  code: "service-principal-invalid",
  pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
  says: "a service principal's application ID: a UUID in lower case",
  example: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
};

export const USER: TextRule = {
  code: "user-invalid",
  pattern: "^[A-Za-z0-9.!#%&'+/=^_`~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]{2,63}$",
  maxLength: 254,
  says: "a user's e-mail address, as Databricks shows it, without wildcards",
  example: "alice@example.com",
};

/** IAM takes Latin-1 in policies; of that, what a person can see. No `*`, `?` or `{`: IAM reads those, or people do. */
const SEEN = "\\u0021-\\u0029\\u002B-\\u003E\\u0040-\\u007A\\u007C-\\u007E\\u00A1-\\u00AC\\u00AE-\\u00FF";

export const SUBJECT: TextRule = {
  code: "subject-invalid",
  pattern: `^[${SEEN}](?:[\\u0020${SEEN}]{0,253}[${SEEN}])?$`,
  says: "an exact sub of 1 to 255 visible Latin-1 characters, without *, ?, { and without space at its ends",
  example: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
};

export const SUBJECT_PATTERN: TextRule = {
  code: "subject-pattern-invalid",
  pattern: `^[*?${SEEN}](?:[\\u0020*?${SEEN}]{0,253}[*?${SEEN}])?$`,
  says: "a pattern of 1 to 255 visible Latin-1 characters, with * or ?, without {",
  example: "*@data.example.com",
};

export const CONDITION_VARIABLE: TextRule = {
  code: "condition-invalid",
  pattern: "^[A-Za-z0-9][A-Za-z0-9._/-]{0,254}:[A-Za-z0-9_.:/=+@-]{1,255}$",
  says: "an IAM condition key with its prefix",
  example: "aws:SourceIp",
};

export const CONDITION_VALUE: TextRule = {
  code: "condition-invalid",
  pattern: "^[\\u0020-\\u007E\\u00A1-\\u00AC\\u00AE-\\u00FF]{1,512}$",
  says: "1 to 512 visible Latin-1 characters",
  example: "203.0.113.0/24",
};

/** STS AssumeRole: `[\w+=,.@:\/-]*`, 2 to 1,224 characters. */
export const EXTERNAL_ID: TextRule = {
  code: "external-id-invalid",
  pattern: "^[A-Za-z0-9_+=,.@:/-]{2,}$",
  maxLength: 1224,
  says: "an external ID of 2 to 1,224 characters, as the storage or service credential shows it",
  example: "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b",
};

const BASE_TESTS = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
  "NumericEquals",
  "NumericNotEquals",
  "NumericLessThan",
  "NumericLessThanEquals",
  "NumericGreaterThan",
  "NumericGreaterThanEquals",
  "DateEquals",
  "DateNotEquals",
  "DateLessThan",
  "DateLessThanEquals",
  "DateGreaterThan",
  "DateGreaterThanEquals",
  "Bool",
  "BinaryEquals",
  "IpAddress",
  "NotIpAddress",
  "ArnEquals",
  "ArnNotEquals",
  "ArnLike",
  "ArnNotLike",
] as const;

/** Every condition operator IAM knows: the base ones, each with `IfExists`, each for sets, and `Null`. */
export const CONDITION_TESTS: readonly string[] = [
  ...BASE_TESTS,
  ...BASE_TESTS.map((test) => `${test}IfExists`),
  "Null",
  ...["ForAllValues:", "ForAnyValue:"].flatMap((set) => BASE_TESTS.map((test) => `${set}${test}`)),
];

/** IAM's default quota for a trust policy, in characters, and the most it can be raised to. */
export const TRUST_POLICY_DEFAULT_QUOTA = 2048;
export const TRUST_POLICY_MAX_QUOTA = 8192;
/** A policy longer than this is not judged any more: IAM takes a twelfth of it, and judging takes time. */
export const TRUST_POLICY_JUDGED_CHARACTERS = 100_000;

/**
 * Databricks' own roles that assume a customer's role for Unity Catalog, by Databricks cloud.
 * Source: terraform-provider-databricks `aws/constants.go`.
 */
export const UNITY_CATALOG_PRINCIPALS = {
  aws: { partition: "aws", arn: "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL" },
  "aws-us-gov": {
    partition: "aws-us-gov",
    arn: "arn:aws-us-gov:iam::044793339203:role/unity-catalog-prod-UCMasterRole-1QRFA8SGY15OJ",
  },
  "aws-us-gov-dod": {
    partition: "aws-us-gov",
    arn: "arn:aws-us-gov:iam::170661010020:role/unity-catalog-prod-UCMasterRole-1DI6DL6ZP26AS",
  },
} as const satisfies Partial<Record<Cloud, { readonly partition: Partition; readonly arn: string }>>;

/** A Databricks cloud on which Unity Catalog reaches AWS roles. */
export type UnityCatalogCloud = keyof typeof UNITY_CATALOG_PRINCIPALS;
export const UNITY_CATALOG_CLOUDS = Object.keys(UNITY_CATALOG_PRINCIPALS) as UnityCatalogCloud[];
