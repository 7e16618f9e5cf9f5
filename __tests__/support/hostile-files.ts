/** A megabyte of what has made readers slow, in each form of file that the command line reads. */
import type { Members } from "../../src/text/members";

const MEGABYTE = 1_000_000;
const ISSUER_PATH = "mycompany.cloud.databricks.com/oidc";
const SUBJECT = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";

/** A value of about so many bytes once it is written as JSON, or the text of a whole file in place of any form. */
type Hostile = { readonly value: (bytes: number) => unknown } | { readonly raw: string };

const repeated =
  (piece: string) =>
  (bytes: number): string =>
    piece.repeat(Math.floor(bytes / (Buffer.byteLength(JSON.stringify(piece)) - 2)));
const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: Math.floor(count) }, (_, at) => make(at));
const nested = (open: string, close: string): string => {
  const depth = Math.floor(MEGABYTE / (open.length + close.length));
  return `${open.repeat(depth)}1${close.repeat(depth)}`;
};

export const HOSTILE_KINDS = {
  "an unclosed variable and spaces": { value: (bytes) => `\${a${" ".repeat(bytes)}` },
  "labels and dots": { value: repeated("a.") },
  "wildcards with letters between": { value: repeated("*a?") },
  "combining and invisible characters": { value: repeated("e\u0301\u200b\u202e\ufeff") },
  "at signs, quotes and control characters": { value: repeated('@"\u0001\\\u009b') },
  "lists nested deeply": { raw: nested("[", "]") },
  "objects nested deeply": { raw: nested('{"a":', "}") },
  "list entries nested deeply": { raw: "- ".repeat(MEGABYTE / 2) },
  "many keys": { value: (bytes) => Object.fromEntries(many(bytes / 18, (at) => [`key-${at}`, at])) },
  "many values": { value: (bytes) => many(bytes / 14, (at) => `value-${at}*`) },
  "a number of a million digits": { raw: `{"roles":${"9".repeat(MEGABYTE)}}` },
  "YAML anchors and aliases": {
    raw: `a: &a [x, x]\n${many(30_000, (at) => `b${at}: &b${at} [*a, *a, *b${Math.max(0, at - 1)}]`).join("\n")}\n`,
  },
  "brackets that nothing closes": { raw: "[\n- {\n".repeat(MEGABYTE / 6) },
} as const satisfies Readonly<Record<string, Hostile>>;

function policy(value: unknown): Members {
  const statement = (condition: unknown): Members => ({
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${ISSUER_PATH}` },
    Condition: condition,
  });
  const aud = { [`${ISSUER_PATH}:aud`]: "1444828305810485" };
  const isMapping = typeof value === "object" && value !== null && !Array.isArray(value);
  const statements = isMapping
    ? many(800, (at) => statement({ StringEquals: { ...aud, [`${ISSUER_PATH}:sub`]: `subject-${at}` } }))
    : [
        statement({ StringEquals: aud, StringLike: { [`${ISSUER_PATH}:sub`]: value } }),
        statement({ StringEquals: { ...aud, [`${ISSUER_PATH}:sub`]: value }, IpAddress: { "aws:SourceIp": value } }),
      ];
  return { Version: "2012-10-17", Statement: statements };
}

function federation(value: unknown): Members {
  const isMapping = typeof value === "object" && value !== null && !Array.isArray(value);
  const trust = { issuer: "production", servicePrincipals: [SUBJECT] };
  return {
    name: "lakehouse",
    aws: { accountId: "111122223333" },
    issuers: {
      production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    },
    roles: {
      "lake-reader": {
        trusts: [trust, { issuer: "production", subjects: [value].flat(), subjectPatterns: [value].flat() }],
        tags: isMapping ? value : { note: value },
        inlinePolicies: { all: policy(value) },
      },
      ...(isMapping
        ? Object.fromEntries(
            Object.keys(value)
              .slice(0, 300)
              .map((key) => [key, { trusts: [trust] }]),
          )
        : {}),
    },
  };
}

function plan(value: unknown): Members {
  const change = (type: string, name: unknown, after: Members): Members => ({
    address: `${type}.${typeof name === "string" ? name : "this"}`,
    mode: "managed",
    type,
    change: { actions: ["create"], before: null, after, after_unknown: {} },
  });
  const url = `https://${ISSUER_PATH}`;
  return {
    format_version: "1.2",
    resource_changes: [
      change("aws_iam_openid_connect_provider", "p", { url, client_id_list: ["1444828305810485"] }),
      change("aws_iam_role", value, {
        name: value,
        assume_role_policy: JSON.stringify(policy(value)),
        description: value,
      }),
      change("aws_iam_role", "kept", {
        name: "kept",
        assume_role_policy: JSON.stringify(policy(SUBJECT)),
        tags: value,
      }),
    ],
    variables: { any: { value } },
    configuration: {
      root_module: {
        module_calls: {
          databricks: {
            expressions: {
              roles: { constant_value: { [typeof value === "string" ? value : "r"]: { condition: value } } },
            },
            module: { variables: { aws_account_id: {}, aws_partition: {}, trust_policy_max_length: {}, roles: {} } },
          },
        },
      },
    },
  };
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

interface Form {
  /** How often the value stands in the file. */
  readonly copies: number;
  readonly write: (value: unknown) => string;
}

/** The forms of files that hold a value. */
const FORMS = {
  federation: { copies: 7, write: (value) => JSON.stringify(federation(value)) },
  policy: { copies: 3, write: (value) => JSON.stringify(policy(value)) },
  plan: { copies: 9, write: (value) => JSON.stringify(plan(value)) },
  claims: {
    copies: 4,
    write: (value) => JSON.stringify({ iss: `https://${ISSUER_PATH}`, aud: value, sub: value, exp: value, any: value }),
  },
  token: {
    copies: 5,
    write: (value) => `${encoded({ alg: "RS256", kid: value })}.${encoded({ iss: value, aud: value, sub: value })}.x`,
  },
  jwks: { copies: 3, write: (value) => JSON.stringify({ keys: [{ kty: "RSA", kid: value, n: value }, value].flat() }) },
  ini: {
    copies: 3,
    write: (value) => {
      const text = JSON.stringify(value);
      return `[DEFAULT]\nhost = ${text}\n[${text}]\n${text}\n`;
    },
  },
  /** Whatever else: rules, manifests, stacks. */
  json: {
    copies: 3,
    write: (value) => JSON.stringify({ name: value, resource: { aws_iam_role: value }, modules: [value].flat() }),
  },
} as const satisfies Readonly<Record<string, Form>>;

export type HostileForm = keyof typeof FORMS;

/** The text of a file of `form` that is hostile in this way: about a megabyte. */
export function hostileFile(form: HostileForm, kind: keyof typeof HOSTILE_KINDS): string {
  const hostile: Hostile = HOSTILE_KINDS[kind];
  const { copies, write } = FORMS[form];
  return "raw" in hostile ? hostile.raw : write(hostile.value(MEGABYTE / copies));
}
