import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../src/errors";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { replaceTree } from "../../src/files/replace-tree";
import { keptBackends, keptMoves, staleRoots } from "../../src/files/compare-tree";
import type { RootTreeOptions } from "../../src/module/root-tree";
import { rootTree } from "../../src/module/root-tree";
import { fullFederation } from "../support/full-federation";
import { readHcl } from "../support/read-hcl";
import { temporaryFolder } from "../support/temporary-folder";

function rootOf(input: FederationInput, options: Partial<RootTreeOptions> = {}) {
  return rootTree(readFederation(input).federation, { version: "1.0.0", style: "modules", ...options });
}

function file(input: FederationInput, path: string, options: Partial<RootTreeOptions> = {}): string {
  return rootOf(input, options).tree.files.get(path) ?? "";
}

const SMALL = {
  name: "lakehouse",
  aws: { accountId: "111122223333" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
  },
  roles: {
    reader: { trusts: [{ issuer: "production", servicePrincipals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] }] },
  },
} as const satisfies FederationInput;

describe("a root", () => {
  test("brings its module along, without the module's tests and examples", () => {
    const paths = [...rootOf(SMALL).tree.files.keys()];
    expect(paths.filter((path) => !path.includes("/"))).toEqual([
      "main.tf",
      "outputs.tf",
      "providers.tf",
      "backend.tf",
      "versions.tf",
    ]);
    expect(paths).toContain("modules/databricks-federation/modules/trust-policies/main.tf");
    expect(paths.filter((path) => /tests|examples/.test(path))).toEqual([]);
  });

  test("takes the module from a given registry", async () => {
    const options = { moduleSource: "registry.example.com/acme/databricks-federation/aws", moduleVersion: "~> 0.1" };
    expect([...rootOf(SMALL, options).tree.files.keys()].filter((path) => path.startsWith("modules/"))).toEqual([]);
    const { module } = (await readHcl(file(SMALL, "main.tf", options))) as {
      readonly module: { readonly databricks: readonly [object] };
    };
    expect(module.databricks[0]).toMatchObject({
      source: "registry.example.com/acme/databricks-federation/aws",
      version: "~> 0.1",
    });
  });

  test.each<readonly [Partial<RootTreeOptions>]>([
    [{ style: "resources", moduleSource: "x" }],
    [{ moduleVersion: "1.0.0" }],
    [{ moduleSource: 'x"\n}' }],
    [{ moduleSource: "x", moduleVersion: "${1}" }],
    [{ moduleSource: "acme/databricks-federation/aws", moduleVersion: "foo bar" }],
    [{ moduleSource: "acme/databricks-federation/aws", moduleVersion: "latest" }],
    // Terraform takes a version with a registry's address only
    [{ moduleSource: "git::https://example.com/modules.git?ref=v1", moduleVersion: "1.0.0" }],
    [{ moduleSource: "./modules/databricks-federation", moduleVersion: "1.0.0" }],
    [{ moduleSource: "github.com/acme/modules", moduleVersion: "1.0.0" }],
  ])("refuses %j", (options) => {
    expect(() => rootOf(SMALL, options)).toThrow("module-source-invalid");
  });

  test("an account of its own name keeps its folder when it is the only one left", () => {
    const only = {
      ...SMALL,
      aws: { accounts: { prod: { accountId: "111122223333" } } },
    } as const satisfies FederationInput;
    expect(file(only, "prod/main.tf")).toContain('source = "../modules/databricks-federation"');
    expect(rootOf(only).tree.files.has("main.tf")).toBe(false);
  });

  test("roots of accounts that are gone are found, and nobody else's", () => {
    const folder = temporaryFolder("roots");
    const accounts = (...keys: readonly string[]): FederationInput => ({
      ...SMALL,
      aws: { accounts: Object.fromEntries(keys.map((key, index) => [key, { accountId: `11112222333${index}` }])) },
    });
    for (const federation of [SMALL, accounts("prod", "dev")]) replaceTree(folder, rootOf(federation).tree);
    mkdirSync(join(folder, "theirs"));
    writeFileSync(join(folder, "theirs", "main.tf"), "# by hand\n");
    expect(staleRoots(folder, rootOf(accounts("prod")).tree.files)).toEqual(["", "dev"]);
    expect(staleRoots(folder, rootOf(accounts("prod", "dev")).tree.files)).toEqual([""]);
  });

  test("a moved.tf that may not be applied yet is kept, unless the root's style changes", () => {
    const folder = temporaryFolder("moves");
    replaceTree(folder, rootOf(SMALL, { movedFrom: "resources" }).tree);
    const { files } = rootOf(SMALL).tree;
    expect([...keptMoves(folder, files, "modules").keys()]).toEqual(["moved.tf"]);
    expect([...keptMoves(folder, rootOf(SMALL, { style: "resources" }).tree.files, "resources").keys()]).toEqual([]);
    writeFileSync(join(folder, "moved.tf"), "moved {\n  to = module.databricks\n}\n");
    expect([...keptMoves(folder, files, "modules").keys()]).toEqual([]);
  });

  test("an account without an ID is not the one that another says it is: it makes a provider of its own", () => {
    const arn = "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc";
    const adopting = (accounts: object): FederationInput =>
      ({
        ...SMALL,
        aws: { accounts },
        issuers: { production: { ...SMALL.issuers.production, existingProviderArn: arn } },
      }) as FederationInput;
    const adopted = (accounts: object): readonly boolean[] =>
      Object.keys(accounts).map((account) => file(adopting(accounts), `${account}/main.tf`).includes(arn));
    expect(adopted({ prod: { accountId: "111122223333" }, dev: {} })).toEqual([true, false]);
    expect(adopted({ prod: {}, dev: { accountId: "444455556666" } })).toEqual([true, false]);
  });

  test(
    "one folder for each AWS account, one module for all of them, each account's own roles and adopted " + "provider",
    async () => {
      const several = {
        ...SMALL,
        aws: {
          region: "eu-west-1",
          accounts: {
            prod: { accountId: "111122223333", assumeRoleArn: "arn:aws:iam::111122223333:role/terraform" },
            dev: { accountId: "444455556666" },
          },
          backend: { type: "s3", bucket: "mycompany-state", key: "k", region: "eu-west-1" },
        },
        issuers: {
          production: {
            ...SMALL.issuers.production,
            existingProviderArn: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
          },
        },
        roles: { ...SMALL.roles, writer: { ...SMALL.roles.reader, accounts: ["prod"] } },
      } as const satisfies FederationInput;
      const main = async (account: string) =>
        (
          (await readHcl(file(several, `${account}/main.tf`))) as {
            readonly module: {
              readonly databricks: readonly [
                { readonly source: string; readonly roles: object; readonly issuers: { readonly production: object } },
              ];
            };
          }
        ).module.databricks[0];
      const [prod, dev] = [await main("prod"), await main("dev")];
      expect([prod.source, Object.keys(prod.roles), Object.keys(dev.roles)]).toEqual([
        "../modules/databricks-federation",
        ["reader", "writer"],
        ["reader"],
      ]);
      expect(prod.issuers.production).toHaveProperty("existing_provider_arn");
      expect(dev.issuers.production).not.toHaveProperty("existing_provider_arn");
      expect(file(several, "prod/backend.tf")).toContain('key    = "prod/k"');
      expect(file(several, "prod/providers.tf")).toContain('role_arn = "arn:aws:iam::111122223333:role/terraform"');
      expect(file(several, "dev/providers.tf")).not.toContain("assume_role");
    },
  );

  test("without an account ID, resources ask AWS once", () => {
    const unknown = {
      ...fullFederation,
      aws: {},
      suspended: [],
      roles: { storage: fullFederation.roles.storage },
    } as const satisfies FederationInput;
    const main = file(unknown, "main.tf", { style: "resources" });
    expect(main.match(/data "aws_caller_identity"/g)).toHaveLength(1);
    expect(main).toContain('"arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"');
    expect(main).not.toMatch(/[\ue000\ue001]/);
    expect(file(unknown, "outputs.tf", { style: "resources" })).toContain(
      'production = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/' +
        'mycompany.cloud.databricks.com/oidc"',
    );
  });

  test("no value of the input can be taken for what only Terraform knows", () => {
    const posing = {
      ...SMALL,
      aws: { accountId: "111122223333", backend: { type: "local", path: "\ue000".repeat(12) } },
    } as const satisfies FederationInput;
    expect(file(posing, "backend.tf")).toContain(`path = "${"\\uE000".repeat(12)}"`);
  });
});

