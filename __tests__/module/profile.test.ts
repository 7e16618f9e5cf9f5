import { InputError } from "../../src/errors";
import { modulesOfProfile } from "../../src/module/apply-profile";
import type { ModuleDefinition, VariableDefinition } from "../../src/module/definition";
import { moduleTree, readNamespace } from "../../src/module/module-tree";
import { parseProfile } from "../../src/module/profile";
import { providerRangeProblems } from "../../src/module/provider-range";

const BOUNDARY = "arn:aws:iam::999988887777:policy/boundary";

function modulesOf(yaml: string): Readonly<Record<string, ModuleDefinition>> {
  return Object.fromEntries(
    modulesOfProfile(parseProfile(yaml)).modules.map((definition) => [definition.template, definition]),
  );
}

function variable(definition: ModuleDefinition | undefined, name: string): VariableDefinition | undefined {
  return definition?.variables.find((candidate) => candidate.name === name);
}

describe("a profile", () => {
  test("renames modules, their folders and their READMEs", () => {
    const { modules, sample } = modulesOfProfile(parseProfile("names: { databricks-federation: acme-federation }"));
    const { files } = moduleTree(modules, sample, { version: "1.2.3", namespace: "registry.example.com/acme" });
    const readme = files.get("acme-federation/README.md") ?? "";
    expect(readme).toContain("# acme-federation");
    expect(readme).toContain('source  = "registry.example.com/acme/acme-federation/aws"');
    expect(readme).toContain('version = "~> 1.2"');
    expect([...files.keys()].some((path) => path.startsWith("databricks-federation/"))).toBe(false);
  });

  test("sets defaults, in every module that has the variable", () => {
    const modules = modulesOf(
      "defaults: { rolePath: /acme/, roleNamePrefix: acme-, maxSessionDuration: 2h, tags: { team: data }, " +
        "trustPolicyMaxLength: 4096, awsPartition: aws }",
    );
    expect(variable(modules["databricks-federation"], "role_path")?.default).toBe("/acme/");
    expect(variable(modules["databricks-federated-role"], "path")?.default).toBe("/acme/");
    expect(variable(modules["databricks-workspace-oidc"], "max_session_duration")?.default).toBe(7200);
    expect(variable(modules["databricks-account-oidc"], "tags")?.default).toEqual({ team: "data" });
    expect(variable(modules["databricks-account-oidc"], "trust_policy_max_length")?.default).toBe(4096);
  });

  test("a mandatory permissions boundary without a default is a required variable that cannot be null", () => {
    const boundary = variable(
      modulesOf("permissionsBoundary: { mandatory: true }")["databricks-federation"],
      "permissions_boundary_arn",
    );
    expect(boundary).not.toHaveProperty("default");
    expect(boundary?.nullable).toBe(false);
  });

  test("with a default it stays optional, and only the allowed ones pass, for roles as well", () => {
    const modules = modulesOf(
      `permissionsBoundary: { mandatory: true, allowed: ["${BOUNDARY}"] }\ndefaults: { permissionsBoundaryArn: ` +
        `"${BOUNDARY}" }`,
    );
    const boundary = variable(modules["databricks-federation"], "permissions_boundary_arn");
    expect([boundary?.default, boundary?.nullable]).toEqual([BOUNDARY, false]);
    for (const name of ["permissions_boundary_arn", "roles"]) {
      expect(variable(modules["databricks-federation"], name)?.validations.at(-1)?.condition).toContain(
        `contains(["${BOUNDARY}"]`,
      );
    }
  });

  test("mandatory tags without a default for each make tags required", () => {
    expect(variable(modulesOf("mandatoryTags: [team]")["databricks-federation"], "tags")).not.toHaveProperty("default");
    expect(
      variable(modulesOf("mandatoryTags: [team]\ndefaults: { tags: { team: data } }")["databricks-federation"], "tags")
        ?.default,
    ).toEqual({ team: "data" });
  });

  test("default tags lie beneath the caller's, whether or not some are mandatory", () => {
    for (const profile of ["", "mandatoryTags: [team]\n", "mandatoryTags: [managed-by]\n"]) {
      const { modules, sample } = modulesOfProfile(
        parseProfile(`${profile}defaults: { tags: { managed-by: platform } }`),
      );
      const { files } = moduleTree(modules, sample, { version: "1.2.3" });
      for (const { name } of modules) {
        const main = files.get(`${name}/main.tf`) ?? "";
        expect(main).toContain('tags = merge({\n    managed-by = "platform"\n  }, var.tags)');
        expect(main.replace("}, var.tags)", "")).not.toContain("var.tags");
      }
    }
  });

  test("a mandatory tag that has a default cannot be missing, so nothing asks for it", () => {
    const rules = (yaml: string): readonly string[] =>
      variable(modulesOf(yaml)["databricks-federation"], "tags")?.validations.map(({ message }) => message) ?? [];
    expect(rules("mandatoryTags: [team]\ndefaults: { tags: { team: data } }").join()).not.toContain("organization");
    expect(rules("mandatoryTags: [team]\ndefaults: { tags: { owner: data } }").join()).toContain(
      "tags must include team",
    );
  });

  test("allowed hosts and account IDs bind the simple modules and issuers alike", () => {
    const modules = modulesOf(
      "allowedHosts: [acme.cloud.databricks.com]\nallowedAccountIds: [7d3c2b1a-0f5e-4c8d-9a6b-123456789012]",
    );
    expect(
      variable(modules["databricks-workspace-oidc"], "databricks_workspace_host")?.validations.at(-1)?.message,
    ).toContain("acme.cloud.databricks.com");
    expect(
      variable(modules["databricks-account-oidc"], "databricks_account_id")?.validations.at(-1)?.message,
    ).toContain("7d3c2b1a");
    expect(
      variable(modules["databricks-federation"], "issuers")
        ?.validations.slice(-3)
        .map(({ code }) => code),
    ).toEqual(["host-invalid", "databricks-account-id-invalid", "host-not-databricks"]);
  });

  test("the provider's range reaches the inner modules too", () => {
    const federation = modulesOf("providerRange: '>= 5.90, < 6.0'")["databricks-federation"];
    expect(
      [federation, ...(federation?.nested ?? [])].map((definition) => definition?.requiredProviders["aws"]?.version),
    ).toEqual([">= 5.90, < 6.0", ">= 5.90, < 6.0", ">= 5.90, < 6.0", undefined]);
  });
});

