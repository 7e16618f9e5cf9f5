/** What people get wrong with the constructs: each is refused with its code, its place and what to do about it. */
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { TerraformStack } from "cdktf";
import { App, Aspects, Fn, TerraformResource, TerraformVariable, Testing, Token } from "cdktf";
import type { DatabricksFederatedRole } from "../../src/cdktf";
import * as constructs from "../../src/cdktf";
import { InputError } from "../../src/errors";
import { emptyStack } from "../support/synthesise";

/** The constructs as JavaScript sees them: no type keeps a mistake away. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- no type lets these mistakes through
type Untyped = any;
const { DatabricksFederation, DatabricksOidcProvider, FederationStack }: Untyped = constructs;
const { allowAwsProviderRange, DatabricksFederatedRole: FederatedRole, loadFederation }: Untyped = constructs;

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const production = {
  level: "workspace",
  host: "mycompany.cloud.databricks.com",
  workspaceId: "1444828305810485",
} as const;
const inAws = { awsAccountId: "111122223333", awsPartition: "aws" } as const;
const trusts = [{ issuer: "production", servicePrincipals: [READER] }] as const;
const READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const TWO_ACCOUNTS = { name: "lake", aws: { accounts: { a: {}, b: {} } }, issuers: { production }, roles: {} };

type Make = (stack: TerraformStack) => unknown;
const federation = (stack: TerraformStack, props: object = {}): Untyped =>
  new DatabricksFederation(stack, "f", { ...inAws, issuers: { production }, ...props });
const inFederation =
  (props: object): Make =>
  (stack) =>
    federation(stack, props);
const role = (stack: TerraformStack): DatabricksFederatedRole => federation(stack).addRole("r", { trusts });
const roleOf =
  (props: unknown): Make =>
  (stack) =>
    federation(stack).addRole("r", props);
const trusting = (trust: unknown): Make => roleOf({ trusts: [trust] });
const having = (props: object): Make => roleOf({ trusts, ...props });
const token = (stack: TerraformStack): string => new TerraformVariable(stack, "v", { type: "string" }).stringValue;
const policy = (stack: TerraformStack): IamPolicy => new IamPolicy(stack, "p", { policy: "{}" });
const withIssuer = (issuer: object): Make => inFederation({ issuers: { production: { ...production, ...issuer } } });

/** What is wrong; the code, the place and the beginning of the fix that it is refused with. */
const MISTAKES: readonly (readonly [string, string, string, string, Make])[] = [
  // issuers
  [
    "an issuer's key that is misspelt",
    "issuer-not-found",
    "roles.r.trusts[0].issuer",
    "Did you mean production?",
    trusting({ ...trusts[0], issuer: "prodution" }),
  ],
  [
    "a trust without an issuer",
    "required",
    "roles.r.trusts[0].issuer",
    "Add it.",
    trusting({ servicePrincipals: [READER] }),
  ],
  [
    "another construct as an issuer",
    "token-not-allowed",
    "roles.r.trusts[0].issuer",
    "Name an issuer by its key",
    (s) => federation(s).addRole("r", { trusts: [{ ...trusts[0], issuer: policy(s) }] }),
  ],
  [
    "an issuer's ARN in place of its key",
    "issuer-not-found",
    "roles.r.trusts[0].issuer",
    "Use one of: production.",
    trusting({ ...trusts[0], issuer: "arn:aws:iam::111122223333:oidc-provider/x" }),
  ],
  [
    "a host with https://",
    "host-invalid",
    "issuers.production.host",
    "Write it like",
    withIssuer({ host: "https://mycompany.cloud.databricks.com/" }),
  ],
  [
    "a host that is not one of Databricks",
    "host-not-databricks",
    "issuers.production.host",
    "Use the workspace's own host",
    withIssuer({ host: "example.com" }),
  ],
  [
    "a token as a host",
    "token-not-allowed",
    "issuers.production.host",
    "Write the value itself.",
    (s) => withIssuer({ host: token(s) })(s),
  ],
  [
    "a workspace's number without quotes",
    "number-unquoted",
    "issuers.production.workspaceId",
    "Put it in quotes",
    withIssuer({ workspaceId: 1444828305810485 }),
  ],
  [
    "an issuer without its workspace ID",
    "required",
    "issuers.production.workspaceId",
    "Add it.",
    withIssuer({ workspaceId: undefined }),
  ],
  [
    "a level that is misspelt",
    "value-not-allowed",
    "issuers.production.level",
    "Did you mean workspace?",
    withIssuer({ level: "workspce" }),
  ],
  ["issuers as a list", "wrong-type", "issuers", "Write { key: … }.", inFederation({ issuers: [production] })],
  [
    "an adopted provider of another account",
    "provider-arn-mismatch",
    "issuers.production.existingProviderArn",
    "Use the provider of account 111122223333.",
    withIssuer({ existingProviderArn: "arn:aws:iam::444455556666:oidc-provider/mycompany.cloud.databricks.com/oidc" }),
  ],
  [
    "an adopted provider whose ARN is left out",
    "wrong-type",
    "existingProviderArn",
    "Write a string",
    (s) => DatabricksOidcProvider.fromProviderArn(s, "p", undefined, production),
  ],
  [
    "a provider without its properties",
    "required",
    "level",
    "Use one of: workspace, account.",
    (s) => new DatabricksOidcProvider(s, "p"),
  ],
  [
    "the URL that the AWS resource takes",
    "unknown-key",
    "url",
    "Remove it;",
    (s) => new DatabricksOidcProvider(s, "p", { ...production, url: "https://x" }),
  ],
  // trusts
  ["one trust in place of a list", "wrong-type", "roles.r.trusts", "Write a list.", roleOf({ trusts: trusts[0] })],
  ["no trust", "no-trust", "roles.r.trusts", "Add a trust", roleOf({ trusts: [] })],
  [
    "a trust that names nobody",
    "no-subject",
    "roles.r.trusts[0]",
    "Name servicePrincipals",
    trusting({ issuer: "production" }),
  ],
  [
    "one service principal in place of a list",
    "wrong-type",
    "roles.r.trusts[0].servicePrincipals",
    "Write a list.",
    trusting({ issuer: "production", servicePrincipals: READER }),
  ],
  [
    "a service principal's name in place of its ID",
    "service-principal-invalid",
    "roles.r.trusts[0].servicePrincipals[0]",
    "Write it like",
    trusting({ issuer: "production", servicePrincipals: ["nightly-job"] }),
  ],
  [
    "a token inside other text",
    "token-not-allowed",
    "roles.r.trusts[0].servicePrincipals[0]",
    "Write the value itself.",
    (s) => trusting({ issuer: "production", servicePrincipals: [`x-${token(s)}`] })(s),
  ],
  [
    "a token for a whole list",
    "token-not-allowed",
    "roles.r.trusts[0].servicePrincipals",
    "Write the value itself.",
    trusting({ issuer: "production", servicePrincipals: Fn.tolist([READER]) }),
  ],
  [
    "a wildcard among users",
    "user-invalid",
    "roles.r.trusts[0].users[0]",
    "Write it like",
    trusting({ issuer: "production", users: ["*@example.com"] }),
  ],
  [
    "a pattern of a domain that is not declared",
    "subject-pattern-too-wide",
    "roles.r.trusts[0].subjectPatterns[0]",
    "Declare your domain",
    trusting({ issuer: "production", subjectPatterns: ["*@example.com"] }),
  ],
  [
    "a property in Terraform's spelling",
    "unknown-key",
    "roles.r.trusts[0].service_principals",
    "Did you mean servicePrincipals?",
    trusting({ ...trusts[0], service_principals: [READER] }),
  ],
  [
    "a condition operator that is misspelt",
    "condition-test-unknown",
    "roles.r.trusts[0].conditions[0].test",
    "Did you mean StringEquals?",
    trusting({ ...trusts[0], conditions: [{ test: "StringEqual", variable: "aws:SourceIp", values: ["x"] }] }),
  ],
  [
    "an audience that the issuer does not register",
    "audience-not-registered",
    "roles.r.trusts[0].audiences[0]",
    "Add it to issuers.production.audiences",
    trusting({ ...trusts[0], audiences: ["sts"] }),
  ],
  // roles
  ["a role that is text", "wrong-type", "roles.r", "Write {", roleOf("lake-reader")],
  ["a role without its key", "wrong-type", "roles", "Give the key first", (s) => federation(s).addRole({ trusts })],
  [
    "a key that is no name of a role",
    "role-name-invalid",
    'roles["a b"]',
    "Write it like",
    (s) => federation(s).addRole("a b", { trusts }),
  ],
  ["a role's key given twice", "name-collision", "roles.r", "Give one of them another key.", addTwice],
  [
    "two names that differ in case",
    "role-name-collision",
    "stack/f/role-R",
    "Remove one of them.",
    inFederation({ roles: { r: { trusts }, R: { trusts } } }),
  ],
  [
    "a session longer than IAM takes",
    "duration-out-of-range",
    "roles.r.maxSessionDuration",
    "Write 1h to 12h.",
    having({ maxSessionDuration: "13h" }),
  ],
  [
    "a duration as an object",
    "wrong-type",
    "roles.r.maxSessionDuration",
    "Write a string or a number.",
    having({ maxSessionDuration: { hours: 1 } }),
  ],
  [
    "a token as a duration",
    "token-not-allowed",
    "roles.r.maxSessionDuration",
    "Write the value itself.",
    (s) => having({ maxSessionDuration: Token.asNumber(token(s)) })(s),
  ],
  ["a path without slashes", "role-path-invalid", "roles.r.path", "Write it like", having({ path: "databricks" })],
  [
    "tags as a list",
    "wrong-type",
    "roles.r.tags",
    "Write a mapping.",
    having({ tags: [{ key: "team", value: "data" }] }),
  ],
  ["a number as a tag", "number-unquoted", "roles.r.tags.cost", "Put it in quotes", having({ tags: { cost: 1 } })],
  [
    "a role without its OIDC providers",
    "issuer-not-found",
    "roles.r.trusts[0].issuer",
    "Add it under providers.",
    (s) => new FederatedRole(s, "r", { ...inAws, trusts }),
  ],
  [
    "OIDC providers by their ARN",
    "wrong-type",
    "providers.production",
    "Give the construct",
    (s) => new FederatedRole(s, "r", { ...inAws, trusts, providers: { production: READ_ONLY } }),
  ],
  // policies
  [
    "managed policies as a list",
    "wrong-type",
    "roles.r.managedPolicyArns",
    "Write a mapping.",
    having({ managedPolicyArns: [READ_ONLY] }),
  ],
  [
    "a policy construct in place of its ARN",
    "token-not-allowed",
    "roles.r.managedPolicyArns.read",
    "Give one of its attributes",
    (s) => having({ managedPolicyArns: { read: policy(s) } })(s),
  ],
  [
    "a policy's name in place of its ARN",
    "policy-arn-invalid",
    "roles.r.managedPolicyArns.read",
    "Write it like",
    having({ managedPolicyArns: { read: "ReadOnlyAccess" } }),
  ],
  [
    "an ARN that is undefined",
    "wrong-type",
    "roles.r.managedPolicyArns.read",
    "Write a string",
    having({ managedPolicyArns: { read: undefined } }),
  ],
  [
    "a policy that allows everything",
    "admin-without-boundary",
    "roles.r",
    "Grant what the jobs need",
    having({ managedPolicyArns: { all: "arn:aws:iam::aws:policy/AdministratorAccess" } }),
  ],
  [
    "an inline policy that is no JSON",
    "inline-policy-invalid",
    "roles.r.inlinePolicies.list",
    "Give the policy as an object",
    having({ inlinePolicies: { list: "s3:*" } }),
  ],
  [
    "a policy construct added",
    "token-not-allowed",
    "roles.r.managedPolicyArns.read",
    "Give one of its attributes",
    (s) => role(s).addManagedPolicy("read", policy(s) as Untyped),
  ],
  [
    "an ARN added without its key",
    "wrong-type",
    `roles.r.managedPolicyArns["${READ_ONLY}"]`,
    "Write a string",
    (s) => (role(s) as Untyped).addManagedPolicy(READ_ONLY),
  ],
  [
    "an inline policy added without its name",
    "wrong-type",
    "roles.r",
    "Give the key first",
    (s) => (role(s) as Untyped).addInlinePolicy({ Version: "2012-10-17" }),
  ],
  // what exists
  [
    "the name of an existing role in place of its ARN",
    "role-arn-invalid",
    "roleArn",
    "Write it like",
    (s) => FederatedRole.fromRoleArn(s, "r", "lake-reader"),
  ],
  [
    "an existing role's construct in place of its ARN",
    "wrong-type",
    "roleArn",
    "Give the role's ARN",
    (s) => FederatedRole.fromRoleArn(s, "r", new IamRole(s, "x", { assumeRolePolicy: "{}" })),
  ],
  // the account
  [
    "an AWS account as a number",
    "number-unquoted",
    "awsAccountId",
    "Put it in quotes",
    inFederation({ awsAccountId: 111122223333 }),
  ],
  [
    "an AWS account as a token",
    "token-not-allowed",
    "awsAccountId",
    "Write the value itself.",
    (s) => inFederation({ awsAccountId: token(s) })(s),
  ],
  [
    "a property in other capitals",
    "unknown-key",
    "awsAccountID",
    "Did you mean awsAccountId?",
    inFederation({ awsAccountID: "111122223333" }),
  ],
  [
    "the account as in a federation file",
    "unknown-key",
    "aws",
    "Remove it;",
    inFederation({ aws: { accountId: "111122223333" } }),
  ],
  [
    "the address of an AWS provider",
    "wrong-type",
    "provider",
    "Give an AwsProvider",
    inFederation({ provider: "aws.dev" }),
  ],
  [
    "another AWS provider than the OIDC provider's",
    "aws-provider-mismatch",
    "stack/r",
    "Give both the same provider",
    (s) => otherProvider(s),
  ],
];

