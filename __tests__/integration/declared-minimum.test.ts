/**
 * The oldest Terraform and OpenTofu that our roots declare: examples, roots of both styles and the walk from CDKTF, on
 * a local AWS. `.ci/oldest` builds both; `DATABRICKS_AWS_OIDC_OLDEST` names the folder that holds them.
 */
import { CreatePolicyCommand } from "@aws-sdk/client-iam";
import { copyFileSync, cpSync, existsSync, linkSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { minor } from "semver";
import { cdktf, cdktfProject } from "../support/cdktf-project";
import { findOnPath, findProviderMirror } from "../support/found-programs";
import { EXISTING_POLICIES, fullFederation } from "../support/full-federation";
import type { Iam } from "../support/iam";
import { iamOf } from "../support/iam";
import { REPOSITORY } from "../support/markdown";
import { moduleNames } from "../support/module-names";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";
import type { Terraform } from "../support/terraform";
import { terraformIn } from "../support/terraform";

const OLDEST = process.env["DATABRICKS_AWS_OIDC_OLDEST"] ?? "";
const BUILDING = join(OLDEST, "building");
const OPENTOFU = "registry.opentofu.org";
const onPath = findOnPath("tofu");
const PROGRAMS: readonly (readonly [name: string, version: string, host: string, program: string])[] = [
  ["Terraform", "1.5.7", "registry.terraform.io", join(OLDEST, "terraform")],
  ["OpenTofu", "1.6.3", OPENTOFU, join(OLDEST, "tofu")],
  // that of a developer, where there is one
  ...(onPath === undefined ? [] : ([["OpenTofu on PATH,", versionOf(onPath), OPENTOFU, onPath]] as const)),
];

function versionOf(program: string): string {
  const { terraform_version } = JSON.parse(spawnSync(program, ["version", "-json"], { encoding: "utf8" }).stdout) as {
    readonly terraform_version: string;
  };
  return terraform_version;
}

/** Waits for a program that is being built. */
async function built(program: string): Promise<void> {
  while (!existsSync(program) && existsSync(BUILDING)) await setTimeout(1000);
  if (!existsSync(program)) throw new Error(`${program} was not built; see .ci/oldest`);
}
const CLI = [join(REPOSITORY, "node_modules", "tsx", "dist", "cli.mjs"), join(REPOSITORY, "src", "cli", "cli.ts")];
const NOTHING = { add: 0, change: 0, destroy: 0, moved: 0 };

/** A mirror of the provider under the host where `tofu` looks for it: OpenTofu takes no links to folders. */
function mirrorFor(host: string): string {
  const mirror = findProviderMirror() ?? "";
  if (host === "registry.terraform.io") return mirror;
  const copy = temporaryFolder("mirror");
  const from = join(mirror, "registry.terraform.io", "hashicorp", "aws");
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const target = join(copy, host, "hashicorp", "aws", file.slice(from.length));
    mkdirSync(dirname(target), { recursive: true });
    try {
      linkSync(file, target);
    } catch {
      copyFileSync(file, target);
    }
  }
  return copy;
}

describe.each(PROGRAMS)("%s %s", (_, version, host, program) => {
  const isThere = existsSync(program) || existsSync(BUILDING);
  const needs = { terraform: true, moto: true, oldest: program === onPath || (OLDEST !== "" && isThere) };

  describeWith(needs, "on a local AWS", () => {
    let moto: Moto;
    let iam: Iam;
    let env: NodeJS.ProcessEnv;
    beforeAll(async () => {
      await built(program);
      moto = await startMoto({ accountId: "111122223333" });
      iam = iamOf(moto);
      const config = join(temporaryFolder("config"), "terraformrc");
      const path = JSON.stringify(mirrorFor(host));
      writeFileSync(config, `provider_installation {\n  filesystem_mirror {\n    path = ${path}\n  }\n}\n`);
      env = { ...moto.env, TF_CLI_CONFIG_FILE: config };
    });
    beforeEach(async () => {
      await moto.reset();
      for (const PolicyName of EXISTING_POLICIES)
        await iam.client.send(
          new CreatePolicyCommand({
            PolicyName,
            PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
          }),
        );
    });
    afterAll(async () => {
      iam.client.destroy();
      await moto.stop();
    });

    /** `generate root` for the federation with every feature; `state` is that of a stack it takes over. */
    async function rootOf(style: string, state?: string): Promise<Terraform> {
      const folder = temporaryFolder("oldest");
      writeFileSync(join(folder, "federation.yaml"), JSON.stringify(fullFederation));
      const moved = state === undefined ? [] : ["--moved-from", "cdktf"];
      const args = ["generate", "root", "--out", "root", "--style", style, ...moved];
      await runProgram(process.execPath, [...CLI, ...args], { cwd: folder });
      if (state !== undefined) copyFileSync(state, join(folder, "root", "terraform.tfstate"));
      const terraform = terraformIn(join(folder, "root"), env, program);
      await terraform.init();
      return terraform;
    }

    async function expectApplied(terraform: Terraform): Promise<void> {
      const { stdout } = await terraform.run(["version", "-json"]);
      // what is built from a Go module calls itself 1.6.3-dev
      const { terraform_version: own } = JSON.parse(stdout) as { readonly terraform_version: string };
      expect(own.startsWith(version)).toBe(true);
      expect((await terraform.plan()).counts.add).toBeGreaterThan(5);
      await terraform.apply();
      expect((await terraform.plan()).counts).toEqual(NOTHING);
    }

    test.each(["modules", "resources"])("plans, applies and plans a root of %s again: no change", async (style) => {
      await expectApplied(await rootOf(style));
    });

    test.each(["hcl-workspace", "hcl-account"])(
      "plans, applies and plans examples/%s again: no change",
      async (example) => {
        // an example brings its policies along
        await moto.reset();
        const folder = temporaryFolder("example");
        for (const part of ["modules", join("examples", example)])
          cpSync(join(REPOSITORY, part), join(folder, part), {
            recursive: true,
            filter: (path) => !path.includes(".terraform") && !path.endsWith("tests"),
          });
        const terraform = terraformIn(join(folder, "examples", example), env, program);
        await terraform.init();
        await expectApplied(terraform);
      },
    );

    test("walks from a stack that cdktf deployed with it to roots of both styles: nothing but moves", async () => {
      const folder = cdktfProject({ "federation.yaml": JSON.stringify(fullFederation) });
      const deploying = { ...env, TERRAFORM_BINARY_NAME: program };
      await cdktf(folder, ["deploy", "--auto-approve", "--skip-provider-lock"], deploying);
      for (const style of ["modules", "resources"]) {
        const root = await rootOf(style, join(folder, "terraform.full.tfstate"));
        expect((await root.plan()).counts).toMatchObject({ add: 0, change: 0, destroy: 0 });
      }
    });

    // mock_provider came with OpenTofu 1.8
    const tested = program === onPath && minor(version) >= 8 ? moduleNames(join(REPOSITORY, "modules")) : [];
    for (const module of tested)
      test(`passes the tests of ${module}`, async () => {
        const folder = join(temporaryFolder("tests"), module);
        cpSync(join(REPOSITORY, "modules", module), folder, { recursive: true });
        const terraform = terraformIn(folder, env, program);
        await terraform.init("-backend=false");
        await terraform.test();
      });
  });
});
