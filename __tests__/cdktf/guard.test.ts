/** What is refused is never written: with validations skipped, after Aspects, and by every way to synthesise. */
import { mkdtempSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, Aspects, TerraformOutput, TerraformResource, TerraformStack, Testing } from "cdktf";
import type { RoleProps } from "../../src/cdktf";
import { DatabricksFederation } from "../../src/cdktf";
import { codes, complaints, emptyStack, synthesise } from "../support/synthesise";

const production = {
  level: "workspace",
  host: "mycompany.cloud.databricks.com",
  workspaceId: "1444828305810485",
} as const;
const trusts = [{ issuer: "production", servicePrincipals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] }] as const;
const inAws = { awsAccountId: "111122223333", awsPartition: "aws" } as const;

function federationIn(stack: TerraformStack): DatabricksFederation {
  return new DatabricksFederation(stack, "f", {
    ...inAws,
    issuers: { production },
    roles: { r: { trusts, managedPolicyArns: { ro: "arn:aws:iam::aws:policy/ReadOnlyAccess" } } },
  });
}

function roleOf(federation: DatabricksFederation): IamRole {
  const { resource } = federation.roles["r"] ?? {};
  if (resource === undefined) throw new Error("the federation has the role r");
  return resource;
}

describe("a misspelt issuer", () => {
  const misspeltRole: RoleProps = { trusts: [{ ...trusts[0], issuer: "prodution" }] };
  function misspelt(app: App): TerraformStack {
    const stack = new TerraformStack(app, "lake");
    new AwsProvider(stack, "aws", { region: "us-east-1" });
    const federation = new DatabricksFederation(stack, "lakehouse", { issuers: { production } });
    const role = federation.addRole("reader", misspeltRole);
    new TerraformOutput(stack, "arn", { value: role.arn });
    return stack;
  }
  const refused = expect.objectContaining({ name: "InputError", code: "issuer-not-found" }) as Error;

  test("stops synthesis with validations skipped, and no stack is written", () => {
    const outdir = mkdtempSync(join(tmpdir(), "databricks-aws-oidc-guard-"));
    const app = new App({ outdir, skipValidation: true });
    misspelt(app);
    expect(() => app.synth()).toThrow(refused);
    expect(existsSync(join(outdir, "stacks", "lake", "cdk.tf.json"))).toBe(false);
  });

  test("stops Testing.synth and the way to HCL alike", () => {
    expect(() => Testing.synth(misspelt(Testing.app()))).toThrow(refused);
    expect(() => misspelt(Testing.app()).toHclTerraform()).toThrow(refused);
  });

  test("is one of CDKTF's own validations where these run", () => {
    expect(() => misspelt(Testing.app()).runAllValidations()).toThrow(/Validation failed.*issuer-not-found/s);
  });

  test("leaves a role with everything that a role has", () => {
    const stack = misspelt(Testing.app());
    const role = new DatabricksFederation(stack, "other", { ...inAws, issuers: { production } }).addRole(
      "reader",
      misspeltRole,
    );
    expect([role.resource instanceof IamRole, role.attachments, role.policies]).toEqual([true, {}, {}]);
    expect(role.arn).toMatch(/TfToken/);
  });
});

test("an error of lint stops synthesis with validations skipped, and names its rule", () => {
  const stack = emptyStack();
  const managedPolicyArns = { all: "arn:aws:iam::aws:policy/AdministratorAccess" };
  new DatabricksFederation(stack, "f", {
    ...inAws,
    issuers: { production },
    roles: { r: { trusts, managedPolicyArns } },
  });
  expect(() => Testing.synth(stack)).toThrow(/roles\.r: .*\(admin-without-boundary\) \[lint-error\]/);
});

