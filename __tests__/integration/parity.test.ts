/** Two back ends, one meaning: the same planned resources, and the same bytes of every trust policy. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { App } from "cdktf";
import fc from "fast-check";
import { FederationStack } from "../../src/cdktf";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import type { AccountView } from "../../src/federation/account-view";
import { accountView, roleTrustPolicy } from "../../src/federation/account-view";
import { hclName } from "../../src/federation/fields/field";
import type { Federation } from "../../src/federation/model";
import { trustInput } from "../../src/hcl/module-inputs";
import { resourcesOf } from "../../src/hcl/moves";
import { rootFiles } from "../../src/hcl/root-files";
import { trustPolicyJson } from "../../src/trust/build";
import { isWithinDomains } from "../../src/trust/check";
import { arbitraryFederation, arbitraryRole, EMAIL_DOMAINS, IDENTITIES } from "../support/arbitrary-federation";
import { describeWith } from "../support/requirements";
import type { SynthesisedStack } from "../support/synthesise";
import { complaints, synthesiseWhole } from "../support/synthesise";
import { temporaryFolder } from "../support/temporary-folder";
import type { ResourceChange } from "../support/terraform";
import { OFFLINE_PROVIDER, terraformIn } from "../support/terraform";

const MODULE = resolve(__dirname, "..", "..", "modules", "databricks-federation");
/** From the environment, so that a failure can be had again; else fixed, so that a build says the same twice. */
const SEED = Number(process.env["PARITY_SEED"] ?? 20_251_124);

