/**
 * Spark's S3A with a session of the sandbox, by the settings that `generate client --for cluster-policy` writes and by
 * the other ways of docs/clients.md: a local S3 refuses keys that have ended, and S3A renews its own in mid-read.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import type { Sandbox } from "../../src/sandbox/sandbox";
import { startSandbox } from "../../src/sandbox/sandbox";
import { buildCli } from "../support/built-cli";
import { type ExpiringS3, startExpiringS3 } from "../support/expiring-s3";
import { type Moto, startMoto } from "../support/moto";
import { pythonWith, s3aJars } from "../support/python";
import { writeClient } from "../support/python-client";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const ROLE_ARN = "arn:aws:iam::111122223333:role/lake-reader";
const FEDERATION = {
  name: "lakehouse",
  aws: { accountId: "111122223333", region: "us-east-1" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
  },
  roles: { "lake-reader": { trusts: [{ issuer: "production", servicePrincipals: [READER] }] } },
} as const satisfies FederationInput;

/**
 * How S3A gets its session, each in a bucket of its own, and how long the session has to live for the JVM, in seconds:
 * the AWS SDK for Java renews one that is `RENEWED_AFTER` seconds old then.
 */
const RENEWED_AFTER = 4;
const WAYS = [
  [
    "a profile that runs credentials",
    "profile",
    "software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider",
    15 + RENEWED_AFTER,
  ],
  ["the loopback endpoint of credentials, without a setting", "endpoint", "", 60 + RENEWED_AFTER],
  ["a token file, by the generated settings", "token", "generated", 60 + RENEWED_AFTER],
] as const;

/** Carries out the commands that come on standard input, each with an answer on a line. */
const PROGRAM = `
import glob, json, sys
from pyspark.sql import SparkSession
from pyspark.sql.functions import sum
jars, conf = sys.argv[1:]
builder = SparkSession.builder.master("local[1]").config("spark.jars", ",".join(glob.glob(jars + "/*.jar")))
for name, value in json.loads(conf).items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
def carry_out(bucket, action):
    if action == "write":
        spark.range(1200).repartition(12).write.parquet(f"s3a://{bucket}/rows")
        return "written"
    return spark.read.parquet(f"s3a://{bucket}/rows").select(sum("id")).collect()[0][0]
print(json.dumps(spark._jvm.org.apache.hadoop.util.VersionInfo.getVersion()), flush=True)
for line in sys.stdin:
    try:
        answer = carry_out(*line.split())
    except Exception as error:
        answer = str(error)
    print(json.dumps(answer), flush=True)
`;

type Variables = Readonly<Record<string, string>>;

