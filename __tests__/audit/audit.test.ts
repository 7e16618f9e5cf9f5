import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { auditCsv } from "../../src/audit/csv";
import { narrowed } from "../../src/audit/narrow";
import { type AuditedTrail, readAudit } from "../../src/audit/read-audit";
import { readEvents } from "../../src/audit/read-events";
import { auditText } from "../../src/audit/text";
import { parseFederation } from "../../src/federation";
import { temporaryFolder } from "../support/temporary-folder";
import { assumption, everyDay, PROVIDER, READER, sessionCall, trailFile } from "./trail";

const OTHER = "0d9c8b7a-6f5e-4d3c-8b2a-1f0e9d8c7b6a";
const FEDERATION = `name: lakehouse
aws: { accountId: "111122223333" }
emailDomains: [data.example.com]
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" }
roles:
  lake-reader:
    trusts:
      - issuer: production
        servicePrincipals: [${READER}, ${OTHER}] # jobs
        users: [alice@example.com]
      - issuer: production
        subjectPatterns: ["*@data.example.com"]
  lake-writer:
    trusts:
      - issuer: production
        servicePrincipals:
          - ${OTHER}
  storage:
    trusts:
      - unityCatalog: { externalIds: [0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b] }
`;

async function audited(
  files: Readonly<Record<string, string | Buffer>>,
  { days = 90, federation = FEDERATION } = {},
): Promise<AuditedTrail> {
  const folder = temporaryFolder("trail");
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return readAudit(parseFederation(federation).federation, [folder], { days });
}

test("says who assumed which role, how often, when and from where", async () => {
  const records = [
    assumption({ time: "2026-03-30T08:00:00Z" }),
    assumption({ time: "2026-03-31T09:00:00Z", ip: "203.0.113.9" }),
    assumption({ time: "2026-01-02T03:04:05Z", ip: "203.0.113.9" }),
    assumption({ subject: "bob@data.example.com", thumbprint: true }),
  ];
  const { uses, trail } = await audited({ "AWSLogs/a.json.gz": gzipSync(trailFile(records)) });
  expect(trail).toMatchObject({ records: 4, broken: 0, damaged: [] });
  expect(uses).toEqual([
    {
      role: "lake-reader",
      roleArn: "arn:aws:iam::111122223333:role/lake-reader",
      issuer: "https://mycompany.cloud.databricks.com/oidc",
      issuerKey: "production",
      audience: "1444828305810485",
      subject: READER,
      names: [],
      count: 3,
      first: "2026-01-02T03:04:05Z",
      last: "2026-03-31T09:00:00Z",
      sourceIps: ["203.0.113.7", "203.0.113.9"],
      undeclared: null,
      byThumbprint: 0,
    },
    expect.objectContaining({ subject: "bob@data.example.com", undeclared: null, byThumbprint: 1 }),
  ]);
});

test.each<readonly [string, Parameters<typeof assumption>[0], RegExp]>([
  ["of a subject that is not declared", { subject: "mallory@evil.example" }, /sub/],
  ["with another audience", { audience: "sts.amazonaws.com" }, /aud/],
  ["of a role that the federation does not have", { role: "forgotten" }, /no such role/],
  ["of another provider", { provider: PROVIDER.replace("mycompany", "other") }, /issuer|provider|registered/i],
])("a session %s is found", async (_, given, why) => {
  const found = await audited({ "a.json": trailFile([assumption(given)]) });
  expect(found.uses.map(({ undeclared }) => undeclared)).toEqual([expect.stringMatching(why)]);
  expect(auditText(found)).toMatch(/Not as declared:\n {2}✗ .* is not declared: /);
});

test("a refusal has its reason by explain, also where AWS does not say the audience by itself", async () => {
  const { refusals, uses } = await audited({
    "a.json": trailFile([
      assumption({ error: "AccessDenied", subject: READER.toUpperCase() }),
      assumption({ error: "AccessDenied", audience: "999" }),
      assumption({ error: "ExpiredTokenException" }),
    ]),
  });
  expect(uses).toEqual([]);
  const reasons = new Map(
    refusals.map(({ error, audience, subject, reason }) => [`${error} ${audience} ${subject}`, reason]),
  );
  expect(reasons.get(`AccessDenied 1444828305810485 ${READER.toUpperCase()}`)).toMatch(/case/);
  expect(reasons.get(`AccessDenied 999 ${READER}`)).toMatch(/aud/);
  expect(reasons.get(`ExpiredTokenException 1444828305810485 ${READER}`)).toMatch(/the federation allows this request/);
});

