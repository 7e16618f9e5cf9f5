/**
 * Releases from `pack` to Terraform: through the real nginx with TLS and the rules we write for it, and through
 * `serve`.
 */
import { spawn } from "node:child_process";
import { appendFileSync, cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join, resolve } from "node:path";
import { buildCli } from "../support/built-cli";
import { cdktf } from "../support/cdktf-project";
import { makeAuthority, makeCertificate } from "../support/certificates";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import type { CertificateFiles } from "../support/nginx";
import { startNginx } from "../support/nginx";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";
import { terraformEnvironment, terraformIn } from "../support/terraform";

const REPOSITORY = resolve(__dirname, "..", "..");

/** A registry served by the built `serve`. */
async function startServe(
  cli: string,
  folder: string,
  args: readonly string[],
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [cli, "serve", folder, "--port", "0", ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const killAtExit = () => child.kill("SIGKILL");
  process.once("exit", killAtExit);
  const ended = new Promise<number | null>((done) => child.once("exit", done));
  const url = await new Promise<string>((done, reject) => {
    child.stdout.once("data", (chunk: Buffer) => done(chunk.toString("utf8").trim()));
    child.once("exit", () => reject(new Error("serve ended")));
  });
  return {
    url,
    stop: async () => {
      process.removeListener("exit", killAtExit);
      child.kill("SIGTERM");
      expect(await ended).toBe(0);
    },
  };
}

/** A certificate for 127.0.0.1, and its authority for `SSL_CERT_FILE`. */
function certificateFiles(): CertificateFiles & { readonly authority: string } {
  const folder = temporaryFolder("tls");
  const authority = makeAuthority();
  const { cert, key } = makeCertificate(["127.0.0.1"], { authority });
  const files = {
    cert: join(folder, "cert.pem"),
    key: join(folder, "key.pem"),
    authority: join(folder, "authority.pem"),
  };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key, { mode: 0o600 });
  writeFileSync(files.authority, authority.certificate);
  return files;
}

const call = (source: string, constraint: string): string => `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

module "databricks" {
  source  = "${source}"
  version = "${constraint}"

  databricks_workspace_host = "mycompany.cloud.databricks.com"
  databricks_workspace_id   = "1444828305810485"
  roles                     = { lake-reader = { service_principals = ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] } }
}

output "role_arns" {
  value = module.databricks.role_arns
}
`;

/** Versions of the modules that `terraform init` chose. */
function chosen(folder: string): Readonly<Record<string, string>> {
  const { Modules } = JSON.parse(readFileSync(join(folder, ".terraform", "modules", "modules.json"), "utf8")) as {
    readonly Modules: readonly { readonly Key: string; readonly Version?: string }[];
  };
  return Object.fromEntries(Modules.flatMap(({ Key, Version }) => (Version === undefined ? [] : [[Key, Version]])));
}

