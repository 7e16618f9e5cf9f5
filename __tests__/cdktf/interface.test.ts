/** What people expect of constructs: adding to a role, taking over what exists, a word on every wrong shape. */
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { TerraformStack } from "cdktf";
import { App, Fn, TerraformVariable, Testing, Token } from "cdktf";
import type { DatabricksFederationProps, ExistingRole, RoleProps } from "../../src/cdktf";
import {
  DatabricksFederatedRole,
  DatabricksFederation,
  DatabricksOidcProvider,
  FederationStack,
  readFederation,
} from "../../src/cdktf";
import { codes, complaints, emptyStack, synthesise } from "../support/synthesise";

const production = {
  level: "workspace",
  host: "mycompany.cloud.databricks.com",
  workspaceId: "1444828305810485",
} as const;
const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const trusts = [{ issuer: "production", servicePrincipals: [READER] }] as const;
const inAws = { awsAccountId: "111122223333", awsPartition: "aws" } as const;
const READ = "arn:aws:iam::111122223333:policy/read";
const PROVIDER_ARN = "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc";
const document = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::lake"] }],
};

function federationIn(stack: TerraformStack): DatabricksFederation<"production"> {
  return new DatabricksFederation(stack, "f", { ...inAws, issuers: { production } });
}

describe("policies added to a role", () => {
  test("are resources like those it was declared with", () => {
    const [added, declared] = [emptyStack(), emptyStack()];
    const role = federationIn(added).addRole("r", { trusts });
    role.addManagedPolicy("read", READ);
    role.addInlinePolicy("list", document);
    federationIn(declared).addRole("r", {
      trusts,
      managedPolicyArns: { read: READ },
      inlinePolicies: { list: document },
    });
    expect(synthesise(added)).toEqual(synthesise(declared));
    expect([Object.keys(role.attachments), Object.keys(role.policies)]).toEqual([["read"], ["list"]]);
  });

  test("may be tokens", () => {
    const stack = emptyStack();
    const token = new TerraformVariable(stack, "v", { type: "string" }).stringValue;
    const role = federationIn(stack).addRole("r", { trusts, managedPolicyArns: { read: token } });
    role.addManagedPolicy("other", token);
    role.addInlinePolicy("whole", Fn.jsonencode(document));
    expect(complaints(stack)).toEqual([]);
    expect(synthesise(stack).resource).toMatchObject({
      aws_iam_role_policy_attachment: { f_r_other: { policy_arn: "${var.v}" } },
      aws_iam_role_policy: { f_r_whole: { policy: expect.stringMatching(/^\$\{jsonencode\(/) as unknown } },
    });
  });

  test("join a role of a federation file", () => {
    const { federation } = readFederation({
      name: "lake",
      aws: { accounts: { prod: { accountId: "111122223333" } } },
      issuers: { production },
      roles: { r: { trusts, accounts: ["prod"] } },
    });
    const stack = new FederationStack(new App({ outdir: "cdktf.out" }), federation, { id: "own" });
    stack.federation.roles["r"]?.addManagedPolicy("read", READ);
    expect(complaints(stack)).toEqual([]);
    expect(Object.keys(synthesise(stack).resource["aws_iam_role_policy_attachment"] ?? {})).toEqual(["lake_r_read"]);
    expect([stack.node.id, stack.awsProvider instanceof AwsProvider]).toEqual(["own", true]);
  });

  const wrong: readonly (readonly [string, (role: DatabricksFederatedRole) => unknown])[] = [
    ["policy-arn-invalid", (role) => role.addManagedPolicy("x", "arn:aws:iam::444455556666:policy/read")],
    ["policy-arn-invalid", (role) => role.addManagedPolicy("x", READ)],
    ["name-collision", (role) => role.addManagedPolicy("read", "arn:aws:iam::111122223333:policy/other")],
    ["policy-key-invalid", (role) => role.addManagedPolicy("a/b", "arn:aws:iam::111122223333:policy/other")],
    ["inline-policy-invalid", (role) => role.addInlinePolicy("x", "no json")],
    ["admin-without-boundary", (role) => role.addManagedPolicy("x", "arn:aws:iam::aws:policy/AdministratorAccess")],
  ];
  test.each(wrong)("have the code %s where they are wrong", (code, add) => {
    const stack = emptyStack();
    add(federationIn(stack).addRole("r", { trusts, managedPolicyArns: { read: READ } }));
    expect(codes(complaints(stack))).toEqual([code]);
  });
});

describe("what exists", () => {
  test("a provider is adopted by its ARN", () => {
    const stack = emptyStack();
    const provider = DatabricksOidcProvider.fromProviderArn(stack, "p", PROVIDER_ARN, { ...production, ...inAws });
    expect([provider.arn, provider.resource]).toEqual([PROVIDER_ARN, undefined]);
    new DatabricksFederatedRole(stack, "r", { trusts: [{ issuer: provider, servicePrincipals: [READER] }] });
    expect(synthesise(stack).resource["aws_iam_role"]?.["r"]?.["assume_role_policy"]).toContain(PROVIDER_ARN);
  });

  test("a role gets policies and keeps the rest", () => {
    const stack = emptyStack();
    const role = DatabricksFederatedRole.fromRoleArn(stack, "r", "arn:aws:iam::111122223333:role/path/lake-reader");
    role.addManagedPolicy("read", READ);
    role.addInlinePolicy("list", document);
    const { resource } = synthesise(stack);
    expect(Object.keys(resource)).toEqual(["aws_iam_role_policy", "aws_iam_role_policy_attachment"]);
    for (const blocks of Object.values(resource))
      expect(Object.values(blocks)).toEqual([expect.objectContaining({ role: "lake-reader" })]);
  });

  test("a role whose ARN is a token has its name from Terraform, and a wrong one is refused", () => {
    const stack = emptyStack();
    const token = new TerraformVariable(stack, "v", { type: "string" }).stringValue;
    DatabricksFederatedRole.fromRoleArn(stack, "r", token).addManagedPolicy("read", READ);
    const [attachment] = Object.values(synthesise(stack).resource["aws_iam_role_policy_attachment"] ?? {});
    expect(attachment?.["role"]).toBe('${element(reverse(split("/", var.v)), 0)}');
    DatabricksFederatedRole.fromRoleArn(stack, "w", "lake-reader");
    expect(codes(complaints(stack))).toEqual(["role-arn-invalid"]);
  });
});

describe("policies added to a role that exists", () => {
  const ROLE = "arn:aws:iam::111122223333:role/lake-reader";
  const token = Token.asString({ resolve: () => "x", creationStack: [], toString: () => "" });
  const wrong: readonly (readonly [string, readonly string[], (role: ExistingRole) => unknown])[] = [
    [
      "a name and a document that IAM refuses",
      ["inline-policy-name-invalid", "inline-policy-invalid", "inline-policy-invalid", "inline-policy-invalid"],
      (role) => role.addInlinePolicy("bad name!", { nonsense: 1 }),
    ],
    [
      "no statement",
      ["inline-policy-invalid"],
      (role) => role.addInlinePolicy("list", { Version: "2012-10-17", Statement: [] }),
    ],
    [
      "the placeholder of an account",
      ["policy-character"],
      (role) =>
        role.addInlinePolicy("list", {
          ...document,
          Statement: [{ ...document.Statement[0], Resource: [`arn:aws:s3:::${"\uE000".repeat(12)}`] }],
        }),
    ],
    ["a key with a slash", ["policy-key-invalid"], (role) => role.addManagedPolicy("a/b", READ)],
    ["a key that is a token", ["token-not-allowed"], (role) => role.addManagedPolicy(token, READ)],
    ["no ARN", ["policy-arn-invalid"], (role) => role.addManagedPolicy("x", "read")],
    ["an ARN that is left out", ["wrong-type"], (role) => role.addManagedPolicy("x", undefined as never)],
    [
      "an ARN of another account",
      ["policy-arn-invalid"],
      (role) => role.addManagedPolicy("x", "arn:aws:iam::444455556666:policy/read"),
    ],
    [
      "keys that are taken",
      ["name-collision", "name-collision"],
      (role) => {
        role.addManagedPolicy("read", READ);
        role.addManagedPolicy("read", "arn:aws:iam::111122223333:policy/other");
        role.addInlinePolicy("list", document);
        role.addInlinePolicy("list", document);
      },
    ],
    ["text that CDKTF would lose", ["reserved-text"], (role) => role.addInlinePolicy("__proto__", document)],
  ];
  test.each(wrong)("are refused as those of a role that is made: %s", (_, expected, add) => {
    const stack = emptyStack();
    add(DatabricksFederatedRole.fromRoleArn(stack, "r", ROLE));
    expect(codes(complaints(stack))).toEqual(expected);
    expect(() => Testing.synth(stack)).toThrow(expect.objectContaining({ name: "InputError" }) as Error);
  });

  test("are made by the provider that is given, which must be one of AWS", () => {
    const stack = emptyStack();
    const dev = new AwsProvider(stack, "dev", { alias: "dev" });
    DatabricksFederatedRole.fromRoleArn(stack, "r", ROLE, { provider: dev }).addManagedPolicy("read", READ);
    const [attachment] = Object.values(synthesise(stack).resource["aws_iam_role_policy_attachment"] ?? {});
    expect(attachment?.["provider"]).toBe("aws.dev");
    DatabricksFederatedRole.fromRoleArn(stack, "x", ROLE, { provider: "x" as never });
    expect(complaints(stack)).toEqual([expect.stringMatching(/^provider: .*\[wrong-type\]$/)]);
  });

  test("may be tokens, in a role whose account only Terraform knows", () => {
    const stack = emptyStack();
    const variable = new TerraformVariable(stack, "v", { type: "string" }).stringValue;
    const role = DatabricksFederatedRole.fromRoleArn(stack, "r", variable);
    role.addManagedPolicy("read", variable);
    role.addManagedPolicy("other", "arn:aws:iam::444455556666:policy/read");
    role.addInlinePolicy("whole", Fn.jsonencode(document));
    expect(complaints(stack)).toEqual([]);
  });

  test("keep the names that they have in a stack", () => {
    const stack = emptyStack();
    const role = DatabricksFederatedRole.fromRoleArn(stack, "r", ROLE);
    role.addManagedPolicy("read", READ);
    role.addInlinePolicy("list", document);
    expect(role.node.children.map(({ node }) => node.id)).toEqual(["managed-policy-read", "inline-policy-list"]);
  });
});

test("a provider construct stands as the issuer of a trust, also one of elsewhere in a federation", () => {
  const stack = emptyStack();
  const federation = federationIn(stack);
  const azure = new DatabricksOidcProvider(stack, "azure", {
    ...inAws,
    level: "workspace",
    host: "adb-1.2.azuredatabricks.net",
    workspaceId: "2",
  });
  federation.addRole("r", {
    trusts: [
      { issuer: federation.providers.production, servicePrincipals: [READER] },
      { issuer: azure, servicePrincipals: [READER] },
    ],
  });
  expect(complaints(stack)).toEqual([]);
  expect(synthesise(stack).resource["aws_iam_role"]?.["f_r"]?.["depends_on"]).toEqual([
    "aws_iam_openid_connect_provider.f_production",
    "aws_iam_openid_connect_provider.azure",
  ]);
});

describe("wrong shapes that JavaScript lets through", () => {
  const wrong: readonly (readonly [string, string, (stack: TerraformStack) => unknown])[] = [
    ["no props", "wrong-type", (stack) => new FederationStack(stack, undefined as never)],
    ["a federation as written", "wrong-type", (stack) => new FederationStack(stack, { name: "x" } as never)],
  ];
  test.each(wrong)("%s are refused at once (%s)", (_, code, make) => {
    expect(() => make(emptyStack())).toThrow(expect.objectContaining({ name: "InputError", code }) as Error);
  });

  const later: readonly (readonly [string, readonly string[], (stack: TerraformStack) => unknown])[] = [
    ["issuers as a list", ["wrong-type"], (stack) => new DatabricksFederation(stack, "f", { issuers: [] as never })],
    [
      "an issuer that is null",
      ["wrong-type"],
      (s) => new DatabricksFederation(s, "f", { issuers: { a: null as never } }),
    ],
    [
      "roles that are text",
      ["wrong-type"],
      (stack) =>
        new DatabricksFederation(stack, "f", { issuers: {}, roles: "x" } as unknown as DatabricksFederationProps),
    ],
    ["a role that is null", ["required"], (stack) => federationIn(stack).addRole("r", null as unknown as RoleProps)],
    [
      "a provider that is no construct",
      ["wrong-type"],
      (stack) => new DatabricksFederatedRole(stack, "r", { providers: { production: {} as never }, trusts }),
    ],
    ["props that are left out", ["required"], (stack) => new DatabricksFederatedRole(stack, "r", undefined as never)],
    [
      "another construct as an issuer",
      ["token-not-allowed"],
      (stack) => {
        const role = new IamRole(stack, "x", { assumeRolePolicy: "{}" });
        federationIn(stack).addRole("r", { trusts: [{ issuer: role as never, servicePrincipals: [READER] }] });
      },
    ],
  ];
  test.each(later)("%s: reported at synthesis", (_, expected, make) => {
    const stack = emptyStack();
    make(stack);
    expect(codes(complaints(stack))).toEqual(expected);
  });

  test("an issuer that is not among the providers of a role is missed under providers", () => {
    const stack = emptyStack();
    const provider = new DatabricksOidcProvider(stack, "production", { ...production, ...inAws });
    const other: RoleProps = { trusts: [{ issuer: "elsewhere", servicePrincipals: [READER] }] };
    new DatabricksFederatedRole(stack, "r", { providers: { production: provider }, ...other });
    expect(complaints(stack)).toEqual([expect.not.stringContaining("under issuers")]);
    expect(codes(complaints(stack))).toEqual(["issuer-not-found"]);
    const alone = emptyStack();
    new DatabricksFederatedRole(alone, "r", { ...inAws, providers: {}, ...other });
    expect(complaints(alone)).toEqual([expect.stringContaining("Add it under providers.")]);
  });
});