describe("a profile is refused with code, path and line", () => {
  test.each([
    ["name: acme", "unknown-key", "name", 1],
    ["names: { databricks-federation: Acme }", "profile-invalid", "names.databricks-federation", 1],
    ["names: { databricks-federation: acme, databricks-workspace-oidc: acme }", "profile-invalid", "names", 1],
    ["\ndefaults:\n  maxSessionDuration: 15m", "duration-out-of-range", "defaults.maxSessionDuration", 3],
    ["defaults: { rolePath: acme }", "role-path-invalid", "defaults.rolePath", 1],
    ["defaults: { tags: { 'aws:x': y } }", "tag-invalid", 'defaults.tags["aws:x"]', 1],
    ["defaults: { tags: { team: 'aws:x' } }", "tag-invalid", "defaults.tags.team", 1],
    ["defaults: { tags: { team: a, Team: b } }", "tag-collision", "defaults.tags.Team", 1],
    // the module that is not named keeps its own name
    ["names: { databricks-workspace-oidc: databricks-account-oidc }", "profile-invalid", "names", 1],
    [
      `defaults: { awsPartition: aws-us-gov, permissionsBoundaryArn: "${BOUNDARY}" }`,
      "boundary-arn-invalid",
      "defaults.permissionsBoundaryArn",
      1,
    ],
    [
      `defaults: { awsAccountId: "999999999999", permissionsBoundaryArn: "${BOUNDARY}" }`,
      "boundary-arn-invalid",
      "defaults.permissionsBoundaryArn",
      1,
    ],
    ["allowedHosts: []", "value-not-allowed", "allowedHosts", 1],
    ["mandatoryTags: [team, Team]", "tag-collision", "mandatoryTags[1]", 1],
    ["mandatoryTags: [team, team]", "tag-collision", "mandatoryTags[1]", 1],
    ["mandatoryTags: ['aws:x']", "tag-invalid", "mandatoryTags[0]", 1],
    ["permissionsBoundary: {}", "required", "permissionsBoundary.mandatory", 1],
    [
      `permissionsBoundary: { mandatory: true, allowed: ["${BOUNDARY}"] }\ndefaults: { permissionsBoundaryArn: ` +
        `"${BOUNDARY}2" }`,
      "profile-invalid",
      "defaults.permissionsBoundaryArn",
      2,
    ],
    ["allowedHosts: [login.example.com]", "host-not-databricks", "allowedHosts[0]", 1],
    ["allowedAccountIds: [123]", "number-unquoted", "allowedAccountIds[0]", 1],
    ["allowedHosts: [accounts.cloud.databricks.com]", "host-is-accounts-host", "allowedHosts[0]", 1],
    ["mandatoryTags: ['a*']", "tag-invalid", "mandatoryTags[0]", 1],
    ["mandatoryTags: [Team]\ndefaults: { tags: { team: data } }", "tag-collision", "mandatoryTags[0]", 1],
    [
      `mandatoryTags: [${Array.from({ length: 50 }, (_, index) => `tag-${index}`).join(", ")}]\ndefaults: { ` +
        `tags: { team: data } }`,
      "too-many-tags",
      "mandatoryTags",
      1,
    ],
    ["names: { databricks-federation: acme- }", "profile-invalid", "names.databricks-federation", 1],
    [`defaults: { roleNamePrefix: ${"x".repeat(54)} }`, "profile-invalid", "defaults.roleNamePrefix", 1],
    [`defaults: { rolePath: /${"x".repeat(500)}/ }`, "profile-invalid", "defaults.rolePath", 1],
    ["providerRange: latest", "profile-invalid", "providerRange", 1],
    ["providerRange: '>= 6.0, < 5.90'", "profile-invalid", "providerRange", 1],
    ["providerRange: '>= 5.0'", "profile-invalid", "providerRange", 1],
    ["a: [", "yaml-syntax", undefined, 1],
  ])("%j", (yaml, code, path, line) => {
    try {
      parseProfile(yaml, { file: "acme.yaml" });
      throw new Error("was not refused");
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect(
        (error as InputError).problems.map((problem) => [problem.code, problem.path, problem.line, problem.file]),
      ).toContainEqual([code, path, line, "acme.yaml"]);
    }
  });

  test.each([
    [">= 5.81.0", true],
    [">= 5.90, < 6.0", true],
    ["~> 5.90", true],
    ["~> 5.99.0", true],
    ["6.2.0", true],
    ["> 5.81.0, != 5.81.1", true],
    [">= 6.0", true],
    [">=5.81,<7", true],
    ["~> 5.0", false],
    ["5.80.0", false],
    ["~> 7.0", false],
    ["< 6.0", false],
    ["!= 5.90.0", false],
    ["> 5.100.0, < 5.100.1", false],
    ["~> 5.81.0, != 5.81.0, < 5.81.1", false],
  ])("provider range %j suits the modules: %s", (range, suits) => {
    expect(providerRangeProblems(range).length === 0).toBe(suits);
  });

  test("an empty profile demands nothing", () => {
    expect(modulesOfProfile(parseProfile("")).modules).toEqual(modulesOfProfile(undefined).modules);
  });
});

test.each([
  ["acme", true],
  ["registry.example.com/acme", true],
  ["127.0.0.1:8443/acme", true],
  ["../acme", false],
  ["acme/x/y", false],
  ['a"', false],
  ["", false],
])("namespace %j: %s", (namespace, ok) => {
  if (ok) expect(readNamespace(namespace)).toBe(namespace);
  else expect(() => readNamespace(namespace)).toThrow("module-source-invalid");
});
