/** Which AWS account roles are made in: the provider of the construct says so. */
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { DatabricksFederatedRole, DatabricksFederation, DatabricksOidcProvider } from "../../src/cdktf";
import { codes, complaints, emptyStack, synthesise } from "../support/synthesise";

const issuers = {
  production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
} as const;
const trusts = [{ issuer: "production", servicePrincipals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] }] as const;
const storage = { trusts: [{ unityCatalog: { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"] } }] } as const;
const managedPolicyArns = { s3: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" };

function withDev(stack = emptyStack()): { readonly stack: TerraformStack; readonly dev: AwsProvider } {
  return { stack, dev: new AwsProvider(stack, "dev", { alias: "dev", region: "us-east-1" }) };
}

describe("an aliased provider", () => {
  test("is that of every resource, and the one that is asked for the account", () => {
    const { stack, dev } = withDev();
    new DatabricksFederation(stack, "f", {
      provider: dev,
      issuers,
      roles: { reader: { trusts, managedPolicyArns }, storage },
    });
    const { data, resource } = synthesise(stack);
    expect(data).toMatchObject({
      aws_caller_identity: { current_dev: { provider: "aws.dev" } },
      aws_partition: { current_dev: { provider: "aws.dev" } },
    });
    const made = Object.values(resource).flatMap((blocks) => Object.values(blocks));
    expect(made.map(({ provider }) => provider)).toEqual(made.map(() => "aws.dev"));
    expect(resource["aws_iam_role"]?.["f_storage"]?.["assume_role_policy"]).toContain(
      "arn:${data.aws_partition.current_dev.partition}:iam::${data.aws_caller_identity.current_dev.account_id}:root",
    );
  });

  test("is inherited from the provider construct that a role trusts", () => {
    const { stack, dev } = withDev();
    const production = new DatabricksOidcProvider(stack, "production", { ...issuers.production, provider: dev });
    new DatabricksFederatedRole(stack, "reader", { providers: { production }, trusts });
    const { resource } = synthesise(stack);
    expect(resource["aws_iam_role"]?.["reader"]).toMatchObject({ provider: "aws.dev" });
    expect(resource["aws_iam_openid_connect_provider"]?.["production"]).toMatchObject({ provider: "aws.dev" });
  });

  test("that is not the one of the provider construct a role trusts is refused", () => {
    const { stack, dev } = withDev();
    const production = new DatabricksOidcProvider(stack, "production", { ...issuers.production, provider: dev });
    const main = new AwsProvider(stack, "main", { alias: "main" });
    new DatabricksFederatedRole(stack, "reader", { providers: { production }, trusts, provider: main });
    const given = { awsAccountId: "111122223333", awsPartition: "aws" } as const;
    new DatabricksFederatedRole(stack, "writer", { providers: { production }, trusts, ...given });
    expect(codes(complaints(stack))).toEqual(["aws-provider-mismatch"]);
  });

  test("must be one of AWS", () => {
    const stack = emptyStack();
    new DatabricksFederation(stack, "f", { provider: {} as AwsProvider, issuers });
    expect(complaints(stack)).toEqual([expect.stringMatching(/^provider: .*\[wrong-type\]$/)]);
  });
});

test("two accounts in one stack are two namespaces of role names and issuers", () => {
  const { stack, dev } = withDev();
  const roles = { reader: { trusts, managedPolicyArns } };
  new DatabricksFederation(stack, "prod", { issuers, roles, awsAccountId: "111122223333", awsPartition: "aws" });
  new DatabricksFederation(stack, "dev-fed", {
    issuers,
    roles,
    provider: dev,
    awsAccountId: "444455556666",
    awsPartition: "aws",
  });
  expect(complaints(stack)).toEqual([]);
  expect(Object.keys(synthesise(stack).resource["aws_iam_role"] ?? {})).toEqual(["dev-fed_reader", "prod_reader"]);
});

test("an account that is given is compared with the provider's, once a stack, at plan time", () => {
  const stack = emptyStack();
  const given = { awsAccountId: "111122223333", awsPartition: "aws" } as const;
  new DatabricksFederation(stack, "one", { ...given, issuers });
  new DatabricksFederation(stack, "two", { ...given, issuers: {}, roles: { storage } });
  expect(synthesise(stack).data).toEqual({
    aws_caller_identity: {
      "databricks-aws-oidc": {
        lifecycle: {
          postcondition: [
            {
              condition: '${self.account_id == "111122223333"}',
              error_message: expect.stringContaining("account is not 111122223333 (awsAccountId). Use") as unknown,
            },
          ],
        },
      },
    },
    aws_partition: {
      "databricks-aws-oidc": {
        lifecycle: {
          postcondition: [
            {
              condition: '${self.partition == "aws"}',
              error_message: expect.stringContaining("partition is not aws (awsPartition). Use") as unknown,
            },
          ],
        },
      },
    },
  });
});

test("a construct may be used twice in a stack; the first keeps the logical IDs it has alone", () => {
  class Platform extends Construct {
    constructor(scope: Construct, id: string, provider?: AwsProvider) {
      super(scope, id);
      new DatabricksFederation(this, "lakehouse", { provider, issuers, roles: { reader: { trusts } } });
      const production = new DatabricksOidcProvider(this, "own", {
        ...issuers.production,
        host: "other.cloud.databricks.com",
        provider,
      });
      new DatabricksFederatedRole(this, "writer", { providers: { production }, trusts });
    }
  }
  const { stack, dev } = withDev();
  new Platform(stack, "prod");
  new Platform(stack, "dev-platform", dev);
  expect(complaints(stack)).toEqual([]);
  expect(Object.keys(synthesise(stack).resource["aws_iam_role"] ?? {})).toEqual([
    "dev-platform_lakehouse_reader",
    "dev-platform_writer",
    "lakehouse_reader",
    "writer",
  ]);
});

describe("a provider construct of another stack", () => {
  function twoStacks(): { readonly a: TerraformStack; readonly b: TerraformStack } {
    const app = new App({ outdir: "cdktf.out" });
    const [a, b] = [new TerraformStack(app, "a"), new TerraformStack(app, "b")];
    for (const stack of [a, b]) new AwsProvider(stack, "aws", { region: "us-east-1" });
    return { a, b };
  }

  test("makes the stack of a role that trusts it wait for its own", () => {
    const { a, b } = twoStacks();
    const awsAccountId = "111122223333";
    const production = new DatabricksOidcProvider(a, "production", { ...issuers.production, awsAccountId });
    new DatabricksFederatedRole(b, "reader", { providers: { production }, trusts });
    expect(b.dependencies).toEqual([a]);
    expect(synthesise(b).resource["aws_iam_role"]?.["reader"]).not.toHaveProperty("depends_on");
  });

  test("makes it wait for nothing where the provider is adopted", () => {
    const { a, b } = twoStacks();
    const production = new DatabricksOidcProvider(a, "production", {
      ...issuers.production,
      existingProviderArn: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
    });
    new DatabricksFederatedRole(b, "reader", { providers: { production }, trusts });
    expect(b.dependencies).toEqual([]);
    expect(codes(complaints(b))).toEqual([]);
  });
});