function addTwice(stack: TerraformStack): void {
  const made = federation(stack);
  made.addRole("r", { trusts });
  made.addRole("r", { trusts });
}

function otherProvider(stack: TerraformStack): void {
  const [dev, main] = ["dev", "main"].map((alias) => new AwsProvider(stack, alias, { alias }));
  const provider = new DatabricksOidcProvider(stack, "p", { ...production, provider: dev });
  new FederatedRole(stack, "r", { providers: { production: provider }, trusts, provider: main });
}

/** What `act` ends with. */
function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

test.each(MISTAKES)("%s: refused at synthesis with %s at %s", (_, code, place, fix, make) => {
  const stack = emptyStack();
  make(stack);
  stack.prepareStack();
  const lines = stack.node.findAll().flatMap((construct) => construct.node.validate());
  expect(lines).toHaveLength(1);
  const [line = ""] = lines;
  expect([line.slice(0, place.length + 2), line.slice(-code.length - 2)]).toEqual([`${place}: `, `[${code}]`]);
  expect(line).toContain(` ${fix}`);
  const error = errorOf(() => Testing.synth(stack));
  expect(error).toBeInstanceOf(InputError);
  expect(String(error)).not.toMatch(/^ +at /m);
});

/** The same where nothing can be made of what is given. */
const AT_ONCE: readonly (readonly [string, string, string, string, () => unknown])[] = [
  [
    "a file's path in place of its federation",
    "wrong-type",
    "federation",
    "Pass loadFederation(file)",
    () => new FederationStack(new App(), "federation.yaml"),
  ],
  [
    "all that readFederation returns",
    "wrong-type",
    "federation",
    "Pass loadFederation(file)",
    () => FederationStack.forEachAccount(new App(), constructs.readFederation(TWO_ACCOUNTS)),
  ],
  [
    "no account among several",
    "account-not-found",
    "aws.accounts",
    "Name one as option account",
    () => new FederationStack(new App(), constructs.readFederation(TWO_ACCOUNTS).federation),
  ],
  [
    "an account that the file does not have",
    "account-not-found",
    "options.account",
    "Use one of: a, b.",
    () => new FederationStack(new App(), constructs.readFederation(TWO_ACCOUNTS).federation, { account: "c" }),
  ],
  [
    "an option that is misspelt",
    "unknown-key",
    "options.acount",
    "Did you mean account?",
    () => new FederationStack(new App(), constructs.readFederation(TWO_ACCOUNTS).federation, { acount: "a" }),
  ],
  ["a declaration in place of a path", "wrong-type", "file", "Pass a path", () => loadFederation(TWO_ACCOUNTS)],
  ["an app in place of a stack", "wrong-type", "stack", "Pass the stack", () => allowAwsProviderRange(new App())],
  [
    "properties in place of an ID",
    "wrong-type",
    "id",
    "Give scope, ID and props",
    () => new DatabricksFederation(emptyStack(), { issuers: { production } }),
  ],
];

test.each(AT_ONCE)("%s: refused at once with %s at %s", (_, code, path, fix, make) => {
  const error = errorOf(make);
  expect(error).toBeInstanceOf(InputError);
  expect(error).toMatchObject({ code, problems: [{ code, path, fix: expect.stringContaining(fix) as unknown }] });
});

test("an Aspect that gives resources another provider: refused at synthesis with aws-provider-mismatch", () => {
  const stack = emptyStack();
  const dev = new AwsProvider(stack, "dev", { alias: "dev" });
  Aspects.of(federation(stack) as TerraformStack).add({
    visit: (node) => {
      if (TerraformResource.isTerraformResource(node)) node.provider = dev;
    },
  });
  expect(String(errorOf(() => Testing.synth(stack)))).toMatch(/property provider, .*\[aws-provider-mismatch\]$/);
});
