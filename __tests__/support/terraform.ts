import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findOnPath, findProviderMirror } from "./found-programs";
import { type Outcome, runProgram } from "./run-program";
import { temporaryFolder } from "./temporary-folder";

/** One resource of `terraform show -json PLAN`, as far as tests read it. */
export interface ResourceChange {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly previous_address?: string;
  readonly type: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
    readonly after_unknown: Readonly<Record<string, unknown>> | boolean;
  };
}

export interface PlanJson {
  readonly resource_changes?: readonly ResourceChange[];
  readonly planned_values?: { readonly outputs?: Readonly<Record<string, { readonly value?: unknown }>> };
  readonly output_changes?: Readonly<
    Record<string, { readonly actions: readonly string[]; readonly after?: unknown; readonly after_unknown?: unknown }>
  >;
}

export interface Plan {
  /** What `terraform plan` printed. */
  readonly text: string;
  readonly json: PlanJson;
  /** Resources to add, change and destroy (a replacement counts in both add and destroy), and those that only move. */
  readonly counts: { readonly add: number; readonly change: number; readonly destroy: number; readonly moved: number };
  /** Names of the outputs whose value changes. */
  readonly changedOutputs: readonly string[];
}

export interface Terraform {
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Any subcommand; throws for an exit code that is not accepted. */
  readonly run: (args: readonly string[], options?: { readonly accept?: readonly number[] }) => Promise<Outcome>;
  readonly init: (...args: string[]) => Promise<void>;
  readonly plan: (...args: string[]) => Promise<Plan>;
  /** Plans and applies in one go. */
  readonly apply: (...args: string[]) => Promise<Outcome>;
  readonly destroy: () => Promise<Outcome>;
  /** `terraform test`; throws with its output when a run fails. */
  readonly test: (...args: string[]) => Promise<Outcome>;
  /** Values of the outputs in the state. */
  readonly outputs: () => Promise<Readonly<Record<string, unknown>>>;
  /** Addresses in the state, sorted. */
  readonly addresses: () => Promise<readonly string[]>;
}

let cliConfig: string | undefined;

/**
 * The environment in which Terraform finds the AWS provider without a network and talks to nobody:
 * a command-line configuration of our own that knows the provider mirror only, whatever the machine has set.
 * Add `moto.env` on top for a local AWS.
 */
export function terraformEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const mirror = findProviderMirror();
  if (cliConfig === undefined) {
    // The unpacked layout is linked, not copied: `init` costs the hashing of the provider and no more,
    // so a plugin cache would only add a copy.
    cliConfig = join(temporaryFolder("terraformrc"), "terraformrc");
    writeFileSync(
      cliConfig,
      `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror ?? "/nonexistent")}\n ` +
        ` }\n}\n`,
    );
  }
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:TF_|AWS_)/.test(name));
  return {
    ...Object.fromEntries(inherited),
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: cliConfig,
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    ...OFFLINE_AWS,
    ...extra,
  };
}

/** Keys that open nothing, and no way to fetch real ones from the machine. */
const OFFLINE_AWS = {
  AWS_ACCESS_KEY_ID: "testing",
  AWS_SECRET_ACCESS_KEY: "testing",
  AWS_REGION: "us-east-1",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: join("/", "nonexistent", "aws-config"),
  AWS_SHARED_CREDENTIALS_FILE: join("/", "nonexistent", "aws-credentials"),
};

/**
 * A provider configuration for plans that need no AWS at all, as the content of a `*.tf.json` file:
 * nothing is asked of STS or IAM. Only for configurations that give account ID and partition and plan without state.
 */
export const OFFLINE_PROVIDER = {
  provider: {
    aws: [
      {
        region: "us-east-1",
        skip_credentials_validation: true,
        skip_metadata_api_check: "true",
        skip_region_validation: true,
        skip_requesting_account_id: true,
      },
    ],
  },
} as const;

/** Terraform, or `program`, at work in `dir`. `env` is added to (and wins over) the offline environment. */
export function terraformIn(
  dir: string,
  env: NodeJS.ProcessEnv = {},
  program = findOnPath("terraform") ?? "terraform",
): Terraform {
  const fullEnv = terraformEnvironment(env);
  const run: Terraform["run"] = (args, options = {}) =>
    runProgram(program, args, { cwd: dir, env: fullEnv, ...options });

  const plan = async (...args: string[]): Promise<Plan> => {
    const file = join(temporaryFolder("plan"), "tfplan");
    const { stdout } = await run(["plan", "-no-color", "-input=false", `-out=${file}`, ...args]);
    const shown = await run(["show", "-json", file]);
    return readPlan(stdout, JSON.parse(shown.stdout) as PlanJson);
  };

  return {
    dir,
    env: fullEnv,
    run,
    plan,
    init: async (...args) => {
      await run(["init", "-no-color", "-input=false", ...args]);
    },
    apply: (...args) => run(["apply", "-no-color", "-input=false", "-auto-approve", ...args]),
    destroy: () => run(["destroy", "-no-color", "-input=false", "-auto-approve"]),
    test: (...args) => run(["test", "-no-color", ...args]),
    outputs: async () => {
      const parsed = JSON.parse((await run(["output", "-json"])).stdout) as Record<string, { value: unknown }>;
      return Object.fromEntries(Object.entries(parsed).map(([name, output]) => [name, output.value]));
    },
    addresses: async () =>
      (await run(["state", "list"])).stdout
        .split("\n")
        .filter((line) => line !== "")
        .sort(),
  };
}

function readPlan(text: string, json: PlanJson): Plan {
  const managed = (json.resource_changes ?? []).filter((resource) => resource.mode === "managed");
  const having = (action: string) => managed.filter((resource) => resource.change.actions.includes(action)).length;
  return {
    text,
    json,
    counts: {
      add: having("create"),
      change: having("update"),
      destroy: having("delete"),
      moved: managed.filter((resource) => resource.previous_address !== undefined).length,
    },
    changedOutputs: Object.entries(json.output_changes ?? {})
      .filter(([, output]) => !output.actions.includes("no-op"))
      .map(([name]) => name)
      .sort(),
  };
}