test("a root that only loses a file is replaced beside what Terraform left in it", () => {
  const folder = temporaryFolder("applied");
  replaceTree(folder, rootOf(SMALL, { movedFrom: "cdktf" }).tree);
  writeFileSync(join(folder, "terraform.tfstate"), "{}");
  expect(replaceTree(folder, rootOf(SMALL).tree)).toEqual([{ path: "moved.tf", change: "remove" }]);
  expect(readdirSync(folder).sort()).toEqual([
    "backend.tf",
    "main.tf",
    "modules",
    "outputs.tf",
    "providers.tf",
    "terraform.tfstate",
    "versions.tf",
  ]);
});

describe("a backend of others", () => {
  const none = { ...SMALL, aws: { ...SMALL.aws, backend: { type: "none" } } } as const satisfies FederationInput;
  const { files } = rootOf(SMALL).tree;
  const kept = (own: Readonly<Record<string, string | undefined>>): readonly string[] => {
    const folder = temporaryFolder("backend");
    replaceTree(folder, rootOf(SMALL).tree);
    for (const [name, text] of Object.entries(own))
      if (text === undefined) rmSync(join(folder, name));
      else writeFileSync(join(folder, name), text);
    return keptBackends(folder, files);
  };

  test("of type none writes no backend.tf", () => {
    expect(rootOf(none).tree.files.has("backend.tf")).toBe(false);
    expect(rootOf({ ...none, aws: { accounts: { prod: none.aws } } }).tree.files.has("prod/backend.tf")).toBe(false);
  });

  test.each([
    ["a backend.tf that is not generated", { "backend.tf": 'terraform {\n  backend "http" {}\n}\n' }],
    ["an empty backend.tf", { "backend.tf": "" }],
    ["a backend.tf that was deleted", { "backend.tf": undefined }],
    ["a cloud block in another file", { "cloud.tf": "terraform {\n  cloud {\n  }\n}\n" }],
    ["a backend block in another file", { "state.tf": 'terraform {\n\tbackend  "gcs" {}\n}\n' }],
  ])("is left alone: %s", (_, own) => {
    expect(kept(own)).toEqual(["backend.tf"]);
  });

  test("is none where a folder is in the way, or the root is a file: the refusal is about that", () => {
    const folder = temporaryFolder("in-the-way");
    mkdirSync(join(folder, "backend.tf"));
    expect(keptBackends(folder, files)).toEqual([]);
    writeFileSync(join(folder, "file"), "");
    expect(keptBackends(join(folder, "file"), files)).toEqual([]);
  });

  test("is none where the root is new, or its backend.tf is generated", () => {
    expect(kept({ "other.tf": "# backend for the cloud\nlocals { backend = 1 }\n" })).toEqual([]);
    expect(keptBackends(temporaryFolder("empty"), files)).toEqual([]);
  });
});

