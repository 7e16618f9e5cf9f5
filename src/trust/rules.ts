/** What subjects, conditions and external IDs may be. Read by the schema, the builder and the modules' validations. */
import { labelsBeforeLast, UUID } from "../issuer/rules";
import {
  anyOf,
  DIGITS,
  either,
  except,
  LETTERS,
  LOWERCASE_LETTERS,
  run,
  sequence,
  VISIBLE_LATIN_1,
} from "../text/form";
import { textRule } from "../text/text-rule";

/** `sub` is compared with case, and Databricks writes application IDs in lower case. */
export const SERVICE_PRINCIPAL = textRule({
  code: "service-principal-invalid",
  form: UUID,
  says: "a service principal's application ID: a UUID in lower case",
  example: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
  wrong: ["6A9F1C2E-3B4D-4E5F-8A7B-0C1D2E3F4A5B", "lake-reader", ""],
});

const ALPHANUMERIC = anyOf(LETTERS, DIGITS);

export const USER = textRule({
  code: "user-invalid",
  form: sequence(
    run(anyOf(LETTERS, DIGITS, ".!#%&'+/=^_`~-"), 1, 64),
    "@",
    labelsBeforeLast(LETTERS),
    run(LETTERS, 2, 63),
  ),
  maxLength: 254,
  says: "a user's email address as Databricks shows it, without wildcards",
  example: "alice@example.com",
  wrong: ["*@example.com", "alice", "alice@example"],
});

/** IAM takes Latin-1 in policies; of that, what a person can see. No `*`, `?` or `{`: IAM reads those, or people do. */
const SEEN = except(VISIBLE_LATIN_1, "*?{");

export const SUBJECT = textRule({
  code: "subject-invalid",
  form: run(anyOf(" ", SEEN), 1, 255, { first: SEEN, last: SEEN }),
  says: `an exact sub claim of 1 to 255 ${SEEN.words}, without a space at either end`,
  example: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
  wrong: ["lake-*", "a?", "${aws:username}", " x", "", "\u0107"],
});

/** Two labels at least: anyone may register a name below most domains of one. */
export const EMAIL_DOMAIN = textRule({
  code: "email-domain-invalid",
  form: sequence(
    labelsBeforeLast(LOWERCASE_LETTERS),
    either(
      run(LOWERCASE_LETTERS, 2, 63),
      sequence("xn--", run(anyOf(LOWERCASE_LETTERS, DIGITS, "-"), 1, 59, { last: anyOf(LOWERCASE_LETTERS, DIGITS) })),
    ),
  ),
  maxLength: 253,
  says: "an email domain of at least two labels in lower case, without wildcards",
  example: "data.example.com",
  wrong: ["com", "*.example.com", "Example.com", "alice@example.com", "example.xn--", ""],
});

const WILD = except(VISIBLE_LATIN_1, "{");

export const SUBJECT_PATTERN = textRule({
  code: "subject-pattern-invalid",
  form: run(anyOf(" ", WILD), 1, 255, { first: WILD, last: WILD }),
  says: `a pattern of 1 to 255 ${WILD.words}, with * or ?`,
  example: "*@data.example.com",
  wrong: ["${aws:username}*", "\u0107*"],
});

export const CONDITION_VARIABLE = textRule({
  code: "condition-invalid",
  form: sequence(
    run(anyOf(LETTERS, DIGITS, "._/-"), 1, 255, { first: ALPHANUMERIC }),
    ":",
    run(anyOf(LETTERS, DIGITS, "_.:/=+@-"), 1, 255),
  ),
  says: "an IAM condition key with its prefix",
  example: "aws:SourceIp",
  wrong: ["SourceIp"],
});

export const CONDITION_VALUE = textRule({
  code: "condition-invalid",
  form: run(anyOf(" ", VISIBLE_LATIN_1), 1, 512),
  says: `1 to 512 ${VISIBLE_LATIN_1.words} or spaces`,
  example: "203.0.113.0/24",
  wrong: ["", "\u0107"],
});

/** STS AssumeRole: `[\w+=,.@:\/-]*`, 2 to 1,224 characters. */
export const EXTERNAL_ID = textRule({
  code: "external-id-invalid",
  form: run(anyOf(LETTERS, DIGITS, "_+=,.@:/-"), 2, 1224),
  says: "an external ID of 2 to 1,224 characters, as the storage or service credential shows it",
  example: "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b",
  wrong: ["x", "*x"],
});

/** IAM's default quota for a trust policy, in characters, and the most it can be raised to. */
export const TRUST_POLICY_DEFAULT_QUOTA = 2048;
export const TRUST_POLICY_MAX_QUOTA = 8192;
/** A policy longer than this is not evaluated: IAM accepts a twelfth of it, and evaluating takes time. */
export const TRUST_POLICY_READ_LIMIT = 100_000;
