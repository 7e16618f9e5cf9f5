/**
 * What people do with a session: read and write data. The recipes of docs/clients.md, with the real libraries, a
 * session of the sandbox, and an S3 that refuses keys which have ended; what renews itself does so in mid-read.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import type { Sandbox } from "../../src/sandbox/sandbox";
import { startSandbox } from "../../src/sandbox/sandbox";
import { type ExpiringS3, startExpiringS3 } from "../support/expiring-s3";
import { type Moto, startMoto } from "../support/moto";
import { pythonWith } from "../support/python";
import { runClient, writeClient } from "../support/python-client";
import { describeWith, PYTHON } from "../support/requirements";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const FEDERATION = {
  name: "lakehouse",
  aws: { accountId: "111122223333", region: "us-east-1" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
  },
  roles: { "lake-reader": { trusts: [{ issuer: "production", servicePrincipals: [READER] }] } },
} as const satisfies FederationInput;

/** Twelve files of 100 rows each, as one data set and as a Delta table. */
const PREPARE = `
import pyarrow, pyarrow.dataset, deltalake
m.session().client("s3").create_bucket(Bucket="lake")
table = pyarrow.table({"part": [n // 100 for n in range(1200)], "n": list(range(1200))})
pyarrow.dataset.write_dataset(table, "lake/rows", filesystem=m.s3_filesystem(), format="parquet", partitioning=["part"])
options = {**m.object_store_options(), **LOCAL}
deltalake.write_deltalake("s3://lake/delta", table, partition_by=["part"], storage_options=options)
return True
`;

/** The client's clock: after the file \`later\` is there, nine minutes before the end of a session that begins now. */
const PRELUDE = `
import atexit, datetime, os, sys, time
# some engines' threads abort the process where it ends after an error: its result is printed by then
atexit.register(lambda: (sys.stdout.flush(), os._exit(0)))
real = m._now
m._now = lambda: real() + datetime.timedelta(minutes=51 if os.path.exists("later") else 0)
LOCAL = {"aws_endpoint_url": os.environ["AWS_ENDPOINT_URL_S3"], "aws_allow_http": "true"}
`;

/** Each reads the sum of all rows, 719400, in at least twelve requests; with how many keys, one renewal included. */
const RECIPES: readonly (readonly [name: string, keys: number, script: string])[] = [
  [
    "boto3",
    2,
    `
import io, pandas
s3 = m.session().client("s3")
keys = [one["Key"] for one in s3.list_objects_v2(Bucket="lake", Prefix="rows/")["Contents"]]
bodies = (s3.get_object(Bucket="lake", Key=key)["Body"].read() for key in keys)
return sum(int(pandas.read_parquet(io.BytesIO(body))["n"].sum()) for body in bodies)`,
  ],
  [
    "pandas with s3fs",
    2,
    `
import pandas
return int(pandas.read_parquet("s3://lake/rows", storage_options=m.s3fs_options())["n"].sum())`,
  ],
  [
    "s3fs",
    2,
    `
import io, pandas
files = m.s3_filesystem()
return sum(int(pandas.read_parquet(io.BytesIO(files.cat_file(path)))["n"].sum()) for path in files.find("lake/rows"))`,
  ],
  [
    "pyarrow",
    2,
    `
import pyarrow.compute, pyarrow.dataset
found = pyarrow.dataset.dataset("lake/rows", filesystem=m.s3_filesystem(), format="parquet")
batches = found.to_batches(use_threads=False, fragment_readahead=1)
return sum(pyarrow.compute.sum(batch["n"]).as_py() or 0 for batch in batches)`,
  ],
  [
    "DuckDB",
    2,
    `
import duckdb
connection = duckdb.connect()
connection.register_filesystem(m.s3_filesystem())
connection.sql("set threads = 1")
return int(connection.sql("select sum(n) from read_parquet('s3://lake/rows/*/*.parquet')").fetchall()[0][0])`,
  ],
  [
    // its log with keys of their own
    "delta-rs, its files through s3fs",
    3,
    `
import deltalake, pyarrow.compute, pyarrow.fs
table = deltalake.DeltaTable("s3://lake/delta", storage_options={**m.object_store_options(), **LOCAL})
files = pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(m.s3_filesystem()))
found = table.to_pyarrow_dataset(filesystem=pyarrow.fs.SubTreeFileSystem("lake/delta", files))
batches = found.to_batches(use_threads=False, fragment_readahead=1)
return sum(pyarrow.compute.sum(batch["n"]).as_py() or 0 for batch in batches)`,
  ],
];

