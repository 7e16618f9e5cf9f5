import { parseFederation } from "../../src/federation";
import { readTrustPolicy } from "../../src/explain/role-in-question";
import { accountView } from "../../src/federation";
import { declaredPolicies, undeclaredCallers } from "../../src/prove/declared-policies";
import { prove } from "../../src/prove/prove";
import { proofText } from "../../src/prove/text";
import { federationText } from "../../bench/federations";

const NOW = 1_757_600_000;

function federation(trusts: string, extra = ""): string {
  return `
name: lakehouse
emailDomains: [data.example.com]
aws: { accountId: "111122223333" }
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" }
  company: { level: account, accountId: 7d3c2b1a-0f5e-4c8d-9a6b-123456789012 }
roles:
  reader:
    trusts:
${trusts
  .split("\n")
  .map((line) => `      ${line}`)
  .join("\n")}
${extra}`;
}

interface Options {
  readonly seed?: number;
  readonly count?: number;
  /** Instead of those with which the file was read. */
  readonly domains?: readonly string[];
}

async function proofOf(text: string, options: Options = {}) {
  const { federation: read } = parseFederation(text);
  const declared = options.domains === undefined ? read : { ...read, emailDomains: options.domains };
  return prove(declared, { seed: options.seed ?? 1, count: options.count ?? 1000, now: NOW });
}

test.each([
  [
    "service principals",
    "- { issuer: production, servicePrincipals: [6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b, " +
      "0d9c8b7a-6f5e-4d3c-8b2a-1f0e9d8c7b6a] }",
  ],
  [
    "users and another issuer",
    '- { issuer: production, users: [alice@example.com] }\n- { issuer: company, subjects: ["group 7"] }',
  ],
  [
    "a network condition",
    "- { issuer: production, users: [alice@example.com], conditions: [{ test: IpAddress, variable: " +
      '"aws:SourceIp", values: [203.0.113.0/24] }] }',
  ],
  [
    "negated, numeric and date conditions",
    "- { issuer: production, users: [alice@example.com], conditions: [{ test: NotIpAddress, variable: " +
      '"aws:SourceIp", values: [10.0.0.0/8] }, { test: DateLessThan, variable: "aws:CurrentTime", values: ' +
      '["2030-01-01T00:00:00Z"] }] }',
  ],
  ["a pattern with a written reason", '- { issuer: production, subjectPatterns: ["*@data.example.com"] }'],
  ["Unity Catalog", "- { unityCatalog: { externalIds: [0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b] } }"],
  [
    "both kinds of trust",
    "- { issuer: production, servicePrincipals: [6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b] }\n- { unityCatalog: { " +
      "externalIds: [0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b] } }",
  ],
])("a role that trusts %s lets in whom it declares and nobody else", async (_name, trusts) => {
  const proof = await proofOf(federation(trusts));
  expect(proofText(proof)).toMatch(/; nobody else does\b.*Proven \(forged tokens of seed 1\)/s);
  expect(proof.holds).toBe(true);
  expect(proof.roles.every(({ forged }) => forged === (trusts.includes("issuer:") ? 1000 : 0))).toBe(true);
});

test("whom a pattern matches is a counter-example where no email domain is declared", async () => {
  const text = federation('- { issuer: production, subjectPatterns: ["*@data.example.com"] }');
  const proof = await proofOf(text, { domains: [] });
  expect(proof.holds).toBe(false);
  expect(proof.roles[0]?.letIn[0]).toMatchObject({
    what: "an outsider whom the pattern matches",
    claims: { iss: "https://mycompany.cloud.databricks.com/oidc" },
  });
  expect(proofText(proof)).toContain('"sub":"mallory-');
});

test("a declared identity that no request can satisfy is shut out, and said so", async () => {
  const conditions =
    'conditions: [{ test: StringEquals, variable: "aws:SourceVpce", values: ["vpce-1${aws:unknowable}"] }]';
  const proof = await proofOf(federation(`- { issuer: production, users: [alice@example.com], ${conditions} }`));
  expect(proof.holds).toBe(false);
  expect(proof.roles[0]?.shutOut).toHaveLength(1);
});

test("the same seed tries the same, another seed something else, and other roles only add whom they name", async () => {
  const trusts = '- { issuer: production, subjectPatterns: ["*@data.example.com"] }';
  const first = await proofOf(federation(trusts), { domains: [] });
  expect((await proofOf(federation(trusts), { domains: [] })).roles).toEqual(first.roles);
  expect((await proofOf(federation(trusts), { domains: [], seed: 2 })).roles).not.toEqual(first.roles);
  const more = await proofOf(
    federation(trusts, "  writer:\n    trusts: [{ issuer: production, users: [bob@example.com] }]\n"),
    { domains: [] },
  );
  const { forgedIn: _, ...rest } = first.roles[0] ?? {};
  expect(more.roles[0]).toMatchObject(rest);
});

test("of many declared identities each is tried, and what goes wrong is counted, not only shown", async () => {
  const subjects = Array.from(
    { length: 320 },
    (_, index) => `6a9f1c2e-3b4d-4e5f-8a7b-${String(index).padStart(12, "0")}`,
  );
  const roles = Array.from(
    { length: 8 },
    (_, index) =>
      `  many-${index}:\n    trusts: [{ issuer: production, servicePrincipals: ` +
      `[${subjects.slice(index * 40, index * 40 + 40).join(", ")}] }]\n`,
  ).join("");
  const proof = await proofOf(federation("- { issuer: production, users: [alice@example.com] }", roles));
  expect(proof.holds).toBe(true);
  expect(proof.roles[1]).toMatchObject({ declared: 40, declaredIn: 40, forged: 1000, forgedIn: 0 });
  const closed = `conditions: [{ test: StringEquals, variable: "aws:PrincipalAccount", values: ["999999999999"] }]`;
  const nine = Array.from({ length: 9 }, (_, index) => `u${index}@example.com`).join(", ");
  const shut = await proofOf(federation(`- { issuer: production, users: [${nine}], ${closed} }`));
  expect(shut.roles[0]).toMatchObject({ declared: 9, declaredIn: 0 });
  expect(proofText(shut)).toContain("0 of 9 declared identities get in");
});

