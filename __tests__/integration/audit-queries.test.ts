/** The queries of `generate audit-queries` on Spark give what `audit` gives, on the same files. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { type AuditedTrail, readAudit } from "../../src/audit/read-audit";
import { auditQueries, sqlLiteral } from "../../src/audit/queries";
import { type Federation, parseFederation } from "../../src/federation";
import { assumption, everyDay, PROVIDER, READER, sessionCall, trailFile } from "../audit/trail";
import { pythonWith } from "../support/python";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

const OTHER = "0d9c8b7a-6f5e-4d3c-8b2a-1f0e9d8c7b6a";
const AUDIENCE = "1444828305810485";
const ACCOUNT = "7d3c2b1a-0f5e-4c8d-9a6b-123456789012";
const COMPANY = `arn:aws:iam::111122223333:oidc-provider/accounts.cloud.databricks.com/oidc/accounts/${ACCOUNT}`;
/** Texts that would be code in SQL, in Spark's variables or in a notebook, if they were not encoded. */
const HOSTILE = [
  "o'brien@x.example",
  "${spark.app.name}",
  "{{x}}",
  "a\\'b\\",
  "-- COMMAND ----------",
  "50%_!x",
  ":name",
];

const FEDERATIONS = {
  named: `name: lakehouse
aws: { accountId: "111122223333" }
emailDomains: [data.example.com]
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "${AUDIENCE}" }
  company: { level: account, accountId: 7d3c2b1a-0f5e-4c8d-9a6b-123456789012 }
roles:
  lake-reader:
    trusts:
      - { issuer: production, servicePrincipals: [${READER}, ${OTHER}], users: [alice@example.com] }
      - { issuer: production, subjectPatterns: ["*_etl@data.example.com"] }
      - { issuer: company, subjects: ${JSON.stringify(HOSTILE.filter((text) => !text.includes("{")))} }
  lake-writer:
    trusts:
      - issuer: production
        servicePrincipals: [${OTHER}]
        conditions: [{ test: IpAddress, variable: "aws:SourceIp", values: [0.0.0.0/1, 128.0.0.0/1] }]
  unused:
    trusts: [{ issuer: company, users: [carol@example.com] }]
  storage:
    trusts: [{ unityCatalog: { externalIds: [0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b] } }]
`,
  unnamed: `name: small
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "${AUDIENCE}" }
roles:
  lake-reader:
    trusts: [{ issuer: production, servicePrincipals: [${READER}] }]
`,
} as const;

const records = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .record({
          role: fc.constantFrom("lake-reader", "lake-writer", "elsewhere"),
          subject: fc.constantFrom(
            READER,
            OTHER,
            "alice@example.com",
            "Alice@example.com",
            "x_etl@data.example.com",
            "xetl@data.example.com",
            "é\u{1f600}",
            ...HOSTILE,
          ),
          provider: fc.constantFrom(PROVIDER, COMPANY, "arn:aws:iam::111122223333:oidc-provider/token.example.com"),
          audience: fc.constantFrom(AUDIENCE, "7d3c2b1a-0f5e-4c8d-9a6b-123456789012", "sts.amazonaws.com"),
          ip: fc.constantFrom("203.0.113.7", "203.0.113.8", "lambda.amazonaws.com"),
          day: fc.integer({ min: 1, max: 28 }),
          error: fc.constantFrom(undefined, undefined, "AccessDenied"),
          thumbprint: fc.boolean(),
        })
        .map(({ day, error, ...given }) =>
          assumption({
            ...given,
            ...(error === undefined ? {} : { error }),
            time: `2026-03-${String(day).padStart(2, "0")}T08:00:0${day % 10}Z`,
          }),
        ),
    },
    fc
      .tuple(
        fc.constantFrom("lake-reader", "storage", "elsewhere"),
        fc.constantFrom("s3.amazonaws.com", "kms.amazonaws.com"),
      )
      .map(([role, service]) => sessionCall(role, service)),
  ),
  { minLength: 200, maxLength: 300 },
);

