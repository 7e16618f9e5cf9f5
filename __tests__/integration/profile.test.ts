/** Modules under an organization's profile, in the real Terraform: their own tests, and what callers are held to. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HclValue } from "../../src/hcl/encode";
import { hclAttributes } from "../../src/hcl/encode";
import { modulesOfProfile } from "../../src/module/apply-profile";
import { moduleTree } from "../../src/module/module-tree";
import { parseProfile } from "../../src/module/profile";
import { READER } from "../support/full-federation";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import type { Terraform } from "../support/terraform";
import { OFFLINE_PROVIDER, terraformIn } from "../support/terraform";

const BOUNDARY = "arn:aws:iam::999988887777:policy/boundary";
const ACCOUNT = "7d3c2b1a-0f5e-4c8d-9a6b-123456789012";
const FULL =
  `
names: { databricks-workspace-oidc: acme-databricks, databricks-federation: acme-federation }
defaults: { rolePath: /databricks/, roleNamePrefix: acme-, maxSessionDuration: 2h, trustPolicyMaxLength: 4096, ` +
  `tags: { cost-center: "42", "größe / 部署": "x=@" } }
permissionsBoundary: { mandatory: true, allowed: ["${BOUNDARY}"] }
allowedHosts: [acme.cloud.databricks.com]
allowedAccountIds: ["123456789012", ${ACCOUNT}]
mandatoryTags: [cost-center, owner]
providerRange: ">= 5.90.0, < 6.0.0"
`;

const EVERY_DEFAULT = `
defaults:
  rolePath: /databricks/
  roleNamePrefix: databricks-
  maxSessionDuration: 1h
  permissionsBoundaryArn: arn:aws:iam::111122223333:policy/boundary
  awsAccountId: "111122223333"
  awsPartition: aws
  tags: { managed-by: platform }
permissionsBoundary: { mandatory: true, allowed: ["arn:aws:iam::111122223333:policy/boundary"] }
allowedHosts: [mycompany.cloud.databricks.com, second.cloud.databricks.com]
allowedAccountIds: [${ACCOUNT}]
mandatoryTags: [team]
`;
const workspace = {
  databricks_workspace_host: "mycompany.cloud.databricks.com",
  databricks_workspace_id: "1444828305810485",
};

/** The modules of the profile, in a folder of their own. */
function modulesUnder(profile: string): string {
  const { modules, sample } = modulesOfProfile(parseProfile(profile));
  const folder = temporaryFolder("profile");
  for (const [path, content] of moduleTree(modules, sample, { version: "0.0.0" }).files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** A root that calls `module` once for each of `calls`. */
function rootCalling(module: string, calls: Readonly<Record<string, Readonly<Record<string, HclValue>>>>): Terraform {
  const folder = temporaryFolder("calls");
  const blocks = Object.entries(calls).map(
    ([name, inputs]) => `module "${name}" {\n${hclAttributes(Object.entries({ source: module, ...inputs }), 2)}\n}\n`,
  );
  writeFileSync(join(folder, "main.tf"), blocks.join("\n"));
  writeFileSync(join(folder, "provider.tf.json"), JSON.stringify(OFFLINE_PROVIDER));
  return terraformIn(folder);
}

describeWith({ terraform: true }, "modules under a profile", () => {
  const folder = modulesUnder(FULL);

  test.each(["acme-federation", "databricks-account-oidc"])("%s is laid out and passes its own tests", async (name) => {
    const terraform = terraformIn(join(folder, name));
    await terraform.run(["fmt", "-check", "-recursive"]);
    await terraform.init();
    const { stdout } = await terraform.test();
    expect(stdout).toMatch(/Success! \d+ passed, 0 failed\./);
  });

  const right = {
    aws_account_id: "999988887777",
    aws_partition: "aws",
    permissions_boundary_arn: BOUNDARY,
    tags: { "cost-center": "42", owner: "data" },
    roles: { reader: { trusts: [{ issuer: "company", service_principals: [READER] }] } },
  };
  const company = (more: Readonly<Record<string, HclValue>>): Readonly<Record<string, HclValue>> => ({
    issuers: { company: { level: "account", account_id: ACCOUNT, ...more } },
  });

  test("callers keep to it, or get an error that names what the organization allows", async () => {
    const module = join(folder, "acme-federation");
    const kept = rootCalling(module, {
      right: { ...right, ...company({}) },
      digits: { ...right, ...company({ account_id: "123456789012", accounts_host: "accounts.azuredatabricks.net" }) },
    });
    await kept.init();
    expect((await kept.plan()).counts).toMatchObject({ add: 4, change: 0, destroy: 0 });
    expect(readFileSync(join(kept.dir, ".terraform.lock.hcl"), "utf8")).toMatch(
      /constraints = ">= 5\.90\.0, < 6\.0\.0"/,
    );

    const role = right.roles.reader;
    const broken = rootCalling(module, {
      other_account: { ...right, ...company({ account_id: "00000000-0000-4000-8000-000000000000" }) },
      other_accounts_host: { ...right, ...company({ accounts_host: "login.example.com", allow_custom_host: true }) },
      other_host: {
        ...right,
        issuers: { company: { level: "workspace", host: "elsewhere.cloud.databricks.com", workspace_id: "1" } },
      },
      no_boundary: { ...right, ...company({}), permissions_boundary_arn: null },
      other_boundary: {
        ...right,
        ...company({}),
        roles: { reader: { ...role, permissions_boundary_arn: "arn:aws:iam::aws:policy/AdministratorAccess" } },
      },
      no_owner: { ...right, ...company({}), tags: { "cost-center": "42" } },
    });
    await broken.init();
    const { stderr } = await broken.run(["plan", "-no-color"], { accept: [1] });
    const told = stderr.replace(/[\s│╷╵]+/g, " ");
    for (const words of [
      'in module "other_account"',
      `An issuer's account_id must be one that your organization allows: 123456789012, ${ACCOUNT}.`,
      'in module "other_accounts_host"',
      "your organization allows accounts, not hosts",
      'in module "other_host"',
      "An issuer's host must be one that your organization allows: acme.cloud.databricks.com.",
      'in module "other_boundary"',
      `A role's permissions_boundary_arn must be one that your organization allows: ${BOUNDARY}.`,
      'in module "no_owner"',
      "tags must include cost-center, owner, which your organization requires.",
      "module.no_boundary.var.permissions_boundary_arn",
    ])
      expect(told).toContain(words);
    expect(stderr.match(/^Error: /gm)).toHaveLength(6);
  });

  test("every default holds beside every demand, unless the caller gives another value", async () => {
    const terraform = rootCalling(join(modulesUnder(EVERY_DEFAULT), "databricks-workspace-oidc"), {
      defaults: { ...workspace, tags: { team: "data" }, roles: { reader: { service_principals: [READER] } } },
      others: {
        ...workspace,
        databricks_workspace_host: "second.cloud.databricks.com",
        max_session_duration: 7200,
        role_name_prefix: "own-",
        role_path: "/own/",
        tags: { team: "data", "managed-by": "hand" },
        roles: { writer: { service_principals: [READER], tags: { team: "etl" } } },
      },
    });
    await terraform.init();
    const { json } = await terraform.plan();
    const planned = (address: string): unknown =>
      json.resource_changes?.find((of) => of.address === address)?.change.after;
    const boundary = { permissions_boundary: "arn:aws:iam::111122223333:policy/boundary" };
    expect(planned('module.defaults.module.role["reader"].aws_iam_role.this')).toMatchObject({
      ...boundary,
      max_session_duration: 3600,
      name: "databricks-reader",
      path: "/databricks/",
      tags: { "managed-by": "platform", team: "data" },
    });
    expect(planned("module.defaults.aws_iam_openid_connect_provider.this[0]")).toMatchObject({
      tags: { "managed-by": "platform", team: "data" },
    });
    expect(planned('module.others.module.role["writer"].aws_iam_role.this')).toMatchObject({
      ...boundary,
      max_session_duration: 7200,
      name: "own-writer",
      path: "/own/",
      tags: { "managed-by": "hand", team: "etl" },
    });

    const wrong = rootCalling(join(modulesUnder(EVERY_DEFAULT), "databricks-workspace-oidc"), {
      missing: { ...workspace, tags: { owner: "data" } },
      alike: { ...workspace, tags: { team: "data", "Managed-By": "hand" } },
      many: {
        ...workspace,
        tags: { team: "data", ...Object.fromEntries([...Array(49).keys()].map((at) => [`t${at}`, "x"])) },
      },
    });
    await wrong.init();
    const { stderr } = await wrong.run(["plan", "-no-color"], { accept: [1] });
    const told = stderr.replace(/[\s│╷╵]+/g, " ");
    expect(told).toContain("tags must include team, which your organization requires.");
    expect(told).toContain("The keys of tags must differ in more than case");
    expect(told).toContain("tags must have at most 50 entries, the IAM limit.");
    expect(stderr.match(/^Error: /gm)).toHaveLength(3);
  });

  test("a provider range that no provider at hand keeps stops init", async () => {
    const terraform = rootCalling(join(modulesUnder("providerRange: '5.99.99'"), "databricks-federated-role"), {
      role: {},
    });
    const { stderr } = await terraform.run(["init", "-no-color"], { accept: [1] });
    expect(stderr.replace(/[\s│╷╵]+/g, " ")).toMatch(/no available releases match the given constraints .*5\.99\.99/);
  });
});