test("every pattern is tried at its edges, however many there are", async () => {
  const patterns = Array.from(
    { length: 12 },
    (_, index) => `{ pattern: "team-${index}-*@data.example.com", reason: "The team's own mailboxes." }`,
  );
  const proof = await proofOf(
    federation(
      `- { issuer: production, subjectPatterns: ["open-*@data.example.com"], ` +
        `wideSubjectPatterns: [${patterns.join(", ")}] }`,
    ),
    { domains: [] },
  );
  expect(proof.roles[0]?.letIn[0]?.claims["sub"]).toMatch(/^open-mallory/);
});

test("a claim can not steer the terminal of who reads the proof", async () => {
  const proof = await proofOf(federation('- { issuer: production, subjectPatterns: ["*@data.example.com"] }'), {
    domains: [],
  });
  const [role] = proof.roles;
  if (role === undefined) throw new Error("no role");
  const hostile = { what: "x", names: [], claims: { sub: "\u001b[2J\u202e\u009b" }, context: {} };
  expect(proofText({ ...proof, roles: [{ ...role, letIn: [hostile] }] })).not.toMatch(/[\u001b\u202e\u009b]/);
});

test("forged signatures are tried once an issuer and none is taken", async () => {
  const proof = await proofOf(federationText(3));
  expect(proof.issuers).toEqual([{ issuer: "production", forgeries: 23, letIn: [] }]);
});

test("patterns of many declared domains are proven, and of an undeclared one are not", async () => {
  const domains = Array.from({ length: 500 }, (_, index) => `d${index}.example.com`);
  const trusts = '- { issuer: production, subjectPatterns: ["*@data.example.com"] }';
  const many = await proofOf(federation(trusts), {
    domains: [...domains, "example.com", "data.example.com"],
    count: 10,
  });
  expect(many.roles[0]).toMatchObject({ undeclared: [], unsure: null });
  const without = await proofOf(federation(trusts), { domains: [...domains, "a.example.com"], count: 10 });
  expect(without.roles[0]?.undeclared).not.toEqual([]);
});

test("a role of Unity Catalog alone has no line on forged tokens", async () => {
  const trusts = "- unityCatalog: { externalIds: [0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b] }";
  expect(proofText(await proofOf(federation(trusts)))).toMatch(
    /^✓ reader: 2 declared identities get in; nobody else does$/m,
  );
});

test("a suspended subject of 200 roles is kept out of all, in whatever case it is written", async () => {
  const subject = "Alice@data.example.com";
  const roles = Array.from({ length: 200 }, (_, index) => {
    const trusts = [
      `{ issuer: production, users: [${[subject, subject.toLowerCase(), subject.toUpperCase()][index % 3] ?? ""}] }`,
      '{ issuer: company, subjectPatterns: ["*@data.example.com"] }',
      `{ issuer: production, servicePrincipals: [6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b] }`,
    ].slice(0, 1 + (index % 3));
    return `  role-${index}: { trusts: [${trusts.join(", ")}] }`;
  });
  const open = federation("- { issuer: production, users: [bob@data.example.com] }", roles.join("\n"));
  const proof = await proofOf(`${open}\nsuspended: [aLICE@data.example.com]\n`, { count: 20 });
  expect(proof.holds).toBe(true);
  expect(proof.roles).toHaveLength(201);
  // four spellings in each issuer of the role's trusts
  expect(proof.roles[3]).toMatchObject({ forgedIn: 0, undeclared: [], unsure: null });
  expect(proof.roles[2]?.forged).toBeGreaterThanOrEqual(20);
});

test("a suspended subject is tried as a trust spells it, in the case of ASCII letters", async () => {
  const trusts =
    '- { issuer: production, subjects: ["Straße"], wideSubjectPatterns: [{ pattern: "St*", ' +
    'reason: "Every team may read the public lake." }] }';
  expect((await proofOf(`${federation(trusts)}\nsuspended: [straße]\n`, { count: 1 })).holds).toBe(true);
  const upper = `${federation(trusts.replace("Straße", "ÉTÉ").replace("St*", "?t?"))}\nsuspended: [été]\n`;
  expect((await proofOf(upper, { count: 1 })).holds).toBe(true);
  const written = upper.replace("?t?", "?T?");
  expect((await proofOf(written, { count: 1 })).holds).toBe(false);
});

test("a policy that lets a suspended subject in lets an undeclared caller in", () => {
  const { federation: read } = parseFederation(
    federation('- { issuer: production, subjectPatterns: ["*@data.example.com"] }') +
      "\nsuspended: [Bob@data.example.com]\n",
  );
  const [role] = read.roles;
  const [account] = read.accounts;
  if (role === undefined || account === undefined) throw new RangeError("one role, one account");
  const view = accountView(read, account);
  const declared = declaredPolicies(role, view, "arn:aws:iam::111122223333:role/reader");
  const open = { ...view, federation: { ...read, suspended: [] }, suspended: [] };
  expect(undeclaredCallers(readTrustPolicy(role, view), declared)).toEqual({ witnesses: [], unsure: null });
  const { witnesses } = undeclaredCallers(readTrustPolicy({ ...role, suspendedSubjects: [] }, open), declared);
  expect(String(witnesses[0]?.claims["sub"])).toMatch(/^bob@data\.example\.com$/i);
});