describe("a trust policy that is changed afterwards", () => {
  const open = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}';
  const changes: readonly (readonly [string, string, (stack: TerraformStack, role: IamRole) => void])[] = [
    [
      "an Aspect",
      "trust-policy-changed",
      (stack) =>
        Aspects.of(stack).add({
          visit: (node) => {
            if (node instanceof IamRole) node.assumeRolePolicy = open;
          },
        }),
    ],
    ["an override", "trust-policy-changed", (_, role) => role.addOverride("assume_role_policy", open)],
    [
      "an override of the stack",
      "trust-policy-changed",
      (stack) => stack.addOverride("resource.aws_iam_role.f_r.assume_role_policy", open),
    ],
    ["an empty object", "trust-policy-unreadable", (_, role) => role.addOverride("assume_role_policy", "{}")],
    ["an expression", "trust-policy-unreadable", (_, role) => (role.assumeRolePolicy = "${var.policy}")],
    [
      "directives that leave its conditions out when it is applied",
      "trust-policy-unreadable",
      (_, role) => {
        const policy = role.assumeRolePolicyInput ?? "";
        const conditions = /"Condition":\{.*?\}\},/.exec(policy)?.[0] ?? "not there";
        role.assumeRolePolicy = policy.replace(
          conditions,
          `"Sid":"%{ if false }",${conditions}"Resource":"%{ endif }",`,
        );
      },
    ],
    [
      "an override of the stack that makes a list of the roles",
      "trust-policy-unreadable",
      (stack) => stack.addOverride("resource.aws_iam_role", [{ f_r: { name: "r", assume_role_policy: open } }]),
    ],
    [
      "another subject",
      "trust-policy-changed",
      (_, role) => (role.assumeRolePolicy = (role.assumeRolePolicyInput ?? "").replace("6a9f1c2e", "aaaaaaaa")),
    ],
  ];
  test.each(changes)("by %s is refused (%s)", (_, code, change) => {
    const stack = emptyStack();
    change(stack, roleOf(federationIn(stack)));
    expect(() => Testing.synth(stack)).toThrow(expect.objectContaining({ code }) as Error);
  });

  const replaced: readonly (readonly [string, string, string])[] = [
    [
      "JSON that is no policy",
      '{"Version":"2012-10-17","Statement":[]}',
      "The replaced trust policy is invalid: it has no Statement. ",
    ],
    ["text that is no JSON", "allow $${everybody}", "The replaced trust policy is invalid: it is not JSON. "],
    ["an expression", "${var.policy}", "replaced the trust policy by what can only be read when it is applied. "],
    [
      "a policy longer than IAM takes",
      open.replace('"*"', JSON.stringify({ AWS: "arn:aws:iam::111122223333:role/x".padEnd(20_000, "x") })),
      "could not be compared with the role's trusts: a policy longer than IAM takes. ",
    ],
  ];
  test.each(replaced)("by %s is refused for what is wrong with it", (_, policy, message) => {
    const stack = emptyStack();
    roleOf(federationIn(stack)).assumeRolePolicy = policy;
    expect(complaints(stack)).toEqual([expect.stringContaining(message)]);
  });

  test("and lets in no more than before is written", () => {
    const stack = emptyStack();
    const role = roleOf(federationIn(stack));
    const { Version, Statement } = JSON.parse(role.assumeRolePolicyInput ?? "") as {
      Version: string;
      Statement: [{ Condition: object }];
    };
    const [statement] = Statement;
    const Condition = { ...statement.Condition, IpAddress: { "aws:SourceIp": ["203.0.113.0/24"] } };
    role.assumeRolePolicy = JSON.stringify({ Version, Statement: [{ ...statement, Condition }] });
    expect(synthesise(stack).resource["aws_iam_role"]?.["f_r"]?.["assume_role_policy"]).toContain("203.0.113.0/24");
  });

  test("where the account is asked of AWS is compared with that in place", () => {
    const stack = emptyStack();
    const federation = new DatabricksFederation(stack, "f", { issuers: { production }, roles: { r: { trusts } } });
    const role = roleOf(federation);
    role.assumeRolePolicy = JSON.stringify(JSON.parse(role.assumeRolePolicyInput ?? ""), null, 1);
    expect(Object.keys(synthesise(stack).resource["aws_iam_role"] ?? {})).toEqual(["f_r"]);
  });
});