test("a record is the same one in whatever layout another file has it", async () => {
  const records = [assumption(), sessionCall("lake-reader", "s3.amazonaws.com")];
  const { trail } = await audited({
    "compact.json": trailFile(records),
    "spaced.json": JSON.stringify({ Records: records }, null, 2),
    "events.json": JSON.stringify({ Events: records.map((one) => ({ CloudTrailEvent: JSON.stringify(one) })) }),
  });
  expect([trail.records, trail.repeated]).toEqual([6, 4]);
});

test("every good record is counted once, whatever else is in the files", async () => {
  const records = [assumption(), assumption(), sessionCall("lake-reader", "s3.amazonaws.com")];
  const whole = trailFile(records);
  const event = { Events: records.map((one) => ({ EventId: "x", CloudTrailEvent: JSON.stringify(one) })) };
  const { trail, uses, services } = await audited({
    "a.json": whole,
    "b.json.gz": gzipSync(whole),
    "cut.json": trailFile([assumption({ id: "cut" }), assumption({ id: "lost" })]).slice(0, -100),
    "cut.json.gz": gzipSync(whole).subarray(0, 200),
    "lookup-events.json": JSON.stringify(event, null, 2),
    "foreign.json": '{"policy": {"Statement": []}, "list": [{"eventTime": 5}]}',
    "words.json": "not JSON { at all",
    "empty.json": "",
    "CloudTrail-Digest/digest.json.gz": "not read",
    "not-gzip.json.gz": whole,
  });
  expect(trail.files).toBe(9);
  expect(trail.damaged).toEqual([
    { file: expect.stringMatching(/cut\.json\.gz$/) as string, why: "it ends too early" },
  ]);
  expect(uses.map(({ count }) => count)).toEqual([3]);
  expect(services).toEqual([expect.objectContaining({ role: "lake-reader", service: "s3.amazonaws.com", count: 1 })]);
  expect(trail.records - trail.repeated).toBe(4);
  expect(trail.broken).toBeGreaterThan(0);
});

test("of a file that does not inflate to its end, what inflates before is read once", async () => {
  const whole = gzipSync(trailFile([assumption(), assumption(), assumption()]));
  const { trail, uses } = await audited({
    "a.json.gz": Buffer.concat([whole, Buffer.from("what a copy left behind")]),
    "b.json.gz": whole,
  });
  expect(trail.damaged).toEqual([{ file: expect.stringMatching(/a\.json\.gz$/) as string, why: expect.any(String) }]);
  expect([trail.records, trail.repeated, trail.broken]).toEqual([5, 2, 1]);
  expect(uses.map(({ count }) => count)).toEqual([3]);
});

test("records without an event ID are told apart by what they say", async () => {
  const records = ["203.0.113.7", "203.0.113.8"].map((ip) => assumption({ ip }));
  const without = [null, "", undefined].flatMap((eventID) => records.map((one) => ({ ...one, eventID })));
  const { trail } = await audited({ "a.json": trailFile(without), "b.json": trailFile(without) });
  expect([trail.records, trail.repeated]).toEqual([12, 6]);
});

test("links in a folder are followed, and one to a folder around it is not", async () => {
  const folder = temporaryFolder("links");
  const elsewhere = temporaryFolder("elsewhere");
  writeFileSync(join(elsewhere, "A.JSON"), trailFile([assumption()]));
  mkdirSync(join(folder, "deep"));
  symlinkSync(join(elsewhere, "A.JSON"), join(folder, "deep", "a.json"));
  symlinkSync(elsewhere, join(folder, "deep", "elsewhere"));
  symlinkSync(folder, join(folder, "deep", "around"));
  symlinkSync(join(elsewhere, "gone.json"), join(folder, "gone.json"));
  const { files, records, repeated } = await readEvents([folder], () => undefined);
  expect([files, records, repeated]).toEqual([2, 2, 1]);
});

test("a bucket is no folder, and the fix says how to copy it", async () => {
  await expect(readEvents(["s3://trail/AWSLogs"], () => undefined)).rejects.toMatchObject({
    code: "file-not-found",
    fix: "Copy it first: aws s3 sync s3://trail/AWSLogs trail.",
  });
});