/** A literal of Terraform's JSON syntax as the text it stands for. */
function literal(text: unknown): string {
  return String(text)
    .replace(/\$\$\{/g, "${")
    .replace(/%%\{/g, "%{");
}

/** A stack that asks AWS nothing: it is planned offline, as the modules are. */
function federationStack({ federation, account }: AccountView): FederationStack {
  return new FederationStack(new App({ outdir: "cdktf.out" }), federation, {
    verifyExistingProviders: false,
    ...(account.key === null ? {} : { account: account.key }),
  });
}

function stackOf(view: AccountView): SynthesisedStack {
  return synthesiseWhole(federationStack(view));
}

/** Stacks refuse more than files: what CDKTF would take for its own, and what lint calls an error. */
function isSynthesisable(view: AccountView): boolean {
  return complaints(federationStack(view)).length === 0;
}

/** The outputs of trust-policies, planned as a root of its own with the values as JSON: no provider is started. */
async function trustPoliciesOf(values: object): Promise<Readonly<Record<string, unknown>>> {
  const folder = temporaryFolder("trust-policies");
  cpSync(join(MODULE, "modules", "trust-policies"), folder, { recursive: true });
  writeFileSync(join(folder, "terraform.tfvars.json"), JSON.stringify(values));
  const terraform = terraformIn(folder);
  await terraform.init();
  const { json } = await terraform.plan();
  return Object.fromEntries(Object.entries(json.output_changes ?? {}).map(([name, { after }]) => [name, after]));
}

function trustPolicyValues(view: AccountView): object {
  return {
    account_id: view.accountId,
    partition: view.account.partition,
    email_domains: view.federation.emailDomains,
    identities: mapped(view.federation.identities, ({ kind, subject }) => ({ [hclName(kind)]: subject })),
    provider_arns: [],
    trust_policy_max_length: view.federation.trustPolicyMaxLength,
    revoke_sessions_before: view.federation.revokeSessionsBefore,
    suspended: view.suspended,
    issuers: Object.fromEntries(
      view.providers.map(({ issuer, arn }) => [
        issuer.key,
        { audiences: issuer.audiences, path: issuer.issuerPath, provider_arn: arn },
      ]),
    ),
    roles: Object.fromEntries(
      view.roles.map(({ key, name, path, trusts, suspended, revokeSessionsBefore }) => [
        key,
        { name, path, trusts: trusts.map(trustInput), suspended, revoke_sessions_before: revokeSessionsBefore },
      ]),
    ),
  };
}

function mapped<T>(values: Readonly<Record<string, T>>, value: (value: T) => object): object {
  return Object.fromEntries(Object.entries(values).map(([key, member]) => [key, value(member)]));
}

const NO_SUSPENSION = { suspended: [], revoke_sessions_before: null };

/** One federation of many generated roles. */
function manyRoles(count: number, partition: "aws" | "aws-us-gov"): Federation {
  const issuers: FederationInput["issuers"] = {
    production: {
      level: "workspace",
      host: "mycompany.cloud.databricks.com",
      workspaceId: "1444828305810485",
      audiences: ["1444828305810485", "a<b>&c"],
    },
    company: { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" },
    azure: { level: "workspace", host: "adb-1234567890123456.7.azuredatabricks.net", workspaceId: "1234567890123456" },
  };
  const numRuns = count * 2 + 20;
  const generated = fc.sample(arbitraryRole(issuers, partition, "111122223333"), { numRuns, seed: SEED });
  const readable: typeof generated = [];
  for (const role of generated) {
    if (readable.length === count) break;
    try {
      const { federation } = readFederation({
        name: "one",
        aws: { accountId: "111122223333", partition },
        issuers,
        roles: { role },
        emailDomains: EMAIL_DOMAINS,
        identities: IDENTITIES,
        trustPolicyMaxLength: 8192,
      });
      if (isSynthesisable(viewOf(federation))) readable.push(role);
    } catch {
      // what spans several values is left to the rules
    }
  }
  expect(readable).toHaveLength(count);
  const roles = Object.fromEntries(readable.map((role, index) => [`role-${index}`, role]));
  return readFederation({
    name: "many",
    aws: { accountId: "111122223333", partition },
    issuers,
    roles,
    emailDomains: EMAIL_DOMAINS,
    identities: IDENTITIES,
    trustPolicyMaxLength: 8192,
  }).federation;
}

function viewOf(federation: Federation, index = 0): AccountView {
  const account = federation.accounts[index] ?? federation.accounts[0];
  if (account === undefined) throw new RangeError("a federation has an account");
  return accountView(federation, account);
}

describeWith({ terraform: true }, "trust policies", () => {
  test.each([
    ["aws", 2_000],
    ["aws-us-gov", 200],
  ] as const)(
    "in %s %i generated roles have the same bytes in TypeScript, in cdk.tf.json and from the module",
    async (partition, count) => {
      const federation = manyRoles(count, partition);
      const view = viewOf(federation);
      const built = Object.fromEntries(
        view.roles.map((role) => [role.key, trustPolicyJson(roleTrustPolicy(role, view))]),
      );
      const { policies, problems } = await trustPoliciesOf(trustPolicyValues(view));
      expect(policies).toEqual(built);
      expect(Object.values(problems as Readonly<Record<string, readonly string[]>>).flat()).toEqual([]);
      const roles = stackOf(view).resource["aws_iam_role"] ?? {};
      expect(
        Object.fromEntries(view.roles.map(({ key }) => [key, literal(roles[`many_${key}`]?.["assume_role_policy"])])),
      ).toEqual(built);
    },
  );

  test("the module finds the same patterns too wide as the TypeScript side", async () => {
    const piece = fc.constantFrom(
      "*",
      "?",
      "*",
      "-",
      "@",
      ".",
      "a",
      "6",
      "f4",
      "alice",
      "mallory",
      "gmail.com",
      "data.example.com",
      "@data.example.com",
      ".example.org",
      "????????",
      "4???",
      "[a-z]",
      "\\",
      "+",
      "(x)",
      "é",
      " ",
      "^",
      "$",
      "|",
    );
    const patterns = [
      ...new Set([
        ...[
          "*",
          "?",
          "*@*",
          "alice@*",
          "*@gmail.com",
          "alice@gmail.*",
          "6*",
          "*-*",
          "????????-????-????-????-????????????",
          "????????-????-4???-*",
          "@*",
          "*@data.example.com",
          "a.c*@data.example.com",
          "*@*.dev",
          "alice@*.io",
          "*.xyz",
          "*7f",
          "*-prod",
          "*@*.example.dev",
          "*@etl.data.example.com",
          "*@evildata.example.com",
          "*@Data.example.com",
          "*@data.example.com*",
          "*@-.data.example.com",
          "*@x@data.example.com",
          "*@example.org",
          "?@a-b.example.org",
          "*@_.example.org",
        ],
        ...fc.sample(
          fc.array(piece, { minLength: 1, maxLength: 7 }).map((parts) => parts.join("")),
          { numRuns: 1_500, seed: SEED },
        ),
      ]),
    ].filter((text) => /[*?]/.test(text));
    const view = viewOf(manyRoles(1, "aws"));
    const roles = Object.fromEntries(
      patterns.map((text, index) => [
        `role-${index}`,
        { ...NO_SUSPENSION, name: "x", path: "/", trusts: [{ issuer: "production", subject_patterns: [text] }] },
      ]),
    );
    const { problems } = await trustPoliciesOf({
      ...trustPolicyValues(view),
      trust_policy_max_length: 1_000_000,
      roles,
    });
    const tooWide = new Set((problems as Readonly<Record<string, readonly string[]>>)["subject_pattern_too_wide"]);
    const { emailDomains } = view.federation;
    expect(patterns.filter((text) => tooWide.has(text) === isWithinDomains(text, emailDomains))).toEqual([]);
    expect(patterns.filter((text) => !tooWide.has(text)).length).toBeGreaterThan(10);
    expect(tooWide.size).toBeGreaterThan(25);
  });
});

/** A planned resource without what Terraform leaves open: no tags are no tags, written or not. */
function planned(change: ResourceChange | undefined): object | undefined {
  if (change === undefined) return undefined;
  const { tags, tags_all: _, ...after } = change.change.after ?? {};
  const none = tags === null || tags === undefined || Object.keys(tags).length === 0;
  const {
    tags: __,
    tags_all: ___,
    ...unknown
  } = typeof change.change.after_unknown === "object" ? change.change.after_unknown : {};
  return { type: change.type, actions: change.change.actions, after: { ...after, tags: none ? {} : tags }, unknown };
}

async function planIn(folder: string): Promise<ReadonlyMap<string, ResourceChange>> {
  writeFileSync(join(folder, "provider.tf.json"), JSON.stringify(OFFLINE_PROVIDER));
  const terraform = terraformIn(folder);
  await terraform.init();
  const { json } = await terraform.plan("-refresh=false");
  return new Map((json.resource_changes ?? []).map((change) => [change.address, change]));
}

/** The stacks' resources in one root: their addresses begin with the federation's name. */
async function planOfStacks(views: readonly AccountView[]): Promise<ReadonlyMap<string, ResourceChange>> {
  const resource: Record<string, Record<string, unknown>> = {};
  for (const view of views)
    for (const [type, blocks] of Object.entries(stackOf(view).resource))
      resource[type] = { ...resource[type], ...blocks };
  const folder = temporaryFolder("stacks");
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ resource }));
  return planIn(folder);
}

