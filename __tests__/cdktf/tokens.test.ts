/** Values that only Terraform knows, where a trust names whom it trusts. */
import { TerraformVariable } from "cdktf";
import type { RoleProps } from "../../src/cdktf";
import { DatabricksFederation } from "../../src/cdktf";
import { codes, complaints, emptyStack, synthesise } from "../support/synthesise";

const issuers = {
  production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
} as const;
const inAws = { awsAccountId: "111122223333", awsPartition: "aws" } as const;
const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";

function synthesisedRole(props: (token: (name: string) => string) => RoleProps): Readonly<Record<string, unknown>> {
  const stack = emptyStack();
  const token = (name: string): string => new TerraformVariable(stack, name, { type: "string" }).stringValue;
  new DatabricksFederation(stack, "f", { ...inAws, issuers }).addRole("r", props(token));
  expect(complaints(stack)).toEqual([]);
  const role = synthesise(stack).resource["aws_iam_role"]?.["f_r"];
  if (role === undefined) throw new Error("the role is made");
  return role;
}

function subjectsOf(role: Readonly<Record<string, unknown>>): string {
  return /:sub":(\[.*?\])\}/.exec(String(role["assume_role_policy"]))?.[1] ?? "";
}

test("tokens for service principals and users are encoded by Terraform, in the order in which they stand", () => {
  const role = synthesisedRole((token) => ({
    trusts: [{ issuer: "production", servicePrincipals: [token("sp"), READER], users: [token("user")] }],
  }));
  expect(subjectsOf(role)).toBe(`[\${jsonencode(var.sp)},"${READER}",\${jsonencode(var.user)}]`);
});

test("tokens for identities are encoded where a trust names them, checked there, and not in other roles", () => {
  const stack = emptyStack();
  const token = (name: string): string => new TerraformVariable(stack, name, { type: "string" }).stringValue;
  const identities = {
    etl: { servicePrincipal: token("sp") },
    bob: { user: token("user") },
    ann: { user: "ann@example.com" },
  };
  const federation = new DatabricksFederation(stack, "f", { ...inAws, issuers, identities });
  federation.addRole("r", { trusts: [{ issuer: "production", users: [token("own")], identities: ["ann", "etl"] }] });
  federation.addRole("other", { trusts: [{ issuer: "production", identities: ["ann"] }] });
  expect(complaints(stack)).toEqual([]);
  const { f_r: role = {}, f_other: other = {} } = synthesise(stack).resource["aws_iam_role"] ?? {};
  expect(subjectsOf(role)).toBe('[${jsonencode(var.own)},"ann@example.com",${jsonencode(var.sp)}]');
  const { precondition } = role["lifecycle"] as {
    readonly precondition: readonly { readonly error_message: string }[];
  };
  expect(precondition.map(({ error_message }) => error_message.split(" ")[0])).toEqual([
    "roles.r.trusts[0].users[0]",
    "identities.etl.servicePrincipal",
  ]);
  expect(other["lifecycle"]).toBeUndefined();
});

test("each is checked by the rule of its place before the role is made", () => {
  const role = synthesisedRole((token) => ({
    trusts: [
      { issuer: "production", servicePrincipals: [token("sp")], users: [token("user")] },
      { unityCatalog: { externalIds: [token("external")] } },
    ],
  }));
  expect(role["lifecycle"]).toEqual({
    precondition: [
      {
        condition: expect.stringMatching(/^\$\{can\(regex\("\^\[0-9a-f\]\{8\}-.*", var\.sp\)\)\}$/) as unknown,
        error_message: expect.stringMatching(
          /^roles\.r\.trusts\[0\]\.servicePrincipals\[0\] must be a service/,
        ) as unknown,
      },
      {
        condition: expect.stringContaining("var.user") as unknown,
        error_message: expect.stringMatching(/^roles\.r\.trusts\[0\]\.users\[0\] must be /) as unknown,
      },
      {
        condition: expect.stringContaining("length(var.external) <= 1224") as unknown,
        error_message: expect.stringMatching(
          /^roles\.r\.trusts\[1\]\.unityCatalog\.externalIds\[0\] must be /,
        ) as unknown,
      },
    ],
  });
});

test("a policy without tokens in place of one with tokens is not said to let in more", () => {
  const stack = emptyStack();
  const token = new TerraformVariable(stack, "sp", { type: "string" }).stringValue;
  const federation = new DatabricksFederation(stack, "f", { ...inAws, issuers });
  const { resource } = federation.addRole("r", { trusts: [{ issuer: "production", servicePrincipals: [token] }] });
  resource.assumeRolePolicy =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}';
  expect(complaints(stack)).toEqual([
    expect.stringMatching(/trusts: they hold values that only Terraform knows\. .*\[trust-policy-changed\]$/),
  ]);
});

test("a policy that an Aspect changes cannot be compared where it holds tokens, and is refused", () => {
  const stack = emptyStack();
  const token = new TerraformVariable(stack, "sp", { type: "string" }).stringValue;
  const federation = new DatabricksFederation(stack, "f", { ...inAws, issuers });
  const { resource } = federation.addRole("r", { trusts: [{ issuer: "production", servicePrincipals: [token] }] });
  resource.assumeRolePolicy = `${resource.assumeRolePolicyInput ?? ""} `;
  expect(codes(complaints(stack))).toEqual(["trust-policy-unreadable"]);
});