describe("moved blocks", () => {
  test("from a stack: one for each resource, in style modules only", () => {
    const moved = file(fullFederation, "moved.tf", { movedFrom: "cdktf" });
    expect(moved.match(/^moved \{/gm)).toHaveLength(3 + 3 + 2 + 5);
    expect(moved).toContain(
      '  from = aws_iam_role.full_a-b-c\n  to   = module.databricks.module.role["a.b@c"].aws_iam_role.this',
    );
    expect(moved).toContain(
      'to   = module.databricks.module.role_policies["storage"].aws_iam_role_policy.this["unity-catalog-self-assume"]',
    );
    expect(rootOf(fullFederation, { movedFrom: "cdktf", style: "resources" }).tree.files.has("moved.tf")).toBe(false);
  });

  test("between the styles are each other's reverse, and none within a style", () => {
    const pairs = (options: Partial<RootTreeOptions>): readonly (readonly (string | undefined)[])[] =>
      [
        ...(rootOf(fullFederation, options).tree.files.get("moved.tf") ?? "").matchAll(
          /from = (.*)\n {2}to {3}= (.*)/g,
        ),
      ].map(([, from, to]) => [from, to]);
    const away = pairs({ style: "resources", movedFrom: "modules" });
    expect(away).toHaveLength(3 + 3 + 2 + 5);
    expect(pairs({ style: "modules", movedFrom: "resources" })).toEqual(away.map(([from, to]) => [to, from]));
    expect(pairs({ style: "modules", movedFrom: "cdktf" })).toEqual(away.map(([from, to]) => [to, from]));
    for (const style of ["modules", "resources"] as const) expect(pairs({ style, movedFrom: style })).toEqual([]);
  });

  const stack = {
    resource: {
      aws_iam_openid_connect_provider: {
        theirs: { url: "https://mycompany.cloud.databricks.com/oidc" },
        other: { url: "https://other.example.com" },
      },
      aws_iam_role: { reader_ABC: { name: "reader" }, many: { name: "reader", count: 2 } },
      aws_iam_role_policy_attachment: {
        first: { role: "${aws_iam_role.reader_ABC.name}", policy_arn: "arn:aws:iam::111122223333:policy/read" },
        x_token: { role: "${aws_iam_role.reader_ABC.name}", policy_arn: "${aws_iam_policy.lake.arn}" },
        foreign: { role: "somebody-else", policy_arn: "arn:aws:iam::111122223333:policy/read" },
      },
      aws_iam_role_policy: { inline: { role: "reader", name: "list" } },
    },
  };
  const declared = {
    ...SMALL,
    roles: {
      reader: {
        ...SMALL.roles.reader,
        managedPolicyArns: {
          read: "arn:aws:iam::111122223333:policy/read",
          token: "arn:aws:iam::111122223333:policy/lake",
          gone: "arn:aws:iam::111122223333:policy/gone",
        },
        inlinePolicies: {
          list: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["s3:*"], Resource: ["*"] }] },
        },
      },
    },
  } as const satisfies FederationInput;

  test("from a stack built by hand: found by name, URL, ARN and key; what is missing is reported", () => {
    const { tree, missing, left } = rootOf(declared, {
      movedFrom: { file: "cdk.tf.json", text: JSON.stringify(stack) },
    });
    const pairs = [...(tree.files.get("moved.tf") ?? "").matchAll(/from = (.*)\n {2}to {3}= (.*)/g)].map(
      ([, from, to]) => [from, to],
    );
    const role = 'module.databricks.module.role["reader"]';
    const policies = 'module.databricks.module.role_policies["reader"]';
    expect(pairs).toEqual([
      [
        "aws_iam_openid_connect_provider.theirs",
        'module.databricks.aws_iam_openid_connect_provider.this["production"]',
      ],
      ["aws_iam_role.reader_ABC", `${role}.aws_iam_role.this`],
      ["aws_iam_role_policy_attachment.first", `${policies}.aws_iam_role_policy_attachment.this["read"]`],
      ["aws_iam_role_policy_attachment.x_token", `${policies}.aws_iam_role_policy_attachment.this["token"]`],
      ["aws_iam_role_policy.inline", `${policies}.aws_iam_role_policy.this["list"]`],
    ]);
    expect(missing).toEqual([`${policies}.aws_iam_role_policy_attachment.this["gone"]`]);
    expect(left).toEqual(expect.arrayContaining(["aws_iam_openid_connect_provider.other", "aws_iam_role.many"]));
    expect(left).not.toEqual(expect.arrayContaining(["aws_iam_role.reader_ABC"]));
  });

  test("the same in style resources", () => {
    const { tree } = rootOf(declared, {
      style: "resources",
      movedFrom: { file: "cdk.tf.json", text: JSON.stringify(stack) },
    });
    expect(tree.files.get("moved.tf")).toContain(
      "from = aws_iam_role.reader_ABC\n  to   = aws_iam_role.lakehouse_reader",
    );
  });

  test.each([
    ["{", "it is not JSON"],
    ["[]", "it has no resources"],
    ['{"version": 4, "resources": []}', "it is a state"],
    ['{"resource": 1}', "it has no resources"],
  ])("%j is no stack", (text, why) => {
    const read = () => rootOf(declared, { movedFrom: { file: "cdk.tf.json", text } });
    expect(read).toThrow(InputError);
    expect(read).toThrow(why);
  });

  test("names that would break out of a block are not taken over", () => {
    const hostile = { resource: { aws_iam_role: { 'x\n}\nresource "a" "b" {': { name: "reader" } } } };
    expect(
      rootOf(SMALL, { movedFrom: { file: "cdk.tf.json", text: JSON.stringify(hostile) } }).tree.files.has("moved.tf"),
    ).toBe(false);
  });
});
