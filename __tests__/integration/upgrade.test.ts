/** Consumers of released contracts, planned with the newest release that their version range takes. */
import { CreateOpenIDConnectProviderCommand } from "@aws-sdk/client-iam";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import satisfies from "semver/functions/satisfies";
import { version as current } from "../../package.json";
import { largestStep } from "../../src/release/guard/change";
import { compareReleases } from "../../src/release/guard/compare-releases";
import { readRecorded, recordedVersions } from "../../src/release/guard/previous-release";
import { readModules } from "../../src/release/module-folder";
import { iamOf } from "../support/iam";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import type { Terraform } from "../support/terraform";
import { OFFLINE_PROVIDER, terraformIn } from "../support/terraform";

const REPOSITORY = resolve(__dirname, "..", "..");
const MODULES = join(REPOSITORY, "modules");
const MADE_UP = join(REPOSITORY, "releases", "made-up");

interface Consumer {
  /** `0.1.0-example.1 databricks-workspace-oidc`. */
  readonly name: string;
  readonly version: string;
  readonly module: string;
  readonly folder: string;
}

function consumersIn(releases: string): readonly Consumer[] {
  return recordedVersions(releases).flatMap((version) => {
    const folder = join(releases, version, "consumers");
    return readdirSync(folder).map((module): Consumer => ({
      name: `${version} ${module}`,
      version,
      module,
      folder: join(folder, module),
    }));
  });
}

const CONSUMERS = [...consumersIn(join(REPOSITORY, "releases")), ...consumersIn(MADE_UP)];

/** Whether today's modules are what `^version` takes. */
function takesCurrent(version: string): boolean {
  return satisfies(current, `^${version}`);
}

/** One root that calls every consumer, each with today's module by path. */
function rootOf(consumers: readonly Consumer[], env: NodeJS.ProcessEnv): Terraform {
  const root = temporaryFolder("upgrade");
  writeFileSync(join(root, "provider.tf.json"), JSON.stringify(OFFLINE_PROVIDER));
  for (const [index, { module, folder }] of consumers.entries()) {
    const name = `consumer_${index}`;
    mkdirSync(join(root, name));
    for (const file of readdirSync(folder)) {
      // a module that is called may not bring a provider's settings along; the root's serve all
      const text = readFileSync(join(folder, file), "utf8")
        .replaceAll('source = "../.."', `source = "${join(MODULES, module)}"`)
        .replace(/^provider "aws" \{[^}]*\}\n/gm, "");
      writeFileSync(join(root, name, file), text);
    }
    writeFileSync(join(root, `${name}.tf.json`), JSON.stringify({ module: { [name]: { source: `./${name}` } } }));
  }
  return terraformIn(root, env);
}

describeWith({ terraform: true, moto: true }, "consumers of earlier releases", () => {
  // the example of a role alone reads the account and its provider
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto({ accountId: "111122223333" });
    const { client } = iamOf(moto);
    const Url = "https://mycompany.cloud.databricks.com/oidc";
    await client.send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ["1444828305810485"] }));
    client.destroy();
  });
  afterAll(() => moto.stop());

  test("are there for every recorded module, and the made-up ones are of both kinds", () => {
    expect(CONSUMERS.filter(({ version }) => takesCurrent(version)).length).toBeGreaterThan(0);
    expect(recordedVersions(MADE_UP).some((version) => !takesCurrent(version))).toBe(true);
    for (const { module, folder } of CONSUMERS)
      expect(existsSync(join(folder, "main.tf")) && existsSync(join(MODULES, module))).toBe(true);
  });

  test("whose version range takes today's modules plan with them", async () => {
    const consumers = CONSUMERS.filter(({ version }) => takesCurrent(version));
    const terraform = rootOf(consumers, moto.env);
    await terraform.init();
    const { json } = await terraform.plan();
    const planned = new Set((json.resource_changes ?? []).map(({ address }) => address.split(".")[1]));
    expect(planned.size).toBe(consumers.length);
  });

  test("of a version that today's modules break do not plan with them, so that this check can fail", async () => {
    const broken = CONSUMERS.filter(({ version }) => version === "0.0.1");
    expect(broken).toHaveLength(1);
    const terraform = rootOf(broken, moto.env);
    const { stdout, stderr } = await terraform.run(["init", "-no-color", "-input=false"], { accept: [0, 1] });
    const planned = await terraform.run(["plan", "-no-color", "-input=false"], { accept: [1] });
    expect(stdout + stderr + planned.stdout + planned.stderr).toMatch(/Unsupported argument|Missing required argument/);
  });

  test("are what the semver guard says they are: a range never takes a breaking release", async () => {
    const { modules } = readModules(MODULES);
    for (const folder of [join(REPOSITORY, "releases"), MADE_UP]) {
      for (const version of recordedVersions(folder)) {
        const step = largestStep(await compareReleases(readRecorded(folder, version).manifest, modules));
        expect({ version, step, taken: takesCurrent(version) && step === "major" }).toEqual({
          version,
          step,
          taken: false,
        });
        if (version === "0.0.1") expect(step).toBe("major");
      }
    }
  });
});
