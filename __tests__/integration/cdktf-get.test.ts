/**
 * The generated modules used from a CDKTF project: `cdktf get` reads them, and what it writes compiles and
 * synthesises.
 */
import { cpSync, existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cdktf } from "../support/cdktf-project";
import { moduleNames } from "../support/module-names";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

const REPOSITORY = resolve(__dirname, "..", "..");

describeWith({ terraform: true }, "cdktf get on the generated modules", () => {
  test("writes bindings that compile, and a call through them synthesises", async () => {
    const folder = temporaryFolder("bindings");
    cpSync(join(REPOSITORY, "modules"), join(folder, "modules"), { recursive: true });
    symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
    const names = moduleNames(join(folder, "modules"));
    expect(names).toEqual([
      "databricks-account-oidc",
      "databricks-federated-role",
      "databricks-federation",
      "databricks-workspace-oidc",
    ]);
    writeFileSync(
      join(folder, "cdktf.json"),
      JSON.stringify({
        language: "typescript",
        app: "npx tsx main.ts",
        projectId: "bindings",
        sendCrashReports: "false",
        codeMakerOutput: ".gen",
        terraformProviders: [],
        terraformModules: names.map((name) => ({ name, source: `./modules/${name}` })),
      }),
    );
    writeFileSync(
      join(folder, "main.ts"),
      `
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { DatabricksFederation } from "./.gen/modules/databricks-federation";
import { DatabricksWorkspaceOidc } from "./.gen/modules/databricks-workspace-oidc";

const app = new App();
const stack = new TerraformStack(app, "bindings");
const federation = new DatabricksFederation(stack, "databricks", {
  issuers: { production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspace_id: ` +
        `"1444828305810485" } },
  roles: { reader: { trusts: [{ issuer: "production", service_principals: ` +
        `["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] }] } },
});
new DatabricksWorkspaceOidc(stack, "workspace", {
  databricksWorkspaceHost: "other.cloud.databricks.com",
  databricksWorkspaceId: "1",
  roles: {},
});
new TerraformOutput(stack, "arns", { value: federation.roleArnsOutput });
app.synth();
`,
    );
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          target: "ES2022",
          module: "commonjs",
          moduleResolution: "node",
          skipLibCheck: true,
          types: ["node"],
        },
        include: ["main.ts", ".gen"],
      }),
    );
    await cdktf(folder, ["get"]);
    for (const name of names) expect(existsSync(join(folder, ".gen", "modules", `${name}.ts`))).toBe(true);
    await runProgram(process.execPath, [join(REPOSITORY, "node_modules", "typescript", "bin", "tsc"), "-p", "."], {
      cwd: folder,
    });
    await cdktf(folder, ["synth"]);
    expect(existsSync(join(folder, "cdktf.out", "stacks", "bindings", "cdk.tf.json"))).toBe(true);
  });
});
