import { spawnSync } from "node:child_process";
import { findNginx, findOnPath, findProviderMirror } from "./found-programs";
import { HOW_TO_GET_S3A, howToGet, type PythonEnvironment, pythonWith, s3aJars } from "./python";

/** What the generated Python is run with. */
export const PYTHON = "python3";

/** What a group of tests cannot do without. `terraform` includes the AWS provider. */
export interface Requirements {
  readonly terraform?: boolean;
  readonly moto?: boolean;
  readonly chromium?: boolean;
  readonly tmux?: boolean;
  readonly zsh?: boolean;
  readonly nginx?: boolean;
  readonly git?: boolean;
  readonly curl?: boolean;
  readonly jq?: boolean;
  readonly zip?: boolean;
  /** python3 with boto3. */
  readonly boto3?: boolean;
  /** Packages of Python in an environment of their own: `pythonWith` of the same name gives its program. */
  readonly python?: PythonEnvironment;
  /** Hadoop's S3A for the Python environment `spark`: `s3aJars` gives its folder. */
  readonly s3a?: boolean;
  /** Whether the oldest Terraform and OpenTofu that roots declare are there. */
  readonly oldest?: boolean;
}

/** Generous: two cores, shared; the AWS provider takes two seconds to start, a module's own tests a minute or two. */
const INTEGRATION_TIMEOUT_MS = 900_000;

/**
 * `describe` for tests that need programs Node does not bring. Where one is missing the group is one
 * skipped test, named after what to install; with `CI=true` it is one failing test, so that a build
 * server never goes green for lack of tools.
 */
export function describeWith(needs: Requirements, name: string, body: () => void): void {
  const missing = missingRequirements(needs);
  if (missing.length === 0) {
    describe(name, () => {
      jest.setTimeout(INTEGRATION_TIMEOUT_MS);
      body();
    });
    return;
  }
  const line = `needs ${missing.join("; and ")}`;
  describe(name, () => {
    if (process.env["CI"] === "true") {
      test(line, () => {
        throw new Error(line);
      });
      return;
    }
    process.stderr.write(`skipped: ${name}: ${line}\n`);
    test.skip(line, () => undefined);
  });
}

/** What is missing, each with how to get it; empty where all is there. */
export function missingRequirements(needs: Requirements): readonly string[] {
  const missing: string[] = [];
  if (needs.terraform === true && findOnPath("terraform") === undefined) {
    missing.push("terraform on PATH (https://developer.hashicorp.com/terraform/install)");
  }
  if (needs.terraform === true && findProviderMirror() === undefined) {
    missing.push(
      "the AWS provider in a local mirror (terraform providers mirror DIR, then " +
        "DATABRICKS_AWS_OIDC_PROVIDER_MIRROR=DIR)",
    );
  }
  if (needs.moto === true && findOnPath("moto_server") === undefined) {
    missing.push("moto_server on PATH (pip install 'moto[server,iam,sts,s3]')");
  }
  if (needs.chromium === true && findOnPath("chromium") === undefined) {
    missing.push("chromium on PATH (apt-get install chromium)");
  }
  if (needs.nginx === true && findNginx() === undefined) missing.push("nginx (apt-get install nginx)");
  for (const program of ["tmux", "zsh", "git", "curl", "jq", "zip"] as const) {
    if (needs[program] === true && findOnPath(program) === undefined)
      missing.push(`${program} on PATH (apt-get install ${program})`);
  }
  if (needs.oldest === false)
    missing.push("Terraform 1.5.7 and OpenTofu 1.6.3 in the folder DATABRICKS_AWS_OIDC_OLDEST (see .ci/oldest)");
  if (needs.boto3 === true && !hasBoto3()) {
    missing.push("python3 with boto3 (pip install boto3)");
  }
  if (needs.python !== undefined && pythonWith(needs.python) === null) missing.push(howToGet(needs.python));
  if (needs.s3a === true && s3aJars() === null) missing.push(HOW_TO_GET_S3A);
  return missing;
}

function hasBoto3(): boolean {
  return spawnSync(PYTHON, ["-c", "import boto3"], { stdio: "ignore" }).status === 0;
}
