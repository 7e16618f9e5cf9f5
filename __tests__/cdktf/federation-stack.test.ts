import { readdirSync, readFileSync } from "node:fs";
import { App, CloudBackend, NamedCloudWorkspace } from "cdktf";
import type { FederationInput } from "../../src/federation";
import { accountView, inlinePoliciesOf, parseFederation, readFederation, roleTrustPolicy } from "../../src/federation";
import { trustPolicyJson } from "../../src/trust/build";
import { canonicalJson } from "../../src/trust/canonical-json";
import { DatabricksFederation, FederationStack, loadFederation } from "../../src/cdktf";
import { codes, complaints, emptyStack, synthesise } from "../support/synthesise";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";

/** Everything a federation may hold. */
const full = {
  name: "full",
  aws: {
    accountId: "111122223333",
    partition: "aws",
    region: "eu-west-1",
    assumeRoleArn: "arn:aws:iam::111122223333:role/deploy",
  },
  issuers: {
    production: {
      level: "workspace",
      host: "mycompany.cloud.databricks.com",
      workspaceId: "1444828305810485",
      audiences: ["1444828305810485", "sts"],
    },
    company: { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" },
    azure: {
      level: "workspace",
      host: "adb-1.2.azuredatabricks.net",
      workspaceId: "2",
      existingProviderArn: "arn:aws:iam::111122223333:oidc-provider/adb-1.2.azuredatabricks.net/oidc",
    },
  },
  emailDomains: ["data.example.com"],
  roles: {
    "lake-reader": {
      description: "Reads ${lake} & café",
      trusts: [
        { issuer: "production", servicePrincipals: [READER], audiences: ["sts"], allowTagSession: true },
        {
          issuer: "company",
          users: ["alice@example.com"],
          subjectPatterns: ["*@data.example.com"],
          conditions: [{ test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24"] }],
        },
        { issuer: "azure", subjects: ["any <sub>"] },
        { unityCatalog: { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"] } },
      ],
      managedPolicyArns: { read: "arn:aws:iam::111122223333:policy/read-lake" },
      inlinePolicies: {
        home: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::lake/${aws:username}" }],
        },
      },
      maxSessionDuration: "90m",
      path: "/databricks/",
      permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/boundary",
      tags: { team: "data", "//": "kept" },
    },
  },
  tags: { "managed-by": "databricks-aws-oidc" },
  trustPolicyMaxLength: 4096,
} as const satisfies FederationInput;

function stackOf(input: FederationInput, account?: string): FederationStack {
  return new FederationStack(
    new App({ outdir: "cdktf.out" }),
    readFederation(input).federation,
    account === undefined ? {} : { account },
  );
}

/** What Terraform reads: escapes undone. */
const read = (template: unknown): string => String(template).replace(/([$%])\1\{/g, "$1{");

describe("a stack from a federation file", () => {
  test("holds the bytes of the trust policy and of inline policies", () => {
    const { federation } = readFederation(full);
    const [account] = federation.accounts;
    const [role] = federation.roles;
    if (account === undefined || role === undefined) throw new Error("the federation has one of each");
    const view = accountView(federation, account);
    const { resource, output } = synthesise(stackOf(full));
    const policy = trustPolicyJson(roleTrustPolicy(role, view));
    expect(read(resource["aws_iam_role"]?.["full_lake-reader"]?.["assume_role_policy"])).toBe(policy);
    expect(output?.["trust_policies"]?.value).toEqual({ "lake-reader": policy });
    const written = Object.values(resource["aws_iam_role_policy"] ?? {}).map((inline) => [
      inline["name"],
      read(inline["policy"]),
    ]);
    expect(Object.fromEntries(written)).toEqual(
      Object.fromEntries(
        Object.entries(inlinePoliciesOf(role, view)).map(([name, document]) => [name, canonicalJson(document)]),
      ),
    );
  });

  test("is the same as the federation written in TypeScript", () => {
    const stack = emptyStack();
    const { name, aws, emailDomains, issuers, roles, tags, trustPolicyMaxLength } = full;
    new DatabricksFederation(stack, name, {
      awsAccountId: aws.accountId,
      awsPartition: aws.partition,
      emailDomains,
      issuers,
      roles,
      tags,
      trustPolicyMaxLength,
    });
    const withoutPaths = (json: unknown): unknown =>
      JSON.parse(
        JSON.stringify(json, (key, value: unknown) =>
          (key === "path" && String(value).includes("oidc-provider")) || key === "metadata" ? undefined : value,
        ),
      );
    expect(withoutPaths(synthesise(stack).resource)).toEqual(withoutPaths(synthesise(stackOf(full)).resource));
  });

  test(
    "asks for any provider that fits, in the region and by the role of the file, and only in its own " + "account",
    () => {
      const { terraform, provider } = synthesise(stackOf(full));
      expect(terraform.required_providers).toEqual({ aws: { source: "hashicorp/aws", version: ">= 5.81.0, < 7.0.0" } });
      expect(terraform.required_version).toBe(">= 1.5.7");
      expect(provider["aws"]).toEqual([
        {
          allowed_account_ids: ["111122223333"],
          assume_role: [{ role_arn: "arn:aws:iam::111122223333:role/deploy" }],
          region: "eu-west-1",
        },
      ]);
    },
  );

  test("has the outputs of the HCL modules", () => {
    const { output } = synthesise(stackOf(full));
    expect(Object.fromEntries(Object.entries(output ?? {}).map(([name, { value }]) => [name, value]))).toEqual({
      oidc_provider_arns: {
        azure: "arn:aws:iam::111122223333:oidc-provider/adb-1.2.azuredatabricks.net/oidc",
        company:
          "arn:aws:iam::111122223333:oidc-provider/accounts.cloud.databricks.com/oidc/accounts/" +
          "7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
        production: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
      },
      issuer_urls: expect.objectContaining({ production: "https://mycompany.cloud.databricks.com/oidc" }) as unknown,
      discovery_urls: expect.objectContaining({
        production: "https://mycompany.cloud.databricks.com/oidc/.well-known/openid-configuration",
      }) as unknown,
      role_arns: { "lake-reader": "${aws_iam_role.full_lake-reader.arn}" },
      role_names: { "lake-reader": "${aws_iam_role.full_lake-reader.name}" },
      trust_policies: { "lake-reader": expect.stringContaining("unity-catalog-prod-UCMasterRole") as unknown },
    });
  });

  test("keeps its state beside cdktf.json, at a path that is the same on every machine", () => {
    expect(synthesise(stackOf(full)).terraform.backend).toEqual({ local: { path: "../../../terraform.full.tfstate" } });
    expect(
      synthesise(stackOf({ ...full, aws: { backend: { type: "local", path: "state/a.tfstate" } } })).terraform.backend,
    ).toEqual({ local: { path: "../../../state/a.tfstate" } });
  });

  test("has CDKTF's own backend where the file says none, and the one its program adds", () => {
    const none = { ...full, aws: { backend: { type: "none" } } } as const;
    const stack = stackOf(none);
    new CloudBackend(stack, { organization: "acme", workspaces: new NamedCloudWorkspace("lake") });
    expect(synthesise(stack).terraform).toMatchObject({ cloud: { organization: "acme" } });
    expect(synthesise(stack).terraform.backend).toBeUndefined();
  });

  test("keeps its state in s3 where the file says so", () => {
    const backend = {
      type: "s3",
      bucket: "states",
      key: "databricks/terraform.tfstate",
      region: "eu-west-1",
      useLockfile: true,
      encrypt: true,
      kmsKeyId: "alias/state",
    } as const;
    expect(synthesise(stackOf({ ...full, aws: { backend } })).terraform.backend).toEqual({
      s3: {
        bucket: "states",
        key: "databricks/terraform.tfstate",
        region: "eu-west-1",
        use_lockfile: true,
        encrypt: true,
        kms_key_id: "alias/state",
      },
    });
  });

  test("refuses text that CDKTF would read as its own", () => {
    const stack = stackOf({ ...full, tags: { note: "Any Map Token Value" } });
    expect(codes(complaints(stack))).toEqual(["reserved-text"]);
    expect(stack.federation.roles).toEqual({});
  });

  test("can be added to", () => {
    const stack = stackOf(full);
    stack.federation.addRole("more", { trusts: [{ issuer: "production", servicePrincipals: [READER] }] });
    expect(Object.keys(synthesise(stack).resource["aws_iam_role"] ?? {})).toEqual(["full_lake-reader", "full_more"]);
  });
});

describe("several AWS accounts", () => {
  const several = {
    ...full,
    aws: {
      accounts: {
        prod: { accountId: "111122223333", region: "us-east-1" },
        dev: { accountId: "444455556666", assumeRoleArn: "arn:aws:iam::444455556666:role/deploy" },
      },
    },
    roles: {
      everywhere: { trusts: [{ issuer: "production", servicePrincipals: [READER] }] },
      "prod-only": { trusts: [{ issuer: "azure", subjects: ["someone"] }], accounts: ["prod"] },
    },
  } as const satisfies FederationInput;

  test("are one stack each, with their own account, roles and state", () => {
    const { federation } = readFederation(several);
    const stacks = FederationStack.forEachAccount(new App({ outdir: "cdktf.out" }), federation);
    expect(
      stacks.map((stack) => [
        stack.node.id,
        Object.keys(synthesise(stack).resource["aws_iam_role"] ?? {}),
        synthesise(stack).terraform.backend,
        synthesise(stack).provider["aws"],
      ]),
    ).toEqual([
      [
        "full-prod",
        ["full_everywhere", "full_prod-only"],
        { local: { path: "../../../terraform.full-prod.tfstate" } },
        [{ allowed_account_ids: ["111122223333"], region: "us-east-1" }],
      ],
      [
        "full-dev",
        ["full_everywhere"],
        { local: { path: "../../../terraform.full-dev.tfstate" } },
        [
          {
            allowed_account_ids: ["444455556666"],
            assume_role: [{ role_arn: "arn:aws:iam::444455556666:role/deploy" }],
          },
        ],
      ],
    ]);
  });

  test("must be named one by one, or all", () => {
    expect(() => stackOf(several)).toThrow(/several AWS accounts: prod, dev.*forEachAccount.*\[account-not-found\]/);
    expect(() => stackOf(several, "test")).toThrow(/no AWS account "test".*prod, dev.*\[account-not-found\]/);
    expect(stackOf(several, "dev").node.id).toBe("full-dev");
  });
});

test("the committed federation.yaml synthesises, and says what its text says", () => {
  const stack = new FederationStack(new App({ outdir: "cdktf.out" }), loadFederation("federation.yaml"));
  const { federation } = parseFederation(readFileSync("federation.yaml", "utf8"));
  expect(Object.keys(synthesise(stack).resource["aws_iam_role"] ?? {})).toEqual(
    federation.roles.map((role) => `${federation.name}_${role.key}`),
  );
});

test.each([
  ["missing.yaml", "file-not-found"],
  ["src", "file-not-text"],
])("loading %s says what to do (%s)", (file, code) => {
  expect(() => loadFederation(file)).toThrow(expect.objectContaining({ code, name: "OutsideError" }) as Error);
});

test("the constructs import single provider files, never the package of all", () => {
  const imports = readdirSync("src/cdktf").flatMap((file) =>
    [...readFileSync(`src/cdktf/${file}`, "utf8").matchAll(/from "(@cdktf\/provider-aws[^"]*)"/g)].map(
      (match) => match[1],
    ),
  );
  expect(imports.length).toBeGreaterThan(0);
  expect(imports.filter((module) => !/^@cdktf\/provider-aws\/lib\/[a-z-]+$/.test(module ?? ""))).toEqual([]);
});