describeWith({ moto: true, python: "spark", s3a: true }, "Spark's S3A with a session of the sandbox", () => {
  let sandbox: Sandbox;
  let moto: Moto;
  let s3: ExpiringS3;
  let spark: ChildProcess;
  let tokenFile: ChildProcess;
  let answers: AsyncIterator<string>;
  let version: unknown;
  let secondsLeft = WAYS[0][3];
  beforeAll(async () => {
    const home = temporaryFolder("spark");
    let cli: string;
    [sandbox, moto, cli] = await Promise.all([
      startSandbox({
        directory: directoryOfFederation(readFederation(FEDERATION).federation),
        // sessions last an hour, and end soon for the JVM, whose clock is this machine's
        now: () => Date.now() - (3600 - secondsLeft) * 1000,
      }),
      startMoto(),
      buildCli(["credentials"]),
    ]);
    s3 = await startExpiringS3(moto.endpoint);
    for (const [, bucket] of WAYS) await fetch(`${moto.endpoint}/${bucket}`, { method: "PUT" });
    const env = {
      PATH: process.env["PATH"],
      HOME: home,
      DATABRICKS_HOST: sandbox.issuers["production"]?.url ?? "",
      DATABRICKS_CLIENT_ID: READER,
      DATABRICKS_CLIENT_SECRET: sandbox.identities.find(({ subject }) => subject === READER)?.clientSecret ?? "",
      AWS_ENDPOINT_URL_STS: sandbox.sts,
      AWS_CONFIG_FILE: join(home, "config"),
      AWS_EC2_METADATA_DISABLED: "true",
      NO_PROXY: "127.0.0.1,localhost",
    };
    const call = [cli, "credentials", "--role-arn", ROLE_ARN];
    const profile = [...call, "--format", "profile", "--profile-name", "lake"];
    await runProgram(process.execPath, profile, { cwd: home, env });
    const token = join(home, "token");
    tokenFile = spawn(process.execPath, [...call, "--format", "token-file", "--out", token], {
      env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(tokenFile.stdout ?? tokenFile, "data");
    const generated = writeClient(FEDERATION, { place: "cluster-policy", role: "lake-reader" });
    const settings = JSON.parse(readFileSync(join(generated, "spark-s3a.json"), "utf8")) as {
      readonly spark_conf: Variables;
      readonly spark_env_vars: Variables;
    };
    const { "spark.hadoop.fs.s3a.aws.credentials.provider": byTokenFile = "", ...conf } = settings.spark_conf;
    const provider = "aws.credentials.provider";
    const ofBucket = (bucket: string, name: string): Variables => ({
      [`spark.hadoop.fs.s3a.bucket.${bucket}.${provider}`]: name === "generated" ? byTokenFile : name,
    });
    const variables = { ...settings.spark_env_vars, AWS_WEB_IDENTITY_TOKEN_FILE: token, AWS_PROFILE: "lake" };
    spark = spawn(
      process.execPath,
      [
        ...[...call, "--no-cache", "--keep-token-sources", "--", "env"],
        ...Object.entries(variables).map((one) => one.join("=")),
        ...[pythonWith("spark") ?? "", "-c", PROGRAM, s3aJars() ?? ""],
        JSON.stringify({
          ...conf,
          ...Object.assign({}, ...WAYS.map(([, bucket, name]) => (name === "" ? {} : ofBucket(bucket, name)))),
          ...ofBucket("first", "com.amazonaws.auth.WebIdentityTokenCredentialsProvider"),
          "spark.hadoop.fs.s3a.endpoint": s3.endpoint,
          "spark.hadoop.fs.s3a.path.style.access": "true",
          "spark.hadoop.fs.s3a.attempts.maximum": "1",
          "spark.ui.enabled": "false",
          // a task a file
          "spark.sql.files.openCostInBytes": "128m",
        }),
      ],
      { cwd: home, env, stdio: ["pipe", "pipe", "ignore"] },
    );
    answers = createInterface({ input: spark.stdout ?? process.stdin })[Symbol.asyncIterator]();
    version = await nextAnswer();
  });
  afterAll(async () => {
    spark.stdin?.end();
    if (spark.exitCode === null) await once(spark, "exit");
    tokenFile.kill("SIGTERM");
    await Promise.all([s3.stop(), moto.stop(), sandbox.stop()]);
  });

  const nextAnswer = async (): Promise<unknown> => JSON.parse((await answers.next()).value ?? "null") as unknown;
  const ask = (bucket: string, action: "read" | "write"): Promise<unknown> => {
    spark.stdin?.write(`${bucket} ${action}\n`);
    return nextAnswer();
  };

  test.each(WAYS)(
    "by %s is written and read, and goes on with new keys in the middle",
    async (_way, bucket, _name, left) => {
      secondsLeft = left;
      expect(await ask(bucket, "write")).toBe("written");
      let ended: readonly string[] | undefined;
      const hold = 2000 + RENEWED_AFTER * 1000;
      s3.expire({ reads: 6, hold, then: () => (ended = s3.accepted) });
      const refused = s3.refused();
      expect(await ask(bucket, "read")).toBe(719_400);
      expect(s3.accepted.filter((key) => ended?.includes(key) === false).length).toBeGreaterThan(0);
      expect(s3.refused() - refused).toBe(0);
    },
  );

  test("is Hadoop's of 3.4 or newer, which refuses the provider of the first AWS SDK", async () => {
    expect(version).toMatch(/^3\.[4-9]\./);
    expect(await ask("first", "read")).toMatch(/com\.amazonaws\.auth\.WebIdentityTokenCredentialsProvider/);
  });
});
