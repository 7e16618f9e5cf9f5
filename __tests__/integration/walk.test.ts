/**
 * Leaving CDKTF: the HCL root generated from the same federation takes over the state, and not one role is touched.
 * moto cannot judge who may assume a role, so "the same" means: no change planned, and the same trust policy bytes.
 */
import { CreatePolicyCommand } from "@aws-sdk/client-iam";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { allowAwsProviderRange, DatabricksFederation } from "../../src/cdktf";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { cdktf, cdktfProject, deployableStack } from "../support/cdktf-project";
import { EXISTING_POLICIES, FULL_RESOURCES, fullFederation } from "../support/full-federation";
import type { Iam } from "../support/iam";
import { iamOf } from "../support/iam";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";
import type { Terraform } from "../support/terraform";
import { terraformIn } from "../support/terraform";

const REPOSITORY = resolve(__dirname, "..", "..");
const NOTHING = { add: 0, change: 0, destroy: 0 };

type Style = "modules" | "resources";

/** `generate root` for `federation`, in a folder of its own that already holds the stack's state. */
async function rootFor(
  federation: FederationInput,
  style: Style,
  movedFrom: string,
  stateFile: string,
  env: NodeJS.ProcessEnv,
): Promise<Terraform> {
  const folder = temporaryFolder("walk");
  writeFileSync(join(folder, "federation.yaml"), JSON.stringify(federation));
  const out = join(folder, "root");
  await runProgram(
    process.execPath,
    [
      join(REPOSITORY, "node_modules", "tsx", "dist", "cli.mjs"),
      join(REPOSITORY, "src", "cli", "cli.ts"),
      "generate",
      "root",
      "--config",
      join(folder, "federation.yaml"),
      "--out",
      out,
      "--style",
      style,
      "--moved-from",
      movedFrom,
    ],
    { cwd: REPOSITORY },
  );
  copyFileSync(stateFile, join(out, "terraform.tfstate"));
  const terraform = terraformIn(out, env);
  await terraform.init();
  return terraform;
}