/** The same records as CloudTrail delivers them, as JSON lines, and as `lookup-events` prints them. */
function writeTrail(folder: string, all: readonly unknown[]): void {
  const third = Math.ceil(all.length / 3);
  const files: Readonly<Record<string, string | Buffer>> = {
    "AWSLogs/111122223333/a.json.gz": gzipSync(trailFile(all.slice(0, third + 20))),
    "lines.jsonl": all
      .slice(third, 2 * third)
      .map((record) => JSON.stringify(record))
      .join("\n"),
    "events.json": JSON.stringify(
      { Events: all.slice(2 * third - 5).map((record) => ({ CloudTrailEvent: JSON.stringify(record) })) },
      null,
      2,
    ),
    "days.json": trailFile(everyDay("2026-03-05", "2026-03-31")),
    "insight/CloudTrail-Digest/d.json": JSON.stringify({ digestStartTime: "2026-03-31T00:00:00Z" }),
    "garbage.json": "not JSON\n{]",
    "nothing.json": "",
    "odd.json": JSON.stringify({
      Records: [{ ...sessionCall("lake-reader", "ec2.amazonaws.com"), requestParameters: "text" }, { no: 1 }],
    }),
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Runs notebooks as Databricks does, cell by cell; for each, what its queries gave. */
const RUN = `
import json, sys
from pyspark.sql import SparkSession
spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
  .config("spark.sql.shuffle.partitions", "2")
  .config("spark.sql.warehouse.dir", sys.argv[1] + "/warehouse").getOrCreate())
answers = []
for path in sys.argv[2:]:
    cells = open(path, encoding="utf8").read().split("\\n-- COMMAND ----------\\n")
    results = [spark.sql(cell) for cell in cells]
    answers.append([[json.loads(row) for row in frame.toJSON().collect()] for frame in results if frame.columns])
with open(sys.argv[1] + "/answers.json", "w") as file:
    json.dump(answers, file)
`;

type Row = Readonly<Record<string, unknown>>;

interface Answers {
  readonly gaps: readonly Row[];
  readonly coverage: readonly Row[];
  readonly uses: readonly Row[];
  readonly refusals: readonly Row[];
  readonly unseen: readonly Row[];
  readonly unusedRoles: readonly Row[];
  readonly services: readonly Row[];
  readonly rows: readonly { readonly row: string }[];
}

async function runNotebooks(notebooks: readonly string[]): Promise<readonly (readonly Row[])[][]> {
  const folder = temporaryFolder("audit-queries");
  await runProgram(pythonWith("spark") ?? "", ["-c", RUN, folder, ...notebooks], {
    cwd: folder,
  });
  return JSON.parse(readFileSync(join(folder, "answers.json"), "utf8")) as readonly (readonly Row[])[][];
}

function answersOf([
  coverage,
  gaps,
  uses,
  refusals,
  unseen,
  unusedRoles,
  services,
  rows,
]: readonly (readonly Row[])[]): Answers {
  return { coverage, gaps, uses, refusals, unseen, unusedRoles, services, rows } as unknown as Answers;
}

/** What the queries and `audit` both say, in one form and order. */
function callsOf(rows: readonly Row[], isDeclared: (row: Row) => boolean): readonly unknown[] {
  return rows
    .map((row) => [
      row["role"] ?? row["roleArn"],
      row["issuerKey"] ?? row["issuer"] ?? null,
      row["subject"],
      row["audience"],
      row["error"] ?? null,
      row["count"],
      row["first"],
      row["last"],
      row["sourceIps"] ?? row["source_ips"],
      isDeclared(row),
    ])
    .map((row) => JSON.stringify(row))
    .sort();
}

describeWith({ python: "spark" }, "audit in Spark SQL", () => {
  test("answers as audit does, and its rows give audit's whole answer", async () => {
    const trail = temporaryFolder("trail");
    const [sample = []] = fc.sample(records, { numRuns: 1, seed: 7 });
    writeTrail(trail, sample);
    const cases: readonly Federation[] = Object.values(FEDERATIONS).map((text) => parseFederation(text).federation);
    const days = 20;
    const notebooks = cases.map((federation, index) => {
      const file = join(temporaryFolder("notebook"), "audit.sql");
      const { files } = auditQueries(federation, { trail, table: `trail_${index}`, days, version: "1.0.0" });
      writeFileSync(file, files.get("audit.sql") ?? "");
      return file;
    });
    const literals = join(temporaryFolder("literals"), "audit.sql");
    writeFileSync(
      literals,
      HOSTILE.map((text) => `SELECT ${sqlLiteral(text)} AS text`).join("\n-- COMMAND ----------\n"),
    );
    const answers = await runNotebooks([...notebooks, literals]);
    expect(
      answers
        .at(-1)
        ?.flat()
        .map(({ text }) => text),
    ).toEqual(HOSTILE);
    for (const [index, federation] of cases.entries()) {
      const answer = answersOf(answers[index] ?? []);
      const found = await readAudit(federation, [trail], { days });
      expect(found.trail.repeated).toBeGreaterThan(0);
      expect(found.uses.length).toBeGreaterThan(5);
      expectSameAnswers(answer, found);
      const rows = join(temporaryFolder("rows"), "rows.jsonl");
      writeFileSync(rows, answer.rows.map(({ row }) => `${row}\n`).join(""));
      const { trail: read, ...fromRows } = await readAudit(federation, [rows], { days });
      const { trail: readFiles, ...fromFiles } = found;
      expect(fromRows).toEqual(fromFiles);
      expect([read.records, read.repeated, read.broken]).toEqual([readFiles.records, readFiles.repeated, 0]);
    }
  });
});

function expectSameAnswers(answer: Answers, found: AuditedTrail): void {
  const declaredInSql = ({ declared }: Row): boolean => declared === "yes" || declared === "under conditions";
  const uses = found.uses as unknown as readonly Row[];
  expect(callsOf(answer.uses, declaredInSql)).toEqual(callsOf(uses, ({ undeclared }) => undeclared === null));
  const refusals = found.refusals as unknown as readonly Row[];
  expect(callsOf(answer.refusals, () => true)).toEqual(callsOf(refusals, () => true));
  const sorted = (rows: readonly Row[]): readonly unknown[] =>
    rows.map(({ role, issuer, subject }) => JSON.stringify([role, issuer, subject])).sort();
  expect(sorted(answer.unseen)).toEqual(sorted(found.unseen.identities as unknown as readonly Row[]));
  expect(answer.unusedRoles.map(({ role }) => role)).toEqual([...found.unseen.roles].sort());
  const services = (rows: readonly Row[]): readonly string[] =>
    rows.map(({ role, service, count, first, last }) => JSON.stringify([role, service, count, first, last])).sort();
  expect(services(answer.services)).toEqual(services(found.services));
  expect(answer.coverage).toEqual(
    found.coverage.accounts.map(({ accountId, first, last, days, readDays, records: count, regions }) => ({
      account_id: accountId,
      first,
      last,
      days,
      read_days: readDays,
      records: count,
      regions,
    })),
  );
  expect(answer.gaps.length > 0).toBe(found.coverage.gaps.length > 0);
}
