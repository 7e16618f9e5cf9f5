/** Virtual environments for tests of real Python packages: made by pip once a machine, in the user's cache folder. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What is installed into each, with pinned versions: a result is repeatable. A changed list is another folder. */
const ENVIRONMENTS = {
  clients: [
    "databricks-sdk==0.162.0",
    "aiobotocore==3.10.0",
    // the one whose botocore is that of aiobotocore
    "boto3==1.43.117",
    "s3fs==2026.9.0",
    "pandas==3.1.1",
    "pyarrow==26.0.1",
    "duckdb==2.0.1",
    "polars==2.1.0",
    "deltalake==1.6.6",
  ],
  "pre-commit": ["pre-commit==4.7.0"],
  spark: ["pyspark==4.3.0"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type PythonEnvironment = keyof typeof ENVIRONMENTS;

const tried = new Map<PythonEnvironment, string | null>();

/**
 * The Python of an environment, made first where it is missing, which takes pip and a package index; null where that
 * failed, with the reason on stderr. Test files that ask at the same time wait for the one that makes it; one that was
 * killed leaves nothing that counts.
 */
export function pythonWith(environment: PythonEnvironment): string | null {
  const known = tried.get(environment);
  if (known !== undefined) return known;
  const found = make(environment);
  tried.set(environment, found);
  return found;
}

/** How to get the packages by hand: what a skipped test says. */
export function howToGet(environment: PythonEnvironment): string {
  return `python3 with venv, and pip with a package index (pip install ${ENVIRONMENTS[environment].join(" ")})`;
}

function make(environment: PythonEnvironment): string | null {
  const packages = ENVIRONMENTS[environment];
  const key = createHash("sha256").update(JSON.stringify(packages)).digest("hex").slice(0, 12);
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "databricks-aws-oidc", "python", `${environment}-${key}`);
  mkdirSync(folder, { recursive: true });
  const { status, stdout, stderr } = spawnSync("python3", ["-c", MAKE, folder, ...packages], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 800_000,
  });
  if (status === 0) return stdout.trim();
  process.stderr.write(`no Python environment ${environment}: ${stderr.trim().split("\n").at(-1) ?? "no python3"}\n`);
  return null;
}

/** Its lock is the kernel's: whoever held it and was killed has freed it. */
const MAKE = `
import fcntl, hashlib, os, shutil, subprocess, sys
folder, *packages = sys.argv[1:]
place = os.path.join(folder, "%d.%d" % sys.version_info[:2])
python = os.path.join(place, "bin", "python")
ready = os.path.join(place, "ready")
with open(os.path.join(folder, "lock"), "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not os.path.exists(ready):
        shutil.rmtree(place, ignore_errors=True)
        quiet = {"check": True, "stdout": subprocess.DEVNULL}
        try:
            subprocess.run([sys.executable, "-m", "venv", place], **quiet)
            pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
            subprocess.run(pip, **quiet)
        except subprocess.CalledProcessError as error:
            sys.exit(error.returncode)
        open(ready, "w").close()
print(python)
`;