describeWith({ terraform: true, moto: true }, "the walk from CDKTF to HCL", () => {
  let moto: Moto;
  let iam: Iam;
  beforeAll(async () => {
    moto = await startMoto({ accountId: "111122223333" });
    iam = iamOf(moto);
  });
  beforeEach(async () => {
    await moto.reset();
    for (const name of EXISTING_POLICIES) {
      await iam.client.send(
        new CreatePolicyCommand({
          PolicyName: name,
          PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
        }),
      );
    }
  });
  afterAll(async () => {
    iam.client.destroy();
    await moto.stop();
  });

  const roleNames = readFederation(fullFederation).federation.roles.map((role) => role.name);
  const policiesInAws = async (): Promise<readonly string[]> =>
    Promise.all(roleNames.map((name) => iam.trustPolicy(name)));

  /** The root's plan on the stack's state changes nothing but addresses, and applying it leaves AWS as it was. */
  async function expectNothingButMoves(
    root: Terraform,
    before: { readonly policies: readonly string[]; readonly outputs: Readonly<Record<string, unknown>> },
    moved: number,
  ): Promise<void> {
    const plan = await root.plan();
    expect(plan.counts).toEqual({ ...NOTHING, moved });
    expect(plan.changedOutputs).toEqual([]);
    await root.apply();
    expect(await policiesInAws()).toEqual(before.policies);
    expect((await root.outputs())["trust_policies"]).toEqual(before.outputs["trust_policies"]);
    expect((await root.plan()).counts).toEqual({ ...NOTHING, moved: 0 });
  }

  test(
    "a stack of a federation with every feature, deployed by cdktf, becomes a root in either style: nothing " +
      "to add, change or destroy",
    async () => {
      const folder = cdktfProject({ "federation.yaml": JSON.stringify(fullFederation) });
      await cdktf(folder, ["deploy", "--auto-approve", "--skip-provider-lock"], moto.env);
      const deployed = terraformIn(join(folder, "cdktf.out", "stacks", "full"), moto.env);
      const before = { policies: await policiesInAws(), outputs: await deployed.outputs() };
      // The first walk leaves AWS as it was, so the second may start from the same state.
      for (const [style, moved] of [
        ["modules", FULL_RESOURCES],
        ["resources", 0],
      ] as const) {
        await expectNothingButMoves(
          await rootFor(fullFederation, style, "cdktf", join(folder, "terraform.full.tfstate"), moto.env),
          before,
          moved,
        );
      }
    },
  );

  test("the way is the same where AWS is asked for the account", async () => {
    const asking = { ...fullFederation, aws: {} };
    const { terraform, stateFile } = await deployableStack(asking, moto.env);
    await terraform.apply();
    const before = { policies: await policiesInAws(), outputs: await terraform.outputs() };
    await expectNothingButMoves(await rootFor(asking, "modules", "cdktf", stateFile, moto.env), before, FULL_RESOURCES);
  });

  test("a stack built by hand from the constructs walks by its cdk.tf.json, in either style", async () => {
    const folder = temporaryFolder("by-hand");
    const app = new App({ outdir: folder });
    const stack = new TerraformStack(app, "own");
    new AwsProvider(stack, "aws", { region: "eu-west-1" });
    allowAwsProviderRange(stack);
    const { emailDomains, identities, issuers, roles, roleNamePrefix, suspended, tags, trustPolicyMaxLength } =
      fullFederation;
    // Called otherwise than the federation file, so no address can be guessed.
    new DatabricksFederation(stack, "by-hand", {
      awsAccountId: "111122223333",
      awsPartition: "aws",
      emailDomains,
      identities,
      issuers,
      roles,
      roleNamePrefix,
      suspended,
      tags,
      trustPolicyMaxLength,
    });
    app.synth();
    const terraform = terraformIn(join(folder, "stacks", "own"), moto.env);
    const state = join(folder, "stacks", "own", "by-hand.tfstate");
    writeFileSync(
      join(folder, "stacks", "own", "backend_override.tf.json"),
      JSON.stringify({ terraform: { backend: { local: { path: state } } } }),
    );
    await terraform.init();
    await terraform.apply();
    expect(existsSync(state)).toBe(true);

    const policies = await policiesInAws();
    for (const style of ["modules", "resources"] as const) {
      const root = await rootFor(fullFederation, style, join(folder, "stacks", "own", "cdk.tf.json"), state, moto.env);
      expect((await root.plan()).counts).toEqual({ ...NOTHING, moved: FULL_RESOURCES });
      await root.apply();
      expect(await policiesInAws()).toEqual(policies);
      expect((await root.plan()).counts).toEqual({ ...NOTHING, moved: 0 });
    }
  });

  test("after the walk a role gains and loses an issuer in place: nothing added, nothing destroyed", async () => {
    const base: FederationInput = {
      ...fullFederation,
      suspended: [],
      roles: { storage: fullFederation.roles.storage, "a.b@c": fullFederation.roles["a.b@c"] },
    };
    const { terraform, stateFile } = await deployableStack(base, moto.env);
    await terraform.apply();
    const walked = await rootFor(base, "modules", "cdktf", stateFile, moto.env);
    await walked.apply();

    const role = fullFederation.roles["a.b@c"];
    const gained = {
      ...base,
      roles: {
        ...base.roles,
        "a.b@c": { ...role, trusts: [...role.trusts, { issuer: "company", users: ["alice@example.com"] }] },
      },
    };
    const withIssuer = await rootFor(gained, "modules", "cdktf", join(walked.dir, "terraform.tfstate"), moto.env);
    expect((await withIssuer.plan()).counts).toEqual({ ...NOTHING, change: 1, moved: 0 });
    await withIssuer.apply();
    expect(await iam.trustPolicy("existing-role-name")).toContain("alice@example.com");

    const without = await rootFor(base, "modules", "cdktf", join(withIssuer.dir, "terraform.tfstate"), moto.env);
    expect((await without.plan()).counts).toEqual({ ...NOTHING, change: 1, moved: 0 });
  });
});