describeWith({ moto: true, python: "clients" }, "data read with a session of the sandbox", () => {
  let sandbox: Sandbox;
  let moto: Moto;
  let s3: ExpiringS3;
  let folder: string;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    folder = writeClient(FEDERATION, { place: "app", role: "lake-reader" });
    [sandbox, moto] = await Promise.all([
      startSandbox({
        directory: directoryOfFederation(readFederation(FEDERATION).federation),
        now: () => Date.now() + (existsSync(later()) ? 51 * 60_000 : 0),
      }),
      startMoto(),
    ]);
    s3 = await startExpiringS3(moto.endpoint);
    env = {
      DATABRICKS_HOST: sandbox.issuers["production"]?.url ?? "",
      DATABRICKS_CLIENT_ID: READER,
      DATABRICKS_CLIENT_SECRET: sandbox.identities.find(({ subject }) => subject === READER)?.clientSecret ?? "",
      AWS_ENDPOINT_URL_STS: sandbox.sts,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
    };
    expect((await run(PREPARE)).answer).toBe(true);
  });
  afterAll(() => Promise.all([s3.stop(), moto.stop(), sandbox.stop()]));

  const later = (): string => join(folder, "later");
  const run = (script: string) => {
    rmSync(later(), { force: true });
    return runClient(folder, `${PRELUDE.trim()}\n${script.trim()}`, env, pythonWith("clients") ?? PYTHON);
  };
  /** Ends the session of the run that follows after some of its reads. */
  const endAfter = (reads: number): void => s3.expire({ reads, then: () => writeFileSync(later(), "") });

  test.each(RECIPES)(
    "%s goes on with new keys when the session ends in the middle of a read",
    async (_name, keys, script) => {
      s3.expire();
      endAfter(6);
      const [known, refused] = [new Set(s3.accepted), s3.refused()];
      const { answer } = await run(script);
      expect([answer, s3.accepted.filter((key) => !known.has(key)).length]).toEqual([719_400, keys]);
      expect(s3.refused() - refused).toBe(0);
    },
  );

  test("polars asks for new keys at the time it was given, in the middle of a lazy query", async () => {
    s3.expire();
    const known = new Set(s3.accepted);
    const { answer } = await run(`
import polars
asked = []
def provider():
    keys, asks_again = m.polars_credentials()
    asked.append(asks_again - int(time.time()))
    return keys, int(time.time()) + 8
rows = polars.scan_parquet("s3://lake/rows/**/*.parquet", credential_provider=provider, storage_options=LOCAL)
found = [int(rows.select("n").sum().collect().item())]
open("later", "w").close()
time.sleep(9)
found.append(int(rows.select("n").sum().collect().item()))
return [found, 3200 < asked[0] <= 3300]`);
    expect([answer, s3.accepted.filter((key) => !known.has(key)).length]).toEqual([[[719_400, 719_400], true], 2]);
  });

  test("delta-rs keeps the keys that it was given: after their end a table is opened again", async () => {
    s3.expire();
    const ended = join(folder, "ended");
    rmSync(ended, { force: true });
    const watch = setInterval(() => {
      if (!existsSync(later()) || existsSync(ended)) return;
      s3.expire();
      writeFileSync(ended, "");
    }, 20);
    const { answer } = await run(
      `
import deltalake
options = lambda: {**m.object_store_options(), **LOCAL, "max_retries": "0"}
table = deltalake.DeltaTable("s3://lake/delta", storage_options=options())
first = table.to_pyarrow_table().num_rows
# the test ends the session then
open("later", "w").close()
while not os.path.exists("ended"):
    time.sleep(0.05)
try:
    table.to_pyarrow_table()
    second = "read"
except Exception as error:
    second = "ExpiredToken" in str(error)
again = deltalake.DeltaTable("s3://lake/delta", storage_options=options())
return [first, second, again.to_pyarrow_table().num_rows]`,
    ).finally(() => clearInterval(watch));
    expect(answer).toEqual([1200, true, 1200]);
  });

  test("keys that an engine takes as a dict are not printed and not pickled", async () => {
    const { answer, outcome } = await run(`
import pickle, polars
keys = m.object_store_options()
shown = [repr(keys), str(m.polars_credentials()), f"{keys}", "%s" % (keys,)]
refused = []
for value in (m.object_store_options(), m.polars_credentials()):
    try:
        pickle.dumps(value)
    except TypeError as error:
        refused.append(str(error))
try:
    polars.scan_parquet("s3://absent/rows", credential_provider=m.polars_credentials, storage_options=LOCAL).collect()
except Exception as error:
    shown.append(str(error))
secrets = [keys[name] for name in keys if name != "aws_region"]
return [refused, [text for text in shown if any(value in text for value in secrets)], sorted(keys)]`);
    expect(answer).toEqual([
      Array.from({ length: 2 }, () => "credentials stay in memory"),
      [],
      ["aws_access_key_id", "aws_region", "aws_secret_access_key", "aws_session_token"],
    ]);
    expect(`${outcome.stdout}${outcome.stderr}`).not.toMatch(/ASIA[A-Z2-7]{16}/);
  });
});
