/** The commands of pages, run in order as they are written. */
import { CreateOpenIDConnectProviderCommand } from "@aws-sdk/client-iam";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { readArchive } from "../../src/release/archive";
import type { CodeBlock } from "../support/markdown";
import { codeBlocks, REPOSITORY } from "../support/markdown";
import { iamOf } from "../support/iam";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import type { Outcome } from "../support/run-program";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";
import { OFFLINE_PROVIDER, terraformEnvironment, terraformIn } from "../support/terraform";

/** A folder whose name is a command: `databricks-aws-oidc`, from source. */
function commandFolder(): string {
  const folder = temporaryFolder("bin");
  const tsx = join(REPOSITORY, "node_modules", "tsx", "dist", "cli.mjs");
  writeFileSync(
    join(folder, "databricks-aws-oidc"),
    `#!/bin/sh\nexec "${process.execPath}" "${tsx}" "${join(REPOSITORY, "src", "cli", "cli.ts")}" "$@"\n`,
    { mode: 0o755 },
  );
  return folder;
}

function blocksOf(page: string, language: string): readonly CodeBlock[] {
  return codeBlocks(language).filter((block) => block.page === page);
}

/** Runs `code` by a shell that stops at the first command that fails; whatever asks for approval gets a yes. */
function run(code: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const path = `${commandFolder()}${delimiter}${env["PATH"] ?? ""}`;
  return runProgram("bash", ["-e", "-c", code], { cwd, env: { ...env, PATH: path }, input: "yes\n" });
}

const git = (cwd: string, ...args: readonly string[]): Promise<Outcome> => runProgram("git", args, { cwd });

/** A repository with a copy of the modules and nothing else. */
async function repository(): Promise<string> {
  const folder = temporaryFolder("release-order");
  await git(folder, "init", "--quiet", "--initial-branch=main");
  await git(folder, "config", "user.name", "Release");
  await git(folder, "config", "user.email", "release@example.com");
  writeFileSync(join(folder, ".gitignore"), "/out/\n/registry/\n");
  await git(folder, "add", ".");
  await git(folder, "commit", "--quiet", "--message", "Begin");
  return folder;
}

describeWith({ git: true, terraform: true }, "docs/releases.md", () => {
  let folder: string;
  beforeAll(async () => {
    const order = blocksOf("docs/releases.md", "sh").find(({ code }) => code.includes("release record"));
    folder = await repository();
    await run(order?.code ?? "exit 1", folder, process.env);
  });

  test("the order of commands publishes the version, packed from the tagged commit", async () => {
    const version = join(folder, "registry", "v1", "modules", "acme", "databricks-federation", "aws", "1.2.0");
    const manifest = JSON.parse(readFileSync(join(version, "manifest.json"), "utf8")) as {
      readonly source: { readonly commit: string };
    };
    expect(manifest.source.commit).toBe((await git(folder, "rev-parse", "v1.2.0")).stdout.trim());
    expect(readdirSync(join(folder, "releases"))).toEqual(["1.2.0"]);
    expect((await git(folder, "status", "--porcelain")).stdout).toBe("");
  });

  test("the README in the archive shows the version, and the registry as the source", async () => {
    const archive = readFileSync(join(folder, "out", "release", "databricks-federation-1.2.0.tar.gz"));
    const readme = (await readArchive(archive)).find(({ path }) => path === "README.md");
    const text = Buffer.from(readme?.bytes ?? []).toString("utf8");
    expect(text).toContain("\nVersion 1.2.0.\n");
    expect(text).toContain('  source  = "registry.example.com/acme/databricks-federation/aws"\n  version = "~> 1.2"\n');
  });

  test("recording again after the tag changes nothing", async () => {
    const again = await run("databricks-aws-oidc release record", folder, process.env);
    expect(again.stderr).toContain("already records release 1.2.0");
    expect((await git(folder, "status", "--porcelain")).stdout).toBe("");
  });

  test("an archive packed without a registry is called as its README says, once unpacked there", async () => {
    await run("databricks-aws-oidc pack --version 1.2.0 --out out/plain", folder, process.env);
    const archive = readFileSync(join(folder, "out", "plain", "databricks-workspace-oidc-1.2.0.tar.gz"));
    const files = await readArchive(archive);
    const consumer = temporaryFolder("consumer");
    for (const { path, bytes } of files) {
      const file = join(consumer, "modules", "databricks-workspace-oidc", path);
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, bytes);
    }
    const readme = files.find(({ path }) => path === "README.md");
    const call = /^```hcl\n(module "[\s\S]*?)^```$/m.exec(Buffer.from(readme?.bytes ?? []).toString("utf8"))?.[1] ?? "";
    expect(call).toContain("# databricks-workspace-oidc-1.2.0.tar.gz, unpacked there");
    expect((await planOf(consumer, call)).counts.add).toBeGreaterThan(0);
  });

  test("docs/registry.md: the module comes straight from git", async () => {
    const call = blocksOf("docs/registry.md", "hcl").find(({ code }) => code.includes("git::"))?.code ?? "";
    const local = call.replace("git::https://github.com/acme/databricks-aws-oidc.git", `git::file://${folder}`);
    expect(local).not.toBe(call);
    expect((await planOf(temporaryFolder("from-git"), local)).counts.add).toBeGreaterThan(0);
  });
});

/** The plan of a module's call, which asks no AWS. */
async function planOf(folder: string, call: string): ReturnType<ReturnType<typeof terraformIn>["plan"]> {
  const given = call.includes("aws_account_id") ? "" : '  aws_account_id = "111122223333"\n  aws_partition = "aws"\n';
  writeFileSync(join(folder, "main.tf"), call.replace(/^(module "[^"]+" \{\n)/m, `$1${given}`));
  writeFileSync(join(folder, "provider.tf.json"), JSON.stringify(OFFLINE_PROVIDER));
  const terraform = terraformIn(folder);
  await terraform.init();
  return terraform.plan();
}

describeWith({ terraform: true, moto: true }, "docs/adopting-a-provider.md", () => {
  test("adopts an existing provider, and takes it over without a change", async () => {
    const moto = await startMoto({ accountId: "111122223333" });
    const iam = iamOf(moto);
    try {
      await iam.client.send(
        new CreateOpenIDConnectProviderCommand({
          Url: "https://mycompany.cloud.databricks.com/oidc",
          ClientIDList: ["1444828305810485"],
        }),
      );
      const [federation] = blocksOf("docs/adopting-a-provider.md", "yaml");
      const [adopt, takeOver] = blocksOf("docs/adopting-a-provider.md", "sh");
      const folder = temporaryFolder("adopting");
      const file = join(folder, "federation.yaml");
      const env = { ...terraformEnvironment(moto.env), PATH: process.env["PATH"] };
      writeFileSync(file, federation?.code ?? "");
      await run(adopt?.code ?? "exit 1", folder, env);
      expect(await iam.roleNames()).toEqual(["lake-reader"]);
      expect(await iam.providerArns()).toHaveLength(1);

      writeFileSync(file, (federation?.code ?? "").replace(/^ *existingProviderArn:.*\n/m, ""));
      const outcome = await run(takeOver?.code ?? "exit 1", folder, env);
      expect(outcome.stdout).toContain('module.databricks.aws_iam_openid_connect_provider.this["production"]');
      expect(outcome.stdout).toContain("No changes.");
    } finally {
      iam.client.destroy();
      await moto.stop();
    }
  });
});