describeWith({ terraform: true, moto: true, nginx: true }, "modules from a registry of our own", () => {
  const work = temporaryFolder("registry");
  const registry = join(work, "registry");
  let moto: Moto;
  let certificate: CertificateFiles & { readonly authority: string };
  let cli: string;

  const ours = (...args: readonly string[]) => runProgram(process.execPath, [cli, ...args], { cwd: work });

  /** Packs and publishes `version`; its changelog says so, so that no two versions are the same. */
  async function release(version: string): Promise<void> {
    const modules = join(work, `modules-${version}`);
    cpSync(join(REPOSITORY, "modules"), modules, { recursive: true });
    appendFileSync(join(modules, "databricks-workspace-oidc", "CHANGELOG.md"), `\nReleased as ${version}.\n`);
    await ours("pack", "--modules", modules, "--version", version, "--out", join(work, "release"));
    await ours("publish", "--release", join(work, "release"), "--to", registry, "--namespace", "acme");
  }

  beforeAll(async () => {
    certificate = certificateFiles();
    [moto, cli] = await Promise.all([startMoto(), buildCli(["pack", "publish", "serve"])]);
    symlinkSync(join(REPOSITORY, "node_modules"), join(cli, "..", "node_modules"));
    await release("1.0.0");
    await release("2.0.0");
  });

  afterAll(() => moto.stop());

  test(
    "through nginx: the constraint picks the version, plan and apply work, a newer minor comes with init " +
      "-upgrade and changes nothing",
    async () => {
      const nginx = await startNginx(registry, join(registry, "server-rules", "nginx.conf"), certificate);
      try {
        const folder = temporaryFolder("consumer");
        writeFileSync(join(folder, "main.tf"), call(`${nginx.host}/acme/databricks-workspace-oidc/aws`, "~> 1.0"));
        const terraform = terraformIn(folder, { ...moto.env, SSL_CERT_FILE: certificate.authority });
        await terraform.init();
        expect(chosen(folder)).toEqual({ databricks: "1.0.0" });
        const plan = await terraform.plan();
        expect(plan.counts).toEqual({ add: 2, change: 0, destroy: 0, moved: 0 });
        await terraform.apply();
        expect(await terraform.outputs()).toEqual({
          role_arns: { "lake-reader": "arn:aws:iam::111122223333:role/lake-reader" },
        });

        await release("1.1.0");
        await terraform.init();
        expect(chosen(folder)).toEqual({ databricks: "1.0.0" });
        await terraform.init("-upgrade");
        expect(chosen(folder)).toEqual({ databricks: "1.1.0" });
        expect(readFileSync(join(folder, ".terraform/modules/databricks/CHANGELOG.md"), "utf8")).toContain(
          "Released as 1.1.0.",
        );
        const after = await terraform.plan("-detailed-exitcode");
        expect(after.counts).toEqual({ add: 0, change: 0, destroy: 0, moved: 0 });
        expect(after.changedOutputs).toEqual([]);
        await terraform.destroy();
        await checkRules(nginx.host);
      } finally {
        await nginx.stop();
      }
    },
  );

  /** What nginx makes of the rules file, seen from outside. */
  async function checkRules(host: string): Promise<void> {
    const ca = readFileSync(certificate.authority);
    const get = (path: string): Promise<readonly [number | undefined, string | undefined, string | undefined]> =>
      new Promise((done, reject) => {
        request(`https://${host}${path}`, { ca, agent: false }, (response) => {
          response.resume();
          done([
            response.statusCode,
            response.headers["content-type"],
            response.headers["x-terraform-get"] as string | undefined,
          ]);
        })
          .on("error", reject)
          .end();
      });
    const module = "/v1/modules/acme/databricks-workspace-oidc/aws";
    expect(await get("/.well-known/terraform.json")).toEqual([200, "application/json", undefined]);
    expect(await get(`${module}/versions`)).toEqual([200, "application/json", undefined]);
    expect(await get(`${module}/1.0.0/download`)).toEqual([200, "application/json", "./module.tar.gz"]);
    expect(await get(`${module}/1.0.0/module.tar.gz`)).toEqual([200, "application/gzip", undefined]);
    expect(await get("/")).toEqual([200, "text/html", undefined]);
    writeFileSync(join(registry, ".databricks-aws-oidc-journal.json.bak"), "{}");
    for (const path of ["/.databricks-aws-oidc-journal.json.bak", "/.nojekyll"]) expect((await get(path))[0]).toBe(404);
  }

  test("through serve: with a host block over http, and with a certificate over https", async () => {
    const plain = await startServe(cli, registry, []);
    const secure = await startServe(cli, registry, [
      "--tls-cert",
      certificate.cert,
      "--tls-key",
      certificate.key,
      "--quiet",
    ]);
    try {
      const config = join(temporaryFolder("cli-config"), "terraformrc");
      writeFileSync(
        config,
        `${readFileSync(terraformEnvironment()["TF_CLI_CONFIG_FILE"] ?? "", "utf8")}
host "modules.acme.example" {
  services = { "modules.v1" = "${plain.url}v1/modules/" }
}
`,
      );
      const byHost = temporaryFolder("consumer");
      writeFileSync(join(byHost, "main.tf"), call("modules.acme.example/acme/databricks-workspace-oidc/aws", "1.0.0"));
      const terraform = terraformIn(byHost, { ...moto.env, TF_CLI_CONFIG_FILE: config });
      await terraform.init();
      expect(chosen(byHost)).toEqual({ databricks: "1.0.0" });
      expect((await terraform.plan()).counts.add).toBe(2);
      await terraform.apply();
      writeFileSync(join(byHost, "main.tf"), call("modules.acme.example/acme/databricks-workspace-oidc/aws", "~> 1.0"));
      await terraform.init("-upgrade");
      expect(chosen(byHost)).toEqual({ databricks: "1.1.0" });
      expect((await terraform.plan("-detailed-exitcode")).counts).toEqual({ add: 0, change: 0, destroy: 0, moved: 0 });
      await terraform.destroy();

      const byTls = temporaryFolder("consumer");
      writeFileSync(
        join(byTls, "main.tf"),
        call(`${new URL(secure.url).host}/acme/databricks-workspace-oidc/aws`, ">= 1.0.0"),
      );
      await terraformIn(byTls, { SSL_CERT_FILE: certificate.authority }).run(["get", "-no-color"]);
      expect(chosen(byTls)).toEqual({ databricks: "2.0.0" });
      await bindings(config);
    } finally {
      await plain.stop();
      await secure.stop();
    }
  });

  /** `cdktf get` on the registry's module, and a stack that uses what it wrote. */
  async function bindings(config: string): Promise<void> {
    const folder = temporaryFolder("bindings");
    symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
    writeFileSync(
      join(folder, "cdktf.json"),
      JSON.stringify({
        language: "typescript",
        app: "npx tsx main.ts",
        projectId: "bindings",
        sendCrashReports: "false",
        codeMakerOutput: ".gen",
        terraformProviders: [],
        terraformModules: [
          {
            name: "databricks-workspace-oidc",
            source: "modules.acme.example/acme/databricks-workspace-oidc/aws",
            version: "~> 1.0",
          },
        ],
      }),
    );
    writeFileSync(
      join(folder, "main.ts"),
      `
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { DatabricksWorkspaceOidc } from "./.gen/modules/databricks-workspace-oidc";

const app = new App();
const stack = new TerraformStack(app, "bindings");
const workspace = new DatabricksWorkspaceOidc(stack, "workspace", {
  awsAccountId: "111122223333",
  awsPartition: "aws",
  databricksWorkspaceHost: "mycompany.cloud.databricks.com",
  databricksWorkspaceId: "1444828305810485",
  roles: { reader: { service_principals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] } },
});
new TerraformOutput(stack, "arns", { value: workspace.roleArnsOutput });
app.synth();
`,
    );
    const env = { ...moto.env, TF_CLI_CONFIG_FILE: config };
    await cdktf(folder, ["get"], env);
    expect(existsSync(join(folder, ".gen", "modules", "databricks-workspace-oidc.ts"))).toBe(true);
    await cdktf(folder, ["synth"], env);
    const stack = join(folder, "cdktf.out", "stacks", "bindings");
    const synthesised = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8")) as {
      readonly module: { readonly workspace: { readonly source: string; readonly version: string } };
    };
    expect(synthesised.module.workspace).toMatchObject({
      source: "modules.acme.example/acme/databricks-workspace-oidc/aws",
      version: "~> 1.0",
    });
    const terraform = terraformIn(stack, env);
    await terraform.init();
    expect(chosen(stack)).toEqual({ workspace: "1.1.0" });
    expect((await terraform.plan()).counts.add).toBe(2);
  }

  test("publish --verify names a file that does not belong to the registry", async () => {
    writeFileSync(join(registry, "v1", "left"), "");
    const { exitCode, stdout } = await runProgram(process.execPath, [cli, "publish", "--to", registry, "--verify"], {
      cwd: work,
      accept: [1],
    });
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining("v1/left belongs to no published version. ")]);
  });
});
