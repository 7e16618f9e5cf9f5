/** Small inputs that once got a wrong answer, each with the right one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lintText } from "../../src/lint/output/text";
import type { NamedDocument } from "../../src/lint/lint-documents";
import type { InputError } from "../../src/errors";
import { parseFederation } from "../../src/federation";
import { prove } from "../../src/prove/prove";
import { lintDocuments, lintExitCode } from "../../src/lint/lint-documents";
import { readDocument } from "../../src/lint/read-document";
import { explainDecision, compilePolicy } from "../../src/trust/decide/decide";
import { readPolicy } from "../../src/trust/decide/document";
import { compare } from "../../src/trust/exact/compare";

const textOf = (file: string): string => readFileSync(join(__dirname, "cases", file), "utf8");
const read = async (file: string): Promise<NamedDocument> => ({
  file,
  document: await readDocument(textOf(file), file),
});

async function findings(file: string): Promise<readonly string[]> {
  return lintDocuments([await read(file)]).findings.map(({ severity, rule }) => `${severity} ${rule}`);
}

async function changes(file: string, before: string) {
  const report = lintDocuments([await read(file)], { before: (await read(before)).document });
  return {
    report,
    code: lintExitCode({ ...report, errors: 0, warnings: 0 }, { failOnWidening: true }),
    gained: report.changes.flatMap(({ gained }) => gained),
    lost: report.changes.flatMap(({ lost }) => lost),
  };
}

const INTRUDER = "11111111-2222-4333-8444-555555555555";

test("an external ID that is a variable lets in every customer, on the role's own statement too", async () => {
  const { findings: found } = lintDocuments([await read("external-id-variable.role.json")]);
  expect(found.filter(({ rule }) => rule === "external-id-missing").map(({ statement }) => statement)).toEqual([0, 1]);
});

test("a variable as one of several external IDs is found", async () => {
  const policy = textOf("unity-catalog-documented.role.json").replace(
    '"sts:ExternalId": "7d3c2b1a-0f5e-4c8d-9a6b-123456789012"',
    '"sts:ExternalId": ["7d3c2b1a-0f5e-4c8d-9a6b-123456789012", "${sts:ExternalId}"]',
  );
  const { findings: found } = lintDocuments([{ file: "r.json", document: await readDocument(policy, "r.json") }]);
  expect(found.map(({ rule }) => rule)).toContain("external-id-missing");
});

test("two statements merged into one gain their cross product", async () => {
  const { code, gained, lost } = await changes("widening-union.after.json", "widening-union.before.json");
  expect(code).toBe(1);
  expect(gained.map(({ from, how }) => [from, how])).toEqual([
    [expect.stringContaining("aws:SourceIp 198.51.100.1"), "from elsewhere"],
  ]);
  expect(gained[0]?.witness?.context["aws:RequestedRegion"]).toEqual(["eu-west-1"]);
  expect(lost).toEqual([]);
});

test("a Deny that requires more denies less", async () => {
  const { code, gained } = await changes("widening-deny.after.json", "widening-deny.before.json");
  expect([code, gained.length]).toEqual([1, 1]);
  expect(gained[0]?.witness?.context["aws:RequestedRegion"]).toEqual(["us-east-1"]);
});

test("every witness is allowed by the one policy and refused by the other", () => {
  for (const name of ["widening-union", "widening-deny", "terminal"]) {
    const policies = ["after", "before"].map((side) => readPolicy(textOf(`${name}.${side}.json`)));
    const [after, before] = policies.map((reading) => {
      if (!reading.ok) throw new Error(reading.why);
      return reading.policy;
    });
    if (after === undefined || before === undefined) throw new Error(name);
    const answer = compare(after, before);
    if (answer.kind !== "wider") throw new Error(`${name}: ${answer.kind}`);
    expect(explainDecision(compilePolicy(after), answer.witness.request).allowed).toBe(true);
    expect(explainDecision(compilePolicy(before), answer.witness.request).allowed).toBe(false);
  }
});

test("a second root that adopts the provider and adds a service principal is wider", async () => {
  const { code, gained, lost } = await changes("two-roots.after.plan.json", "two-roots.before.plan.json");
  expect([code, gained.map(({ subject }) => subject), lost]).toEqual([1, [INTRUDER], []]);
});

test.each([
  ["intruder.role.json", "intruder.federation.yaml", 1, [INTRUDER], []],
  ["intruder.federation.yaml", "intruder.role.json", 0, [], [INTRUDER]],
] as const)("%s is compared with %s, paired by the role's name", async (file, before, code, gained, lost) => {
  const compared = await changes(file, before);
  expect([
    compared.code,
    compared.gained.map(({ subject }) => subject),
    compared.lost.map(({ subject }) => subject),
  ]).toEqual([code, gained, lost]);
});

test("an equal role is no gain beside a federation", async () => {
  const role = textOf("intruder.role.json").replace(/,\s*"11111111-2222-4333-8444-555555555555"/, "");
  const before = (await read("intruder.federation.yaml")).document;
  const report = lintDocuments([{ file: "r.json", document: await readDocument(role, "r.json") }], { before });
  expect(report.changes).toEqual([]);
});

test("a role that trusts a whole issuer lets anyone of it in", async () => {
  const { code, gained } = await changes("open.role.json", "intruder.federation.yaml");
  expect([code, gained.map(({ kind }) => kind)]).toEqual([1, ["anyone"]]);
});

test("control characters and workflow commands are escaped for people", async () => {
  const { report } = await changes("terminal.after.json", "terminal.before.json");
  const text = lintText(report);
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|^::error::/m);
  expect(text).toContain("\\u009b");
});

test("a network of all addresses, any VPC endpoint or a variable keeps nobody out", async () => {
  expect(await findings("network-everywhere.role.json")).toEqual(
    expect.arrayContaining(["error session-long-users", "warning condition-no-protection"]),
  );
  const file = textOf("network-everywhere.role.json");
  for (const condition of [
    '"IpAddress": { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] }',
    '"IpAddress": { "aws:SourceIp": "::/0" }',
    '"StringLike": { "aws:SourceVpce": "*" }',
    '"ForAnyValue:StringEquals": { "aws:SourceVpc": "${aws:SourceVpc}" }',
  ]) {
    const role = file.replace(/"IpAddress": \{[^}]*\}/, condition);
    const { findings: found } = lintDocuments([{ file: "r.json", document: await readDocument(role, "r.json") }]);
    expect([condition, found.map(({ rule }) => rule)]).toEqual([
      condition,
      expect.arrayContaining(["session-long-users", "condition-no-protection"]),
    ]);
  }
});

test("a VPC of anybody, or an address in one, is open to users, and a certain VPC is not", async () => {
  const file = textOf("network-everywhere.role.json");
  for (const condition of [
    '"ArnLike": { "aws:SourceVpcArn": "arn:aws:ec2:*:*:vpc/*" }',
    '"IpAddress": { "aws:VpcSourceIp": "10.0.0.0/8" }',
    '"StringLike": { "aws:SourceVpc": "vpc-*" }, "IpAddress": { "aws:VpcSourceIp": "10.0.0.0/8" }',
  ]) {
    const role = file.replace(/"IpAddress": \{[^}]*\}/, condition);
    const { findings: found } = lintDocuments([{ file: "r.json", document: await readDocument(role, "r.json") }]);
    expect([condition, found.map(({ rule }) => rule)]).toEqual([
      condition,
      expect.arrayContaining(["session-long-users"]),
    ]);
  }
  for (const condition of [
    '"IpAddress": { "aws:SourceIp": "203.0.113.0/24" }',
    '"StringLike": { "aws:SourceVpc": "vpc-0123456789abcdef0" }',
    '"ArnEquals": { "aws:SourceVpcArn": "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-0123456789abcdef0" }',
    '"StringLike": { "aws:SourceVpce": "vpce-1" }, "IpAddress": { "aws:VpcSourceIp": "10.0.0.0/8" }',
  ]) {
    const role = file.replace(/"IpAddress": \{[^}]*\}/, condition);
    const { findings: found } = lintDocuments([{ file: "r.json", document: await readDocument(role, "r.json") }]);
    expect([condition, found.map(({ rule }) => rule)]).not.toEqual([
      condition,
      expect.arrayContaining(["session-long-users"]),
    ]);
  }
});

test("AdministratorAccess by aws_iam_policy_attachment is found", async () => {
  expect(await findings("policy-attachment.plan.json")).toContain("error admin-without-boundary");
});

test("a statement whose only condition has an empty list may let an identity in, so it is a gain", async () => {
  const both = textOf("doctor-empty-list.policy.json");
  const { Statement, ...rest } = JSON.parse(both) as { readonly Statement: readonly unknown[] };
  const first = JSON.stringify({ ...rest, Statement: Statement.slice(0, 1) });
  const report = lintDocuments([{ file: "live.json", document: await readDocument(both, "live.json") }], {
    before: await readDocument(first, "declared.json"),
  });
  expect(report.widened).toBe(true);
});

test("a key of no provider lets nobody in, and is said to", async () => {
  const report = lintDocuments([await read("undefined-key.policy.json")]);
  expect(report.findings.map(({ rule }) => rule)).toEqual(["condition-key-other-issuer", "condition-key-other-issuer"]);
  expect(lintText(report)).not.toMatch(/every(?:body|one| identity)|any identity/);
});

test("Databricks' documented form for Unity Catalog is right", async () => {
  expect(await findings("unity-catalog-documented.role.json")).toEqual([]);
});

test("Unity Catalog's role without an external ID is a confused deputy", async () => {
  expect(await findings("unity-catalog-no-external-id.policy.json")).toContain("error external-id-missing");
});

test("a host that only looks like Databricks' is found in a lone policy", async () => {
  const policy = textOf("undefined-key.policy.json")
    .replaceAll("mycompany.cloud.databricks.com", "mycompany.cloud.databricks.com.evil.example")
    .replaceAll("undefined:", "mycompany.cloud.databricks.com.evil.example/oidc:");
  const { findings: found } = lintDocuments([{ file: "p.json", document: await readDocument(policy, "p.json") }]);
  expect(found.map(({ rule }) => rule)).toEqual(["issuer-look-alike"]);
});

test.each([`\${a${" ".repeat(7_600)}`, "a.".repeat(40_000)])(
  "a long value of others takes no time",
  async (value) => {
    const policy = textOf("terminal.before.json").replace("6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b", value);
    const report = lintDocuments([{ file: "p.json", document: await readDocument(policy, "p.json") }]);
    expect(report.findings.length).toBeGreaterThan(0);
  },
  20_000,
);

describe("patterns of outsiders, whatever reason they have", () => {
  const text = textOf("stranger-patterns.yaml");
  const asTexts = text.replace(/\{ pattern: ("[^"]*"), reason: "[^"]*" \}/g, "$1");
  const asWide = text.replace("subjectPatterns", "wideSubjectPatterns");

  test("are refused among subjectPatterns, which takes texts alone", () => {
    const problems = (file: string): readonly string[] => {
      try {
        parseFederation(file);
        return [];
      } catch (error) {
        return (error as InputError).problems.map(({ code, path }) => `${path ?? ""} ${code}`);
      }
    };
    const places = [0, 1].map((index) => `roles.r.trusts[0].subjectPatterns[${index}]`);
    expect(problems(text)).toEqual(places.map((place) => `${place} wrong-type`));
    expect(problems(asTexts)).toEqual(places.map((place) => `${place} subject-pattern-too-wide`));
    expect(problems(`emailDomains: [gmail.com]\n${asTexts}`)).toEqual(
      places.map((place) => `${place} subject-pattern-too-wide`),
    );
    // patterns are checked against domains that can be read
    for (const domain of ["e", "com"])
      expect(problems(`emailDomains: [${domain}]\n${asTexts}`)).toEqual(["emailDomains[0] email-domain-invalid"]);
  });

  test("pass as wide ones with a reason: lint lists them, and explain --who and prove name who gets in", async () => {
    const report = lintDocuments([{ file: "f.yaml", document: await readDocument(asWide, "f.yaml") }]);
    expect([report.errors, report.notes]).toEqual([0, 2]);
    expect(lintText(report)).toContain('"g*" lets in everyone whom it matches, with the reason "This is meant');
    const { federation } = parseFederation(asWide);
    const proof = await prove(federation, { seed: 1, count: 1000, now: 1_757_600_000 });
    expect(proof.holds).toBe(true);
    expect(proof.roles[0]).toMatchObject({ declared: 2, declaredIn: 2, forgedIn: 0 });
  });
});
