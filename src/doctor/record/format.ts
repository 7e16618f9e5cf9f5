/**
 * The record of one real call, fit to be published: every text in it is one of a fixed list or of a fixed form, so that
 * no name, ID, address or secret can be in it. What is written is validated by it, and so is what is read.
 */
import * as z from "zod";
import { CLOUD_NAMES } from "../../issuer/clouds";
import { ALGORITHMS } from "../../sts/verify-signature";
import { DATABRICKS_TOKEN_TYPE } from "../../sts/databricks-claims";
import { TOKEN_SOURCE_NAMES } from "../../token/sources";
import { type CheckId, CHECKS } from "../check";

/** What STS is known to say, and words of its kin: of an answer only these are kept. */
const AWS_TEXTS = [
  "Not authorized to perform sts:AssumeRoleWithWebIdentity",
  "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for",
  "requirements. Incorrect token audience. No OpenIDConnect provider found in your account for",
  "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity",
  "Missing a required claim: iss sub aud iat exp nbf azp. Invalid timestamp in token claims. Token issued in future",
  "Token expired: current date/time must be before the expiration date/time",
  "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
  "The target role ARN is not present in the roles claim of the identity token. Request ARN is invalid. Rate exceeded",
  "The requested DurationSeconds exceeds the MaxSessionDuration set for this role. Access denied",
  "User: is not authorized to perform: on resource: with an explicit deny in a resource control policy, service",
  "control policy, session policy, permissions boundary, because no identity-based or resource-based policy allows",
  "the action. Issuer signature algorithm audience subject unsupported mismatch does not match unable unknown error",
  "failed was has",
];
/** Between words; it stays. */
const PUNCTUATION = ".,:;()'\"";
const WORDS: ReadonlySet<string> = new Set(AWS_TEXTS.flatMap((text) => text.split(" ").map(core)));

/** A word without the punctuation around it. */
function core(word: string): string {
  let [from, to] = [0, word.length];
  while (from < to && PUNCTUATION.includes(word.charAt(from))) from += 1;
  while (to > from && PUNCTUATION.includes(word.charAt(to - 1))) to -= 1;
  return word.slice(from, to);
}

const MOST_WORDS = 60;
const HIDDEN_WORD = /^<(?:issuer|role|subject|audience|[0-9]{1,5} characters?)>$/;

/** Texts that the call was made with, and what they are. */
export interface KnownTexts {
  readonly [text: string]: "issuer" | "role" | "subject" | "audience";
}

/** What AWS said, each word that is not one of a fixed list replaced: by what it is, or by its length. */
export function redactedAnswer(text: string, known: KnownTexts): string {
  const words = text
    .split(/[\s\u0000-\u001f\u007f-\u009f]+/)
    .filter((word) => word !== "")
    .slice(0, MOST_WORDS);
  return words
    .map((word) => {
      const bare = core(word);
      if (bare === "" ? word.length < 4 : WORDS.has(bare)) return word.length - bare.length < 4 ? word : bare;
      const named = Object.hasOwn(known, bare) ? known[bare] : undefined;
      const length = Math.min([...bare].length, 99_999);
      return named === undefined ? `<${length} character${length === 1 ? "" : "s"}>` : `<${named}>`;
    })
    .join(" ");
}

function isRedacted(text: string): boolean {
  // a hidden word has a space in it
  const words = text.replaceAll(/<([0-9]{1,5}) (characters?)>/g, "<$1_$2>").split(" ");
  return words.every(
    (word) =>
      HIDDEN_WORD.test(word.replace("_", " ")) || WORDS.has(core(word)) || (core(word) === "" && word.length < 4),
  );
}

/** STS' error codes, with and without the suffix Exception. */
const AWS_CODES = [
  ...["AccessDenied", "ExpiredToken", "IDPCommunicationError", "IDPRejectedClaim", "InternalFailure", "InternalError"],
  ...["InvalidIdentityToken", "InvalidParameterValue", "MalformedPolicyDocument", "PackedPolicyTooLarge"],
  ...["RegionDisabled", "RequestLimitExceeded", "ServiceUnavailable", "Throttling", "ValidationError"],
].flatMap((code) => [code, `${code}Exception`]);

