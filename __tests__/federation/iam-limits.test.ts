import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { InputError } from "../../src/errors";
import type { Problem } from "../../src/errors";

/** What IAM would only refuse at apply, at each limit and one past it. */

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const trusts = [{ issuer: "production", servicePrincipals: [READER] }];
const policy = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::lake"] }],
};
type Role = Record<string, unknown>;

function federation(role: Role, top: Record<string, unknown> = {}): FederationInput {
  return {
    name: "lakehouse",
    aws: { accountId: "111122223333" },
    issuers: {
      production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    },
    roles: { "lake-reader": { trusts, ...role } },
    ...top,
  } as unknown as FederationInput;
}

function problemsOf(input: unknown): readonly Problem[] {
  try {
    readFederation(input);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

function codesOf(input: unknown): readonly string[] {
  return problemsOf(input).map(({ code }) => code);
}

const numbered = <T>(count: number, value: (index: number) => T): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, value(index)]));
const arn = (name: string): string => `arn:aws:iam::111122223333:policy/${name}`;
/** An inline policy of exactly `length` characters. */
const inlineOf = (length: number) => {
  const of = (resource: string) => ({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["s3:*"], Resource: [resource] }],
  });
  return of("x".repeat(length - JSON.stringify(of("")).length));
};

test.each<[what: string, role: Role, top?: Record<string, unknown>]>([
  ["a name of 64 characters", { name: "n".repeat(64) }],
  ["every character of a name", { name: "Az09_+=,.@-" }],
  ["a prefix and a key of 64 together", {}, { roleNamePrefix: "p".repeat(53) }],
  ["a path and a name of 512 together", { path: `/${"p".repeat(499)}/` }],
  ["every character of a path", { path: "/!\"#$%&'()+,-.:;<=>@[\\]^_`|}~/" }],
  ["a description of 1,000 characters", { description: "é".repeat(1000) }],
  ["an empty description", { description: "" }],
  ["tabs and line ends in a description", { description: "a\tb\r\nc" }],
  ["a session of 1 h and of 12 h", { maxSessionDuration: "12h" }, { maxSessionDuration: 3600 }],
  ["50 tags", { tags: numbered(49, () => "x") }, { tags: { one: "more" } }],
  ["a role's tag in place of the federation's", { tags: { team: "a" } }, { tags: { team: "b" } }],
  ["a tag key of 128 and a value of 256 characters", { tags: { ["k".repeat(128)]: "π".repeat(256) } }],
  ["every kind of character of a tag", { tags: { "é π 9_.:/=+-@": "ü ٣ _.:/=+-@" } }],
  ["20 managed policies", { managedPolicyArns: numbered(20, (index) => arn(`p${index}`)) }],
  ["a policy of AWS itself", { managedPolicyArns: { read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" } }],
  ["a policy with a path", { managedPolicyArns: { read: arn("databricks/read") } }],
  ["inline policies of 10,240 characters", { inlinePolicies: { a: inlineOf(5120), b: inlineOf(5120) } }],
  ["a policy name of 128 characters", { inlinePolicies: { ["n".repeat(128)]: policy } }],
])("IAM takes %s, and so do we", (_, role, top = {}) => {
  expect(codesOf(federation(role, top))).toEqual([]);
});

test.each<[what: string, role: Role, code: string, top?: Record<string, unknown>]>([
  ["a name of 65 characters", { name: "n".repeat(65) }, "role-name-invalid"],
  ["an empty name", { name: "" }, "role-name-invalid"],
  ["a name with a space", { name: "lake reader" }, "role-name-invalid"],
  ["a name with a slash", { name: "lake/reader" }, "role-name-invalid"],
  ["a name with an accent", { name: "café" }, "role-name-invalid"],
  ["a name with a line end", { name: "lake\n" }, "role-name-invalid"],
  ["a prefix that makes a name of 65", {}, "role-name-invalid", { roleNamePrefix: "p".repeat(54) }],
  ["a path without end", { path: "/databricks" }, "role-path-invalid"],
  ["a path without beginning", { path: "databricks/" }, "role-path-invalid"],
  ["an empty path", { path: "" }, "role-path-invalid"],
  ["a path with a space", { path: "/a b/" }, "role-path-invalid"],
  ["a path with an accent", { path: "/café/" }, "role-path-invalid"],
  ["a path of 513 characters", { path: `/${"p".repeat(511)}/` }, "role-path-invalid"],
  ["path and name of 513 together", { path: `/${"p".repeat(500)}/` }, "role-path-invalid"],
  ["a description of 1,001 characters", { description: "d".repeat(1001) }, "role-description-invalid"],
  ["a description outside Latin-1", { description: "10 €" }, "role-description-invalid"],
  ["a description with a control character", { description: "a\u0007" }, "role-description-invalid"],
  ["a description with a C1 character", { description: "a\u0085" }, "role-description-invalid"],
  ["a session of 59 minutes", { maxSessionDuration: "59m" }, "duration-out-of-range"],
  ["a session of 12 h and a second", { maxSessionDuration: 43_201 }, "duration-out-of-range"],
  ["a session of half a second", { maxSessionDuration: 3600.5 }, "duration-invalid"],
  ["a session that is no duration", { maxSessionDuration: "one hour" }, "duration-invalid"],
  ["51 tags", { tags: numbered(50, () => "x") }, "too-many-tags", { tags: { one: "more" } }],
  ["a tag key of 129 characters", { tags: { ["k".repeat(129)]: "x" } }, "tag-invalid"],
  ["an empty tag key", { tags: { "": "x" } }, "tag-invalid"],
  ["a tag key with a star", { tags: { "a*": "x" } }, "tag-invalid"],
  ["a tag key of AWS", { tags: { "AWS:team": "x" } }, "tag-invalid"],
  ["a tag value of 257 characters", { tags: { team: "x".repeat(257) } }, "tag-invalid"],
  ["a tag value with a comma", { tags: { team: "a,b" } }, "tag-invalid"],
  ["a tag value with an emoji", { tags: { team: "😀" } }, "tag-invalid"],
  ["tag keys that differ in case", { tags: { Team: "a" } }, "tag-collision", { tags: { team: "b" } }],
  [
    "21 managed policies",
    { managedPolicyArns: numbered(21, (index) => arn(`p${index}`)) },
    "too-many-managed-policies",
  ],
  ["the same managed policy twice", { managedPolicyArns: { a: arn("x"), b: arn("x") } }, "policy-arn-invalid"],
  [
    "a managed policy of another account",
    { managedPolicyArns: { a: "arn:aws:iam::444455556666:policy/x" } },
    "policy-arn-invalid",
  ],
  [
    "a managed policy of another partition",
    { managedPolicyArns: { a: "arn:aws-cn:iam::aws:policy/x" } },
    "policy-arn-invalid",
  ],
  [
    "a role in place of a policy",
    { managedPolicyArns: { a: "arn:aws:iam::111122223333:role/x" } },
    "policy-arn-invalid",
  ],
  [
    "a user in place of a boundary",
    { permissionsBoundaryArn: "arn:aws:iam::111122223333:user/x" },
    "boundary-arn-invalid",
  ],
  [
    "a boundary of another account",
    { permissionsBoundaryArn: "arn:aws:iam::444455556666:policy/x" },
    "boundary-arn-invalid",
  ],
  [
    "inline policies of 10,241 characters",
    { inlinePolicies: { a: inlineOf(5120), b: inlineOf(5121) } },
    "inline-policies-too-long",
  ],
  [
    "inline policies that leave no room for Unity Catalog's",
    { trusts: [{ unityCatalog: { externalIds: ["abc"] } }], inlinePolicies: { a: inlineOf(10_200) } },
    "inline-policies-too-long",
  ],
  ["a policy name of 129 characters", { inlinePolicies: { ["n".repeat(129)]: policy } }, "inline-policy-name-invalid"],
  ["a policy name with a space", { inlinePolicies: { "a b": policy } }, "inline-policy-name-invalid"],
  [
    "policy names that differ in case",
    { inlinePolicies: { list: policy, List: policy } },
    "inline-policy-name-invalid",
  ],
  [
    "an inline policy named as Unity Catalog's",
    { trusts: [{ unityCatalog: { externalIds: ["abc"] } }], inlinePolicies: { "unity-catalog-self-assume": policy } },
    "inline-policy-name-invalid",
  ],
  ["a policy outside Latin-1", { inlinePolicies: { a: inlineWith("arn:aws:s3:::żółw") } }, "policy-character"],
  [
    "a policy of an older version",
    { inlinePolicies: { a: { ...policy, Version: "2008-10-17" } } },
    "inline-policy-invalid",
  ],
  [
    "a policy without statement",
    { inlinePolicies: { a: { Version: "2012-10-17", Statement: [] } } },
    "inline-policy-invalid",
  ],
  [
    "a fraction in a policy",
    {
      inlinePolicies: {
        a: {
          ...policy,
          Statement: [{ ...policy.Statement[0], Condition: { NumericLessThan: { "s3:max-keys": 0.5 } } }],
        },
      },
    },
    "inline-policy-invalid",
  ],
  [
    "a state in no bucket",
    {},
    "backend-invalid",
    { aws: { backend: { type: "s3", bucket: "My_Bucket", key: "k", region: "us-east-1" } } },
  ],
  [
    "a state key with a slash in front",
    {},
    "backend-invalid",
    { aws: { backend: { type: "s3", bucket: "my-bucket", key: "/k", region: "us-east-1" } } },
  ],
  ["a region of another partition", {}, "region-partition-mismatch", { aws: { region: "us-gov-west-1" } }],
  [
    "a deploying role of another account",
    {},
    "role-arn-invalid",
    { aws: { accountId: "111122223333", assumeRoleArn: "arn:aws:iam::444455556666:role/x" } },
  ],
])("IAM refuses %s, and so do we", (_, role, code, top = {}) => {
  const codes = codesOf(federation(role, top));
  expect(codes).toContain(code);
  // one mistake, one code
  expect(new Set(codes).size).toBe(1);
});

const { Effect, Action, Resource } = { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::lake"] };
test.each<[what: string, statement: unknown, path: string]>([
  ["a statement that is a text", "Allow", ""],
  ["no effect", { Action, Resource }, "[0]"],
  ["an effect in small letters", { Effect: "allow", Action, Resource }, "[0].Effect"],
  ["no action", { Effect, Resource }, "[0]"],
  ["an action and what it is not", { Effect, Action, NotAction: Action, Resource }, "[0]"],
  ["an empty list of actions", { Effect, Action: [], Resource }, "[0].Action"],
  ["an action that is no text", { Effect, Action: ["s3:ListBucket", 5], Resource }, "[0].Action"],
  ["an action without its service", { Effect, Action: ["ListBucket"], Resource }, "[0].Action"],
  ["no resource", { Effect, Action }, "[0]"],
  ["an empty resource", { Effect, Action, Resource: "" }, "[0].Resource"],
  ["a principal", { Effect, Action, Resource, Principal: "*" }, "[0].Principal"],
  ["a misspelt member", { Effect, Action, Resource, Conditions: {} }, "[0].Conditions"],
  ["a Sid with a space", { Effect, Action, Resource, Sid: "read lake" }, "[0].Sid"],
  [
    "a Sid that appears twice",
    [
      { Effect, Action, Resource, Sid: "Read" },
      { Effect, Action, Resource, Sid: "Read" },
    ],
    "[1].Sid",
  ],
  ["a condition that is a list", { Effect, Action, Resource, Condition: [] }, "[0].Condition"],
  [
    "an operator that is none",
    { Effect, Action, Resource, Condition: { StringEqual: { "s3:prefix": "a" } } },
    "[0].Condition.StringEqual",
  ],
  [
    "a list in the list of a condition's values",
    { Effect, Action, Resource, Condition: { StringEquals: { prefix: [["a"]] } } },
    "[0].Condition.StringEquals.prefix",
  ],
  [
    "an operator without keys",
    { Effect, Action, Resource, Condition: { StringEquals: "a" } },
    "[0].Condition.StringEquals",
  ],
])("IAM refuses a policy of a role with %s, and so do we", (_, statement, path) => {
  const Statement = typeof statement === "string" || Array.isArray(statement) ? statement : [statement];
  expect(
    problemsOf(federation({ inlinePolicies: { read: { Version: "2012-10-17", Statement } } })).map((problem) => [
      problem.code,
      problem.path,
    ]),
  ).toEqual([["inline-policy-invalid", `roles.lake-reader.inlinePolicies.read.Statement${path}`]]);
});

test("IAM takes a single statement, operators for sets and for what may be absent, and policy variables", () => {
  const Statement = {
    Sid: "Home1",
    Effect: "Deny",
    NotAction: "*",
    NotResource: ["arn:aws:s3:::lake/${aws:username}/*"],
    Condition: { "ForAllValues:StringEqualsIfExists": { "aws:TagKeys": ["a"] }, Null: { "aws:SourceIp": true } },
  };
  expect(codesOf(federation({ inlinePolicies: { read: { Id: "x", Version: "2012-10-17", Statement } } }))).toEqual([]);
});

function inlineWith(resource: string): object {
  return { ...policy, Statement: [{ ...policy.Statement[0], Resource: [resource] }] };
}

test("101 audiences are one more than a provider registers", () => {
  const audiences = (count: number) => ({
    issuers: {
      production: {
        level: "workspace",
        host: "x.cloud.databricks.com",
        workspaceId: "1",
        audiences: Array.from({ length: count }, (_, index) => `audience-${index}`),
      },
    },
  });
  expect(codesOf({ ...federation({}), ...audiences(100) })).toEqual([]);
  expect(codesOf({ ...federation({}), ...audiences(101) })).toEqual(["too-many-audiences"]);
});