describe("what our resources need for themselves", () => {
  const condition = '${self.arn == "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc"}';

  test("stays beside the lifecycle that an Aspect sets on all resources", () => {
    const stack = emptyStack();
    federationIn(stack);
    Aspects.of(stack).add({
      visit: (node) => {
        if (TerraformResource.isTerraformResource(node)) node.lifecycle = { preventDestroy: true };
      },
    });
    const { resource } = synthesise(stack);
    expect(resource["aws_iam_openid_connect_provider"]?.["f_production"]?.["lifecycle"]).toEqual({
      prevent_destroy: true,
      postcondition: [expect.objectContaining({ condition })],
    });
    expect(resource["aws_iam_role"]?.["f_r"]?.["lifecycle"]).toEqual({ prevent_destroy: true });
  });

  test("is not doubled by who reads the lifecycle and sets it again", () => {
    const stack = emptyStack();
    const { resource } = federationIn(stack).providers["production"] ?? {};
    if (resource === undefined) throw new Error("the provider is made");
    resource.lifecycle = { ...resource.lifecycle, ignoreChanges: ["tags"] };
    expect(synthesise(stack).resource["aws_iam_openid_connect_provider"]?.["f_production"]?.["lifecycle"]).toEqual({
      ignore_changes: ["tags"],
      postcondition: [expect.objectContaining({ condition })],
    });
  });

  test("stays beside dependencies that others set", () => {
    const stack = emptyStack();
    roleOf(federationIn(stack)).dependsOn = ["aws_iam_policy.x"];
    expect(synthesise(stack).resource["aws_iam_role"]?.["f_r"]?.["depends_on"]).toEqual([
      "aws_iam_openid_connect_provider.f_production",
      "aws_iam_policy.x",
    ]);
  });

  test("goes with overrides, imports, moves and dependencies of CDKTF's own", () => {
    const stack = emptyStack();
    const federation = federationIn(stack);
    const role = roleOf(federation);
    role.addOverride("force_detach_policies", true);
    role.importFrom("reader");
    federation.node.addDependency(new IamRole(stack, "x", { assumeRolePolicy: "{}" }));
    expect(complaints(stack)).toEqual([]);
    const json = JSON.parse(Testing.synth(stack)) as { import: unknown; resource: { aws_iam_role: { f_r: object } } };
    expect(json.import).toEqual([{ id: "reader", to: "aws_iam_role.f_r" }]);
    expect(json.resource.aws_iam_role.f_r).toMatchObject({ force_detach_policies: true });
  });
});

test("an Aspect that gives resources another provider is refused", () => {
  const stack = emptyStack();
  const dev = new AwsProvider(stack, "dev", { alias: "dev" });
  Aspects.of(federationIn(stack)).add({
    visit: (node) => {
      if (TerraformResource.isTerraformResource(node)) node.provider = dev;
    },
  });
  expect(() => Testing.synth(stack)).toThrow(/\(dev\).*property provider.*\[aws-provider-mismatch\]/);
  expect(codes(complaints(stack))).toEqual(["aws-provider-mismatch", "aws-provider-mismatch"]);
});

test("a declared domain of a public email provider stops synthesis, unless its rule is suppressed", () => {
  const withLint = (lint: readonly { readonly ignore: string; readonly reason: string }[]): string => {
    const stack = emptyStack();
    new DatabricksFederation(stack, "f", {
      ...inAws,
      emailDomains: ["gmail.com"],
      lint,
      issuers: { production },
      roles: { r: { trusts: [{ issuer: "production", subjectPatterns: ["*@gmail.com"] }] } },
    });
    return Testing.synth(stack);
  };
  expect(() => withLint([])).toThrow(/\(subject-outsider\) \[lint-error\]/);
  expect(withLint([{ ignore: "email-domain-public", reason: "Every address of ours is there." }])).toContain("gmail");
});