describe("declared and not seen", () => {
  const seen = [
    ...everyDay("2026-01-01", "2026-03-31"),
    assumption({ time: "2026-03-31T08:00:00Z" }),
    assumption({ subject: "alice@example.com", time: "2025-12-01T08:00:00Z" }),
  ];

  test("is proven by a trail of every day with read events", async () => {
    const { unseen, coverage } = await audited({ "a.json": trailFile(seen) });
    expect(coverage).toMatchObject({ from: "2026-01-01", to: "2026-03-31", gaps: [] });
    expect(unseen.roles).toEqual(["lake-writer"]);
    expect(unseen.identities.map(({ role, subject }) => `${role} ${subject}`)).toEqual([
      `lake-reader ${OTHER}`,
      "lake-reader alice@example.com",
      "lake-reader *@data.example.com",
      `lake-writer ${OTHER}`,
    ]);
  });

  test.each<readonly [string, readonly unknown[], RegExp]>([
    ["without a day", seen.filter((_, index) => index !== 3), /no read events on 1 of 90 days \(2026-01-04\)/],
    ["without read events", seen.map((one) => ({ ...(one as object), readOnly: false })), /write events alone/],
    [
      "of another account",
      seen.map((one) => ({ ...(one as object), recipientAccountId: "444455556666" })),
      /no records/,
    ],
    ["that is empty", [], /no records/],
  ])("is not proven by a trail %s", async (_, records, gap) => {
    const found = await audited({ "a.json": trailFile(records) });
    expect(found.coverage.gaps).toEqual([expect.stringMatching(gap)]);
    expect(auditText(found)).toMatch(/the trail has gaps, so they may be in use/);
  });

  test("is left out of the file, and the last identity of a role is not", async () => {
    const { unseen } = await audited({ "a.json": trailFile(seen) });
    expect(narrowed(FEDERATION, unseen.identities)).toBe(
      FEDERATION.replace(
        `[${READER}, ${OTHER}] # jobs\n        users: [alice@example.com]\n`,
        `[${READER}] # jobs\n`,
      ).replace('      - issuer: production\n        subjectPatterns: ["*@data.example.com"]\n', ""),
    );
  });

  test("is not a suspended one, which must stay named while it is suspended", async () => {
    const suspended = `${FEDERATION}suspended: [ALICE@example.com]\n`;
    const { unseen } = await audited({ "a.json": trailFile(seen) }, { federation: suspended });
    expect(unseen.identities.map(({ subject }) => subject)).toEqual([OTHER, "*@data.example.com", OTHER]);
    const narrower = narrowed(suspended, unseen.identities);
    expect(narrower).toContain("alice@example.com");
    expect(() => parseFederation(narrower)).not.toThrow();
  });

  test.each([
    [
      "a block list",
      `      - servicePrincipals:\n          - ${READER}\n          - ${OTHER}\n        issuer: production\n`,
    ],
    [
      "the first field of a trust",
      `      - users: [alice@example.com]\n        issuer: production\n        servicePrincipals: [${READER}]\n`,
    ],
    [
      "flow style",
      "      [{ issuer: production, users: [alice@example.com] }, " +
        `{ issuer: production, servicePrincipals: [${READER}, ${OTHER}] }]\n`,
    ],
    [
      "JSON in YAML",
      `      [{"issuer":"production","users":["alice@example.com"],"servicePrincipals":["${READER}"]}]\n`,
    ],
  ])("is left out of %s", async (_, trusts) => {
    const start = FEDERATION.indexOf("      - issuer");
    const federation = FEDERATION.slice(0, start) + trusts + FEDERATION.slice(FEDERATION.indexOf("  lake-writer"));
    const { unseen } = await audited({ "a.json": trailFile(seen) }, { federation });
    const { federation: narrower } = parseFederation(narrowed(federation, unseen.identities));
    const subjects = narrower.roles[0]?.trusts.flatMap((trust) =>
      trust.kind === "subjects" ? [...trust.servicePrincipals, ...trust.users] : [],
    );
    expect(subjects).toEqual([READER]);
  });

  test("is left out of a trust that names it, and stays among the identities", async () => {
    const start = FEDERATION.indexOf("      - issuer");
    const declared = `identities: { reader: { servicePrincipal: ${READER} }, other: { servicePrincipal: ${OTHER} } }\n`;
    const federation =
      declared +
      FEDERATION.slice(0, start) +
      "      - { issuer: production, identities: [other, reader] }\n" +
      FEDERATION.slice(FEDERATION.indexOf("  lake-writer"));
    const { unseen } = await audited({ "a.json": trailFile(seen) }, { federation });
    expect(unseen.identities).toContainEqual(expect.objectContaining({ subject: OTHER, name: "other" }));
    expect(narrowed(federation, unseen.identities)).toBe(federation.replace("[other, reader]", "[reader]"));
  });
});

test("a subject is no formula in a spreadsheet and no command in a terminal", async () => {
  const found = await audited({
    "a.json": trailFile([assumption({ subject: '=HYPERLINK("x"),\u001b[2J', role: "gone" })]),
  });
  expect(auditCsv(found)).toContain('"\'=HYPERLINK(""x""),');
  expect(auditText(found)).not.toContain("\u001b");
});
