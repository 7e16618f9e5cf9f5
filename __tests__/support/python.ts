/** Virtual environments for tests of real Python packages: made by pip once a machine, in the user's cache folder. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
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
  return madeOnce({
    what: `Python environment ${environment}`,
    place: `python/${environment}-${digest(packages)}/\${version}`,
    script: VENV,
    args: packages,
    result: "bin/python",
  });
}

/** What S3A needs of the AWS SDK; the bundle that Hadoop names has 600 MB. Versions are those of Hadoop's own build. */
const S3A = {
  "org.apache.hadoop:hadoop-aws": "3.5.0",
  "software.amazon.awssdk:s3-transfer-manager": "2.35.4",
  "software.amazon.awssdk:sts": "2.35.4",
  "software.amazon.s3.analyticsaccelerator:analyticsaccelerator-s3": "1.3.1",
} as const;

/** How to get the jars of S3A by hand: what a skipped test says. */
export const HOW_TO_GET_S3A = `java and Maven Central (${Object.entries(S3A)
  .map((one) => one.join(":"))
  .join(", ")})`;

/**
 * A folder with the jars of Hadoop's S3A for the pyspark of the environment `spark`, downloaded first where they are
 * missing, by the Ivy that pyspark brings; null where that failed.
 */
export function s3aJars(): string | null {
  const python = pythonWith("spark");
  if (python === null) return null;
  return madeOnce({
    what: "jars of S3A",
    place: `jars/s3a-${digest(S3A)}`,
    script: JARS,
    args: [python, ...Object.entries(S3A).map((one) => one.join(":"))],
    result: "jars",
  });
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
}

interface Making {
  readonly what: string;
  /** Below the cache folder; `${version}` is Python's. */
  readonly place: string;
  /** Python: `make(place, *args)`. */
  readonly script: string;
  readonly args: readonly string[];
  /** Below the place. */
  readonly result: string;
}

/** What is made once a machine in the user's cache folder; null where that failed, with the reason on stderr. */
function madeOnce({ what, place, script, args, result }: Making): string | null {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "databricks-aws-oidc");
  const { status, stdout, stderr } = spawnSync("python3", ["-c", `${script}\n${ONCE}`, join(cache, place), ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 800_000,
  });
  if (status === 0) return join(stdout.trim(), result);
  process.stderr.write(`no ${what}: ${stderr.trim().split("\n").at(-1) ?? "no python3"}\n`);
  return null;
}

const VENV = `
import os, subprocess, sys
def make(place, *packages):
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([sys.executable, "-m", "venv", place], **quiet)
    pip = [os.path.join(place, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *packages], **quiet)
`;

/** pyspark has netty, slf4j and httpclient itself. */
const JARS = `
import glob, os, subprocess
def make(place, python, *artifacts):
    os.makedirs(place)
    def write(name, text):
        path = os.path.join(place, name)
        with open(path, "w") as file:
            file.write(text)
        return path
    own = ["io.netty", "org.slf4j", "org.apache.httpcomponents", "commons-logging", "commons-codec"]
    dependency = '<dependency org="%s" name="%s" rev="%s" conf="default->master%s"/>'
    listed = [dependency % (*one.split(":"), "" if "hadoop" in one else ",runtime") for one in artifacts]
    ivy = glob.glob(os.path.join(os.path.dirname(python), "../lib/python*/site-packages/pyspark/jars/ivy-*.jar"))
    settings = write("settings.xml", '<ivysettings><settings defaultResolver="central"/>'
        '<caches defaultCacheDir="%s"/><resolvers><ibiblio name="central" m2compatible="true"/></resolvers>'
        "</ivysettings>" % os.path.join(place, "ivy"))
    module = write("ivy.xml", '<ivy-module version="2.0"><info organisation="tests" module="s3a"/><dependencies>%s%s'
        "</dependencies></ivy-module>" % ("".join(listed), "".join('<exclude org="%s"/>' % one for one in own)))
    retrieve = ["java", "-jar", *ivy, "-settings", settings, "-ivy", module, "-error",
        "-retrieve", os.path.join(place, "jars", "[artifact]-[revision].[ext]")]
    # Ivy does not try again what the network lost
    for last in [False, False, True]:
        if subprocess.run(retrieve, check=last, stdout=subprocess.DEVNULL).returncode == 0:
            break
`;

/** Its lock is the kernel's: whoever held it and was killed has freed it. */
const ONCE = `
import fcntl, os, shutil, subprocess, sys
place, *args = sys.argv[1:]
place = place.replace("\${version}", "%d.%d" % sys.version_info[:2])
ready = os.path.join(place, "ready")
os.makedirs(os.path.dirname(place), exist_ok=True)
with open(place + ".lock", "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not os.path.exists(ready):
        shutil.rmtree(place, ignore_errors=True)
        try:
            make(place, *args)
        except (subprocess.CalledProcessError, OSError) as error:
            sys.exit(str(error))
        open(ready, "w").close()
print(place)
`;