async function planOfRoots(
  views: readonly AccountView[],
  style: "modules" | "resources",
): Promise<ReadonlyMap<string, ResourceChange>> {
  const folder = temporaryFolder("roots");
  const module = { source: "./modules/databricks-federation" };
  views.forEach((view, index) => {
    const files = rootFiles(view, style === "modules" ? { style, module } : { style }, {
      version: "0.0.0",
      moves: [],
      imports: [],
    });
    writeFileSync(
      join(folder, `main-${index}.tf`),
      (files.get("main.tf") ?? "").replace(
        /^module "databricks" \{/m,
        `module "databricks-${index}" {\n  verify_aws_account = false\n  verify_existing_providers = false`,
      ),
    );
  });
  mkdirSync(join(folder, "modules"));
  cpSync(MODULE, join(folder, module.source), {
    recursive: true,
    filter: (path) => !path.includes(".terraform") && dirname(path) !== join(MODULE, "tests"),
  });
  return planIn(folder);
}

describeWith({ terraform: true }, "planned resources", () => {
  const generated = fc
    .sample(arbitraryFederation, { numRuns: 60, seed: SEED })
    .filter((federation) => federation.accounts.every((_, index) => isSynthesisable(viewOf(federation, index))))
    .slice(0, 16)
    .map((federation, index): Federation => readFederationRenamed(federation, `f${index}-${federation.name}`));

  test.each([
    ["first", 0],
    ["last", 1],
  ] as const)(
    "16 generated federations, in the %s AWS account of each: the stack and both styles of root plan the same",
    async (_, account) => {
      const views = generated.map((federation) => viewOf(federation, account));
      const [stacks, modules, resources] = [
        await planOfStacks(views),
        await planOfRoots(views, "modules"),
        await planOfRoots(views, "resources"),
      ];
      expect(views).toHaveLength(16);
      let count = 0;
      views.forEach((view, index) => {
        for (const { type, name, inModule } of resourcesOf(view)) {
          count += 1;
          const fromStack = planned(stacks.get(`${type}.${name}`));
          expect(fromStack).toBeDefined();
          expect(planned(modules.get(inModule.replace("module.databricks.", `module.databricks-${index}.`)))).toEqual(
            fromStack,
          );
          expect(planned(resources.get(`${type}.${name}`))).toEqual(fromStack);
        }
      });
      expect([stacks.size, modules.size, resources.size]).toEqual([count, count, count]);
    },
  );
});

/** The same federation under a name of its own, so that many fit into one root. */
function readFederationRenamed(federation: Federation, name: string): Federation {
  return {
    ...federation,
    name,
    accounts: federation.accounts.map((account) => ({
      ...account,
      stackName: account.key === null ? name : `${name}-${account.key}`,
    })),
  };
}
