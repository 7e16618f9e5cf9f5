import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { App } from "cdktf";
import { name } from "cdktf/package.json";
import { withCdktn } from "../../scripts/cdktn";
import type { FederationStackOptions } from "../../src/cdktf";
import { FederationStack } from "../../src/cdktf";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import type { Outcome } from "./run-program";
import { runProgram } from "./run-program";
import { temporaryFolder } from "./temporary-folder";
import type { Terraform } from "./terraform";
import { terraformEnvironment, terraformIn } from "./terraform";

const REPOSITORY = resolve(__dirname, "..", "..");
/** Where each kit's command line is, and what it needs in its environment. */
const COMMANDS = {
  cdktf: { bin: join(REPOSITORY, "node_modules", ".bin", "cdktf"), environment: (env: NodeJS.ProcessEnv) => env },
  cdktn: {
    bin: join(REPOSITORY, "kits", "cdktn", "node_modules", ".bin", "cdktn"),
    environment: withCdktn,
  },
} as const;
export type Kit = keyof typeof COMMANDS;
/** The kit that `cdktf` stands for in these tests; see jest.config.js. */
export const KIT: Kit = name === "cdktn" ? "cdktn" : "cdktf";

/**
 * A fresh folder in which `npx cdktf …` works as in a clone: our main.ts and cdktf.json, and the given files
 * (`federation.yaml`, `federations/a.yaml`).
 */
export function cdktfProject(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder("cdktf");
  for (const shared of ["node_modules", "src", "main.ts", "tsconfig.json", "package.json"])
    symlinkSync(join(REPOSITORY, shared), join(folder, shared));
  cpSync(join(REPOSITORY, "cdktf.json"), join(folder, "cdktf.json"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/**
 * Runs the command line of `kit` in `folder`, offline and without reports to anyone. By itself it would fill the plugin
 * cache in the user's home folder; and before deploying, ask the registry for checksums of other platforms
 * (`--skip-provider-lock` for those commands).
 */
export function cdktf(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  accept: readonly number[] = [0],
  kit = KIT,
): Promise<Outcome> {
  const { bin, environment } = COMMANDS[kit];
  return runProgram(bin, args, {
    cwd: folder,
    accept,
    env: environment(terraformEnvironment({ CI: "1", CDKTF_DISABLE_PLUGIN_CACHE_ENV: "true", ...env })),
  });
}

/** A federation as one stack in a folder of its own, synthesised in this process and ready for Terraform. */
export interface DeployableStack {
  readonly terraform: Terraform;
  /** Synthesises anew, in the same place and for the same state. */
  readonly synthesise: (federation: FederationInput, options?: FederationStackOptions) => void;
  /** What `cdktf synth` wrote. */
  readonly json: () => string;
  /** Where Terraform keeps the state once something is applied. */
  readonly stateFile: string;
}

export async function deployableStack(federation: FederationInput, env: NodeJS.ProcessEnv): Promise<DeployableStack> {
  const folder = temporaryFolder("stack");
  const stackFolder = join(folder, "stacks", federation.name);
  const stateFile = join(folder, "terraform.tfstate");
  const synthesise = (changed: FederationInput, options?: FederationStackOptions): void => {
    const backend = { type: "local", path: stateFile } as const;
    const app = new App({ outdir: folder });
    new FederationStack(app, readFederation({ ...changed, aws: { ...changed.aws, backend } }).federation, options);
    app.synth();
  };
  synthesise(federation);
  const terraform = terraformIn(stackFolder, env);
  await terraform.init();
  return { terraform, synthesise, json: () => readFileSync(join(stackFolder, "cdk.tf.json"), "utf8"), stateFile };
}