export const OTHER = "other";

/** `value` if the list has it, else `other`. */
export function listedOr<const T extends string>(list: readonly T[], value: unknown): T | typeof OTHER {
  return list.find((one) => one === value) ?? OTHER;
}

/** A claim's or a header's value: what it looks like, and how long it is. */
const KINDS = [
  ...(["uuid", "digits", "email", "url", "hex", "words", "text", "number", "boolean", "null"] as const),
  ...(["list", "object", "absent"] as const),
] as const;
const value = z.strictObject({ kind: z.enum(KINDS), length: z.int().min(0).max(99_999) });
export type RecordedValue = z.infer<typeof value>;

/** Claims whose names say nothing of whoever uses them. Others are counted. */
export const CLAIM_NAMES = [
  ...(["iss", "sub", "aud", "azp", "exp", "iat", "nbf", "jti", "client_id", "scope", "scp", "amr", "acr"] as const),
  ...(["auth_time", "email", "email_verified", "name", "given_name", "family_name", "preferred_username"] as const),
  ...(["typ", "sid", "nonce", "at_hash", "act", "cnf", "roles", "groups", "idp", "ver", "workspace_id"] as const),
  ...(["account_id", "org_id", "tid", "oid", "uid", "user_id", "token_type", "grant_type"] as const),
] as const;

export const TYPES = [DATABRICKS_TOKEN_TYPE, "JWT", "absent"] as const;
export const SCOPES = ["openid", "all-apis", "sql", "offline_access", "email", "profile"] as const;
const SOURCES = [...TOKEN_SOURCE_NAMES, "given"] as const;

const version = z.string().regex(/^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}$/);
const count = z.int().min(0).max(999_999_999);
const awsCode = z.enum([...AWS_CODES, OTHER]);

export const RECORD = z.strictObject({
  record: z.literal(1),
  /** The day. */
  date: z.iso.date(),
  product: version,
  node: version,
  issuer: z
    .strictObject({ level: z.enum(["workspace", "account"]), cloud: z.enum([...CLOUD_NAMES, "custom"]) })
    .nullable(),
  token: z
    .strictObject({
      source: z.enum(SOURCES),
      header: z.strictObject({
        alg: z.enum([...ALGORITHMS, OTHER]),
        typ: z.enum([...TYPES, OTHER]),
        kid: value,
        others: count,
      }),
      claims: z.partialRecord(z.enum(CLAIM_NAMES), value),
      /** How many claims have other names. */
      others: count,
      issuer: z.enum(["equal", "different"]),
      audience: z.enum(["workspace ID", "account ID", "another registered", "not registered", "none"]),
      /** Whether `sub` and `client_id` are equal; null: one is absent. */
      subjectIsClient: z.boolean().nullable(),
      scopes: z.array(z.enum([...SCOPES, OTHER])).max(50),
      /** From `iat` to `exp`, in seconds. */
      lifetime: count.nullable(),
    })
    .nullable(),
  /** What explain expects of the federation's own trust policy. */
  expected: z.strictObject({ allowed: z.boolean(), code: awsCode.nullable() }).nullable(),
  sts: z.strictObject({
    answer: z.enum(["session", "refused", "none"]),
    /** Who answered: AWS' own endpoint, or one that was configured. */
    by: z.enum(["AWS", "another endpoint", "unknown"]),
    code: awsCode.nullable(),
    message: z.string().max(4000).refine(isRedacted, "a word that STS is not known to say").nullable(),
    status: z.int().min(100).max(599).nullable(),
  }),
  checks: z
    .array(
      z.strictObject({
        id: z.enum(Object.keys(CHECKS) as [CheckId, ...CheckId[]]),
        status: z.enum(["pass", "fail", "unknown"]),
      }),
    )
    .max(5000),
});
export type Record = z.infer<typeof RECORD>;

/** AWS' code as a record has it. */
export function recordedCode(code: string): Record["sts"]["code"] {
  return listedOr(AWS_CODES, code);
}
